"""Quadrature over bodies and over their boundaries.

Inside, slices are nested: along the last coordinate every line meets the body in intervals, along the coordinates
before it the events of `Arrangement` are breakpoints. Between them the nodes are Gauss–Legendre, near a turn in a
variable in which a square root is smooth: the width of a slice through a round shape grows like the square root of
the distance from its end.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pdelang.geometry.body import Body, Keep, Rim, Sheet
from pdelang.geometry.box import Box
from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.lines import Lines
from pdelang.geometry.outline import walk_leaf
from pdelang.geometry.surface import cross_surface, is_crossed
from pdelang.geometry.sweep import choose_frame, place_prefixes

_HIGH_DIMENSION_NODES = 8192
_MEASURE_ORDER = 32


def body_quadrature(
    body: Body, order: int, creases: tuple[Crease, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes ``(q, d)`` and weights ``(q,)``; about ``order`` nodes per coordinate.

    Integrands that jump or have a kink at ``creases`` alone are smooth between the nodes' pieces.
    Low-discrepancy points of equal weight in more than three dimensions. The arrays must not be written to.
    """
    return _body_rule(body, order, creases)


@lru_cache(maxsize=64)
def _body_rule(
    body: Body, order: int, creases: tuple[Crease, ...]
) -> tuple[np.ndarray, np.ndarray]:
    if body.d > 3:
        points = body.sample(_HIGH_DIMENSION_NODES, seed=0)
        return points, np.full(len(points), measure_body(body) / len(points))
    lines = Lines(body.shape, body.box, choose_frame(body), creases)
    prefix, weights = place_prefixes(lines, order)
    intervals, _ = lines.cut(prefix)
    per_line = len(intervals.owner) / max(1, len(prefix))
    nodes, w = gauss_legendre(max(4, round(order / max(1.0, per_line))))
    half = 0.5 * (intervals.stop - intervals.start)
    x = 0.5 * (intervals.start + intervals.stop)[:, None] + half[:, None] * nodes
    points = lines.place(np.repeat(prefix[intervals.owner], len(nodes), axis=0), x.ravel())
    weights = (weights[intervals.owner, None] * half[:, None] * w).ravel()
    points.flags.writeable = weights.flags.writeable = False
    return points, weights


def box_quadrature(
    box: Box, order: int, creases: tuple[Crease, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights as `body_quadrature` does, of a box in up to three dimensions."""
    if not creases:
        return box.quadrature(order)
    return body_quadrature(_body_of(box), order, creases)


@lru_cache(maxsize=32)
def _body_of(box: Box) -> Body:
    return Body.of(box)


@lru_cache(maxsize=32)
def measure_body(body: Body) -> float:
    """Return the length, area, volume, … of a body."""
    if body.d == 3:
        return float(body_quadrature(body, _MEASURE_ORDER)[1].sum())
    # ``∮ x·n dA / d`` by Gauss's theorem.
    middle = 0.5 * np.add(body.box.low, body.box.high)
    rims = [sheet_quadrature(body, sheet, _MEASURE_ORDER) for sheet in body.sheets]
    flux = sum(
        float(np.sum(rim.areas[:, None] * rim.normals * (rim.points - middle))) for rim in rims
    )
    return flux / body.d


def sheet_quadrature(
    body: Body,
    sheet: Sheet,
    order: int,
    keep: Keep | None = None,
    creases: tuple[Crease, ...] = (),
    cuts: tuple[Crease, ...] | None = None,
) -> Rim:
    """Return nodes of a sheet with normals; ``areas`` are the weights.

    ``cuts`` are the surfaces at which ``keep`` changes, None where they are not known. Then a part of a sheet in space
    that it cuts out has the points of the scan, as has what is bounded by a mesh or a formula there, and all in
    more than three dimensions.
    """
    leaves = [body.shape.leaves[i] for i in sheet.leaves]
    is_walked = body.d == 2 and all(leaf.is_continuous for leaf in leaves)
    if not is_walked and body.d in (2, 3) and is_crossed(body):
        found = cross_surface(body, order, creases)
        sides = np.array([body.number_of(sheet)])
        mine = np.isin(found.leaves, sheet.leaves) & (found.rim.sides == sides)
        rim = found.rim.restricted(mine)
        if keep is None or keep(rim.points).all():
            return rim
        if cuts is not None:
            found = cross_surface(body, order, (*creases, *cuts))
            mine = np.isin(found.leaves, sheet.leaves) & (found.rim.sides == sides)
            rim = found.rim.restricted(mine)
            return rim.restricted(keep(rim.points))
    if not is_walked:
        return body.scan_sheet(sheet, keep)
    return Rim.joined(
        [walk_leaf(body, i, sheet, order, keep, creases) for i in sheet.leaves], body.d
    )
