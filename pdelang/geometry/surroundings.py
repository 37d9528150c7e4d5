"""Directions around a point: to look whether a shape lies on any side of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

_IN_PLANE = 32
_IN_SPACE = 128
_HIGHER = 512
# Off the axes, along which the edges of most domains run.
_TURN = 0.1


@lru_cache(maxsize=8)
def list_directions(d: int) -> np.ndarray:
    """Return unit vectors spread over all directions, ``(k, d)``, the same at every call."""
    if d == 1:
        return np.array([[-1.0], [1.0]])
    if d == 2:
        angle = _TURN + 2 * np.pi * np.arange(_IN_PLANE) / _IN_PLANE
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if d == 3:
        # Fibonacci's lattice on the sphere.
        k = np.arange(_IN_SPACE) + 0.5
        z = 1 - 2 * k / _IN_SPACE
        angle = _TURN + np.pi * (1 + 5**0.5) * k
        flat = np.sqrt(1 - z**2)
        return np.stack([flat * np.cos(angle), flat * np.sin(angle), z], axis=1)
    drawn = np.random.default_rng(0).normal(size=(_HIGHER, d))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
