"""Boundaries of plane bodies, walked stretch by stretch along the parameters of the leaves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from pdelang.geometry.body import Body, Keep, Rim, Sheet
from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.shape import Leaf

_CELLS = 4096
_SPLIT_CELLS = 512
_BISECTIONS = 44
_ROUNDING = 1e-12
# How near to where a sheet seems to end another leaf is looked for, relative to the diagonal.
_SETTLED_WITHIN = (3e-7, 3e-6, 3e-5)
_TOUCHING = 1e-8


def find_stretches(body: Body, number: int, sheet: Sheet, keep: Keep | None = None) -> np.ndarray:
    """Return the intervals ``(k, 2)`` of a plane leaf's parameter that lie on a sheet."""
    leaf = body.shape.leaves[number]

    def is_on(u: np.ndarray) -> np.ndarray:
        return body.on_sheet(number, sheet, u[:, None], keep)

    breaks = np.asarray(leaf.breaks)
    cells = max(4, _CELLS // (len(breaks) - 1))
    # Cells between breaks, seen a little inside of their ends.
    starts, ends = breaks[:-1], breaks[1:]
    fractions = np.linspace(1e-9, 1.0 - 1e-9, cells + 1)
    grid = starts[:, None] + (ends - starts)[:, None] * fractions
    on = is_on(grid.ravel()).reshape(grid.shape)
    row, column = np.nonzero(on[:, 1:] != on[:, :-1])
    cuts = _bisect(is_on, grid[row, column], grid[row, column + 1], on[row, column])
    cuts = np.array([_settle_end(body, number, sheet, cut) for cut in cuts])
    found = []
    for edge in range(len(starts)):
        ticks = np.concatenate([[starts[edge]], np.sort(cuts[row == edge]), [ends[edge]]])
        inside = on[edge, 0]
        for a, b in itertools.pairwise(ticks):
            if inside and b - a > _ROUNDING:
                found.append((a, b))
            inside = not inside
    return np.array(found).reshape(-1, 2)


def _settle_end(body: Body, number: int, sheet: Sheet, end: float) -> float:
    """Return where another leaf crosses, which the sheet knows of within the steps off the surface by which it looks."""
    leaf = body.shape.leaves[number]
    step = float(np.linalg.norm(body.box.lengths)) / leaf.area
    for reach in _SETTLED_WITHIN:
        around = np.clip(end + reach * step * np.array([-1.0, 1.0]), 0.0, 1.0 - _ROUNDING)
        on = body.on_sheet(number, sheet, around[:, None], None)
        if on[0] == on[1]:
            # A predicate ends it.
            continue
        for other in body.shape.leaves[:number] + body.shape.leaves[number + 1 :]:

            def is_in(u: np.ndarray, other: Leaf = other) -> np.ndarray:
                return other.distance(leaf.surface(u[:, None]).points) < 0

            before, after = is_in(around)
            if before != after:
                return float(_bisect(is_in, around[:1], around[1:], np.array([before]))[0])
    nearest = min(leaf.breaks, key=lambda u: abs(u - end))
    return nearest if abs(nearest - end) <= _TOUCHING * step else end


def split_intervals(
    intervals: np.ndarray, values: Sequence[Callable[[np.ndarray], np.ndarray]]
) -> np.ndarray:
    """Return intervals ``(k, 2)`` cut where one of some functions of the parameter, ``(n,) -> (n,)``, changes its sign."""
    for function in values:
        parts = []
        for a, b in intervals:
            ticks = np.linspace(a, b, _SPLIT_CELLS + 1)
            sign = function(ticks) > 0
            cut = np.flatnonzero(sign[1:] != sign[:-1])
            places = _bisect(lambda u, f=function: f(u) > 0, ticks[cut], ticks[cut + 1], sign[cut])
            parts += itertools.pairwise([a, *places, b])
        intervals = np.array(parts).reshape(-1, 2)
    return intervals


def walk_leaf(
    body: Body,
    number: int,
    sheet: Sheet,
    order: int,
    keep: Keep | None,
    creases: tuple[Crease, ...],
) -> Rim:
    """Return nodes of a leaf's share of a sheet, with ``order`` in all for every side of a box and more for short ones."""
    leaf: Leaf = body.shape.leaves[number]
    stretches = find_stretches(body, number, sheet, keep)
    along = [lambda u, s=crease: s.values(leaf.surface(u[:, None]).points) for crease in creases]
    stretches = split_intervals(stretches, along)
    # As many nodes in all as one side of a box would have for every smooth stretch, in proportion.
    lengths = stretches[:, 1] - stretches[:, 0]
    total = max(float(lengths.sum()), 1e-300)
    counts = np.maximum(4, np.ceil(4 * order * lengths / total).astype(int))
    units, weights = [], []
    for (a, b), count in zip(stretches, counts, strict=True):
        nodes, w = gauss_legendre(int(count))
        unit, lengths = leaf.walk(float(a), float(b), nodes)
        units.append(unit)
        weights.append(0.5 * w * lengths)
    unit = np.concatenate([*units, np.zeros(0)])
    rim = body.rim_at(number, unit[:, None])
    areas = np.concatenate([*weights, np.zeros(0)])
    return Rim(rim.points, rim.normals, areas, rim.sides)


def _bisect(
    is_on: Callable[[np.ndarray], np.ndarray],
    first: np.ndarray,
    second: np.ndarray,
    at_first: np.ndarray,
    steps: int = _BISECTIONS,
) -> np.ndarray:
    """Return where ``is_on`` changes between two ends, each ``(k,)``."""
    for _ in range(steps if len(first) else 0):
        middle = 0.5 * (first + second)
        same = is_on(middle) == at_first
        first, second = np.where(same, middle, first), np.where(same, second, middle)
    return 0.5 * (first + second)
