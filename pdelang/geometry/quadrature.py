"""Quadrature over bodies and over their boundaries.

Inside, slices are nested: along the last coordinate every line meets the body in intervals, whose
ends are found by bisection; along the coordinates before it the nodes lie between the
ends of the slice, with the corners of the leaves, and in the plane the points where leaves cross, as breakpoints. Between breakpoints the nodes are
Gauss–Legendre in θ, ``x = middle − half cos θ``: the width of a slice through a round
shape grows like the square root of the distance from its end, which is smooth in θ.

Boundaries of plane bodies are walked stretch by stretch, their ends found by bisection; in
three and more dimensions the points of the fixed scan have their own areas.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np

from pdelang.geometry.body import Body, Keep, Rim, Sheet
from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.geometry.shape import Leaf

# Cells along a line that look for its intervals, and per coordinate for the ends of a slice.
_CELLS = {1: 4096, 2: 512, 3: 128}
_SLICE_CELLS = 96
_BISECTIONS = 44
_STRETCH_CELLS = 4096
_HIGH_DIMENSION_NODES = 8192
_MEASURE_ORDER = 32
_LEAST = 8  # nodes between two breakpoints
# Two breakpoints nearer than this, relative to the length, are one.
_DISTINCT = 1e-9


def body_quadrature(body: Body, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes ``(q, d)`` and weights ``(q,)``; about ``order`` nodes per coordinate.

    Low-discrepancy points of equal weight in more than three dimensions.
    """
    if body.d > 3:
        points = body.sample(_HIGH_DIMENSION_NODES, seed=0)
        weights = np.ones(len(points))
    else:
        lines, line_weights = np.zeros((1, 0)), np.ones(1)
        for axis in range(body.d - 1):
            lines, line_weights = _extend(body, lines, line_weights, axis, order)
        points, weights = _fill_lines(body, lines, line_weights, order)
    return points, weights * (measure_body(body) / weights.sum())


@lru_cache(maxsize=32)
def measure_body(body: Body) -> float:
    """Return the length, area, volume, … of a body: ``∮ x·n dA / d`` (Gauss's theorem).

    The boundary is known better than the inside: exactly in the plane, to about 1e-4 in space.
    """
    middle = 0.5 * np.add(body.box.low, body.box.high)
    rims = [sheet_quadrature(body, sheet, _MEASURE_ORDER) for sheet in body.sheets]
    flux = sum(
        float(np.sum(rim.areas[:, None] * rim.normals * (rim.points - middle))) for rim in rims
    )
    return flux / body.d


def sheet_quadrature(body: Body, sheet: Sheet, order: int, keep: Keep | None = None) -> Rim:
    """Return nodes of a sheet with normals; ``areas`` are the weights."""
    leaves = [body.shape.leaves[i] for i in sheet.leaves]
    if body.d != 2 or not all(leaf.is_continuous for leaf in leaves):
        return body.scan_sheet(sheet, keep)
    found = [_walk(body, i, sheet, order, keep) for i in sheet.leaves]
    return Rim(
        *(
            np.concatenate([getattr(rim, name) for rim in found])
            for name in ("points", "normals", "areas", "sides")
        )
    )


def find_stretches(body: Body, number: int, sheet: Sheet, keep: Keep | None = None) -> np.ndarray:
    """Return the intervals ``(k, 2)`` of a plane leaf's parameter that lie on a sheet."""
    leaf = body.shape.leaves[number]

    def is_on(u: np.ndarray) -> np.ndarray:
        return body.on_sheet(number, sheet, u[:, None], keep)

    breaks = np.asarray(leaf.breaks)
    cells = max(4, _STRETCH_CELLS // (len(breaks) - 1))
    # Cells between breaks, seen a little inside of their ends.
    starts, ends = breaks[:-1], breaks[1:]
    fractions = np.linspace(1e-9, 1.0 - 1e-9, cells + 1)
    grid = starts[:, None] + (ends - starts)[:, None] * fractions
    on = is_on(grid.ravel()).reshape(grid.shape)
    row, column = np.nonzero(on[:, 1:] != on[:, :-1])
    cuts = _bisect(is_on, grid[row, column], grid[row, column + 1], on[row, column])
    found = []
    for edge in range(len(starts)):
        ticks = np.concatenate([[starts[edge]], np.sort(cuts[row == edge]), [ends[edge]]])
        inside = on[edge, 0]
        for a, b in itertools.pairwise(ticks):
            if inside:
                found.append((a, b))
            inside = not inside
    return np.array(found).reshape(-1, 2)


def _walk(body: Body, number: int, sheet: Sheet, order: int, keep: Keep | None) -> Rim:
    leaf: Leaf = body.shape.leaves[number]
    stretches = find_stretches(body, number, sheet, keep)
    # As many nodes in all as one side of a box would have for every smooth stretch, in proportion.
    lengths = stretches[:, 1] - stretches[:, 0]
    total = max(float(lengths.sum()), 1e-300)
    counts = np.maximum(4, np.ceil(4 * order * lengths / total).astype(int))
    units, weights = [], []
    for (a, b), count in zip(stretches, counts, strict=True):
        nodes, w = gauss_legendre(int(count))
        units.append(0.5 * (a + b) + 0.5 * (b - a) * nodes)
        weights.append(0.5 * (b - a) * w * leaf.area)
    unit = np.concatenate([*units, np.zeros(0)])
    rim = body.rim_at(number, unit[:, None])
    areas = np.concatenate([*weights, np.zeros(0)])
    return Rim(rim.points, rim.normals, areas, rim.sides)


def _extend(
    body: Body, lines: np.ndarray, weights: np.ndarray, axis: int, order: int
) -> tuple[np.ndarray, np.ndarray]:
    """Add the nodes of one more coordinate to every line."""
    low, high = _slice_ends(body, lines, axis)
    groups = [np.asarray(leaf.corners) for leaf in body.shape.leaves]
    crossings = _find_crossings(body)
    groups += [crossings] if len(crossings) else []
    corners = np.unique(np.concatenate([_thin(group[:, axis], order // 2) for group in groups]))
    new_lines, new_weights = [], []
    for line, weight, a, b in zip(lines, weights, low, high, strict=True):
        if not a < b:
            continue
        slack = _DISTINCT * (b - a)
        inner = corners[(corners > a + slack) & (corners < b - slack)]
        # Different leaves round the same corner to different digits.
        ticks = [a, *(c for c, p in zip(inner, [a, *inner], strict=False) if c > p + slack), b]
        count = max(_LEAST, -(-order // (len(ticks) - 1)))
        nodes, w = gauss_legendre(count)
        theta, w = 0.5 * np.pi * (nodes + 1.0), 0.5 * np.pi * w
        for start, stop in itertools.pairwise(ticks):
            half = 0.5 * (stop - start)
            x = 0.5 * (start + stop) - half * np.cos(theta)
            new_lines.append(np.column_stack([np.repeat(line[None], count, axis=0), x]))
            new_weights.append(weight * w * half * np.sin(theta))
    if not new_lines:
        return np.zeros((0, axis + 1)), np.zeros(0)
    return np.concatenate(new_lines), np.concatenate(new_weights)


@lru_cache(maxsize=32)
def _find_crossings(body: Body) -> np.ndarray:
    """Return the ends ``(k, 2)`` of the leaves' parts of a plane outline: there leaves cross."""
    found = [np.zeros((0, 2))]
    for sheet in body.sheets if body.d == 2 else ():
        for number in sheet.leaves:
            leaf = body.shape.leaves[number]
            if leaf.is_continuous:
                ends = find_stretches(body, number, sheet).reshape(-1, 1)
                found.append(leaf.surface(ends).points[:, :2])
    return np.concatenate(found)


def _thin(corners: np.ndarray, most: int) -> np.ndarray:
    """Return one coordinate of corners, sorted.

    Of hundreds some are enough: they are densest where the outline is steep.
    """
    corners = np.unique(corners)
    return corners[:: -(-len(corners) // max(1, most))]


def _slice_ends(body: Body, lines: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends along ``axis`` of the slice through every line, each ``(lines,)``."""
    box = body.box
    if axis == 0:
        # The bounding box is the slice through nothing.
        return np.array([box.low[0]]), np.array([box.high[0]])
    rest = np.stack(
        np.meshgrid(
            *[
                box.low[i] + box.lengths[i] * (np.arange(_SLICE_CELLS) + 0.5) / _SLICE_CELLS
                for i in range(axis + 1, body.d)
            ],
            indexing="ij",
        ),
        axis=-1,
    ).reshape(-1, body.d - axis - 1)

    def meets(number: np.ndarray, x: np.ndarray) -> np.ndarray:
        points = np.empty((len(x), len(rest), body.d))
        points[:, :, :axis] = lines[number][:, None, :]
        points[:, :, axis] = x[:, None]
        points[:, :, axis + 1 :] = rest
        flat = body.shape.is_inside(points.reshape(-1, body.d))
        return np.any(flat.reshape(len(x), len(rest)), axis=1)

    ticks = box.low[axis] + box.lengths[axis] * (np.arange(_SLICE_CELLS) + 0.5) / _SLICE_CELLS
    numbers = np.repeat(np.arange(len(lines)), _SLICE_CELLS)
    hit = np.concatenate(
        [
            meets(part, np.tile(ticks, len(lines))[part_at])
            for part_at in np.array_split(np.arange(len(numbers)), max(1, len(numbers) // 512))
            for part in (numbers[part_at],)
        ]
    ).reshape(len(lines), _SLICE_CELLS)
    low, high = np.zeros(len(lines)), np.zeros(len(lines))
    found = np.flatnonzero(hit.any(axis=1))
    first = hit[found].argmax(axis=1)
    last = _SLICE_CELLS - 1 - hit[found, ::-1].argmax(axis=1)
    step = box.lengths[axis] / _SLICE_CELLS
    for index, outward, target in ((first, -step, low), (last, step, high)):
        inner = ticks[index]
        outer = np.clip(inner + outward, box.low[axis], box.high[axis])
        ends = _bisect(
            lambda x: meets(found, x), inner, outer, np.ones(len(found), dtype=bool), steps=20
        )
        # A slice up to the bounding box ends there: bisection never quite arrives.
        near = np.abs(ends - outer) < 1e-4 * step
        target[found] = np.where(near, outer, ends)
    return low, high


def _fill_lines(
    body: Body, lines: np.ndarray, weights: np.ndarray, order: int
) -> tuple[np.ndarray, np.ndarray]:
    """Add nodes along the last coordinate, inside the body only."""
    d, box = body.d, body.box
    low, length = box.low[-1], float(box.lengths[-1])
    cells = _CELLS[d]
    ticks = np.concatenate(
        [[low], low + length * (np.arange(cells) + 0.4871) / cells, [low + length]]
    )

    def is_inside(line: np.ndarray, x: np.ndarray) -> np.ndarray:
        return body.shape.is_inside(np.column_stack([lines[line], x]))

    number = np.repeat(np.arange(len(lines)), len(ticks))
    inside = is_inside(number, np.tile(ticks, len(lines))).reshape(len(lines), len(ticks))
    inside[:, 0] = inside[:, -1] = False
    line, cell = np.nonzero(inside[:, 1:] != inside[:, :-1])
    cuts = _bisect(lambda x: is_inside(line, x), ticks[cell], ticks[cell + 1], inside[line, cell])
    # Row by row the cuts are ends of intervals, in pairs.
    starts, stops, owner = cuts[0::2], cuts[1::2], line[0::2]
    per_line = max(1, round(len(starts) / max(1, len(lines))))
    nodes, w = gauss_legendre(max(4, order // per_line))
    half = 0.5 * (stops - starts)
    x = 0.5 * (starts + stops)[:, None] + half[:, None] * nodes
    points = np.column_stack([np.repeat(lines[owner], len(nodes), axis=0), x.ravel()])
    return points, (weights[owner, None] * half[:, None] * w).ravel()


def _bisect(
    is_on, first: np.ndarray, second: np.ndarray, at_first: np.ndarray, steps: int = _BISECTIONS
) -> np.ndarray:
    """Return where ``is_on`` changes between two ends, each ``(k,)``."""
    for _ in range(steps if len(first) else 0):
        middle = 0.5 * (first + second)
        same = is_on(middle) == at_first
        first, second = np.where(same, middle, first), np.where(same, second, middle)
    return 0.5 * (first + second)
