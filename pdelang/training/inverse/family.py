"""Inverse problems of a family: every member has fits of its own.

The fits are found for one member after the other (`members`), as `method` finds those of a problem without
`vary`; polynomials of the varied parameters go through them. With these functions given, the family is a
forward problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.semantics.measured import FieldSeries, Fit
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.inverse.fields import true_errors
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.forward import ForwardError
from pdelang.training.inverse.method import Forward, Inversion, invert, list_routes
from pdelang.training.inverse.parameters import Parameters, around
from pdelang.training.inverse.spread import change_of_fields
from pdelang.training.journal import read_clock
from pdelang.training.members.walk import Family, MemberError, Walk
from pdelang.training.progress import Event, Progress
from pdelang.training.solution import Solution, Status

_TIME_SHARE = 0.7  # of the limit, for the fits
_MEMBER_SHARE = 0.3  # of the tolerance, for the members themselves
_LEAST_LEFT = 0.1  # of the tolerance, for the solution itself
_LEAST_GUESS = 0.1  # of the size of a fit
_WATCHED = 5  # members whose fields are looked at for what the errors of the fits do


def solve_inverse_family(
    program: Program,
    settings: Settings,
    forward: Forward,
    progress: Progress | None,
    started: float,
) -> Solution:
    """Solve a family whose members determine fits. ``forward`` solves a program whose fits are given."""
    problem = program.system.problem
    began = read_clock()
    deadline = started + _TIME_SHARE * settings.time_limit
    family: Family[Inversion] | None = None
    message = ""
    try:
        family = _walk(problem, settings, deadline, progress, started)
    except MemberError as error:
        message = f"the fits were not found for every member of the family: {error}"
    effect = 0.0
    if family is not None:
        values = [m.found.parameters.values(m.found.theta) for m in family.members]
        problem = problem.with_fits(interpolate_fits(problem, family, values))
        effect = _effect_on_fields(family)
    fixed, _ = derive(problem)
    assert fixed is not None, "derived before, with other values"
    sought = read_clock() - began
    # What the fits leave of the tolerance is the solution's own.
    left = max(settings.tolerance - effect, _LEAST_LEFT * settings.tolerance)
    solution = forward(lower(fixed), replace(settings, tolerance=left), None)
    seconds = dict(solution.seconds)
    seconds["solve"] = seconds.get("solve", 0.0) + sought
    used = replace(solution.settings, tolerance=settings.tolerance)
    solution = replace(solution, settings=used, seconds=seconds)
    if family is None:
        return replace(
            solution,
            status=Status.TOLERANCE_NOT_REACHED,
            # The fields are those of the first guesses.
            error_estimate={},
            error={},
            reports={},
            fitted={fit.name: FittedValue.of(fit, None) for fit in problem.fits},
            messages=(message, *solution.messages),
        )
    return _finish(solution, problem, family, effect, settings)


def interpolate_fits(
    problem: Problem, family: Family, values: Sequence[Mapping[str, float | FieldSeries]]
) -> dict[str, FieldSeries]:
    """Return the fits of a family as functions through their values at its nodes."""
    found: dict[str, FieldSeries] = {}
    for fit in problem.fits:
        numbers = np.array([_number(own[fit.name]) for own in values])
        coefficients = family.grid.coefficients(numbers)
        found[fit.name] = family.grid.series(problem, coefficients)
    return found


def _walk(
    problem: Problem,
    settings: Settings,
    deadline: float,
    progress: Progress | None,
    started: float,
) -> Family[Inversion]:
    own = replace(
        settings,
        method=Choice("auto"),
        network=None,
        tolerance=_MEMBER_SHARE * settings.tolerance,
        time_limit=deadline - started,
    )

    def step(member: Problem, near: Inversion | None) -> Inversion | None:
        if near is not None:
            member = replace(member, fits=_start_from(near, member))
        system, _ = derive(replace(member, settings=own))
        if system is None:
            raise MemberError("the equations have no finite value")
        for route in list_routes(system, own) if near is None else (near.route,):
            try:
                found = invert(system.problem, route, own, deadline, None, started)
            except ForwardError:
                continue
            if found.found.undetermined:
                names = ", ".join(f"`{name}`" for name in found.found.undetermined)
                raise MemberError(f"nothing determines {names}")
            if found.found.complaint is None:
                return found
            if near is None or found.found.converged:
                raise MemberError(found.found.complaint)
        return None

    def data(member: Inversion) -> dict[str, np.ndarray]:
        values = member.found.parameters.values(member.found.theta)
        return {name: np.array([_number(value)]) for name, value in values.items()}

    def tell(number: int) -> None:
        if progress is not None:
            progress(Event("invert", number, 0, read_clock() - started))

    between = (1.0 - _MEMBER_SHARE) * settings.tolerance
    return Walk(problem, step, data, deadline).run(between, tell)


def _start_from(near: Inversion, member: Problem) -> tuple[Fit, ...]:
    """Return the fits of a member with their neighbour's values as guesses.

    A guess says how large a fit is: one that passes zero keeps a part of its first size.
    """
    values = near.found.parameters.values(near.found.theta)
    fits = []
    for slot in Parameters.of(member).slots:
        fit, value = slot.fit, _number(values[slot.fit.name])
        least = _LEAST_GUESS * slot.size
        if not slot.is_logarithmic and abs(value) < least:
            value = float(np.clip(np.copysign(least, value), fit.low, fit.high))
        fits.append(around(fit, value))
    return tuple(fits)


def _finish(
    solution: Solution,
    problem: Problem,
    family: Family[Inversion],
    effect: float,
    settings: Settings,
) -> Solution:
    estimate = {name: value + effect for name, value in solution.error_estimate.items()}
    for name, between in family.errors.items():
        estimate[name] = _worst_error(family, name) + between
    labels = dict.fromkeys(m.label for member in family.members for m in member.found.misfits)
    misfit: dict[str, float] = {}
    for label in labels:
        rows = [m.values for f in family.members for m in f.found.misfits if m.label == label]
        misfit[label] = float(np.sqrt(np.mean(np.concatenate(rows) ** 2)))
    status = solution.status
    if status in (Status.SOLVED, Status.TOLERANCE_NOT_REACHED):
        is_met = max(estimate.values(), default=np.inf) <= settings.tolerance
        status = Status.SOLVED if is_met else Status.TOLERANCE_NOT_REACHED
    route = family.members[0].route
    message = (
        f"fits: Gauss-Newton over the forward problem ({route}) of {len(family.members)} members of the "
        f"family, polynomials of degree {family.grid.degree} between them"
    )
    return replace(
        solution,
        status=status,
        fitted={fit.name: FittedValue.of(fit, None) for fit in problem.fits},
        misfit=misfit,
        error_estimate=estimate,
        error=dict(solution.error) | true_errors(problem),
        messages=(message, *solution.messages),
    )


def _worst_error(family: Family[Inversion], name: str) -> float:
    """Return the largest error of a fit, relative to its root mean square over the family."""
    values = [m.found.parameters.values(m.found.theta)[name] for m in family.members]
    numbers = np.abs([_number(value) for value in values])
    errors = [m.errors[name] * (v or 1.0) for m, v in zip(family.members, numbers, strict=True)]
    return float(max(errors)) / (float(np.sqrt(np.mean(numbers**2))) or 1.0)


def _effect_on_fields(family: Family[Inversion]) -> float:
    """Return what the errors of the fits change in the unknowns, relative."""
    own = max(member.field_error for member in family.members)
    chosen = np.linspace(0, len(family.members) - 1, _WATCHED).round().astype(int)
    for member in (family.members[i] for i in dict.fromkeys(chosen.tolist())):
        found = member.found
        slopes = found.parameters.slopes(found.theta)
        values = found.parameters.values(found.theta)
        sizes = np.array([abs(_number(values[s.fit.name])) or 1.0 for s in found.parameters.slots])
        errors = np.array([family.errors[s.fit.name] for s in found.parameters.slots])
        try:
            changes = change_of_fields(found, errors * sizes / slopes)
        except ForwardError:
            return 1.0
        own = max(own, *changes.values())
    return own


def _number(value: float | FieldSeries) -> float:
    assert not isinstance(value, FieldSeries), "a member's fits are constants"
    return value
