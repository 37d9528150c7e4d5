"""Triangles of a plane domain, with curved edges along its outline; meshed by the package triangle."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.spatial import KDTree

from pdelang.semantics.domain import Domain
from pdelang.training.classical.outline import Outline
from pdelang.training.classical.statement import MissingPackageError, NotClassicalError

_ANGLE = 28  # least angle of a triangle away from the outline's own corners, in degrees
_CANDIDATES = 16
_ROUNDING = 1e-9
_PLACED = 1e-9  # in coordinates of the reference triangle
_ITERATIONS = 50
_EQUILATERAL = 0.4330  # area over the square of an edge


def import_packages() -> tuple[Any, Any]:
    """Return the modules ``triangle`` and ``skfem``.

    Raises:
        MissingPackageError: they are not installed.
    """
    try:
        import skfem
        import triangle
    except ImportError as error:
        raise MissingPackageError(
            f"finite elements need the package {error.name}",
            "install it with `pip install 'pdelang[fem]'`",
        ) from None
    return triangle, skfem


def triangulate(domain: Domain, outline: Outline, length: float) -> tuple[Any, np.ndarray]:
    """Return a mesh of scikit-fem and, per facet of it, its segment of the outline or −1.

    Edges inside are no longer than about ``length``; the middle of an edge on the outline lies on the
    curve.

    Raises:
        NotClassicalError: the mesh has not the outline asked for.
    """
    triangle, skfem = import_packages()
    graph = {"vertices": outline.points, "segments": outline.segments}
    coarse = triangle.triangulate(graph, "p")
    centres = coarse["vertices"][coarse["triangles"]].mean(axis=1)
    outside = centres[~domain.contains(centres)]
    if len(outside):
        graph["holes"] = outside
    # Y keeps the segments of the outline as they are.
    found = triangle.triangulate(graph, f"pq{_ANGLE}a{_EQUILATERAL * length**2:.20f}YY")
    corners, cells = _split_ears(found["vertices"], found["triangles"], outline)
    used, cells = np.unique(cells, return_inverse=True)
    flat = skfem.MeshTri1(
        np.ascontiguousarray(corners[used].T), np.ascontiguousarray(cells.reshape(-1, 3).T)
    )
    mesh = flat if outline.is_straight else skfem.MeshTri2.from_mesh(flat)
    place = np.full(len(corners), -1)
    place[used] = np.arange(len(used))
    known = {
        tuple(sorted(place[pair])): number for number, pair in enumerate(outline.segments.tolist())
    }
    owner = np.array([known.get(tuple(sorted(pair)), -1) for pair in mesh.facets.T.tolist()])
    if (owner[mesh.boundary_facets()] < 0).any():
        raise NotClassicalError("its outline could not be meshed")
    if outline.is_straight:
        return mesh, owner
    locations = mesh.doflocs.copy()
    on = np.flatnonzero(owner >= 0)
    # The middles follow the vertices, one per facet.
    middles = mesh.dofs.facet_dofs[0, on]
    locations[:, middles] = outline.middles[owner[on]].T
    return skfem.MeshTri2(locations, mesh.t), owner


def _split_ears(
    corners: np.ndarray, cells: np.ndarray, outline: Outline
) -> tuple[np.ndarray, np.ndarray]:
    """Cut triangles with two sides on the outline at their centres.

    Where two curved sides run on smoothly, the map from the reference triangle has no inverse between them.
    """
    pairs = np.sort(outline.segments, axis=1)
    width = len(corners)
    on = set((pairs[:, 0] * width + pairs[:, 1]).tolist())
    sides = np.sort(np.stack([cells, np.roll(cells, -1, axis=1)], axis=2), axis=2)
    keys = sides[:, :, 0].astype(np.int64) * width + sides[:, :, 1]
    ears = np.isin(keys, list(on)).sum(axis=1) > 1
    if not ears.any():
        return corners, cells
    cut = cells[ears]
    centres = np.arange(len(cut)) + len(corners)
    parts = [np.column_stack([cut[:, i], cut[:, (i + 1) % 3], centres]) for i in range(3)]
    middle = corners[cut].mean(axis=1)
    return np.concatenate([corners, middle]), np.concatenate([cells[~ears], *parts])


def map_triangles(mesh: Any) -> Any:
    """Return the mapping from the reference triangle to those of a mesh, straight or curved."""
    _, skfem = import_packages()
    if not isinstance(mesh, skfem.MeshTri2):
        return skfem.MappingAffine(mesh)
    mapping = skfem.MappingIsoparametric(mesh, skfem.ElementTriP2(), skfem.ElementLineP2())
    # Its own tolerance is beyond rounding in triangles far smaller than the domain.
    mapping.invF = partial(mapping.invF, newton_tol=_PLACED)
    return mapping


def locate(
    mesh: Any, mapping: Any, points: np.ndarray, among: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return for ``points (n, 2)`` the triangle around each, ``(n,)``, and the place in it, ``(2, n, 1)``.

    Only triangles ``among (c,)`` are looked at. A point between the outline of these and the straight edge
    beside it belongs to the triangle of that edge.
    """
    corners = mesh.p[:, mesh.t[:3, among]]  # (2, 3, c)
    tree = KDTree(corners.mean(axis=1).T)
    cells = np.full(len(points), -1)
    count = min(_CANDIDATES, len(among))
    left = np.arange(len(points))
    # Beside much smaller triangles the right one may be far down the list of the nearest.
    while left.size:
        near = tree.query(points[left], count)[1].reshape(len(left), -1)
        least = _shares(corners[:, :, near], points[left]).min(axis=0)
        best = np.argmax(least, axis=1)
        rows = np.arange(len(left))
        is_all = count == len(among)
        found = (least[rows, best] > -_ROUNDING) | is_all
        cells[left[found]] = near[rows, best][found]
        left, count = left[~found], min(8 * count, len(among))
    cells = among[cells]
    return cells, _invert(mapping, points.T[:, :, None], cells)


def _invert(mapping: Any, points: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return the places ``(2, n, 1)`` in triangles ``cells (n,)`` of ``points (2, n, 1)``, by Newton's method.

    The mapping's own inverse does not leave the reference triangle, which a point between an edge of second
    degree and the curve that it follows lies beyond.
    """
    places = np.full(points.shape, 1.0 / 3.0)
    for _ in range(_ITERATIONS):
        away = points - mapping.F(places, tind=cells)
        change = np.einsum("ijkl,jkl->ikl", mapping.invDF(places, tind=cells), away)
        places = places + change
        if np.abs(change).max(initial=0.0) < _PLACED:
            return places
    raise NotClassicalError("a triangle at its outline is bent too far")


def _shares(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the barycentric coordinates ``(3, n, k)`` of points in k triangles each."""
    a, b, c = np.moveaxis(corners, 1, 0)  # (2, n, k)
    p = points.T[:, :, None]

    def area(u: np.ndarray, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        return (v[0] - u[0]) * (w[1] - u[1]) - (v[1] - u[1]) * (w[0] - u[0])

    return np.stack([area(p, b, c), area(a, p, c), area(a, b, p)]) / area(a, b, c)
