"""The space of a problem in time alone: one constant function at a single point.

It stands in the place of a `SplineSpace`, so that systems of ordinary differential equations go
the way of evolution problems: collocation at Radau points in windows of adaptive length, which is
an implicit Runge–Kutta method (Hairer, Wanner, "Solving Ordinary Differential Equations II",
IV.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pdelang.training.splines.spline_space import SplineSpace


def _unit_interval() -> np.ndarray:
    return np.array([0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class PointSpace(SplineSpace):
    """One element with one function, the constant 1, of which nothing is ever refined."""

    degree: int = 0
    breakpoints: np.ndarray = field(default_factory=_unit_interval)

    def gauss_points(self, per_element: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the single point, whatever is asked for: no integral is to be approximated."""
        return np.zeros(1), np.zeros(1, int), np.ones(1)

    def refined(self, marked: np.ndarray) -> SplineSpace:
        return self

    def carry(self, coefficients: np.ndarray, finer: SplineSpace) -> np.ndarray:
        return coefficients

    def roughness(self, coefficients: np.ndarray) -> np.ndarray:
        """Return zeros: there is no coordinate along which anything could be rough."""
        return np.zeros((1, *coefficients.shape[1:]))
