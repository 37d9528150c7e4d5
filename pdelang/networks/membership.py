"""In which region a point lies, inside JAX: a level function per shape, negative inside.

The level of a union is the smaller one of the two levels, of an intersection the larger one, of
a difference ``max(a, −b)``; only the sign is meant. An STL part is asked back by a callback; where a
function must stand on its own, rays are cast through its triangles. What only NumPy can judge, as formulas
with Bessel functions in them, and parts of very many triangles are then read off a table of cells.
"""

from __future__ import annotations

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy import special

from pdelang.geometry.affine import Affine
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.component import Component, Territory
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.mesh import Mesh
from pdelang.geometry.polygon import Polygon
from pdelang.geometry.shape import Difference, Intersection, Shape, Union
from pdelang.geometry.solids import Cone, Torus, orthonormal_frame
from pdelang.geometry.surroundings import list_directions
from pdelang.semantics.evaluate import Arrays, NotEvaluableError
from pdelang.semantics.point_formula import PointFormula

# Roundings of a point's coordinates, relative to the diagonal of the body.
_ROUNDINGS = 64
# Steps off an edge, in these slacks, to see whether the body begins there.
_AROUND = 10.0
# Cells per axis of the table of a shape that only NumPy can judge, by dimension.
_CELLS = {1: 4096, 2: 512, 3: 96}
# An STL part of more is read off such a table where a function must stand on its own.
_MOST_TRIANGLES = 20_000
_TRIANGLES_AT_ONCE = 64
_PLACES_AT_ONCE = 256


def lies_in(body: Body, points: jax.Array, is_portable: bool = False) -> jax.Array:
    """Say for each of ``points (n, d)`` whether it lies in a body, to rounding, ``(n,)``."""
    size = float(np.linalg.norm(body.box.lengths))
    slack = _ROUNDINGS * float(jnp.finfo(points.dtype).eps) * size
    # Where two shapes share an edge a difference has the level 0 there, outside of its box too.
    in_box = _level(body.box, points, body, is_portable) <= slack
    level = _level(body.shape, points, body, is_portable)
    inside = in_box & (level <= slack)
    if not body.has_strays:
        return inside
    # There two shapes share an edge inside the box too, and what is left begins on neither side.
    around = jnp.asarray(_AROUND * slack * list_directions(body.d), points.dtype)

    def look(found: jax.Array, step: jax.Array) -> tuple[jax.Array, None]:
        return found | (_level(body.shape, points + step[None], body, is_portable) < -slack), None

    touches, _ = jax.lax.scan(look, jnp.zeros(points.shape[:1], bool), around)
    return inside & ((level < -slack) | touches)


def _level(shape: Shape, points: jax.Array, body: Body, is_portable: bool) -> jax.Array:
    def level(inner: Shape) -> jax.Array:
        return _level(inner, points, body, is_portable)

    match shape:
        case Union(first=first, second=second):
            return jnp.minimum(level(first), level(second))
        case Intersection(first=first, second=second):
            return jnp.maximum(level(first), level(second))
        case Difference(first=first, second=second):
            return jnp.maximum(level(first), -level(second))
        case Box():
            middle = 0.5 * np.add(shape.low, shape.high)
            return (jnp.abs(points - middle[None]) - 0.5 * shape.lengths[None]).max(axis=1)
        case Ball(centre=centre, radius=radius):
            return _norm(points - np.asarray(centre)[None]) - radius
        case Halfspace(point=point, normal=normal):
            unit = np.asarray(normal) / np.linalg.norm(normal)
            return (points - np.asarray(point)[None]) @ unit
        case Component(place=place):
            return level(place)
        case Territory():
            return _nearest(shape.own, points) - _nearest(shape.others, points)
        case Affine(leaf=leaf, matrix=matrix, offset=offset):
            moved = (points - offset[None]) @ np.linalg.inv(matrix).T
            return _level(leaf, moved, body, is_portable)
        case Polygon():
            return _polygon_level(shape.vertices, points)
        case Cone():
            return _cone_level(shape, points)
        case Torus():
            frame = orthonormal_frame(np.asarray(shape.axis, float))
            local = (points - np.asarray(shape.centre)[None]) @ frame.T
            out = _norm(local[:, :2]) - shape.radius
            return jnp.sqrt(out**2 + local[:, 2] ** 2) - shape.tube
        case LevelSet(formula=PointFormula() as formula) if is_traceable(formula):
            return _formula_level(formula, points)
        case Mesh() if is_portable and len(shape.surface_mesh.faces) <= _MOST_TRIANGLES:
            return _cast_level(shape, points)
        case _ if is_portable:
            return _tabulated_level(shape, points, body)
        case _:
            return _asked_level(shape, points)


def _norm(columns: jax.Array) -> jax.Array:
    return jnp.sqrt(jnp.sum(columns**2, axis=1))


def _nearest(places: np.ndarray, points: jax.Array) -> jax.Array:
    """Return the distance of each of ``points (n, d)`` to the nearest of ``places (m, d)``, ``(n,)``."""
    count = -(-len(places) // _PLACES_AT_ONCE)
    filled = np.resize(places, (count * _PLACES_AT_ONCE, places.shape[1]))
    blocks = jnp.asarray(filled.reshape(count, _PLACES_AT_ONCE, -1), points.dtype)

    def look(least: jax.Array, block: jax.Array) -> tuple[jax.Array, None]:
        gap = jnp.sum((points[:, None, :] - block[None]) ** 2, axis=2)
        return jnp.minimum(least, gap.min(axis=1)), None

    far = jnp.full(points.shape[:1], jnp.inf, points.dtype)
    return jnp.sqrt(jax.lax.scan(look, far, blocks)[0])


def _polygon_level(vertices: np.ndarray, points: jax.Array) -> jax.Array:
    """Return the signed distance; inside, a ray to the right crosses an odd number of edges."""
    e = np.roll(vertices, -1, axis=0) - vertices
    px = points[:, :1] - vertices[None, :, 0]
    py = points[:, 1:] - vertices[None, :, 1]
    along = jnp.clip((px * e[:, 0][None] + py * e[:, 1][None]) / (e**2).sum(axis=1)[None], 0, 1)
    gap = (px - along * e[:, 0][None]) ** 2 + (py - along * e[:, 1][None]) ** 2
    spans = (py < 0) != (py - e[:, 1][None] < 0)
    slope = np.where(e[:, 1] == 0.0, 1.0, e[:, 1])
    crosses = spans & (px < py * (e[:, 0] / slope)[None])
    inside = crosses.sum(axis=1) % 2 == 1
    return jnp.where(inside, -1.0, 1.0) * jnp.sqrt(gap.min(axis=1))


def _cone_level(cone: Cone, points: jax.Array) -> jax.Array:
    axis = np.subtract(cone.end, cone.start)
    height = float(np.linalg.norm(axis))
    local = (points - np.asarray(cone.start)[None]) @ orthonormal_frame(axis).T
    z = local[:, 2]
    slope = (cone.end_radius - cone.start_radius) / height
    mantle = _norm(local[:, :2]) - (cone.start_radius + slope * z)
    return jnp.maximum(jnp.maximum(-z, z - height), mantle)


_JAX = Arrays(jnp, {"erf": special.erf, "erfc": special.erfc})


def is_traceable(formula: PointFormula) -> bool:
    """Say whether a formula consists of what JAX knows too."""
    point = jax.ShapeDtypeStruct((1, len(formula.coordinates)), jnp.float32)
    try:
        jax.eval_shape(lambda p: formula.evaluate(p, _JAX), point)
    except NotEvaluableError:
        return False
    return True


def _formula_level(formula: PointFormula, points: jax.Array) -> jax.Array:
    # Undefined is outside, as for NumPy.
    return jnp.where(formula.evaluate(points, _JAX) < 0, -1.0, 1.0).astype(points.dtype)


def _cast_level(mesh: Mesh, points: jax.Array) -> jax.Array:
    """Return the level of a closed surface: a ray upwards meets an odd number of triangles inside."""
    turn, triangles = mesh.upright_triangles
    count = -(-len(triangles) // _TRIANGLES_AT_ONCE)
    # Triangles without extent, which no ray meets, fill the last block.
    filled = np.zeros((count * _TRIANGLES_AT_ONCE, 3, 3))
    filled[: len(triangles)] = triangles
    blocks = jnp.asarray(filled.reshape(count, _TRIANGLES_AT_ONCE, 3, 3), points.dtype)
    turned = points @ jnp.asarray(turn.T, points.dtype)
    x, y, z = (turned[:, axis, None] for axis in range(3))

    def count_hits(odd: jax.Array, block: jax.Array) -> tuple[jax.Array, None]:
        a, b, c = (block[None, :, corner] for corner in range(3))

        def area(u: jax.Array, v: jax.Array) -> jax.Array:
            return (v[..., 0] - u[..., 0]) * (y - u[..., 1]) - (v[..., 1] - u[..., 1]) * (
                x - u[..., 0]
            )

        wa, wb, wc = area(b, c), area(c, a), area(a, b)
        covers = ((wa > 0) == (wb > 0)) & ((wb > 0) == (wc > 0))
        height = (wa * a[..., 2] + wb * b[..., 2] + wc * c[..., 2]) / (wa + wb + wc)
        return odd ^ ((covers & (height > z)).sum(axis=1) % 2 == 1), None

    none = jnp.zeros(points.shape[:1], bool)
    odd, _ = jax.lax.scan(count_hits, none, blocks)
    in_bounds = (points > np.asarray(mesh.low)[None]) & (points < np.asarray(mesh.high)[None])
    return jnp.where(odd & in_bounds.all(axis=1), -1.0, 1.0).astype(points.dtype)


def _asked_level(shape: Shape, points: jax.Array) -> jax.Array:
    def ask(array: np.ndarray) -> np.ndarray:
        flat = np.asarray(array, np.float64).reshape(-1, shape.d)
        return shape.is_inside(flat).reshape(np.shape(array)[:-1])

    result = jax.ShapeDtypeStruct(points.shape[:-1], np.bool_)
    still = jax.lax.stop_gradient(points)
    inside = jax.pure_callback(ask, result, still, vmap_method="broadcast_all")
    return jnp.where(inside, -1.0, 1.0).astype(points.dtype)


def _tabulated_level(shape: Shape, points: jax.Array, body: Body) -> jax.Array:
    table = _table_of(shape, body)
    low, lengths = np.asarray(body.box.low), body.box.lengths
    cells = np.array(table.shape)
    place = jnp.floor((points - low[None]) / (lengths / cells)[None]).astype(int)
    place = jnp.clip(place, 0, (cells - 1)[None])
    index = tuple(place[:, axis] for axis in range(shape.d))
    return jnp.asarray(table, points.dtype)[index]


@lru_cache(maxsize=8)
def _table_of(shape: Shape, body: Body) -> np.ndarray:
    count = _CELLS.get(shape.d, 16)
    axes = [
        low + length * (np.arange(count) + 0.5) / count
        for low, length in zip(body.box.low, body.box.lengths, strict=True)
    ]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    inside = shape.is_inside(grid.reshape(-1, shape.d))
    return np.where(inside, -1.0, 1.0).reshape(grid.shape[:-1])
