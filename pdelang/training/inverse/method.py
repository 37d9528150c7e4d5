"""Inverse problems: the fits, then the fields that go with them.

The fits are found by `identification` with a coarse forward solve first and finer ones at the end;
the fields by the solver of forward problems with the fits as they were found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.calculus.system import System
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.semantics.measured import Fit
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Settings
from pdelang.training.inverse.fields import (
    SETTLED,
    field_distance,
    field_values,
    raise_degree,
    relative_deviation,
    true_errors,
)
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.forward import ForwardError, State, solve_forward
from pdelang.training.inverse.identification import (
    Identified,
    discretisation_error,
    hold,
    identify,
    reweigh,
    weigh,
    with_weights,
)
from pdelang.training.inverse.observations import observe
from pdelang.training.inverse.parameters import Parameters
from pdelang.training.inverse.spread import (
    change_of_fields,
    deviations_of_fits,
    errors_of_fields,
    errors_of_fits,
)
from pdelang.training.journal import read_clock
from pdelang.training.progress import Event, Progress
from pdelang.training.solution import Solution, Status
from pdelang.training.splines.method import unsuited_reason

_COARSE = 10.0  # times the tolerance, where the fits are sought
_COARSEST = 1e-3
_TIME_SHARE = 0.7  # of the limit, for the fits
_RESOLUTIONS = 3  # times that the forward problem is resolved anew while fits are sought
_SETTLED = 1e-2  # of a parameter: a move by another resolution that changes nothing any more
_LEAST_LEFT = 0.1  # of the tolerance, for the solution itself

# A program whose fits are given, its settings, and the kind of features that served the fits.
Forward = Callable[[Program, Settings, str | None], Solution]


@dataclass(frozen=True, slots=True, eq=False)
class Inversion:
    """The fits as they were found, and what is left of the data."""

    found: Identified
    errors: Mapping[str, float]  # of the fits, by the discretisation
    field_error: float  # what the errors of the fits make of the fields
    route: str
    field_spread: Mapping[str, float] = field(default_factory=dict)  # by the noise of the readings


def solve_inverse(
    program: Program,
    settings: Settings,
    forward: Forward,
    progress: Progress | None,
    started: float,
) -> Solution:
    """Solve an inverse problem. ``forward`` solves a program whose fits are given."""
    system = program.system
    began = read_clock()
    deadline = started + _TIME_SHARE * settings.time_limit
    failure: str | None = None
    inversion: Inversion | None = None
    for route in list_routes(system, settings):
        try:
            inversion = invert(system.problem, route, settings, deadline, progress, started)
            break
        except ForwardError as error:
            failure = f"{route}: {error}"
    problem = system.problem
    if inversion is not None:
        problem = inversion.found.parameters.put(inversion.found.theta)
    fixed, _ = derive(problem)
    assert fixed is not None, "derived before, with other values"
    sought = read_clock() - began
    # What the fits leave of the tolerance is the solution's own.
    spent = 0.0 if inversion is None else inversion.field_error
    left = replace(
        settings, tolerance=max(settings.tolerance - spent, _LEAST_LEFT * settings.tolerance)
    )
    solution = forward(lower(fixed), left, None if inversion is None else inversion.route)
    worst = max(solution.error_estimate.values(), default=0.0)
    missed = solution.status is Status.TOLERANCE_NOT_REACHED and worst > left.tolerance
    status = Status.SOLVED if missed and worst <= settings.tolerance else solution.status
    used = replace(solution.settings, tolerance=settings.tolerance)
    solution = replace(solution, settings=used, status=status)
    seconds = dict(solution.seconds)
    seconds["solve"] = seconds.get("solve", 0.0) + sought
    if inversion is None:
        return replace(
            solution,
            status=Status.DIVERGED,
            seconds=seconds,
            fitted={fit.name: FittedValue.of(fit, None) for fit in problem.fits},
            messages=(f"the first guess of the fits leads nowhere: {failure}", *solution.messages),
        )
    return finish(solution, problem, inversion, settings, seconds)


def list_routes(system: System, settings: Settings) -> tuple[str, ...]:
    """Return the kinds of forward solves to try: splines where they serve, else features."""
    is_spline_set = settings.network is not None and settings.network.name == "splines"
    if settings.network is not None and not is_spline_set:
        return ("features",)
    if unsuited_reason(system) is not None or settings.conditions == "hard":
        return ("features",)
    highest: dict[str, int] = {}
    for jet in system.jets:
        highest[jet.field] = max(highest.get(jet.field, 0), jet.orders[-1])
    observed = [
        jet
        for term in system.observations
        for jet in (
            *(j for b in term.blocks for j in b.residual.jets),
            *(j for f in term.functionals for a in f.aggregates for j in a.integrand.touched),
        )
    ]
    # Splines know a field's derivatives in time up to its own order.
    is_known = system.problem.time is None or all(
        jet.orders[-1] <= highest.get(jet.field, 0) for jet in observed
    )
    if not is_known:
        return ("features",)
    if is_spline_set:
        return ("splines",)
    first = "splines" if system.problem.time is not None else "features"
    return ("splines", "features") if first == "splines" else ("features", "splines")


def invert(
    problem: Problem,
    route: str,
    settings: Settings,
    deadline: float,
    progress: Progress | None,
    started: float,
) -> Inversion:
    has_fields = any(fit.is_field for fit in problem.fits)
    coarse = min(_COARSE * settings.tolerance, max(_COARSEST, settings.tolerance))
    parameters = Parameters.of(problem)
    found = _seek(
        parameters, parameters.start, route, coarse, settings, deadline, progress, started
    )
    levels = [found]
    if has_fields:

        def seek(parameters: Parameters, theta: np.ndarray) -> Identified:
            return _seek(parameters, theta, route, coarse, settings, deadline, progress, started)

        found, levels = raise_degree(found, seek, settings.tolerance, deadline)
    fine = replace(settings, tolerance=0.3 * settings.tolerance)
    state = _solve(found, route, fine, deadline)
    coarse_rows, rows = found.rows, weigh(hold(observe(state), found.misfits), found.weights)
    shift = discretisation_error(found, coarse_rows, rows)
    found = identify(
        found.parameters,
        found.theta,
        state,
        settings.tolerance,
        deadline,
        _teller(progress, started),
        found,
    )
    return _judge(found, shift, levels, route)


def _seek(
    parameters: Parameters,
    theta: np.ndarray,
    route: str,
    tolerance: float,
    settings: Settings,
    deadline: float,
    progress: Progress | None,
    started: float,
) -> Identified:
    """Return the fit with a forward solve of the given tolerance, readings weighed by their noise."""
    coarse = replace(settings, tolerance=tolerance)
    on_step = _teller(progress, started)
    state = solve_forward(parameters.put(theta), route, coarse, deadline)
    found: Identified | None = None
    for _ in range(_RESOLUTIONS):
        found = identify(
            parameters,
            theta,
            state,
            settings.tolerance,
            deadline,
            on_step,
            found,
            is_last=not parameters.has_fields,
        )
        labels = {m.label for m in found.misfits}
        if len(labels) > 1 and any(not m.has_noise for m in found.misfits):
            found = with_weights(found, reweigh(found))
        theta = found.theta
        if read_clock() > deadline:
            break
        # What resolved the fields of the first guess may not resolve those of the fitted values.
        state = _solve(found, route, coarse, deadline)
        rows = weigh(hold(observe(state), found.misfits), found.weights)
        if discretisation_error(found, found.rows, rows).max(initial=0.0) < _SETTLED:
            break
    assert found is not None
    return found


def _solve(found: Identified, route: str, settings: Settings, deadline: float) -> State:
    """Return the forward solution where a fit ended, at a resolution that suits it."""
    return solve_forward(found.parameters.put(found.theta), route, settings, deadline)


def _teller(progress: Progress | None, started: float) -> Callable[[int, float], None]:
    def tell(number: int, cost: float) -> None:
        if progress is not None:
            losses = {"data": cost}
            progress(Event("invert", number, 0, read_clock() - started, losses=losses))

    return tell


def _judge(found: Identified, shift: np.ndarray, levels: list[Identified], route: str) -> Inversion:
    """Return the fit with the error that the discretisation leaves in it.

    ``shift (p,)`` is how far a ten times coarser forward solve would have moved it.
    """
    # The last step was not worth taking; it bounds what iterating on would still change.
    moved = shift + found.step
    slopes = found.parameters.slopes(found.theta)
    values = found.parameters.values(found.theta)
    errors: dict[str, float] = {}
    for slot in found.parameters.slots:
        own = slice(slot.start, slot.start + slot.count)
        if slot.fit.is_field:
            errors[slot.fit.name] = _field_error(found, moved, levels, slot.fit)
        else:
            value = values[slot.fit.name]
            assert isinstance(value, float)
            size = abs(value) or 1.0
            errors[slot.fit.name] = max(float(abs(moved[own] * slopes[own])[0] / size), 1e-15)

    effect = _effect_on_fields(found, moved)
    return Inversion(found, errors, effect, route, errors_of_fields(found))


def _field_error(found: Identified, moved: np.ndarray, levels: list[Identified], fit: Fit) -> float:
    """Return the numerical error of a field: by the forward solve, and by its degree if that shows."""
    problem = found.parameters.put(found.theta)
    own = field_values(problem, fit.name)
    other = field_values(found.parameters.put(found.theta + moved), fit.name)
    error = float(np.linalg.norm(other - own)) / (float(np.linalg.norm(own)) or 1.0)
    distance = field_distance(found, levels, fit)
    if distance > SETTLED * relative_deviation(found, fit):
        error += distance
    return max(error, 1e-15)


def _effect_on_fields(found: Identified, moved: np.ndarray) -> float:
    """Return the largest relative change of an unknown when the parameters move so far."""
    if not moved.any():
        return 0.0
    try:
        return max(change_of_fields(found, moved).values(), default=0.0)
    except ForwardError:
        return 1.0


def finish(
    solution: Solution,
    problem: Problem,
    inversion: Inversion,
    settings: Settings,
    seconds: Mapping[str, float],
) -> Solution:
    """Return the solution with what was fitted, how well, and what is left of the data."""
    found = inversion.found
    deviations = deviations_of_fits(found)
    fitted = {fit.name: FittedValue.of(fit, deviations.get(fit.name)) for fit in problem.fits}
    estimate = {
        name: value + inversion.field_error for name, value in solution.error_estimate.items()
    }
    estimate |= dict(inversion.errors)
    error = dict(solution.error) | true_errors(problem)
    misfit: dict[str, float] = {}
    for label in dict.fromkeys(m.label for m in found.misfits):
        values = np.concatenate([m.values for m in found.misfits if m.label == label])
        misfit[label] = float(np.sqrt(np.mean(values**2)))
    status = solution.status
    how = (
        f"Gauss-Newton over the forward problem ({inversion.route}), "
        f"{found.iterations} last iteration{_s(found.iterations)}"
        if found.iterations
        else f"in the same steps as the unknowns, by {inversion.route}"
    )
    rows, count = len(found.rows), found.parameters.count
    messages = [f"fits: {how}, {rows} row{_s(rows)} for {count} parameter{_s(count)}"]
    if deviations and misfit:
        messages.append(
            "the estimated errors are those of the numerical solution; what the noise of the readings "
            "adds is the standard error"
        )
    low, high = found.parameters.bounds
    for slot in found.parameters.slots:
        at = found.theta[slot.start]
        if not slot.fit.is_field and (at <= low[slot.start] or at >= high[slot.start]):
            messages.append(f"`{slot.fit.name}` stopped at its bound")
    if found.undetermined:
        status = Status.SINGULAR
        names = ", ".join(f"`{name}`" for name in found.undetermined)
        messages.append(
            f"the data do not determine {names}: the solution hardly depends on it there"
        )
    elif complaint := found.complaint:
        status = Status.TOLERANCE_NOT_REACHED if status is Status.SOLVED else status
        messages.append(complaint)
    elif status is Status.SOLVED and max(estimate.values(), default=0.0) > settings.tolerance:
        status = Status.TOLERANCE_NOT_REACHED
    return replace(
        solution,
        status=status,
        seconds=seconds,
        fitted=fitted,
        misfit=misfit,
        standard_error=dict(inversion.field_spread) | errors_of_fits(found, deviations),
        error_estimate=estimate,
        error=error,
        messages=(*messages, *solution.messages),
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"
