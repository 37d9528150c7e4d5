"""Where lines enter and leave what has no equations: by bisection of a scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Leaf, list_by_row

# Cells along a line, by dimensions.
LINE_CELLS = {1: 4096, 2: 192, 3: 64}
_BISECTIONS = 46
_GOLDEN_STEPS = 36


@dataclass(frozen=True, slots=True, eq=False)
class Crease:
    """A surface inside a body at which an integrand has a jump or a kink: where ``values (n, d) -> (n,)`` has a zero.

    ``faces`` is its equation where that is of second degree, else empty.
    """

    values: Callable[[np.ndarray], np.ndarray]
    faces: Quadrics

    def on_side(self, axis: int, value: float) -> Crease:
        """Return the crease where coordinate ``axis`` has a fixed value, over the others."""

        def values(points: np.ndarray) -> np.ndarray:
            return self.values(np.insert(points, axis, value, axis=1))

        return Crease(values, self.faces.on_side(axis, value))


def scan_lines(
    source: Leaf | Crease, origins: np.ndarray, direction: np.ndarray, length: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find by bisection where lines enter and leave a source.

    Of a formula also what is thinner than a cell, if its values there are least or largest.
    """

    def levels(row: np.ndarray, t: np.ndarray) -> np.ndarray:
        points = origins[row] + t[:, None] * direction
        found = source.values(points) if isinstance(source, Crease) else source.levels(points)
        if found is None:
            assert isinstance(source, Leaf)
            found = np.where(source.is_inside(points), -1.0, 1.0)
        return found

    cells = LINE_CELLS[origins.shape[1]]
    ticks = length * np.concatenate([[1e-12], (np.arange(cells) + 0.4871) / cells, [1.0 - 1e-12]])
    row = np.repeat(np.arange(len(origins)), len(ticks))
    values = levels(row, np.tile(ticks, len(origins))).reshape(len(origins), len(ticks))
    row, cell = np.nonzero((values[:, 1:] < 0) != (values[:, :-1] < 0))
    first, second, before = ticks[cell], ticks[cell + 1], values[row, cell] < 0
    thin, turn = np.nonzero(_are_turns(values))
    sign = np.where(values[thin, turn + 1] < 0, -1.0, 1.0)
    low, high = ticks[turn], ticks[turn + 2]
    least = _find_least(lambda t: sign * levels(thin, t), low, high)
    some = sign * levels(thin, least) < 0
    thin, low, least, high, sign = (x[some] for x in (thin, low, least, high, sign))
    row = np.concatenate([row, thin, thin])
    first, second = np.concatenate([first, low, least]), np.concatenate([second, least, high])
    before = np.concatenate([before, sign < 0, sign > 0])
    for _ in range(_BISECTIONS if len(row) else 0):
        middle = 0.5 * (first + second)
        same = (levels(row, middle) < 0) == before
        first, second = np.where(same, middle, first), np.where(same, second, middle)
    order = np.argsort(0.5 * (first + second), kind="stable")
    found = list_by_row(len(origins), row[order], 0.5 * (first + second)[order])
    return found, np.arange(found.shape[1])


def _are_turns(values: np.ndarray) -> np.ndarray:
    """Say of inner ticks ``(n, k − 2)`` whether values of one sign come nearest to zero there."""
    size, is_in = np.abs(values), values < 0
    one = (is_in[:, 1:-1] == is_in[:, :-2]) & (is_in[:, 1:-1] == is_in[:, 2:])
    left, right = size[:, 1:-1] - size[:, :-2], size[:, 1:-1] - size[:, 2:]
    # Where all are equal there are no values to go by.
    return one & (left <= 0) & (right <= 0) & (left + right < 0)


def _find_least(
    values: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Return where a function is least between two ends, ``(k,)`` each, by the golden section."""
    ratio = 0.5 * (5.0**0.5 - 1.0)
    for _ in range(_GOLDEN_STEPS if len(low) else 0):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        left = values(a) < values(b)
        low, high = np.where(left, low, a), np.where(left, b, high)
    return 0.5 * (low + high)
