"""Random plane waves: their frequencies' size from small fits, their number from the residual."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.escalation import Level, Limits
from pdelang.training.least_squares.newton import Fit, Start, fit
from pdelang.training.least_squares.scales import search_scales

_FIRST_COUNTS = {1: 60, 2: 250}
_FIRST_COUNT = 400  # in three and more coordinates
# Growth of the feature count from level to level; between the two it follows from how fast
# the residual has fallen so far.
_LEAST_GROWTH = 1.25
_FIRST_GROWTH = 1.7
_MOST_GROWTH = 2.5
_CHECK_SHARE = 0.9  # features of the second solve, relative to the first
_MOST_COLUMNS = 6000
_TUNING_SHARE = 0.3  # of the time, at most
_TUNING_ITERATIONS = 8
# Frequencies this much higher are tried where more features alone do not help.
_FINER = 1.4


@dataclass(frozen=True, slots=True, eq=False)
class PlaneWaves:
    """The family of random plane waves; see `Family`."""

    system: System
    limits: Limits
    seed: int
    start: Start | None

    @property
    def _first(self) -> int:
        return self.limits.count or _FIRST_COUNTS.get(len(self.system.coordinates), _FIRST_COUNT)

    @property
    def _most(self) -> int:
        return self.limits.count or max(self._first, _MOST_COLUMNS // len(self.system.fields))

    def first(self) -> Fit:
        """Return a fit at the best scale that small fits have found."""
        d, count = len(self.system.coordinates), self._first
        if self.limits.scale is not None:
            return self._fit(count, np.full(d, self.limits.scale), self.seed, self.start)
        small = min(count, _FIRST_COUNTS.get(d, _FIRST_COUNT))

        def attempt(scales: np.ndarray, best: Fit | None) -> Fit:
            origin = best.jets if best is not None else self.start
            return fit(
                self.system,
                small,
                scales,
                self.seed,
                origin,
                iterations=_TUNING_ITERATIONS,
                rule=self.limits.rule,
            )

        began = read_clock()
        available = max(0.0, self.limits.deadline - began)
        tuned = search_scales(d, attempt, began + _TUNING_SHARE * available)
        if count == small and self.limits.points is None:
            return tuned
        return self._fit(count, tuned.scales, self.seed, tuned.jets)

    def is_last(self, current: Fit) -> bool:
        return current.dictionary.count >= self._most

    def check(self, current: Fit) -> Fit:
        count = max(8, int(_CHECK_SHARE * current.dictionary.count))
        return self._fit(count, current.scales, self.seed + 1, current.jets)

    def expected_growth(self, levels: list[Level]) -> float:
        return self._next_count(levels) / levels[-1].features

    def grow(self, levels: list[Level], current: Fit) -> Fit | None:
        count = self._next_count(levels)
        seed = self.seed + 10 * len(levels)
        grown = self._fit(count, current.scales, seed, current.jets)
        if self.limits.scale is None and grown.residual > 0.1 * current.residual:
            # More features carry higher frequencies; see whether they help.
            finer = self._fit(count, _FINER * current.scales, seed, current.jets)
            if finer.residual < grown.residual:
                return finer
        return grown

    def _next_count(self, levels: list[Level]) -> int:
        return min(self._most, _next_count(levels, self.limits.tolerance))

    def _fit(self, count: int, scales: np.ndarray, seed: int, origin: Start | None) -> Fit:
        return fit(
            self.system, count, scales, seed, origin, self.limits.points, rule=self.limits.rule
        )


def _next_count(levels: list[Level], tolerance: float) -> int:
    """Return the feature count at which the residual should pass the tolerance.

    For smooth solutions the logarithm of the residual falls about linearly with the count.
    """
    last = levels[-1]
    growth = _FIRST_GROWTH
    if len(levels) > 1:
        before = levels[-2]
        growth = _MOST_GROWTH
        fallen = math.log(max(before.residual, 1e-300) / max(last.residual, 1e-300))
        if fallen > 0.0:
            wanted = math.log(max(1.0, 10.0 * last.residual / tolerance))
            more = (last.features - before.features) * wanted / fallen
            growth = 1.0 + 1.2 * more / last.features
        growth = min(_MOST_GROWTH, max(_LEAST_GROWTH, growth))
    return int(growth * last.features) + 1
