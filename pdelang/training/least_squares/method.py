"""``method = least_squares``: frozen features, one weighted solve or a few Newton steps.

Everything runs in NumPy and LAPACK, so nothing is compiled before the first number; only the
finished solution becomes a JAX model, like that of any other method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import System
from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.failure import describe_few_points, describe_start_failure
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.chebyshev import Chebyshev
from pdelang.training.least_squares.dictionary import draw_dictionary
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.least_squares.escalation import (
    Ending,
    Escalation,
    Family,
    Level,
    Limits,
    escalate,
)
from pdelang.training.least_squares.factorisation import TooFewRowsError
from pdelang.training.least_squares.jet_basis import JetBasis, derivative
from pdelang.training.least_squares.messages import describe_escalation
from pdelang.training.least_squares.newton import Fit, Start
from pdelang.training.least_squares.plane_waves import PlaneWaves
from pdelang.training.least_squares.singular import Singular
from pdelang.training.progress import Event, Progress
from pdelang.training.reports import compute_reports
from pdelang.training.solution import History, Solution, Status
from pdelang.training.true_error import measure_error

# The rest of the time limit is for reports and the true error.
_TIME_SHARE = 0.9


def solve_least_squares(
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    deadline: float | None = None,
) -> Solution:
    """Solve a program with frozen features.

    ``deadline`` (``time.monotonic()``) may be earlier than ``time_limit`` says, for a method
    that is only tried.
    """
    # Sobol's points need scipy.stats, whose import is no part of the solving.
    import scipy.stats.qmc  # noqa: F401

    system = program.system
    began = read_clock()
    limit = started + _TIME_SHARE * settings.time_limit
    limits = limits_of(settings, min(limit, deadline) if deadline is not None else limit)

    def report(level: Level) -> None:
        if progress is not None:
            known = np.isfinite(level.estimate)
            estimate = {u.name: level.estimate for u in system.problem.unknowns} if known else {}
            seconds = read_clock() - started
            progress(Event("fit", level.features, limits.count or 0, seconds, estimate=estimate))

    fault, is_finite = "", True  # what is said where there is no fit at all
    try:
        found = escalate(
            system, families_of(system, limits, settings.seed), limits, settings.seed, report
        )
    except NotFiniteError as error:
        fault, is_finite = describe_start_failure(system, error.label), False
        found = Escalation(_empty_fit(system), {}, (), Ending.STALLED)
    except TooFewRowsError as error:
        fault = describe_few_points(settings.points, error.rows, error.columns)
        found = Escalation(_empty_fit(system), {}, (), Ending.STALLED)
    solved = read_clock() - began
    settings = _settings_used(settings, found.fit)
    model = FieldModel.from_program(program, settings)
    parameters = _parameters_of(found.fit)
    return Solution(
        program=program,
        model=model,
        parameters=parameters,
        status=_status_of(found) if is_finite else Status.DIVERGED,
        method="least_squares",
        weights=f"{settings.weights} of the conjugate kernel, sums over the points of each term",
        settings=settings,
        precision="f64",
        error_estimate=found.estimate,
        error=measure_error(program, model, parameters, "f64"),
        reports=compute_reports(program, model, parameters, "f64"),
        history=_history_of(found),
        seconds={"compile": 0.0, "solve": solved},
        messages=(fault,) if fault else describe_escalation(found, limits.deadline - started),
        ntk={
            label: {"weight": weight, "residual": found.fit.term_residuals.get(label, 0.0)}
            for label, weight in found.fit.weights.items()
        },
    )


def limits_of(settings: Settings, deadline: float) -> Limits:
    """Return what the user has fixed of the features."""
    options = dict(settings.network.options) if settings.network is not None else {}
    return Limits(
        settings.tolerance,
        deadline,
        _kind_of(options),
        int(options["count"]) if "count" in options else None,
        float(options["scale"]) if "scale" in options else None,
        int(options["degree"]) if "degree" in options else None,
        int(options["functions"]) if "functions" in options else None,
        settings.points,
        settings.weights.name,
    )


def _kind_of(options: Mapping[str, Any]) -> str | None:
    """Return the kind of features that the options of the network imply, None for a free choice."""
    if "kind" in options:
        return str(options["kind"])
    if "degree" in options:
        return "chebyshev"
    return "sine" if options else None


def families_of(system: System, limits: Limits, seed: int) -> list[Family]:
    """Return the kinds of features in the order in which they are tried."""
    start = _start_from_guess(system)
    kinds = ("chebyshev", "sine") if limits.kind is None else (limits.kind,)
    makers: dict[str, Callable[..., Family]] = {
        "chebyshev": Chebyshev,
        "singular": _place_singular,
        "sine": PlaneWaves,
    }
    return [makers[kind](system, limits, seed, start) for kind in kinds]


def _place_singular(system: System, limits: Limits, seed: int, start: Start | None) -> Family:
    """Return the family of singular functions; of polynomials alone where nothing is singular."""
    family = Singular(system, limits, seed, start)
    return family if family.corners or family.holes else Chebyshev(system, limits, seed, start)


def _start_from_guess(system: System) -> Start | None:
    """Return the jets of the ``guess``; fields without one start from their lift."""
    if not system.guess:
        return None
    guesses = dict(system.guess)

    def start(basis: JetBasis) -> np.ndarray:
        values = basis.lift.copy()
        for i, jet in enumerate(basis.jets):
            if jet.field in guesses:
                expression = derivative(guesses[jet.field], system.coordinates, jet.orders)
                values[i] = evaluate_points([expression], system.coordinates, basis.points.T)[0]
        return values

    return start


def _settings_used(settings: Settings, fit: Fit) -> Settings:
    given = settings.network.options if settings.network is not None else ()
    kept = tuple(option for option in given if option[0] == "scale")
    network = Choice("features", (*fit.dictionary.options, *kept))
    return replace(settings, method=Choice("least_squares"), network=network, precision="f64")


def _parameters_of(fit: Fit) -> dict[str, Any]:
    return {
        "trained": {"coefficients": fit.coefficients},
        "frozen": fit.dictionary.frozen,
    }


def _status_of(found: Escalation) -> Status:
    if found.ending is Ending.INTERRUPTED:
        return Status.STOPPED
    if found.is_ambiguous:
        return Status.SINGULAR
    if not found.estimate:
        return Status.UNVERIFIED
    reached = found.ending is Ending.REACHED
    return Status.SOLVED if reached else Status.TOLERANCE_NOT_REACHED


def _empty_fit(system: System) -> Fit:
    """Return the lift alone: what there is when no equation could be formed."""
    scales = np.ones(len(system.coordinates))
    dictionary = draw_dictionary(1, scales, {}, 0)
    coefficients = np.zeros((1, len(system.fields)))
    return Fit(system, dictionary, coefficients, scales, {}, np.inf, {}, 0, False)


def _history_of(found: Escalation) -> History:
    d = len(found.fit.scales)
    columns = ("step", "seconds", "features", "residual", "estimate", "iterations")
    columns += tuple(f"scale.{i + 1}" for i in range(d))
    rows = tuple(
        (
            float(number),
            level.seconds,
            float(level.features),
            level.residual,
            level.estimate,
            float(level.iterations),
            *level.scales,
        )
        for number, level in enumerate(found.levels, start=1)
    )
    return History(columns, rows)
