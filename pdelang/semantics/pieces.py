"""Points on pieces of the boundary: whole surfaces, or surfaces cut by predicates."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from pdelang.geometry.body import Body, Keep, Rim, Sheet
from pdelang.geometry.box import Box, Side
from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.geometry.interface import Seam
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.outline import find_stretches, split_intervals
from pdelang.geometry.quadrature import box_quadrature, sheet_quadrature
from pdelang.geometry.scan import count_cells, scan_side, scan_step
from pdelang.semantics.boundary import Piece
from pdelang.semantics.cuts import find_cuts
from pdelang.semantics.domain import Domain, Surface
from pdelang.semantics.evaluate import evaluate

Chart = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

_MOST_DRAWN = 2**22
_MOST_SEAM_POINTS = 200
# Ends of stretches that are compared, and how near, relative to the diagonal, they are one point.
_MOST_ENDS = 400
_TOUCHING = 1e-6
_INSET = 1e-14  # of a stretch
_MEASURE_ORDER = 16
# Halves a cell of the scan, at most 1/32 of an edge, down to the rounding of the coordinates.
_BISECTIONS = 52


def select(piece: Piece, points: np.ndarray, space: tuple[str, ...]) -> np.ndarray:
    """Say which points of the piece's surface, ``(n, d)``, belong to the piece, shape ``(n,)``."""
    chosen = np.ones(points.shape[0], dtype=bool)
    for predicate in piece.inside:
        chosen &= evaluate(predicate, points, space)
    for predicate in piece.outside:
        chosen &= ~evaluate(predicate, points, space)
    return chosen


def scan_surface(domain: Domain, surface: Surface) -> np.ndarray:
    """Return the points of a surface's fixed scan, shape ``(n, d)``."""
    if isinstance(surface, Side):
        return scan_side(domain.box, surface)
    return scan_curved(Piece(surface), domain).points


def scan_curved(piece: Piece, domain: Domain) -> Rim:
    """Return the points of a piece of a sheet or a seam with their normals, from the fixed scan."""
    body, sheet = _owner(piece, domain)
    return body.scan_sheet(sheet, keep_of(piece, domain))


def scan_piece(piece: Piece, domain: Domain) -> np.ndarray:
    """Return the points of the surface's fixed scan that lie on the piece, shape ``(n, d)``."""
    points = scan_surface(domain, piece.side)
    if piece.is_whole_side:
        return points
    return points[select(piece, points, domain.coordinates)]


def sample_piece(piece: Piece, domain: Domain, count: int, seed: int) -> np.ndarray:
    """Return exactly ``count`` low-discrepancy points of a piece, shape ``(count, d)``.

    Where the normal is not the same everywhere it follows in ``d`` more columns. A cut side is
    filled by rejection from the smallest box around the scan of the piece, so a small window
    costs no more than a large one. The same ``seed`` gives the same points. Raises ValueError
    for a piece without points.
    """
    side = piece.side
    if not isinstance(side, Side):
        return sample_curved(piece, domain, count, seed)[0]
    if piece.is_whole_side:
        return domain.box.sample_side(side, count, seed)
    window = _window(piece, side, domain)
    drawn = max(64, 2 * count)
    while drawn <= _MOST_DRAWN:
        points = window.sample_side(side, drawn, seed)
        points = points[select(piece, points, domain.coordinates)]
        if points.shape[0] >= count:
            return points[:count]
        drawn *= 2
    raise ValueError(f"a piece of side {side} is too small to be sampled")


def sample_curved(
    piece: Piece, domain: Domain, count: int, seed: int, extra: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return points of a piece of a sheet or a seam as `sample_piece` does, and ``extra`` columns.

    These, ``(count, extra)`` of the unit cube, are spread over the piece as evenly as the points are.
    """
    body, sheet = _owner(piece, domain)
    points, normals, columns = body.sample_sheet(sheet, count, seed, keep_of(piece, domain), extra)
    return np.column_stack([points, normals]) if piece.has_normals else points, columns


def list_charts(piece: Piece, domain: Domain) -> list[tuple[int, Chart]]:
    """Return what maps parameters ``(n, k)`` of the unit cube to points of a piece, and k, surface by surface.

    A chart returns points ``(n, d)``, with the normals in ``d`` more columns where they are not the same
    everywhere, and which of them lie on the piece, ``(n,)``.
    """
    side = piece.side
    if isinstance(side, Side):
        face = domain.box.side_box(side)

        def on_side(unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            inner = np.array(face.low) + unit * np.array(face.lengths)
            points = domain.box.embed(side, inner)
            return points, select(piece, points, domain.coordinates)

        return [(face.d, on_side)]
    body, sheet = _owner(piece, domain)
    keep = keep_of(piece, domain)

    def chart(number: int) -> Chart:
        def on_leaf(unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            rim = body.rim_at(number, unit)
            points = np.column_stack([rim.points, rim.normals]) if piece.has_normals else rim.points
            return points, body.on_sheet(number, sheet, unit, keep)

        return on_leaf

    leaves = body.shape.leaves
    return [(leaves[number].parameters, chart(number)) for number in sheet.leaves]


def keep_of(piece: Piece, domain: Domain) -> Keep | None:
    """Return the function that says which points of its sheet a piece keeps, None for all."""

    def chosen(points: np.ndarray) -> np.ndarray:
        return select(piece, points, domain.coordinates)

    own = None if piece.is_whole_side else chosen
    return piece.side.keeping(own) if isinstance(piece.side, Seam) else own


def measure_piece(piece: Piece, domain: Domain) -> float:
    """Return the length, area, … of a piece; from the scan where it is cut out of a face by more than second degree."""
    side = piece.side
    if not isinstance(side, Side):
        body, sheet = _owner(piece, domain)
        rim = sheet_quadrature(body, sheet, _MEASURE_ORDER, keep_of(piece, domain))
        return float(rim.areas.sum())
    whole = domain.box.side_measure(side)
    if piece.is_whole_side:
        return whole
    if domain.box.d == 2:
        return float(np.diff(find_intervals(piece, side, domain)).sum())
    if domain.box.d == 3 and find_cuts(piece, domain) is not None:
        return float(quadrature_of_piece(piece, domain, _MEASURE_ORDER)[1].sum())
    points = scan_side(domain.box, side)
    return whole * float(np.mean(select(piece, points, domain.coordinates)))


def find_intervals(piece: Piece, side: Side, domain: Domain) -> np.ndarray:
    """Return the intervals ``(k, 2)`` of a plane box's side that a piece consists of.

    Where the scan goes from one to the other, the end is found by bisection.
    """
    box = domain.box
    along = 1 - side.axis
    ticks = scan_side(box, side)[:, along]
    low, high = box.low[along], box.high[along]

    def is_on(x: np.ndarray) -> np.ndarray:
        return select(piece, box.embed(side, x[:, None]), domain.coordinates)

    on = is_on(ticks)
    cut = np.flatnonzero(on[1:] != on[:-1])
    first, second = ticks[cut], ticks[cut + 1]
    for _ in range(_BISECTIONS if len(cut) else 0):
        middle = 0.5 * (first + second)
        same = is_on(middle) == on[cut]
        first, second = np.where(same, middle, first), np.where(same, second, middle)
    ends = 0.5 * (first + second)
    ends = np.concatenate([[low] if on[0] else [], ends, [high] if on[-1] else []])
    return ends.reshape(-1, 2)


def quadrature_of_piece(
    piece: Piece, domain: Domain, order: int, creases: tuple[Crease, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return points as `sample_piece` does, and weights ``(n,)`` whose sum is the piece's measure.

    An integrand may have jumps and kinks at ``creases``, but not where the points are those of the scan.

    Gauss–Legendre of ``order`` per coordinate on whole sides of a box, along curves, on every interval of a plane
    box's side, and on faces that predicates of second degree cut; elsewhere the points of the scan, whose
    error is of first order in the spacing because of the cut.
    """
    side = piece.side
    if not isinstance(side, Side):
        body, sheet = _owner(piece, domain)
        cuts = None if isinstance(side, Seam) or domain.box.d < 3 else find_cuts(piece, domain)
        rim = sheet_quadrature(body, sheet, order, keep_of(piece, domain), creases, cuts)
        columns = [rim.points, rim.normals] if piece.has_normals else [rim.points]
        return np.column_stack(columns), rim.areas
    if piece.is_whole_side and not (creases and domain.box.d in (2, 3, 4)):
        return domain.box.side_quadrature(side, order)
    cuts = find_cuts(piece, domain) if domain.box.d in (3, 4) else None
    if cuts is not None:
        value = domain.box.side_value(side)
        own = tuple(crease.on_side(side.axis, value) for crease in (*creases, *cuts))
        points, weights = box_quadrature(domain.box.side_box(side), order, own)
        points = domain.box.embed(side, points)
        chosen = select(piece, points, domain.coordinates)
        return points[chosen], weights[chosen]
    if domain.box.d == 2:
        nodes, weights = gauss_legendre(order)
        intervals = find_intervals(piece, side, domain)
        along = [
            lambda x, s=crease, at=side: s.values(domain.box.embed(at, x[:, None]))
            for crease in creases
        ]
        intervals = split_intervals(intervals, along)
        half = 0.5 * (intervals[:, 1:] - intervals[:, :1])
        found = intervals[:, :1] + half * (1.0 + nodes[None])
        return domain.box.embed(side, found.reshape(-1, 1)), (half * weights[None]).ravel()
    points = scan_piece(piece, domain)
    weight = measure_piece(piece, domain) / max(1, points.shape[0])
    return points, np.full(points.shape[0], weight)


def find_junctions(domain: Domain, a: Piece, b: Piece) -> np.ndarray:
    """Return the points where two pieces of a plane body's boundary meet, ``(n, 2)``."""
    if domain.box.d != 2:
        return np.zeros((0, domain.box.d))
    first, second = (find_ends(domain, piece)[:_MOST_ENDS] for piece in (a, b))
    gaps = np.linalg.norm(first[:, None] - second[None], axis=2)
    near = gaps <= _TOUCHING * float(np.linalg.norm(domain.box.lengths))
    return first[near.any(axis=1)]


def find_ends(domain: Domain, piece: Piece) -> np.ndarray:
    """Return the ends of every smooth stretch of a piece of a plane boundary, ``(n, 2)``.

    On a box only the ends of whole sides: `find_seam` knows those of cut ones.
    """
    side = piece.side
    if isinstance(side, Side):
        if not piece.is_whole_side:
            return np.zeros((0, 2))
        ends = np.array([domain.box.low, domain.box.high], dtype=float)
        ends[:, side.axis] = (domain.box.high if side.upper else domain.box.low)[side.axis]
        return ends
    own = [
        body.shape.leaves[leaf].surface(cuts.reshape(-1, 1)).points
        for body, leaf, cuts in list_stretches(piece, domain)
    ]
    return np.concatenate([*own, np.zeros((0, 2))])


@lru_cache(maxsize=256)
def list_stretches(piece: Piece, domain: Domain) -> tuple[tuple[Body, int, np.ndarray], ...]:
    """Return the body, the leaf and the intervals ``(k, 2)`` of its parameter that make up a piece.

    The piece is one of a sheet or a seam in the plane; leaves without a continuous parameter are left out.
    """
    body, sheet = _owner(piece, domain)
    keep = keep_of(piece, domain)
    found = []
    for leaf in sheet.leaves:
        if body.shape.leaves[leaf].is_continuous:
            stretches = find_stretches(body, leaf, sheet, keep)
            # The very end of a face has the parameter with which the next face begins.
            inset = _INSET * np.diff(stretches, axis=1)
            found.append((body, leaf, stretches + inset * [1.0, -1.0]))
    return tuple(found)


def find_seam(domain: Domain, side: Side, a: Piece, b: Piece) -> np.ndarray:
    """Return points where two pieces of one side of a box touch, shape ``(n, d)``; few or none.

    Neighbours of the side's scan, one on each piece, are brought together by bisection.
    """
    box, space = domain.box, domain.coordinates
    cells = count_cells(box.d - 1)
    if cells is None or box.d == 1:
        return np.zeros((0, box.d))
    points = scan_side(box, side)
    in_a, in_b = select(a, points, space), select(b, points, space)
    index = np.arange(points.shape[0]).reshape((cells,) * (box.d - 1))
    starts: list[np.ndarray] = []
    ends: list[np.ndarray] = []
    for axis in range(box.d - 1):
        here = np.take(index, range(cells - 1), axis).ravel()
        there = np.take(index, range(1, cells), axis).ravel()
        for first, second in ((here, there), (there, here)):
            touching = in_a[first] & ~in_b[first] & in_b[second] & ~in_a[second]
            starts.append(first[touching])
            ends.append(second[touching])
    chosen = np.concatenate(starts)[:_MOST_SEAM_POINTS], np.concatenate(ends)[:_MOST_SEAM_POINTS]
    low, high = points[chosen[0]], points[chosen[1]]
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        on_a = select(a, middle, space)[:, None]
        low, high = np.where(on_a, middle, low), np.where(on_a, high, middle)
    return 0.5 * (low + high)


def _window(piece: Piece, side: Side, domain: Domain) -> Box:
    """Return a box that has the piece's side and hardly more than the piece."""
    box = domain.box
    points = scan_piece(piece, domain)
    if points.shape[0] == 0:
        raise ValueError(f"a piece of side {side} selects no points")
    slack = scan_step(box.d - 1) * box.lengths
    low = np.maximum(np.asarray(box.low), points.min(axis=0) - slack)
    high = np.minimum(np.asarray(box.high), points.max(axis=0) + slack)
    axis = side.axis
    low[axis], high[axis] = box.low[axis], box.high[axis]
    return Box(tuple(map(float, low)), tuple(map(float, high)))


def _owner(piece: Piece, domain: Domain) -> tuple[Body, Sheet]:
    """Return the sheet that a piece is part of, and its body."""
    match piece.side:
        case Seam(body=body, sheet=sheet):
            return body, sheet
        case Sheet() as sheet:
            return _body(domain), sheet
        case side:
            raise TypeError(f"no sheet: {side}")


def _body(domain: Domain) -> Body:
    assert domain.body is not None, "sheets belong to bodies"
    return domain.body
