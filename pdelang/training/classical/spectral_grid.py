"""Grids of spectral collocation: Chebyshev points between two ends, Fourier points around a period.

Source: L. N. Trefethen, "Spectral Methods in MATLAB", SIAM 2000, chapters 3, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from scipy.interpolate import BarycentricInterpolator
from scipy.linalg import toeplitz

from pdelang.calculus.jet import Jet
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """Points ``(n,)`` along one coordinate, and the matrix ``(n, n)`` that differentiates there."""

    points: np.ndarray
    derivative: np.ndarray
    is_periodic: bool

    @classmethod
    def chebyshev(cls, low: float, high: float, count: int) -> Axis:
        """Return ``count`` Chebyshev–Lobatto points of [low, high], ascending."""
        n = count - 1
        xi = -np.cos(np.pi * np.arange(count) / n)
        c = np.where((np.arange(count) == 0) | (np.arange(count) == n), 2.0, 1.0)
        c *= (-1.0) ** np.arange(count)
        difference = xi[:, None] - xi[None, :] + np.eye(count)
        matrix = np.outer(c, 1.0 / c) / difference
        matrix -= np.diag(matrix.sum(axis=1))
        half = 0.5 * (high - low)
        return cls(0.5 * (low + high) + half * xi, matrix / half, False)

    @classmethod
    def fourier(cls, low: float, high: float, count: int) -> Axis:
        """Return ``count`` (odd) even points of one period."""
        h = 2.0 * np.pi / count
        k = np.arange(1, count)
        column = np.concatenate([[0.0], 0.5 * (-1.0) ** k / np.sin(0.5 * k * h)])
        matrix = toeplitz(column, -column)
        points = low + (high - low) * np.arange(count) / count
        return cls(points, matrix * (2.0 * np.pi / (high - low)), True)

    def interpolate(self, values: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the interpolant of ``values (n, …)`` at ``x``, along the first axis."""
        if not self.is_periodic:
            return np.asarray(BarycentricInterpolator(self.points, values)(x))
        n = len(self.points)
        step = self.points[1] - self.points[0]
        angle = np.pi * (x[:, None] - self.points[None, :]) / (n * step)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = np.sin(n * angle) / (n * np.sin(angle))
        return np.where(np.abs(np.sin(angle)) < 1e-14, 1.0, weights) @ values


@dataclass(frozen=True, slots=True, eq=False)
class SpectralGrid:
    """The tensor grid of one axis per space coordinate; points are numbered last axis fastest."""

    axes: tuple[Axis, ...]
    _matrices: dict[tuple[int, ...], np.ndarray] = field(default_factory=dict)

    @classmethod
    def over(cls, problem: Problem, count: int) -> SpectralGrid:
        """Return the grid of a problem's box with about ``count`` points per axis."""
        box = problem.domain.box
        return cls(
            tuple(
                Axis.fourier(low, high, count + 1 - count % 2)
                if axis in problem.periodic_axes
                else Axis.chebyshev(low, high, count)
                for axis, (low, high) in enumerate(zip(box.low, box.high, strict=True))
            )
        )

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(axis.points) for axis in self.axes)

    @property
    def points(self) -> np.ndarray:
        """Return all points, ``(n, d)``."""
        meshes = np.meshgrid(*(axis.points for axis in self.axes), indexing="ij")
        return np.stack([mesh.ravel() for mesh in meshes], axis=1)

    def side(self, axis: int, upper: bool) -> np.ndarray:
        """Return the numbers of the points on a side of the box."""
        numbers = np.arange(np.prod(self.shape)).reshape(self.shape)
        return np.take(numbers, -1 if upper else 0, axis=axis).ravel()

    def matrix(self, orders: Sequence[int]) -> np.ndarray:
        """Return the matrix ``(n, n)`` of ``∂^orders``."""
        key = tuple(orders)
        if key not in self._matrices:
            factors = [
                np.linalg.matrix_power(axis.derivative, order)
                for axis, order in zip(self.axes, orders, strict=True)
            ]
            self._matrices[key] = reduce(np.kron, factors)
        return self._matrices[key]

    def space_orders(self, jet: Jet) -> tuple[int, ...]:
        """Return the orders of a jet in space."""
        return jet.orders[: len(self.axes)]

    def interpolate(self, values: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return the interpolant of ``values (n,)`` at points ``(q, d)``."""
        table = values.reshape(self.shape)
        if len(self.axes) == 1:
            return self.axes[0].interpolate(table, points[:, 0])
        # Along the first axis to each point's coordinate, then along the second, one by one.
        rows = self.axes[0].interpolate(table, points[:, 0])
        return np.array(
            [
                self.axes[1].interpolate(row, y[None])[0]
                for row, y in zip(rows, points[:, 1], strict=True)
            ]
        )
