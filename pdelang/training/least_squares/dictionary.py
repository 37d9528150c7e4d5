"""Frozen features: a random dictionary of plane waves with derivatives in closed form.

    φ_m(ξ) = sin(w_m·ξ + b_m),   ∂^β φ_m = w_m^β sin(w_m·ξ + b_m + |β| π/2)

on scaled coordinates ξ ∈ [-1, 1]^d. This is the last hidden layer of a wide network with
frozen weights; its Gram matrix is the conjugate kernel. Along a periodic axis the
frequencies are whole multiples of 2π/period, so every feature is periodic exactly.
Source: random Fourier features (Rahimi, Recht 2007); the physics-informed form is the
extreme learning machine (Dwivedi, Srinivasan 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# From this many coordinates on, part of the features depend on one or two of them only:
# solutions in high dimension are rarely rich in all coordinates at once.
_SPARSE_FROM = 4


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """``frequencies (M, d)`` and ``phases (M,)`` of M features."""

    frequencies: np.ndarray
    phases: np.ndarray

    @property
    def count(self) -> int:
        return len(self.phases)

    def tables(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return sine and cosine of every phase at scaled points ``(n, d)``, each ``(n, M)``."""
        angles = inputs @ self.frequencies.T
        angles += self.phases
        return np.sin(angles), np.cos(angles)

    def factors(self, orders: tuple[int, ...]) -> tuple[np.ndarray, bool]:
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
