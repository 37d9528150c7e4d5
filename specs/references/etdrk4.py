"""ETDRK4 for ``v_t = L v + N(v)`` with diagonal L, in the way of Kassam and Trefethen.

Coefficients by contour integrals (SIAM J. Sci. Comput. 26 (2005) 1214-1233).
"""

from collections.abc import Callable

import numpy as np


def etdrk4_coefficients(decay: np.ndarray, step: float) -> tuple[np.ndarray, ...]:
    """Return (E, E2, Q, f1, f2, f3) for the linear part ``decay``, each shaped like it."""
    contour = np.exp(1j * np.pi * (np.arange(1, 33) - 0.5) / 32)
    z = step * decay[:, None] + contour[None, :]
    e = np.exp(z)
    return (
        np.exp(step * decay),
        np.exp(step * decay / 2),
        step * np.mean((np.exp(z / 2) - 1) / z, axis=1).real,
        step * np.mean((-4 - z + e * (4 - 3 * z + z**2)) / z**3, axis=1).real,
        step * np.mean((2 + z + e * (z - 2)) / z**3, axis=1).real,
        step * np.mean((-4 - 3 * z - z**2 + e * (4 - z)) / z**3, axis=1).real,
    )


def integrate(
    v: np.ndarray,
    decay: np.ndarray,
    nonlinear: Callable[[np.ndarray], np.ndarray],
    step: float,
    steps: int,
) -> np.ndarray:
    """Return v after ``steps`` steps of length ``step``; ``decay`` is the diagonal of L, real."""
    e, e2, q, f1, f2, f3 = etdrk4_coefficients(decay, step)
    for _ in range(steps):
        n0 = nonlinear(v)
        a = e2 * v + q * n0
        na = nonlinear(a)
        b = e2 * v + q * na
        nb = nonlinear(b)
        c = e2 * a + q * (2 * nb - n0)
        v = e * v + f1 * n0 + 2 * f2 * (na + nb) + f3 * nonlinear(c)
    return v
