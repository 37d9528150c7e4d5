"""Polynomials and corner singularities as a family of features; see `corner_dictionary`."""

from __future__ import annotations

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.least_squares.corner_dictionary import corner_dictionary, find_corners
from pdelang.training.least_squares.escalation import Level, Limits
from pdelang.training.least_squares.newton import Fit, Start, fit_dictionary

_FIRST_RADIUS = 8.0
_GROWTH = 1.3
_LARGEST_RADIUS = 40.0
_CHECK_SHARE = 0.88
LOCAL_SHARE = 0.3
"""Of the radius, for the polynomials that stand beside a singularity."""


class Corners:
    """The family of polynomials and singularities; see `Family`."""

    def __init__(self, system: System, limits: Limits, seed: int, start: Start | None) -> None:
        self.system = system
        self.limits = limits
        self.seed = seed
        self.start = start
        self.corners = find_corners(system)
        self.radius = float(limits.degree or _FIRST_RADIUS)

    def first(self) -> Fit:
        return self._fit(self.radius, self.seed, self.start)

    def is_last(self, current: Fit) -> bool:
        return self.limits.degree is not None or self.radius * _GROWTH > _LARGEST_RADIUS

    def grow(self, levels: list[Level], current: Fit) -> Fit | None:
        self.radius *= _GROWTH
        return self._fit(self.radius, self.seed + 10 * len(levels), current.jets)

    def check(self, current: Fit) -> Fit:
        return self._fit(_CHECK_SHARE * self.radius, self.seed + 1, current.jets)

    def _fit(self, radius: float, seed: int, origin: Start | None) -> Fit:
        dictionary = corner_dictionary(self.system, self.corners, radius, LOCAL_SHARE * radius)
        return fit_dictionary(
            self.system,
            dictionary,
            np.full(2, radius),
            seed,
            origin,
            self.limits.points,
            rule=self.limits.rule,
        )
