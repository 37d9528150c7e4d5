"""Frozen features: products of Chebyshev polynomials, of Fourier modes along periodic axes.

    φ_m(ξ) = Π_i T_{m_i}(ξ_i),   T_k(ξ) = cos(k arccos ξ)

and along a periodic axis ``1, sin ωξ, cos ωξ, sin 2ωξ, …`` in the place of ``T_0, T_1, …``,
with ω = 2π/period. Where the solution is analytic their coefficients fall geometrically, and
the equations over them stay well conditioned, unlike those over random features.
Derivatives follow from the recurrence

    T^(p)_{k+1} = 2ξ T^(p)_k + 2p T^(p−1)_k − T^(p)_{k−1}.

Source: Trefethen, "Approximation Theory and Approximation Practice" (2013), chapters 3 and 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pdelang.training.least_squares.dictionary import NONE_ABSENT, Orders


@dataclass(frozen=True, slots=True, eq=False)
class PolynomialTables:
    """The factors of all features at scaled points ``(n, d)``, per coordinate, when asked for."""

    inputs: np.ndarray
    highest: np.ndarray  # (d,)
    periods: Mapping[int, float]
    known: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)

    def factor(self, axis: int, order: int) -> np.ndarray:
        """Return ``∂^order`` of every factor along an axis, ``(highest + 1, n)``."""
        if (axis, order) not in self.known:
            points, size = self.inputs[:, axis], int(self.highest[axis]) + 1
            if axis in self.periods:
                table = _fourier(points, size, order, 2.0 * np.pi / self.periods[axis])
            else:
                below = self.factor(axis, order - 1) if order else None
                table = _chebyshev(points, size, order, below)
            self.known[axis, order] = table
        return self.known[axis, order]


@dataclass(frozen=True, slots=True, eq=False)
class PolynomialDictionary:
    """``degrees (M, d)``: which factor each of M features takes along each coordinate.

    ``periods`` are the periodic axes with their period in scaled coordinates.
    """

    degrees: np.ndarray
    periods: Mapping[int, float]

    @property
    def count(self) -> int:
        return len(self.degrees)

    @property
    def is_graded(self) -> bool:
        return True

    @property
    def is_independent(self) -> bool:
        return True

    @property
    def sharpness(self) -> float:
        return float(self.highest)

    @property
    def highest(self) -> int:
        """Return the highest degree along any coordinate."""
        return int(self.degrees.max(initial=0))

    @property
    def options(self) -> tuple[tuple[str, int | float | str], ...]:
        return (("kind", "chebyshev"), ("count", self.count), ("degree", self.highest))

    @property
    def frozen(self) -> dict[str, np.ndarray]:
        return {"degrees": np.ascontiguousarray(self.degrees.T.astype(np.int32))}

    @property
    def description(self) -> str:
        highest = ", ".join(str(int(k)) for k in self.degrees.max(axis=0, initial=0))
        return f"{self.count} Chebyshev polynomials of degree {highest}"

    def list_absent(self, k: int) -> np.ndarray:
        return NONE_ABSENT

    def tables(self, inputs: np.ndarray) -> PolynomialTables:
        """Return the tables of factors at scaled points ``(n, d)``."""
        return PolynomialTables(inputs, self.degrees.max(axis=0, initial=0), self.periods)

    def combine(
        self, tables: PolynomialTables, weights: Mapping[Orders, np.ndarray], out: np.ndarray
    ) -> None:
        """Add ``Σ_β weights_β(x) ∂^β φ_m(x)`` to ``out (n, M)``.

        The derivatives that differ along the first coordinate alone are summed there, on
        the short table, before the products are formed.
        """
        first: dict[Orders, np.ndarray] = {}
        for beta, weight in weights.items():
            part = weight * tables.factor(0, beta[0])
            first[beta[1:]] = first[beta[1:]] + part if beta[1:] in first else part
        for rest, table in first.items():
            product = table[self.degrees[:, 0]]
            for axis, order in enumerate(rest, start=1):
                product *= tables.factor(axis, order)[self.degrees[:, axis]]
            out += product.T

    def apply(
        self, tables: PolynomialTables, orders: Orders, coefficients: np.ndarray
    ) -> np.ndarray:
        """Return ``Σ_m c_m ∂^orders φ_m`` at the points, ``(n,)``."""
        if self.degrees.shape[1] == 1:
            return coefficients @ tables.factor(0, orders[0])[self.degrees[:, 0]]
        product = tables.factor(0, orders[0])[self.degrees[:, 0]]
        for axis, order in enumerate(orders[1:], start=1):
            product *= tables.factor(axis, order)[self.degrees[:, axis]]
        return coefficients @ product


def _chebyshev(points: np.ndarray, size: int, order: int, below: np.ndarray | None) -> np.ndarray:
    table = np.zeros((size, len(points)))
    if order == 0:
        table[0] = 1.0
    if size > 1:
        table[1] = (points, 1.0)[order] if order < 2 else 0.0
    twice = 2.0 * points
    for k in range(1, size - 1):
        np.multiply(twice, table[k], out=table[k + 1])
        table[k + 1] -= table[k - 1]
        if below is not None:
            table[k + 1] += (2.0 * order) * below[k]
    return table


def _fourier(points: np.ndarray, size: int, order: int, unit: float) -> np.ndarray:
    k = np.arange(size)
    frequencies = unit * ((k + 1) // 2)
    # The even places are cosines; each derivative turns the phase by a quarter.
    quarters = np.where(k % 2 == 0, 1, 0) + order
    angles = frequencies[:, None] * points + 0.5 * np.pi * quarters[:, None]
    return frequencies[:, None] ** order * np.sin(angles)
