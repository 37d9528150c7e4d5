"""More features until two independent solves agree to the tolerance.

The estimate of the error is the distance between the answer and a second, smaller fit with
other features, other points and another seed, on points that neither has seen. Its floor is
the relative residual on fresh points (a tenth of it for linear problems, where the residual
cannot hide in a wrong branch), so that two fits which share a fault (contradictory
conditions, a front between the points) are not believed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from pdelang.calculus.system import Interior, System
from pdelang.training.least_squares.collocation import draw_points
from pdelang.training.least_squares.newton import Fit, Start, fit
from pdelang.training.least_squares.scales import search_scales
from pdelang.training.norms import compare_fields

_FIRST_COUNTS = {1: 60, 2: 250}
_FIRST_COUNT = 400  # in three and more coordinates
# Growth of the feature count from level to level; between the two it follows from how fast
# the residual has fallen so far.
_LEAST_GROWTH = 1.25
_FIRST_GROWTH = 1.7
_MOST_GROWTH = 2.5
_CHECK_SHARE = 0.9  # features of the second solve, relative to the first
_MOST_COLUMNS = 6000
_PROBES = 2000
# A second solve is worth its time once the residual is this close to the tolerance.
_PROMISING = 300.0
_RESIDUAL_SHARE = 0.1
_TUNING_SHARE = 0.3  # of the time, at most
_TUNING_ITERATIONS = 8
# Frequencies this much higher are tried where more features alone do not help.
_FINER = 1.4
# Levels in a row without any gain after which more features are not expected to help.
_PATIENCE = 2


class Ending(Enum):
    """Why an escalation ended."""

    REACHED = "the estimate is within the tolerance"
    STALLED = "more features no longer help"
    OUT_OF_TIME = "there is no time for more features"
    INTERRUPTED = "stopped from the keyboard"


@dataclass(frozen=True, slots=True)
class Level:
    """One row of the history: how many features, how good."""

    seconds: float
    features: int
    scales: tuple[float, ...]
    residual: float
    estimate: float
    iterations: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What the user or the clock has fixed: ``deadline`` is a reading of ``time.monotonic``.

    ``count`` is the number of features, ``scale`` the size of their frequencies, ``points`` the
    number of interior points; None leaves them to the escalation.
    """

    tolerance: float
    deadline: float
    count: int | None = None
    scale: float | None = None
    points: int | None = None
    rule: str = "ntk"


@dataclass(frozen=True, slots=True, eq=False)
class Escalation:
    """The best fit, its estimate per unknown, every level on the way, and why it ended."""

    fit: Fit
    estimate: dict[str, float]
    levels: tuple[Level, ...]
    ending: Ending

    @property
    def is_ambiguous(self) -> bool:
        """Say whether the equations hold and yet no two fits agree: no unique solution."""
        worst = max(self.estimate.values(), default=0.0)
        return (
            self.ending is not Ending.REACHED
            and self.fit.residual < 1e-6
            and worst > max(1e-2, 1e4 * self.fit.residual)
        )


def escalate(
    system: System,
    limits: Limits,
    seed: int,
    start: Start | None = None,
    on_level: Callable[[Level], None] | None = None,
) -> Escalation:
    """Fit with more and more features until the estimate is within the tolerance.

    Raises NotFiniteError where a term has no finite value at the start.
    """
    return _Escalator(system, limits, seed, start, on_level).run()


@dataclass(slots=True, eq=False)
class _Escalator:
    system: System
    limits: Limits
    seed: int
    start: Start | None
    on_level: Callable[[Level], None] | None
    began: float = field(default_factory=time.monotonic)
    levels: list[Level] = field(default_factory=list)
    estimate: dict[str, float] = field(default_factory=dict)

    def run(self) -> Escalation:
        d, fields = len(self.system.coordinates), len(self.system.fields)
        first = self.limits.count or _FIRST_COUNTS.get(d, _FIRST_COUNT)
        most = self.limits.count or max(first, _MOST_COLUMNS // fields)
        probes = draw_points(self.system, Interior(), _PROBES, self.seed + 900_001)
        current = self._find_scales(first)
        answer, previous, stalled = current, None, 0
        ending = Ending.STALLED
        try:
            while True:
                is_last = current.dictionary.count >= most
                found = self._judge(current, previous, probes, is_last)
                worst = max(found.values(), default=math.inf)
                best = max(self.estimate.values(), default=math.inf)
                if previous is not None:
                    gained = worst < 0.5 * best or current.residual < 0.5 * previous.residual
                    stalled = 0 if gained else stalled + 1
                if worst <= best:
                    answer, self.estimate = current, found
                self._record(current, worst)
                if worst <= self.limits.tolerance:
                    ending = Ending.REACHED
                    break
                if is_last or stalled >= _PATIENCE:
                    break
                grown = min(most, _next_count(self.levels, self.limits.tolerance))
                if not self._has_time_for(grown / current.dictionary.count):
                    ending = Ending.OUT_OF_TIME
                    break
                previous, current = current, self._grow(current, grown)
        except KeyboardInterrupt:
            ending = Ending.INTERRUPTED
        return Escalation(answer, self.estimate, tuple(self.levels), ending)

    def _fit(self, count: int, scales: np.ndarray, seed: int, origin: Start | None) -> Fit:
        return fit(
            self.system, count, scales, seed, origin, self.limits.points, rule=self.limits.rule
        )

    def _find_scales(self, count: int) -> Fit:
        d = len(self.system.coordinates)
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

        available = max(0.0, self.limits.deadline - self.began)
        tuned = search_scales(d, attempt, self.began + _TUNING_SHARE * available)
        if count == small and self.limits.points is None:
            return tuned
        return self._fit(count, tuned.scales, self.seed, tuned.jets)

    def _judge(
        self, current: Fit, previous: Fit | None, probes: np.ndarray, is_last: bool
    ) -> dict[str, float]:
        """Return the estimate of every unknown; empty while there is nothing to compare with."""
        tolerance = self.limits.tolerance
        found = {} if previous is None else _compare(current, previous, probes)
        is_close = current.residual <= _PROMISING * tolerance
        if (is_close or is_last) and max(found.values(), default=math.inf) > tolerance:
            count = max(8, int(_CHECK_SHARE * current.dictionary.count))
            check = self._fit(count, current.scales, self.seed + 1, current.jets)
            second = _compare(current, check, probes)
            found = {name: min(found.get(name, math.inf), second[name]) for name in second}
        floor = current.residual * (_RESIDUAL_SHARE if self.system.is_linear else 1.0)
        return {name: max(value, floor) for name, value in found.items()}

    def _grow(self, previous: Fit, count: int) -> Fit:
        seed = self.seed + 10 * len(self.levels)
        current = self._fit(count, previous.scales, seed, previous.jets)
        if self.limits.scale is None and current.residual > 0.1 * previous.residual:
            # More features carry higher frequencies; see whether they help.
            finer = self._fit(count, _FINER * previous.scales, seed, previous.jets)
            if finer.residual < current.residual:
                return finer
        return current

    def _has_time_for(self, growth: float) -> bool:
        """Say whether a level of ``growth`` times the features ends before the deadline."""
        before = self.levels[-2].seconds if len(self.levels) > 1 else 0.0
        step = self.levels[-1].seconds - before
        return time.monotonic() + step * growth**3 <= self.limits.deadline

    def _record(self, current: Fit, worst: float) -> None:
        level = Level(
            time.monotonic() - self.began,
            current.dictionary.count,
            tuple(float(s) for s in current.scales),
            current.residual,
            worst,
            current.iterations,
        )
        self.levels.append(level)
        if self.on_level is not None:
            self.on_level(level)


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


def _compare(answer: Fit, other: Fit, probes: np.ndarray) -> dict[str, float]:
    """Return the relative L2 distance per unknown; absolute where the answer is zero."""
    system = answer.system
    own = dict(zip(system.fields, answer.fields(probes), strict=True))
    others = dict(zip(system.fields, other.fields(probes), strict=True))
    return compare_fields(system.problem.unknowns, others, own)
