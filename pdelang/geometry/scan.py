"""Fixed points that scan a side: the same at every call, without any random numbers.

They decide which predicates select what, so they must be plentiful but cheap.
"""

from __future__ import annotations

import numpy as np

from pdelang.geometry.box import Box, Side

# Cells per coordinate of the side: a window of 1/10000 of a line is still seen.
_CELLS = {0: 1, 1: 10_000, 2: 160, 3: 32}
_POINTS_IN_HIGH_DIMENSION = 32_768


def scan_side(box: Box, side: Side) -> np.ndarray:
    """Return points spread evenly over the inside of a side, shape ``(n, d)``.

    Midpoints of a tensor grid up to three dimensions of the side, above that the additive
    recurrence of Roberts (2018), ``x_k = frac(k α)``, ``α_i = φ_d^{-i}``. A 1-D side is one point.
    No point lies on an edge, so none belongs to two sides.
    """
    face = box.side_box(side)
    unit = _unit_midpoints(face.d) if face.d in _CELLS else _unit_recurrence(face.d)
    return box.embed(side, np.asarray(face.low) + face.lengths * unit)


def scan_unit(d: int, count: int) -> np.ndarray:
    """Return ``count`` fixed points spread evenly over the unit cube, ``(count, d)``."""
    if d == 1:
        return (np.arange(count)[:, None] + 0.5) / count
    return _unit_recurrence(d, count)


def count_cells(d: int) -> int | None:
    """Return the cells per coordinate of the scan of a ``d``-dimensional side; None for no grid."""
    return _CELLS.get(d)


def scan_step(d: int) -> float:
    """Return the spacing of the scan relative to an edge length, for a side of ``d`` dimensions."""
    return 1.0 / _CELLS[d] if d in _CELLS else _POINTS_IN_HIGH_DIMENSION ** (-1.0 / d)


def _unit_midpoints(d: int) -> np.ndarray:
    half = 0.5 / _CELLS[d]
    return Box((half,) * d, (1.0 - half,) * d).grid((_CELLS[d],) * d)


def _unit_recurrence(d: int, count: int = _POINTS_IN_HIGH_DIMENSION) -> np.ndarray:
    # φ_d is the positive root of φ^(d+1) = φ + 1; the iteration contracts.
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (d + 1))
    steps = root ** -np.arange(1, d + 1)
    return np.mod(0.5 + np.outer(np.arange(1, count + 1), steps), 1.0)
