"""Shapes given by a formula: the points where it is negative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pdelang.geometry.shape import Ends, Leaf, Patch

Formula = Callable[[np.ndarray], np.ndarray]  # points (n, d) -> (n,)

# Lines across the shape per coordinate, and cells along each, by the number of dimensions.
_LINES = {1: 1, 2: 2048, 3: 96}
_CELLS = {1: 4096, 2: 384, 3: 96}
_BISECTIONS = 48
_DIFFERENCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class LevelSet(Leaf):
    """``formula(x) <= 0``, in up to three dimensions.

    Its surface is a table of points with the area of each. Lines along coordinate ``a`` through a grid
    of cell size ``h`` meet it in points that stand for the area ``h^{d−1}/|n_a|``. Taken from all
    coordinates with weights ``n_a²``, whose sum is 1, each stands for ``h^{d−1} |n_a|``: nothing
    is ever divided by a small number.
    """

    formula: Formula
    low: Ends
    high: Ends
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    normals: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    areas: np.ndarray = field(default_factory=lambda: np.zeros(0))
    step: float = _DIFFERENCE
    parameters = 1

    @property
    def area(self) -> float:
        return float(self.areas.sum())

    @property
    def corners(self) -> np.ndarray:
        return np.array([self.points.min(axis=0), self.points.max(axis=0)])

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Return ``f/|∇f|``, the distance to first order; a point without a value is outside."""
        with np.errstate(all="ignore"):
            value = self._values(points)
            slope = np.linalg.norm(self._gradient(points), axis=1)
            return np.where(
                np.isfinite(slope) & (slope > 0), value / slope, np.sign(value) * self.step
            )

    def levels(self, points: np.ndarray) -> np.ndarray:
        return self._values(points)

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        return self._values(points) < 0

    def gradients(self, points: np.ndarray, parts: np.ndarray) -> np.ndarray:
        return self._gradient(points)

    def _values(self, points: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            values = self.formula(points)
        return np.where(np.isnan(values), np.inf, values)

    def _gradient(self, points: np.ndarray) -> np.ndarray:
        moves = self.step * np.eye(points.shape[1])
        return np.stack(
            [(self.formula(points + m) - self.formula(points - m)) for m in moves], axis=1
        ) / (2.0 * self.step)

    def surface(self, unit: np.ndarray) -> Patch:
        sums = np.cumsum(self.areas)
        chosen = np.searchsorted(sums, unit[:, 0] * sums[-1], side="right")
        chosen = np.clip(chosen, 0, len(sums) - 1)
        return Patch(self.points[chosen], self.normals[chosen])

    @property
    def is_continuous(self) -> bool:  # type: ignore[override]
        return False

    def clipped(self, low: Ends, high: Ends) -> Leaf:
        d = len(low)
        size = float(np.linalg.norm(np.subtract(high, low)))
        rough = LevelSet(self.formula, self.low, self.high, step=_DIFFERENCE * size)
        found = [rough._cross(axis, np.asarray(low), np.asarray(high)) for axis in range(d)]
        points = np.concatenate([p for p, _ in found])
        cells = np.concatenate([c for _, c in found])
        axes = np.repeat(np.arange(d), [len(p) for p, _ in found])
        if not len(points):
            return LevelSet(
                self.formula,
                self.low,
                self.high,
                np.zeros((1, d)),
                np.eye(1, d),
                np.zeros(1),
                rough.step,
            )
        with np.errstate(all="ignore"):
            gradient = rough._gradient(points)
            normals = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
        sound = np.isfinite(normals).all(axis=1)
        points, normals, cells, axes = points[sound], normals[sound], cells[sound], axes[sound]
        areas = cells * np.abs(normals[np.arange(len(points)), axes])
        order = np.argsort(_interleave((points - low) / np.subtract(high, low)), kind="stable")
        return LevelSet(
            self.formula,
            self.low,
            self.high,
            points[order],
            normals[order],
            areas[order],
            rough.step,
        )

    def _cross(self, axis: int, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where lines along ``axis`` meet the surface, ``(n, d)``, and the cell's area."""
        d = len(low)
        lengths = high - low
        unit = (np.arange(_LINES[d]) + 0.5) / _LINES[d]
        others = [i for i in range(d) if i != axis]
        grids = np.meshgrid(*[low[i] + lengths[i] * unit for i in others], indexing="ij")
        feet = np.zeros((grids[0].size if others else 1, d))
        for i, grid in zip(others, grids, strict=True):
            feet[:, i] = grid.ravel()
        cell = float(np.prod(lengths[others] / _LINES[d])) if others else 1.0
        # The cells are shifted by an odd fraction, so that symmetric shapes are not met at their ends.
        stops = low[axis] + lengths[axis] * (np.arange(_CELLS[d] + 1) - 0.3779) / (_CELLS[d] - 0.7)
        columns = []
        for stop in stops:
            feet[:, axis] = stop
            columns.append(self._values(feet) <= 0)
        inside = np.stack(columns, axis=1)
        line, index = np.nonzero(inside[:, 1:] != inside[:, :-1])
        first, second = feet[line].copy(), feet[line].copy()
        first[:, axis], second[:, axis] = stops[index], stops[index + 1]
        starts_inside = inside[line, index]
        for _ in range(_BISECTIONS):
            middle = 0.5 * (first + second)
            same = ((self._values(middle) <= 0) == starts_inside)[:, None]
            first, second = np.where(same, middle, first), np.where(same, second, middle)
        return 0.5 * (first + second), np.full(len(line), cell)


def _interleave(unit: np.ndarray) -> np.ndarray:
    """Return the Morton code of points in the unit cube: neighbours stay neighbours."""
    d = unit.shape[1]
    bits = 48 // d
    whole = np.clip((unit * (1 << bits)).astype(np.int64), 0, (1 << bits) - 1)
    code = np.zeros(len(unit), dtype=np.int64)
    for bit in range(bits):
        for axis in range(d):
            code |= ((whole[:, axis] >> bit) & 1) << (bit * d + axis)
    return code
