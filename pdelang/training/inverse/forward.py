"""The forward problem: what the fields are when every fit is given.

It is solved by frozen features or by splines, in NumPy alone, and again with another value of a fit
by the same features or at the same resolution: so that a difference of two solves is the effect of
the fit and not of the discretisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.calculus.exchange import exchange_fields
from pdelang.calculus.jet import Jet
from pdelang.calculus.system import System
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.failure import describe_few_points
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.least_squares.escalation import escalate
from pdelang.training.least_squares.factorisation import TooFewRowsError
from pdelang.training.least_squares.jet_basis import prepare_jets
from pdelang.training.least_squares.method import families_of, limits_of
from pdelang.training.least_squares.newton import Fit, fit_dictionary
from pdelang.training.splines.march import march
from pdelang.training.splines.marched import Marched
from pdelang.training.splines.refinement import refine
from pdelang.training.splines.resolution import Resolution
from pdelang.training.splines.steady import settle
from pdelang.training.splines.tabulation import evaluate_jet


class ForwardError(ArithmeticError):
    """The forward problem could not be solved for these values of the fits."""


class State(Protocol):
    """A solved forward problem."""

    @property
    def system(self) -> System: ...

    @property
    def estimate(self) -> Mapping[str, float]:
        """Return the estimated relative error of every unknown; empty where not known."""
        ...

    def jets(self, jets: tuple[Jet, ...], points: np.ndarray) -> np.ndarray:
        """Return jets at points ``(n, d)``, ``(len(jets), n)``."""
        ...

    def solve_again(self, problem: Problem) -> State:
        """Solve with other values of the fits, at the same resolution; raises ForwardError."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class FeatureState:
    """Fields over frozen features."""

    fit: Fit
    estimate: Mapping[str, float]
    seed: int

    @property
    def system(self) -> System:
        return self.fit.system

    def jets(self, jets: tuple[Jet, ...], points: np.ndarray) -> np.ndarray:
        return self.fit.jets(prepare_jets(self.system, jets, points))

    def solve_again(self, problem: Problem) -> FeatureState:
        system = exchange_fields(self.system, problem) or _derive(problem)
        fit = self.fit
        try:
            again = fit_dictionary(system, fit.dictionary, fit.scales, self.seed, fit.jets)
        except NotFiniteError as error:
            raise ForwardError(str(error)) from None
        return FeatureState(again, {}, self.seed)


@dataclass(frozen=True, slots=True, eq=False)
class SplineState:
    """Fields over splines, in windows of time."""

    system: System
    marched: Marched
    resolution: Resolution
    estimate: Mapping[str, float]
    deadline: float

    def jets(self, jets: tuple[Jet, ...], points: np.ndarray) -> np.ndarray:
        values = [evaluate_jet(self.system, self.marched.pieces, jet, points) for jet in jets]
        return np.stack(values) if values else np.zeros((0, len(points)))

    def solve_again(self, problem: Problem) -> SplineState:
        problem = replace(problem, settings=self.system.problem.settings)
        system = exchange_fields(self.system, problem) or _derive(problem)
        try:
            if problem.time is None:
                found = settle(system, self.resolution, self.deadline)
            else:
                found = march(system, self.resolution, self.deadline, sizes=self.marched.sizes)
        except ArithmeticError as error:
            raise ForwardError(str(error)) from None
        if found.failure is not None:
            raise ForwardError(found.failure.value)
        return SplineState(system, found, self.resolution, {}, self.deadline)


def solve_forward(problem: Problem, route: str, settings: Settings, deadline: float) -> State:
    """Solve a problem with its fits as they stand, by ``features`` or ``splines``.

    Raises ForwardError where there is no solution to the end.
    """
    if route == "splines":
        settings = replace(settings, conditions="soft", network=_splines_of(settings))
        problem = replace(problem, settings=settings)
        system = _derive(problem)
        try:
            found = refine(system, settings, deadline, lambda *_: None, lambda _: None)
        except NotFiniteError as error:
            raise ForwardError(str(error)) from None
        marched = found.marched
        if marched is None or marched.failure is not None:
            raise ForwardError(found.ending.value)
        return SplineState(system, marched, found.resolution, found.estimate, deadline)
    system = _derive(problem)
    limits = limits_of(settings, deadline)
    families = families_of(system, limits, settings.seed)
    try:
        escalation = escalate(system, families, limits, settings.seed)
    except NotFiniteError as error:
        raise ForwardError(str(error)) from None
    except TooFewRowsError as error:
        sentence = describe_few_points(settings.points, error.rows, error.columns)
        raise ForwardError(sentence) from None
    if not np.isfinite(escalation.fit.coefficients).all():
        raise ForwardError("the fields are not finite")
    return FeatureState(escalation.fit, escalation.estimate, settings.seed)


def _splines_of(settings: Settings) -> Choice | None:
    """Return the network that is set, where it has splines."""
    network = settings.network
    return network if network is not None and network.name == "splines" else None


def _derive(problem: Problem) -> System:
    system, _ = derive(problem)
    if system is None:
        raise ForwardError("the equations have no finite value")
    return system
