"""Polynomials with singular functions at corners and around holes: more of both until the fit holds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.least_squares.corner_site import CornerSite
from pdelang.training.least_squares.corner_sites import find_corners
from pdelang.training.least_squares.degrees import DegreeSet
from pdelang.training.least_squares.escalation import TYPICAL_GROWTH, Level, Limits
from pdelang.training.least_squares.grading import Grading
from pdelang.training.least_squares.hole_sites import HoleSite, find_holes
from pdelang.training.least_squares.newton import Fit, Start, fit_dictionary
from pdelang.training.least_squares.polynomials import PolynomialDictionary
from pdelang.training.least_squares.singular_functions import Exponents, SingularDictionary

# Degree of the polynomials, order of the corners' functions, highest power of the logarithm,
# order of the holes' functions.
_LEVELS = (
    (12, 2, 1, 4),
    (17, 2, 2, 6),
    (22, 3, 2, 8),
    (27, 4, 2, 10),
    (32, 5, 3, 13),
    (38, 6, 3, 16),
)
_CHECK_SHARE = 0.88  # degrees of the second solve, relative to the first
_MOST_COLUMNS = 5000
_FIRST_ITERATIONS = 15
# Points added inside a corner, for each function there, and at least.
_POINTS_PER_FUNCTION, _FEWEST = 2, 60
_SETTLED = 0.01  # of the tolerance: what Newton's method may leave


def place_functions(
    system: System,
    degrees: np.ndarray,
    places: Sequence[tuple[CornerSite | HoleSite, Sequence[Exponents]]],
) -> SingularDictionary:
    """Return polynomials of ``degrees (M, 2)`` with the functions of corners and holes."""
    placed = [place.map(system) for place, _ in places]
    return SingularDictionary(
        PolynomialDictionary(degrees, {}),
        tuple(linear for linear, _ in placed),
        tuple(offset for _, offset in placed),
        tuple(tuple(own) for _, own in places),
        tuple(None if p.fields is None else frozenset(p.fields) for p, _ in places),
        tuple(p.pole(system) if isinstance(p, CornerSite) else 0.0 for p, _ in places),
    )


class Singular:
    """The family of singular functions; see `Family`."""

    def __init__(self, system: System, limits: Limits, seed: int, start: Start | None) -> None:
        self.system = system
        self.limits = limits
        self.seed = seed
        self.start = start
        self.corners = find_corners(system)
        self.holes = find_holes(system)
        self.level = 0

    def first(self) -> Fit:
        return self._fit(_LEVELS[0], 1.0, self.seed, self.start, _FIRST_ITERATIONS)

    def is_last(self, current: Fit) -> bool:
        fixed = (self.limits.degree, self.limits.count, self.limits.functions)
        if any(value is not None for value in fixed):
            return True
        if self.level + 1 == len(_LEVELS):
            return True
        following = self._dictionary(_LEVELS[self.level + 1], 1.0)
        return following.count * len(self.system.fields) > _MOST_COLUMNS

    def check(self, current: Fit) -> Fit:
        level = _LEVELS[self.level]
        return self._fit(level, _CHECK_SHARE, self.seed + 1, current.jets)

    def expected_growth(self, levels: list[Level]) -> float:
        return TYPICAL_GROWTH

    def grow(self, levels: list[Level], current: Fit) -> Fit | None:
        self.level += 1
        seed = self.seed + 10 * len(levels)
        return self._fit(_LEVELS[self.level], 1.0, seed, current.jets)

    def _sites(self) -> tuple[CornerSite, ...]:
        """Return the corners that get functions: first the sharp ones only, if there are any."""
        sharp = tuple(site for site in self.corners if site.is_sharp)
        return self.corners if self.level >= 2 or not (sharp or self.holes) else sharp

    def _dictionary(self, level: tuple[int, int, int, int], share: float) -> SingularDictionary:
        degree, order, logarithms, winding = level
        radii = np.full(2, share * float(self.limits.degree or degree))
        degrees = DegreeSet(radii, (None, None)).list_degrees()
        if self.limits.count is not None:
            degrees = degrees[: self.limits.count]
        has_pressure = len(self.system.fields) > 1
        places: list[tuple[CornerSite | HoleSite, Sequence[Exponents]]] = [
            *((site, site.exponents(order, logarithms, has_pressure)) for site in self._sites()),
            *((hole, hole.exponents(round(share * winding))) for hole in self.holes),
        ]
        if self.limits.functions is not None:
            most = max(1, self.limits.functions // (2 * len(places)))
            places = [(p, sorted(own, key=lambda e: e[0] + e[1])[:most]) for p, own in places]
        return place_functions(self.system, degrees, places)

    def _fit(
        self,
        level: tuple[int, int, int, int],
        share: float,
        seed: int,
        origin: Start | None,
        iterations: int = 30,
    ) -> Fit:
        dictionary = self._dictionary(level, share)
        counts = tuple(
            max(_FEWEST, 2 * _POINTS_PER_FUNCTION * len(own))
            for own in dictionary.exponents[: len(self._sites())]
        )
        around = tuple(2 * len(own) for own in dictionary.exponents[len(counts) :])
        grading = Grading(self.system.problem.domain, self._sites(), counts, self.holes, around)
        return fit_dictionary(
            self.system,
            dictionary,
            np.full(2, share * level[0]),
            seed,
            origin,
            self.limits.points or 2 * (dictionary.polynomials.count + sum(around)),
            iterations,
            self.limits.rule,
            grading.apply,
            # The error after a step of Newton's is the square of its change.
            math.sqrt(_SETTLED * self.limits.tolerance),
        )
