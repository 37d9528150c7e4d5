"""Gauss–Legendre nodes, each number of them computed once: NumPy solves an eigenproblem every time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def gauss_legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes in (−1, 1) and weights, ``(count,)`` each; they must not be written to."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights
