"""Points on pieces of the boundary: whole sides, or sides cut by predicates."""

from __future__ import annotations

import numpy as np

from pdelang.geometry.box import Box
from pdelang.geometry.scan import count_cells, scan_side, scan_step
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.problem import Piece

_MOST_DRAWN = 2**22
_MOST_SEAM_POINTS = 200
# Halves a cell of the scan, at most 1/32 of an edge, down to the rounding of the coordinates.
_BISECTIONS = 52


def select(piece: Piece, points: np.ndarray, space: tuple[str, ...]) -> np.ndarray:
    """Say which points of the piece's side, ``(n, d)``, belong to the piece, shape ``(n,)``."""
    chosen = np.ones(points.shape[0], dtype=bool)
    for predicate in piece.inside:
        chosen &= evaluate(predicate, points, space)
    for predicate in piece.outside:
        chosen &= ~evaluate(predicate, points, space)
    return chosen


def scan_piece(piece: Piece, box: Box, space: tuple[str, ...]) -> np.ndarray:
    """Return the points of the side's fixed scan that lie on the piece, shape ``(n, d)``."""
    points = scan_side(box, piece.side)
    return points if piece.is_whole_side else points[select(piece, points, space)]


def sample_piece(
    piece: Piece, box: Box, count: int, seed: int, space: tuple[str, ...]
) -> np.ndarray:
    """Return exactly ``count`` low-discrepancy points of a piece, shape ``(count, d)``.

    ``space`` names the columns. A cut side is filled by rejection from the smallest box
    around the scan of the piece, so a small window costs no more than a large one. The
    same ``seed`` gives the same points. Raises ValueError for a piece without points.
    """
    if piece.is_whole_side:
        return box.sample_side(piece.side, count, seed)
    window = _window(piece, box, space)
    drawn = max(64, 2 * count)
    while drawn <= _MOST_DRAWN:
        points = window.sample_side(piece.side, drawn, seed)
        points = points[select(piece, points, space)]
        if points.shape[0] >= count:
            return points[:count]
        drawn *= 2
    raise ValueError(f"a piece of side {piece.side} is too small to be sampled")


def measure_piece(piece: Piece, box: Box, space: tuple[str, ...]) -> float:
    """Return the length, area, … of a piece; exact for whole sides, else from the scan."""
    whole = box.side_measure(piece.side)
    if piece.is_whole_side:
        return whole
    points = scan_side(box, piece.side)
    return whole * float(np.mean(select(piece, points, space)))


def quadrature_of_piece(
    piece: Piece, box: Box, order: int, space: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return points ``(n, d)`` and weights ``(n,)`` whose sum is the piece's measure.

    Gauss–Legendre of ``order`` per coordinate on whole sides; on cut ones the midpoint rule
    of the scan, whose error is of first order in the spacing because of the cut.
    """
    if piece.is_whole_side:
        return box.side_quadrature(piece.side, order)
    points = scan_piece(piece, box, space)
    weight = measure_piece(piece, box, space) / max(1, points.shape[0])
    return points, np.full(points.shape[0], weight)


def find_seam(box: Box, space: tuple[str, ...], a: Piece, b: Piece) -> np.ndarray:
    """Return points where two pieces of one side touch, shape ``(n, d)``; few or none.

    Neighbours of the side's scan, one on each piece, are brought together by bisection.
    """
    side = a.side
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


def _window(piece: Piece, box: Box, space: tuple[str, ...]) -> Box:
    """Return a box that has the piece's side and hardly more than the piece."""
    points = scan_piece(piece, box, space)
    if points.shape[0] == 0:
        raise ValueError(f"a piece of side {piece.side} selects no points")
    slack = scan_step(box.d - 1) * box.lengths
    low = np.maximum(np.asarray(box.low), points.min(axis=0) - slack)
    high = np.minimum(np.asarray(box.high), points.max(axis=0) + slack)
    axis = piece.side.axis
    low[axis], high[axis] = box.low[axis], box.high[axis]
    return Box(tuple(map(float, low)), tuple(map(float, high)))
