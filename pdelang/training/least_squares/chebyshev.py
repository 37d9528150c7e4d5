"""Chebyshev polynomials: their degrees from the coefficients of the fit before."""

from __future__ import annotations

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.least_squares.degrees import DegreeSet
from pdelang.training.least_squares.escalation import TYPICAL_GROWTH, Level, Limits
from pdelang.training.least_squares.newton import Fit, Start, fit_dictionary, periods_of
from pdelang.training.least_squares.polynomials import PolynomialDictionary

_FIRST_RADII = {1: 24.0, 2: 9.0, 3: 6.0, 4: 4.0}
_FIRST_RADIUS = 3.0  # in five and more coordinates
_CHECK_SHARE = 0.88  # radii of the second solve, relative to the first
_MOST_COLUMNS = 6000
_HIGHEST = 1000  # beyond, rounding error in the derivatives leaves no digit
# Beyond _CHEAP features a level has at most _MOST_GROWTH times those of the level before.
_CHEAP, _MOST_GROWTH = 1000, 2.0
# A need of so many times the largest radii is given up early: another family may do better.
_HOPELESS = 1.6
# Above this relative residual the coefficients of a fit are not yet those of the solution.
_UNRESOLVED = 1e-3
# Coefficients below this multiple of the residual may be no more than the fit's error.
_NOISE = 10.0
_WORTHWHILE = 0.7  # by which the residual falls for a larger one of two sets
_FIRST_ITERATIONS = 12  # a set that is too small need not converge


class Chebyshev:
    """The family of polynomials; see `Family`."""

    def __init__(self, system: System, limits: Limits, seed: int, start: Start | None) -> None:
        self.system = system
        self.limits = limits
        self.seed = seed
        self.start = start
        self.set = self._first_set()
        self.try_parity = True

    def first(self) -> Fit:
        self.set, _ = self._fitting(self.set)
        return self._fit(self.set, self.seed, self.start, _FIRST_ITERATIONS)

    def is_last(self, current: Fit) -> bool:
        if self.limits.degree is not None or self.limits.count is not None:
            return True
        return not self._fitting(self.set.scaled(1.1))[1]

    def check(self, current: Fit) -> Fit:
        return self._fit(self.set.scaled(_CHECK_SHARE), self.seed + 1, current.jets)

    def expected_growth(self, levels: list[Level]) -> float:
        return TYPICAL_GROWTH

    def grow(self, levels: list[Level], current: Fit) -> Fit | None:
        dictionary = current.dictionary
        assert isinstance(dictionary, PolynomialDictionary)
        found = dictionary.degrees, current.coefficients
        seed = self.seed + 10 * len(levels)
        grown, excess = self.set.grow(*found, self.limits.tolerance)
        wanted = grown
        if self.try_parity and current.residual < _UNRESOLVED:
            wanted = grown.with_parity(*found, _NOISE * current.residual)
        reduced, fits = self._fitting(wanted)
        if not fits and excess > _HOPELESS:
            return None
        reduced = self._affordable(reduced, dictionary.count)
        candidates = [reduced]
        if current.residual > _UNRESOLVED:
            # The coefficients do not tell yet along which axis degrees are missing: see.
            single = [reduced.along(axis, self.set) for axis in range(len(grown.radii))]
            candidates = [*single, reduced] if len(single) > 1 else candidates
        best = self._best_of(candidates, seed, current)
        if not reduced.is_whole and best.residual > 0.5 * current.residual:
            # The degrees left out were needed after all.
            self.try_parity = False
            whole = self._affordable(self._fitting(grown.whole())[0], dictionary.count)
            best = self._best_of([whole], seed, current)
        return best

    def _best_of(self, candidates: list[DegreeSet], seed: int, current: Fit) -> Fit:
        """Return the best fit; a larger set has to earn its cost."""
        best: Fit | None = None
        for candidate in sorted(candidates, key=lambda c: len(c.list_degrees())):
            fit = self._fit(candidate, seed, current.jets)
            if not self.system.is_linear and current.residual > _UNRESOLVED:
                # What an unresolved fit converged to may lead astray.
                fresh = self._fit(candidate, seed, self.start)
                fit = min(fit, fresh, key=lambda f: f.residual)
            if best is None or fit.residual < _WORTHWHILE * best.residual:
                best, self.set = fit, candidate
        assert best is not None
        return best

    def _first_set(self) -> DegreeSet:
        d = len(self.system.coordinates)
        radii = np.full(d, float(self.limits.degree or _FIRST_RADII.get(d, _FIRST_RADIUS)))
        return DegreeSet(radii, (None,) * d, frozenset(self.system.problem.periodic_axes))

    def _fitting(self, wanted: DegreeSet) -> tuple[DegreeSet, bool]:
        """Return a set, made smaller until its columns are few enough, and whether they were."""
        most = _MOST_COLUMNS // len(self.system.fields)
        fits, chosen = True, wanted
        while len(chosen.list_degrees()) > most or chosen.radii.max() > _HIGHEST:
            fits, chosen = False, chosen.scaled(0.95)
        return chosen, fits

    def _affordable(self, wanted: DegreeSet, before: int) -> DegreeSet:
        """Return a set that costs not too much more than the fit of ``before`` features did."""
        most = max(_CHEAP, _MOST_GROWTH * before)
        while len(wanted.list_degrees()) > most:
            wanted = wanted.scaled(0.97)
        return wanted

    def _fit(self, wanted: DegreeSet, seed: int, origin: Start | None, iterations: int = 30) -> Fit:
        degrees = wanted.list_degrees()
        if self.limits.count is not None:
            degrees = degrees[: self.limits.count]
        dictionary = PolynomialDictionary(degrees, periods_of(self.system))
        return fit_dictionary(
            self.system,
            dictionary,
            wanted.radii,
            seed,
            origin,
            self.limits.points,
            iterations,
            self.limits.rule,
        )
