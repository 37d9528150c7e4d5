"""More features until two independent solves agree to the tolerance.

The estimate of the error is the distance between the answer and a second, smaller fit with
other features, other points and another seed, on points that neither has seen. Its floor is
the relative residual on fresh points (a tenth of it for linear problems, where the residual
cannot hide in a wrong branch) and what single terms leave, so that two fits which share a fault
(contradictory conditions, a front between the points) are not believed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

import numpy as np

from pdelang.calculus.system import Interior, System
from pdelang.networks.regional import join_values, list_components
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.collocation import draw_points
from pdelang.training.least_squares.factorisation import TooFewRowsError
from pdelang.training.least_squares.field_bodies import list_bodies
from pdelang.training.least_squares.newton import Fit
from pdelang.training.norms import bound_by_residuals, compare_members, expected_sizes

_PROBES = 2000
# A second solve is worth its time once the residual is this close to the tolerance.
_PROMISING = 300.0
_RESIDUAL_SHARE = 0.1
# What rounding leaves of any field, even one that is known in closed form.
_LEAST_ERROR = 1e-15
# Two fits whose residuals are below _HOLDS solve the equations; where they differ by more than
# _DIFFERENT, and by _AMPLIFIED times their residuals, the solution is not unique.
_HOLDS, _DIFFERENT, _AMPLIFIED = 1e-6, 1e-2, 1e4
# Fields this many times their expected size meet a contradiction by their rounding errors: relative to
# such fields any residual is small.
_OVERGROWN = 1e10
# Where one family has come this far, rounding is what stops it, and no other gets further.
_ROUNDING = 1e-11
TYPICAL_GROWTH = 1.6  # of the feature count, from level to level
# Levels in a row without any gain after which more features are not expected to help.
_PATIENCE = 2


class Ending(Enum):
    """Why an escalation ended."""

    REACHED = "the estimate is within the tolerance"
    STALLED = "more features no longer help"
    AS_SET = "the features that are set do not reach the tolerance"
    OUT_OF_TIME = "there is no time for more features"
    TOO_FEW_POINTS = "the `points` that are set carry no more features"
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

    ``kind`` names the features, ``count`` is their number, ``scale`` the size of the plane
    waves' frequencies, ``degree`` that of the polynomials, ``functions`` the number of singular
    functions, ``points`` that of interior points; None leaves them to the escalation.
    """

    tolerance: float
    deadline: float
    kind: str | None = None
    count: int | None = None
    scale: float | None = None
    degree: int | None = None
    functions: int | None = None
    points: int | None = None
    rule: str = "ntk"

    @property
    def are_set(self) -> bool:
        """Whether the features are the user's, so that none are added."""
        return any(n is not None for n in (self.count, self.degree, self.functions))


@dataclass(frozen=True, slots=True, eq=False)
class Escalation:
    """The best fit, its estimate per unknown, every level on the way, and why it ended.

    ``is_ambiguous`` says that the equations hold for two fits that do not agree: there is no
    unique solution.
    """

    fit: Fit
    estimate: dict[str, float]
    levels: tuple[Level, ...]
    ending: Ending
    is_ambiguous: bool = False


class Family(Protocol):
    """A kind of features, and how it goes from one fit to the next."""

    def first(self) -> Fit:
        """Return the first fit."""
        ...

    def is_last(self, current: Fit) -> bool:
        """Say whether a fit has as many features as there may be."""
        ...

    def expected_growth(self, levels: list[Level]) -> float:
        """Return how many times as many features the next fit is expected to have."""
        ...

    def grow(self, levels: list[Level], current: Fit) -> Fit | None:
        """Return a fit with more features; None where more are not expected to help."""
        ...

    def check(self, current: Fit) -> Fit:
        """Return a somewhat smaller fit with other features or points."""
        ...


def escalate(
    system: System,
    families: Iterable[Family],
    limits: Limits,
    seed: int,
    on_level: Callable[[Level], None] | None = None,
) -> Escalation:
    """Fit with more and more features until the estimate is within the tolerance.

    The families are tried in turn. Raises NotFiniteError where a term has no finite value
    at the start, TooFewRowsError where the points that are set do not carry the fewest features.
    """
    best: Escalation | None = None
    levels: list[Level] = []
    for family in families:
        found = _Escalator(system, family, limits, seed, on_level, levels).run()
        if best is None or _worst(found.estimate) < _worst(best.estimate):
            best = found
        else:
            best = replace(best, levels=found.levels)
        if found.ending is not Ending.STALLED or found.is_ambiguous:
            break
        if _worst(best.estimate) < _ROUNDING or read_clock() > limits.deadline:
            break
    assert best is not None
    return best


@dataclass(slots=True, eq=False)
class _Escalator:
    system: System
    family: Family
    limits: Limits
    seed: int
    on_level: Callable[[Level], None] | None
    levels: list[Level]
    began: float = field(default_factory=read_clock)
    own: list[Level] = field(default_factory=list)
    estimate: dict[str, float] = field(default_factory=dict)
    disagrees: bool = False  # the fit and its check, though both solve the equations

    def run(self) -> Escalation:
        probes = draw_points(self.system, Interior(), _PROBES, self.seed + 900_001)
        current: Fit | None = self.family.first()
        answer, previous, stalled = current, None, 0
        ending = Ending.STALLED
        ambiguous = 0  # levels in a row
        try:
            while current is not None:
                is_last = self.family.is_last(current)
                found = self._judge(current, previous, probes, is_last)
                ambiguous = ambiguous + 1 if self.disagrees else 0
                worst, best = _worst(found), _worst(self.estimate)
                if previous is not None:
                    gained = worst < 0.5 * best or current.residual < 0.5 * previous.residual
                    stalled = 0 if gained else stalled + 1
                if worst <= best:
                    answer, self.estimate = current, found
                self._record(current, worst)
                # Where Newton's method has not ended there may be no solution to be close to.
                small = max(_HOLDS, _RESIDUAL_SHARE * self.limits.tolerance)
                is_solution = current.converged or current.residual < small
                if worst <= self.limits.tolerance and is_solution:
                    ending = Ending.REACHED
                    break
                if is_last or _PATIENCE in (stalled, ambiguous):
                    ending = Ending.AS_SET if self.limits.are_set else ending
                    break
                if not self._has_time():
                    ending = Ending.OUT_OF_TIME
                    break
                previous, current = current, self.family.grow(self.own, current)
        except TooFewRowsError:
            ending = Ending.TOO_FEW_POINTS
        except KeyboardInterrupt:
            ending = Ending.INTERRUPTED
        return Escalation(answer, self.estimate, tuple(self.levels), ending, ambiguous > 0)

    def _judge(
        self, current: Fit, previous: Fit | None, probes: np.ndarray, is_last: bool
    ) -> dict[str, float]:
        """Return the estimate of every unknown; empty while there is nothing to compare with."""
        tolerance = self.limits.tolerance
        self.disagrees = False
        found = {} if previous is None else _compare(current, previous, probes)
        is_close = current.residual <= _PROMISING * tolerance
        if (is_close or is_last) and _worst(found) > tolerance:
            check = self.family.check(current)
            second = _compare(current, check, probes)
            residual = max(current.worst_residual, check.worst_residual)
            self.disagrees = residual < _HOLDS and _worst(second) > max(
                _DIFFERENT, _AMPLIFIED * residual
            )
            found = {name: min(found.get(name, math.inf), second[name]) for name in second}
        if self.system.is_linear and _growth(current, probes) > _OVERGROWN:
            self.disagrees = True
            found = dict.fromkeys(found, math.inf)
        floor = max(
            current.residual * (_RESIDUAL_SHARE if self.system.is_linear else 1.0),
            bound_by_residuals(current.term_residuals),
            _LEAST_ERROR,
        )
        return {name: max(value, floor) for name, value in found.items()}

    def _has_time(self) -> bool:
        """Say whether another level ends before the deadline.

        Measured, the time rises with the square of the features rather than the cube of the
        factorisation: much of a level is drawing and tabulating.
        """
        if len(self.own) < 2:
            # The first level is small, and what it took is mostly what is done but once.
            return read_clock() < self.limits.deadline
        step = self.own[-1].seconds - self.own[-2].seconds
        return (
            read_clock() + step * self.family.expected_growth(self.own) ** 3 <= self.limits.deadline
        )

    def _record(self, current: Fit, worst: float) -> None:
        level = Level(
            read_clock() - self.began,
            current.dictionary.count,
            tuple(float(s) for s in current.scales),
            current.residual,
            worst,
            current.iterations,
        )
        self.levels.append(level)
        self.own.append(level)
        if self.on_level is not None:
            self.on_level(level)


def _growth(fit: Fit, probes: np.ndarray) -> float:
    """Return how many times its expected size the largest field has, each inside its own region."""
    sizes = np.abs(fit.fields(probes)) / np.array(fit.system.scaling.field_scale)[:, None]
    for own, body in zip(sizes, list_bodies(fit.system), strict=True):
        if body is not None:
            # Beyond its region a field means nothing, and functions of corners have their cuts there.
            own[~body.contains(probes[:, : body.d])] = np.nan
    return float(np.nanmax(sizes))


def _worst(estimate: dict[str, float]) -> float:
    """Return the largest estimate of any unknown; infinite where there is none."""
    return max(estimate.values(), default=math.inf)


def _compare(answer: Fit, other: Fit, probes: np.ndarray) -> dict[str, float]:
    """Return the relative L2 distance per unknown; absolute where the answer is zero."""
    system = answer.system
    components = list_components(system.problem.unknowns)
    own, others = (
        join_values(components, dict(zip(system.fields, f.fields(probes), strict=True)), probes)
        for f in (answer, other)
    )
    weights = system.problem.domain.density(probes)
    unknowns = system.problem.unknowns
    return compare_members(
        system.problem, unknowns, probes, others, own, weights, expected_sizes(system)
    )
