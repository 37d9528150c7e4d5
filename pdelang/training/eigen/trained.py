"""Eigenproblems by ``adam``, ``lbfgs`` and ``gauss_newton``: mode and constants trained together.

Zero and every other mode meet the equations too, so training has to begin near the mode that is meant:
the one over frozen features that is nearest to the first guess. The network is fitted to it, and from
there on network and constants move in the same steps, with the demands among the terms of the loss.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.eigen.method import solve_eigenproblem
from pdelang.training.inverse.fields import true_errors
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.joint import TrainedState, train_jointly
from pdelang.training.inverse.observations import observe
from pdelang.training.inverse.parameters import around
from pdelang.training.progress import Progress
from pdelang.training.solution import Solution

_TIME_SHARE = 0.3  # of the limit, for the start


def train_eigenproblem(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve an eigenproblem by the training method that the settings name."""
    problem = program.system.problem
    frozen = replace(
        settings,
        method=Choice("least_squares"),
        network=None,
        time_limit=_TIME_SHARE * settings.time_limit,
    )
    found = solve_eigenproblem(program, frozen, progress, started)
    values = {name: f.value for name, f in found.fitted.items() if f.value is not None}
    if len(values) < len(found.fitted):
        return found

    def guess(name: str):
        return lambda points: found.model.functions_at(found.parameters, points)[name]

    near = tuple(around(fit, values[fit.name]) for fit in problem.fits)
    system, _ = derive(replace(problem, fits=near))
    assert system is not None, "derived before, with other values"
    start = tuple((name, guess(name)) for name in system.fields)
    trained = train_jointly(lower(system), settings, progress, started, start)
    solution = trained.solution
    final = solution.program.system
    state = TrainedState(final, solution.model, solution.parameters, solution.precision)
    fitted = {}
    for fit in final.problem.fits:
        value = solution.fitted[fit.name].value
        assert value is not None
        fitted[fit.name] = FittedValue(value, found.fitted[fit.name].standard_error)
    begun = ", ".join(f"{name} = {value:.6g}" for name, value in values.items())
    return replace(
        solution,
        fitted=fitted,
        error=dict(solution.error) | true_errors(final.problem),
        misfit=_measure_misfit(state),
        standard_error=found.standard_error,
        seconds={
            **solution.seconds,
            "solve": solution.seconds["solve"] + found.seconds["solve"],
        },
        messages=(
            f"training began at the mode over frozen features with {begun}",
            *solution.messages,
        ),
    )


def _measure_misfit(state: TrainedState) -> dict[str, float]:
    """Return the root mean square of what is left of the readings, per label."""
    measured = [m for m in observe(state) if m.is_measured]
    found: dict[str, float] = {}
    for label in dict.fromkeys(m.label for m in measured):
        values = np.concatenate([m.values for m in measured if m.label == label])
        found[label] = float(np.sqrt(np.mean(values**2)))
    return found
