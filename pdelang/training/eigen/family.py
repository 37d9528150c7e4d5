"""Eigenproblems of a family: one mode, followed from member to member.

Every member has an eigenpair of its own. The one of the middle of the ranges is that nearest to the first
guess; from there on the mode that is most like its neighbour's counts (`members`), whichever
eigenvalue is nearest, so that a mode goes through a crossing as itself; at a multiple eigenvalue it is what the
neighbour's has in common with all its modes. Where none is like it, as where two modes mix, steps become shorter.

Between the members' coefficients c_j over polynomials in space go polynomials of the varied parameters, which
makes the mode one over products of both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.calculus.system import Interior, System
from pdelang.lowering.program import Program
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Settings
from pdelang.training.eigen.discretisation import Discretisation
from pdelang.training.eigen.expansion import expand
from pdelang.training.eigen.likeness import follow_mode
from pdelang.training.eigen.method import find_mode, is_open, list_polynomials
from pdelang.training.eigen.mode import Mode, compare_modes, evaluate_mode
from pdelang.training.inverse.family import interpolate_fits
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.parameters import around, guess_of
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.collocation import draw_points
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.least_squares.newton import periods_of
from pdelang.training.least_squares.polynomials import PolynomialDictionary
from pdelang.training.members.nodes import values_at
from pdelang.training.members.walk import Family, MemberError, Walk
from pdelang.training.progress import Event, Progress
from pdelang.training.solution import History, Solution, Status

_PROBES = 1000
_TIME_SHARE = 0.8
_MEMBER_SHARE = 0.5  # of the tolerance, for the members themselves
_BESIDE = -0.2  # of half a range: where a walk begins that cannot begin in the middle


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """The mode of a member, and how far it is from that over fewer features, by name."""

    mode: Mode
    errors: dict[str, float]


def solve_eigen_family(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve an eigenproblem beside `vary`: eigenvalue and mode as functions of the varied parameters."""
    settings = replace(settings, scaling="auto")
    problem = replace(program.system.problem, settings=settings)
    began = read_clock()
    walks = _Walks(problem, settings, began, started, progress)
    walks.run()
    return _finish(walks, read_clock() - began)


@dataclass(slots=True, eq=False)
class _Walks:
    """Walks through a family with more and more polynomials, until every member is resolved."""

    problem: Problem
    settings: Settings
    began: float
    started: float
    progress: Progress | None
    family: Family[Member] | None = None
    errors: dict[str, float] | None = None
    failure: str = ""

    def run(self) -> None:
        """Set ``family`` and ``errors``, the best there are, and ``failure`` where a walk had no end."""
        deadline = self.started + _TIME_SHARE * self.settings.time_limit
        count = len(self.problem.varied)
        middle = _derive(self.problem.member(values_at(self.problem, np.zeros(count))))
        degrees = [own for _, own in list_polynomials(middle)]
        for number in range(1, len(degrees)):
            before = read_clock()
            try:
                first = self._solve_first(middle, degrees, number)
            except NotFiniteError as error:
                self.failure = str(error)
                break
            # The next set of features takes several times as long.
            is_late = read_clock() + 4 * (read_clock() - before) > deadline
            if first is None:
                self.failure = (
                    "no eigenvalue within the bounds was resolved in the middle of the ranges"
                )
                if is_late:
                    break
                continue
            is_last = number + 1 == len(degrees)
            is_resolved = max(first.errors.values()) <= self._own_tolerance
            # A mode of a multiple eigenvalue is as good as any other one.
            if not (is_resolved or is_open(first.mode) or is_last):
                self.failure = "the mode in the middle of the ranges was not resolved"
                if is_late:
                    break
                continue
            try:
                # A multiple eigenvalue hides which of its modes goes on.
                start = np.full(count, _BESIDE if is_open(first.mode) else 0.0)
                family, errors = self._walk(degrees, number, deadline, start, first.mode)
            except (MemberError, NotFiniteError) as error:
                self.failure = str(error)
                if read_clock() > deadline:
                    break
                continue
            if self.errors is None or max(errors.values()) < max(self.errors.values()):
                self.family, self.errors = family, errors
            is_resolved = max(_worst_of_members(family).values()) <= self._own_tolerance
            if is_resolved or read_clock() + 4 * (read_clock() - before) > deadline:
                break

    @property
    def _own_tolerance(self) -> float:
        return _MEMBER_SHARE * self.settings.tolerance

    def _walk(
        self,
        degrees: list[np.ndarray],
        number: int,
        deadline: float,
        start: np.ndarray,
        middle: Mode,
    ) -> tuple[Family[Member], dict[str, float]]:
        """Return a family that begins at ``start`` near the values of the mode in the middle."""
        probes: np.ndarray | None = None

        def step(member: Problem, near: Member | None) -> Member | None:
            if near is None:
                fits = tuple(around(fit, middle.values[fit.name]) for fit in member.fits)
                system = _derive(replace(member, fits=fits))
                return self._solve_first(system, degrees, number)
            system = _derive(member)
            fine, coarse = self._discretise(system, degrees, number)
            return self._compare(coarse, follow_mode(fine, near.mode))

        def data(member: Member) -> dict[str, np.ndarray]:
            nonlocal probes
            if probes is None:
                probes = self._probes(member.mode.system)
            return _tabulate(member.mode, probes)

        def tell(count: int) -> None:
            if self.progress is not None:
                self.progress(Event("fit", count, 0, read_clock() - self.started))

        between = (1.0 - _MEMBER_SHARE) * self.settings.tolerance
        family = Walk(self.problem, step, data, deadline, start).run(between, tell)
        own = _worst_of_members(family)
        return family, {name: error + own[name] for name, error in family.errors.items()}

    def _solve_first(self, system: System, degrees: list[np.ndarray], number: int) -> Member | None:
        """Return the mode that is nearest to the first guess."""
        fine, coarse = self._discretise(system, degrees, number)
        return self._compare(coarse, find_mode(fine, system.problem, self._probes(system)))

    def _compare(self, coarse: Discretisation, mode: Mode | None) -> Member | None:
        """Return a mode with its distance from the one like it over fewer features."""
        other = None if mode is None else follow_mode(coarse, mode)
        if mode is None or other is None:
            return None
        return Member(mode, compare_modes(mode, other, self._probes(mode.system)))

    def _discretise(
        self, system: System, degrees: list[np.ndarray], number: int
    ) -> tuple[Discretisation, Discretisation]:
        """Return the rows of a member over two sets of features, the finer first."""
        systems: dict[tuple[float, ...], System] = {}
        sets = (degrees[number], degrees[number - 1])
        fine, coarse = (
            Discretisation(
                system, _polynomials(system, own), None, self.settings.seed + k, systems=systems
            )
            for k, own in enumerate(sets)
        )
        return fine, coarse

    def _probes(self, system: System) -> np.ndarray:
        return draw_points(system, Interior(), _PROBES, self.settings.seed + 900_001)


def _derive(problem: Problem) -> System:
    system, _ = derive(problem)
    if system is None:
        raise MemberError("the equations have no finite value")
    return system


def _polynomials(system: System, degrees: np.ndarray) -> PolynomialDictionary:
    return PolynomialDictionary(degrees, periods_of(system))


def _tabulate(mode: Mode, probes: np.ndarray) -> dict[str, np.ndarray]:
    """Return fits and unknowns of a member, ``(n,)`` each, zero where an unknown does not exist."""
    components = evaluate_mode(mode, probes)
    found = {
        unknown.name: np.nan_to_num(np.concatenate([components[c] for c in unknown.components]))
        for unknown in mode.system.problem.unknowns
    }
    return found | {name: np.array([value]) for name, value in mode.values.items()}


def _worst_of_members(family: Family[Member]) -> dict[str, float]:
    """Return the largest error of every name; of a fit relative to its root mean square over the family."""
    members = family.members
    worst = {name: max(member.errors[name] for member in members) for name in members[0].errors}
    for fit in members[0].mode.system.problem.fits:
        errors = [m.errors[fit.name] * m.mode.size_of(fit) for m in members]
        size = np.sqrt(np.mean([m.mode.values[fit.name] ** 2 for m in members]))
        worst[fit.name] = float(max(errors)) / (float(size) or 1.0)
    return worst


def _finish(walks: _Walks, seconds: float) -> Solution:
    problem, settings, family = walks.problem, walks.settings, walks.family
    fits = problem.fits
    if family is None or walks.errors is None:
        fitted = {fit.name: FittedValue(None) for fit in fits}
        system = _derive(problem)
        dictionary = _polynomials(system, np.zeros((1, len(system.coordinates)), int))
        coefficients = np.zeros((1, len(system.fields)))
        estimate: dict[str, float] = {}
        status = Status.TOLERANCE_NOT_REACHED
        messages = [f"no mode was found for every member of the family: {walks.failure}"]
    else:
        values = [member.mode.values for member in family.members]
        problem = problem.with_fits(interpolate_fits(problem, family, values))
        fitted = {fit.name: FittedValue.of(fit, None) for fit in problem.fits}
        system = _derive(problem)
        scales = np.array(system.scaling.field_scale)
        tables = [
            m.mode.coefficients * (np.array(m.mode.system.scaling.field_scale) / scales)
            for m in family.members
        ]
        # Members are over polynomials in space: those of the family are products with polynomials beside it.
        beside = np.array(family.grid.degrees)
        first = family.members[0].mode.dictionary
        assert isinstance(first, PolynomialDictionary)
        degrees = np.column_stack(
            [np.tile(first.degrees, (len(beside), 1)), np.repeat(beside, first.count, axis=0)]
        )
        dictionary = _polynomials(system, degrees)
        coefficients = family.grid.coefficients(np.stack(tables)).reshape(-1, len(scales))
        estimate = walks.errors
        is_met = max(estimate.values()) <= settings.tolerance
        status = Status.SOLVED if is_met else Status.TOLERANCE_NOT_REACHED
        middle = family.members[len(family.members) // 2].mode.values
        named = ", ".join(f"{name} = {value:.10g}" for name, value in middle.items())
        guesses = ", ".join(f"{guess_of(fit):g}" for fit in fits)
        messages = [
            f"one mode followed from the middle of the ranges, where {named} from the guess {guesses}; "
            f"{len(family.members)} members, {dictionary.description}"
        ]
    return replace(
        expand(system, settings, dictionary, coefficients, family is not None),
        status=status,
        error_estimate=estimate,
        history=History(("step", "seconds", "features"), ((1.0, seconds, dictionary.count),)),
        seconds={"compile": 0.0, "solve": seconds},
        messages=tuple(messages),
        fitted=fitted,
    )
