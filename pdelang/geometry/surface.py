"""Boundaries of bodies by the lines that meet them.

Lines along all coordinates meet the surface in nodes of weight ``w |n_a|``: where a line along coordinate ``a`` stands
for the content w of what is across it, its point stands for ``w/|n_a|`` of the surface, of which it takes the share
``n_a²``. The shares of all directions are 1 together, and nothing is divided by a small number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pdelang.geometry.affine import Affine
from pdelang.geometry.body import Body, Rim
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.lines import Lines
from pdelang.geometry.mesh import Mesh
from pdelang.geometry.shape import Leaf
from pdelang.geometry.solids import Cone, Torus
from pdelang.geometry.sweep import choose_frame, place_prefixes

_ROUNDING = 1e-12


def is_crossed(body: Body) -> bool:
    """Say whether lines through a body tell its surface well: in space only where that has equations, and few."""
    return body.d == 2 or all(
        leaf.has_equations and not isinstance(leaf, Mesh) for leaf in body.shape.leaves
    )


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Nodes of the whole boundary of a body in space, and the number of the leaf of each, ``(n,)``."""

    rim: Rim
    leaves: np.ndarray


@lru_cache(maxsize=32)
def cross_surface(body: Body, order: int, creases: tuple[Crease, ...] = ()) -> Surface:
    """Return nodes of the whole boundary, about ``order`` per coordinate; integrands may jump at ``creases``."""
    frame = choose_frame(body)
    rims, owners = [Rim.joined([], body.d)], [np.zeros(0, int)]
    for rows in ((0, 2, 1), (0, 1, 2), (1, 2, 0)) if body.d == 3 else ((0, 1), (1, 0)):
        lines = Lines(body.shape, body.box, frame[list(rows)], creases)
        prefix, weights = place_prefixes(lines, order)
        intervals, _ = lines.cut(prefix)
        for labels, last, sign in (
            (intervals.first, intervals.start, -1.0),
            (intervals.last, intervals.stop, 1.0),
        ):
            numbers, parts = lines.split(labels)
            points = lines.place(prefix[intervals.owner], last)
            # Beyond the leaves are creases, and ends of which a scan does not know whose they are.
            for number in np.unique(numbers[numbers < len(body.shape.leaves)]):
                mine = numbers == number
                leaf = body.shape.leaves[number]
                across = leaf.gradients(points[mine], parts[mine])
                assert across is not None, "every surface but a mesh has equations"
                normals = across / np.linalg.norm(across, axis=1, keepdims=True)
                towards = normals @ lines.frame[-1]
                normals *= np.where(sign * towards < 0, -1.0, 1.0)[:, None]
                areas = weights[intervals.owner[mine]] * _share(leaf, normals, frame, rows[-1])
                sides = body.known_sides(number, points[mine], normals)
                rims.append(Rim(points[mine], normals, areas, sides))
                owners.append(np.full(int(mine.sum()), number))
    rim, leaves = Rim.joined(rims, body.d), np.concatenate(owners)
    some = rim.areas > 0
    return Surface(rim.restricted(some), leaves[some])


def _share(leaf: Leaf, normals: np.ndarray, frame: np.ndarray, axis: int) -> np.ndarray:
    """Return what a direction contributes to the area, times ``|n_a|``: the shares of all directions are 1 together.

    Lines along the axis of a cone or a torus do not see it well: the other two have it to themselves.
    """
    along, spine = np.abs(normals @ frame[axis]), leaf.spine
    solid = leaf.leaf if isinstance(leaf, Affine) else leaf
    if not isinstance(solid, Cone | Torus) or abs(float(spine @ frame[0])) < 1.0 - _ROUNDING:
        return along
    across = 1.0 - (normals @ frame[0]) ** 2
    is_end = (across < _ROUNDING) & isinstance(solid, Cone)
    if axis == 0:
        return np.where(is_end, 1.0, 0.0)
    return np.where(is_end, 0.0, along / np.where(is_end, 1.0, across))
