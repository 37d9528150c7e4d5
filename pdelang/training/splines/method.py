"""``network = splines`` of ``least_squares``: local features in space, windows in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.calculus.system import System
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.failure import (
    describe_layers,
    describe_start_failure,
    suspect_contradiction,
)
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.progress import Event, Progress
from pdelang.training.reports import compute_reports
from pdelang.training.solution import History, Solution, Status
from pdelang.training.splines.marched import Failure, Marched
from pdelang.training.splines.moments import steady_moments
from pdelang.training.splines.point_space import PointSpace
from pdelang.training.splines.refinement import Ending, Level, Refinement, choose_resolution, refine
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.tabulation import collect_parameters
from pdelang.training.splines.window import Piece
from pdelang.training.true_error import measure_error

# The rest of the time limit is for reports and the true error.
_TIME_SHARE = 0.9


def unsuited_reason(system: System) -> str | None:
    """Return why splines cannot serve a problem, or None where they can."""
    domain = system.problem.domain
    if any(unknown.regions for unknown in system.problem.unknowns):
        return "splines do not serve regions with functions of their own"
    if system.problem.partition is not None and system.problem.partition.regions:
        return "splines serve equations that hold on the whole domain"
    if domain.box.d > 1 or domain.body is not None:
        return "splines serve problems on one interval"
    if system.problem.varied:
        return "splines do not serve a family of problems"
    if any(term.functionals for term in system.terms):
        return "splines do not serve a `require`"
    if any(block.residual.nonlocals for term in system.terms for block in term.blocks):
        return "splines do not serve values elsewhere and integrals"
    return None


def solve_splines(
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    deadline: float | None = None,
) -> Solution:
    """Solve a program with splines in one space coordinate, in windows of time.

    ``deadline`` (``time.monotonic()``) may be earlier than ``time_limit`` says, for a method
    that is only tried. Raises ValueError for a problem that splines cannot serve.
    """
    reason = unsuited_reason(program.system)
    if reason is not None:
        raise ValueError(reason)
    began = read_clock()
    # The ansatz of hard conditions knows one start of time; here every window has its own, and
    # splines take values at the ends exactly anyway.
    settings = replace(settings, conditions="soft", method=Choice("least_squares"), precision="f64")
    system, _ = derive(replace(program.system.problem, settings=settings))
    assert system is not None, "derived before, with other conditions"
    limit = started + _TIME_SHARE * settings.time_limit

    def report(reached: float, windows: int, elements: int) -> None:
        if progress is not None:
            span = system.problem.time.bounds if system.problem.time is not None else None
            done = 0 if span is None else _per_mille(reached, span.low_value, span.high_value)
            progress(Event("march", done, 1000 if span else 0, read_clock() - started))

    def tell(estimate: dict[str, float]) -> None:
        if progress is not None and estimate:
            seconds = read_clock() - started
            progress(Event("estimate", 1, 1, seconds, estimate=estimate))

    label = None
    try:
        limit = limit if deadline is None else min(limit, deadline)
        found = refine(system, settings, limit, report, tell)
    except NotFiniteError as error:
        label = error.label
        resolution = choose_resolution(system, settings)
        found = Refinement(None, resolution, {}, {}, (), Ending.FAILED, Failure.NOT_FINITE)
    marched = found.marched or _nothing(system, found)
    parameters, time_degree = collect_parameters(system, marched.pieces, marched.space)
    settings = replace(settings, network=_network_used(found, marched, time_degree))
    soft = lower(system)
    model = FieldModel.from_program(soft, settings)
    return Solution(
        program=soft,
        model=model,
        parameters=parameters,
        status=_status_of(found, system),
        method="least_squares",
        weights=f"{settings.weights} of the splines' kernel, sums over the points of each term",
        settings=settings,
        precision="f64",
        error_estimate=found.estimate,
        error=measure_error(soft, model, parameters, "f64"),
        reports=compute_reports(soft, model, parameters, "f64"),
        history=_history_of(found.levels),
        seconds={"compile": 0.0, "solve": read_clock() - began},
        messages=_messages_of(found, marched, settings, system, label),
        ntk={
            g: {"weight": weight, "residual": found.residuals.get(g, 0.0)}
            for g, weight in marched.weights.items()
        },
    )


def _per_mille(reached: float, low: float, high: float) -> int:
    return int(1000 * (reached - low) / (high - low))


def _nothing(system: System, found: Refinement) -> Marched:
    """Return zero everywhere: what there is when not even the first window was solved."""
    degree = found.resolution.degree
    space: SplineSpace = PointSpace()
    if (box := system.problem.domain.box).d:
        space = SplineSpace(degree, np.linspace(box.low[0], box.high[0], 2 * degree + 3))
    moments = steady_moments(len(system.fields))
    if system.problem.time is not None:
        bounds = system.problem.time.bounds
        length = bounds.high_value - bounds.low_value
        moments = replace(moments, start=bounds.low_value, length=length)
    state = tuple(np.zeros((space.count, 1)) for _ in system.fields)
    return Marched((Piece(space, moments, state),), 0.0, 0, 0, {}, (), found.failure)


def _network_used(found: Refinement, marched: Marched, time_degree: int) -> Choice:
    if not marched.space.degree:
        return Choice("splines", (("windows", len(marched.pieces)), ("time_degree", time_degree)))
    return Choice(
        "splines",
        (
            ("degree", found.resolution.degree),
            ("elements", marched.space.elements),
            ("windows", len(marched.pieces)),
            ("time_degree", time_degree),
        ),
    )


def _status_of(found: Refinement, system: System) -> Status:
    match found.ending, found.failure:
        case Ending.INTERRUPTED, _:
            return Status.STOPPED
        case Ending.REACHED, _:
            return Status.SOLVED
        case _, Failure.UNDETERMINED if system.is_linear:
            return Status.SINGULAR
        case _, Failure.NOT_FINITE if found.marched is None:
            return Status.DIVERGED
        case _ if not found.estimate and found.failure is None:
            return Status.UNVERIFIED
        case _:
            return Status.TOLERANCE_NOT_REACHED


def _history_of(levels: tuple[Level, ...]) -> History:
    columns = ("step", "seconds", "tolerance", "elements", "windows", "iterations", "estimate")
    rows = tuple(
        (
            float(number),
            level.seconds,
            level.tolerance,
            float(level.elements),
            float(level.windows),
            float(level.iterations),
            level.estimate,
        )
        for number, level in enumerate(levels, start=1)
    )
    return History(columns, rows)


def _messages_of(
    found: Refinement,
    marched: Marched,
    settings: Settings,
    system: System,
    label: str | None,
) -> tuple[str, ...]:
    windows = len(marched.pieces)
    in_windows = "" if system.problem.time is None else f" in {windows} windows of time"
    if marched.space.degree:
        shape = (
            f"splines of degree {found.resolution.degree} on {marched.space.elements} elements"
            f"{in_windows}"
        )
    else:
        shape = f"polynomials of degree {found.resolution.stages}{in_windows}"
    messages = [f"{shape}; {marched.iterations} Newton iterations"]
    if label is not None:
        messages.append(describe_start_failure(system, label))
        return tuple(messages)
    if found.failure is Failure.UNDETERMINED:
        messages.append(
            "the equations do not determine the solution: a condition may be missing or doubled,"
            " or the problem be at a resonance"
            if system.is_linear
            else "the linearised equations do not determine a step of Newton's method;"
            " a `guess` may lead it elsewhere"
        )
    elif found.failure is not None:
        reached = ""
        if system.problem.time is not None and not found.levels:
            reached = f" at {system.coordinates[-1]} = {marched.reached:.6g}"
        messages.append(f"{found.failure.value}{reached}")
    elif found.ending is Ending.OUT_OF_TIME:
        messages.append(
            f"the time limit of {settings.time_limit:g} s leaves no room: {found.ending.value}"
        )
    elif found.ending is not Ending.REACHED:
        has_grown = found.ending is Ending.STALLED and len(found.levels) > 2
        sentence = describe_layers(system)
        if has_grown and sentence is None:
            sentence = suspect_contradiction(system, found.residuals)
        messages.append(sentence or found.ending.value)
    return tuple(messages)
