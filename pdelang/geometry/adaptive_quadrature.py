"""Integrals over a box of functions with kinks and jumps: cells are halved where halving changes the value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdelang.geometry.box import Box

# By the number of dimensions: cells per axis to begin with, Gauss–Legendre nodes per axis of a cell.
_CELLS = {1: 1024, 2: 32, 3: 8}
_ORDER = {1: 8, 2: 4, 3: 3}
_AGREES = 1e-10  # of the integral of the size: a cell that changes by less is done
_MOST_POINTS = 1_000_000


def can_be_refined(box: Box) -> bool:
    return box.d in _CELLS


def integrate_adaptively(box: Box, values: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the integral over a box of ``values (q, d) -> (q,)``.

    A jump across a curve is followed with cells as small as the points allow: nine digits in one
    dimension, about four in two.
    """
    nodes, weights = Box((0.0,) * box.d, (1.0,) * box.d).quadrature(_ORDER[box.d])
    halves = np.indices((2,) * box.d).reshape(box.d, -1).T / 2.0
    grid = np.indices((_CELLS[box.d],) * box.d).reshape(box.d, -1).T
    size = np.asarray(box.lengths) / _CELLS[box.d]
    low = np.asarray(box.low) + grid * size

    def integrals(low: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, float]:
        points = (low[:, None] + nodes * size).reshape(-1, box.d)
        found = values(points).reshape(len(low), -1) * np.prod(size)
        return found @ weights, float(np.sum(np.abs(found) @ weights))

    coarse, total = integrals(low, size)
    spent, result = len(low) * len(nodes), 0.0
    while len(low):
        size = size / 2.0
        low = (low[:, None] + 2.0 * halves * size).reshape(-1, box.d)
        fine, _ = integrals(low, size)
        spent += len(low) * len(nodes)
        fine = fine.reshape(len(coarse), -1)
        sums = fine.sum(axis=1)
        is_open = np.abs(sums - coarse) > _AGREES * total
        ahead = int(is_open.sum()) * fine.shape[1] ** 2 * len(nodes)
        if spent + ahead > _MOST_POINTS:
            return result + float(sums.sum())
        result += float(sums[~is_open].sum())
        low = low.reshape(len(coarse), -1, box.d)[is_open].reshape(-1, box.d)
        coarse = fine[is_open].ravel()
    return result
