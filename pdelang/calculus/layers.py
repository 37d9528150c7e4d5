"""Thin sets on which given functions differ from what they are around them: points in these.

A set between two switches (`switches`), or a peak, that is thinner than the spacing of even points is a
layer. Its points come with shares of the coordinates' volume: so that a sum over them is an integral, and
a thin source counts as much as it does, no more and no less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import sympy


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer for people: between which values of a coordinate it lies."""

    coordinate: sympy.Symbol
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Points ``(n, d)`` in thin sets, and the ``shares (n,)`` of the whole measure that they stand for.

    ``is_spare (n,)`` marks every second one: two halves, each of which knows the layers alone. ``boxes``
    are those ``(k, 2, d)`` across a single coordinate.
    """

    points: np.ndarray
    shares: np.ndarray
    is_spare: np.ndarray
    boxes: np.ndarray
    thinnest: Layer

    def among(self, chosen: np.ndarray, share: float) -> Layers | None:
        """Return the points of a mask ``(n,)``, of a place with a share of the measure; None for no points."""
        if not chosen.any():
            return None
        return replace(
            self,
            points=self.points[chosen],
            shares=self.shares[chosen] / share,
            is_spare=self.is_spare[chosen],
        )

    def half(self, is_spare: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return the points of one of the halves, and their shares."""
        own = self.is_spare == is_spare
        return self.points[own], 2.0 * self.shares[own]

    def hold(self, points: np.ndarray) -> np.ndarray:
        """Say which points ``(n, d)`` lie in a layer across a single coordinate, ``(n,)``."""
        inside = np.zeros(len(points), bool)
        for low, high in self.boxes:
            inside |= np.all((points >= low) & (points <= high), axis=1)
        return inside
