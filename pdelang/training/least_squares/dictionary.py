"""Frozen features: a random dictionary of plane waves with derivatives in closed form.

    φ_m(ξ) = sin(w_m·ξ + b_m),   ∂^β φ_m = w_m^β sin(w_m·ξ + b_m + |β| π/2)

on scaled coordinates ξ ∈ [-1, 1]^d. This is the last hidden layer of a wide network with
frozen weights; its Gram matrix is the conjugate kernel. Along a periodic axis the
frequencies are whole multiples of 2π/period, so every feature is periodic exactly.
Source: random Fourier features (Rahimi, Recht 2007); the physics-informed form is the
extreme learning machine (Dwivedi, Srinivasan 2020).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Orders = tuple[int, ...]

NONE_ABSENT = np.zeros(0, dtype=int)
"""What `FeatureDictionary.list_absent` returns where every field has all features."""

# From this many coordinates on, part of the features depend on one or two of them only:
# solutions in high dimension are rarely rich in all coordinates at once.
_SPARSE_FROM = 4


class FeatureDictionary(Protocol):
    """M frozen features on scaled coordinates, with their derivatives."""

    @property
    def count(self) -> int: ...

    @property
    def is_graded(self) -> bool:
        """Say whether the features' derivatives differ in size by orders of magnitude."""
        ...

    @property
    def is_independent(self) -> bool:
        """Say whether no feature is close to a combination of the others."""
        ...

    @property
    def sharpness(self) -> float:
        """Return the polynomial degree that follows the steepest feature along any coordinate."""
        ...

    @property
    def options(self) -> tuple[tuple[str, int | float | str], ...]:
        """Return the options of the network ``features`` that has these features."""
        ...

    @property
    def frozen(self) -> dict[str, np.ndarray]:
        """Return the frozen parameters of that network."""
        ...

    @property
    def description(self) -> str:
        """Return what the features are, in a few words."""
        ...

    def list_absent(self, k: int, /) -> np.ndarray:
        """Return the numbers of the features that the field of number k does not have."""
        ...

    def tables(self, inputs: np.ndarray, /) -> Any:
        """Return what all derivatives at scaled points ``(n, d)`` share."""
        ...

    def combine(self, tables: Any, weights: Mapping[Orders, np.ndarray], out: np.ndarray) -> None:
        """Add ``Σ_β weights_β(x) ∂^β φ_m(x)`` to ``out (n, M)``; weights are ``(n,)``."""
        ...

    def apply(self, tables: Any, orders: Orders, coefficients: np.ndarray) -> np.ndarray:
        """Return ``Σ_m c_m ∂^orders φ_m`` at the points, ``(n,)``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Plane waves: ``frequencies (M, d)`` and ``phases (M,)`` of M features."""

    frequencies: np.ndarray
    phases: np.ndarray

    @property
    def count(self) -> int:
        return len(self.phases)

    @property
    def is_graded(self) -> bool:
        return False

    @property
    def is_independent(self) -> bool:
        return False

    @property
    def sharpness(self) -> float:
        return float(np.abs(self.frequencies).max(initial=0.0))

    @property
    def options(self) -> tuple[tuple[str, int | float | str], ...]:
        return (("kind", "sine"), ("count", self.count))

    @property
    def frozen(self) -> dict[str, np.ndarray]:
        return {
            "frequencies": np.ascontiguousarray(self.frequencies.T),
            "phases": self.phases,
        }

    @property
    def description(self) -> str:
        spread = np.sqrt(np.mean(self.frequencies**2, axis=0))
        return f"{self.count} plane waves of frequency {', '.join(f'{s:.3g}' for s in spread)}"

    def list_absent(self, k: int) -> np.ndarray:
        return NONE_ABSENT

    def tables(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return sine and cosine of every phase at scaled points ``(n, d)``, each ``(n, M)``.

        The columns are contiguous, as LAPACK wants them.
        """
        angles = self.frequencies @ inputs.T
        angles += self.phases[:, None]
        return np.sin(angles).T, np.cos(angles).T

    def combine(
        self,
        tables: tuple[np.ndarray, np.ndarray],
        weights: Mapping[Orders, np.ndarray],
        out: np.ndarray,
    ) -> None:
        """Add ``Σ_β weights_β(x) ∂^β φ_m(x)`` to ``out (n, M)``."""
        for wants_sine, table in zip((True, False), tables, strict=True):
            left, right = [], []
            for beta, weight in weights.items():
                factor, is_sine = self.factors(beta)
                if is_sine is wants_sine:
                    left.append(weight)
                    right.append(factor)
            if left:
                # Few derivatives, many features: one thin product instead of a sum of
                # outer products.
                out += table * (np.stack(right, axis=1) @ np.stack(left)).T

    def apply(
        self, tables: tuple[np.ndarray, np.ndarray], orders: Orders, coefficients: np.ndarray
    ) -> np.ndarray:
        """Return ``Σ_m c_m ∂^orders φ_m`` at the points, ``(n,)``."""
        factor, is_sine = self.factors(orders)
        return tables[not is_sine] @ (factor * coefficients)

    def factors(self, orders: Orders) -> tuple[np.ndarray, bool]:
        """Return ``(± w^β (M,), is_sine)``: ∂^β φ is that factor times the sine or the cosine."""
        product = np.ones(self.count)
        for axis, order in enumerate(orders):
            if order:
                product = product * self.frequencies[:, axis] ** order
        total = sum(orders)
        return (product if total % 4 < 2 else -product), total % 2 == 0


def draw_dictionary(
    count: int, scales: np.ndarray, periods: dict[int, float], seed: int
) -> Dictionary:
    """Draw ``count`` features with normal frequencies of standard deviation ``scales (d,)``.

    ``periods`` are the periodic axes with their period in scaled coordinates.
    """
    rng = np.random.default_rng([seed, 0xFEA7])
    d = len(scales)
    frequencies = rng.standard_normal((count, d)) * scales
    if d >= _SPARSE_FROM:
        _thin_out(frequencies, rng)
    for axis, period in periods.items():
        unit = 2.0 * np.pi / period
        frequencies[:, axis] = unit * np.round(frequencies[:, axis] / unit)
    return Dictionary(frequencies, rng.uniform(0.0, 2.0 * np.pi, count))


def _thin_out(frequencies: np.ndarray, rng: np.random.Generator) -> None:
    """Leave a third of the features one coordinate and a third of them two."""
    count, d = frequencies.shape
    order = np.argsort(rng.random((count, d)), axis=1)
    kept = np.full(count, d)
    kept[: count // 3] = 1
    kept[count // 3 : 2 * count // 3] = 2
    rank = np.argsort(order, axis=1)
    frequencies[rank >= kept[:, None]] = 0.0
