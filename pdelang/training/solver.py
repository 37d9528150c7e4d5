"""From a program to a solution: two runs that advance in turn, compared as they go.

The first run is the solution; the second, from another seed with half the steps, exists
only to estimate the error. Both use the same compiled functions. At each of `STAGES` the
first run, then the second, reaches that share of its steps, and the estimate is made anew:
a solve ends when every unknown's estimate is within the tolerance, the steps are used up,
or the time is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from pdelang.kernels.trace import term_traces
from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.auto import choose_method
from pdelang.training.defaults import resolve_adam, resolve_settings
from pdelang.training.estimate import Estimator, build_estimator
from pdelang.training.guess import fit_guess
from pdelang.training.loop import (
    Outcome,
    Run,
    Stepper,
    build_stepper,
    compile_measurement,
)
from pdelang.training.precision import numeric_context, read_dtype
from pdelang.training.progress import Event, Progress
from pdelang.training.reports import compute_reports
from pdelang.training.sampling import build_sampler, node_weights
from pdelang.training.solution import History, Solution, Status
from pdelang.training.true_error import measure_error
from pdelang.training.weights import RULES

# Shares of the steps after which the two runs are compared.
STAGES = (0.25, 0.5, 0.75, 1.0)
# The second run's steps, as a share of the first's.
SECOND_SHARE = 0.5
# Without an estimate the first run leaves the second this share of the time limit to exist.
FIRST_TIME_SHARE = 0.6
# The rest of the time limit is for estimates, reports and the true error.
TRAINING_TIME_SHARE = 0.95


def solve(
    program: Program,
    settings: Settings,
    progress: Progress | None = None,
    started: float | None = None,
) -> Solution:
    """Solve a program by the method that ``settings`` names.

    ``started`` is the reading of ``time.monotonic()`` from which ``time_limit`` counts; None is
    now. ``progress`` is called with an `Event` between compiled blocks. The result says in
    its ``status`` how the solve ended; an interrupt from the keyboard gives what there is, as
    ``stopped``. Raises ValueError for settings that the checker refuses (E106).
    """
    started = time.monotonic() if started is None else started
    settings, reason = choose_method(program.system, settings)
    settings = resolve_settings(program.system, settings)
    assert settings.precision is not None
    with numeric_context(settings.precision):
        solver = _Solver(program, settings, progress, started)
        if reason:
            solver.messages.append(reason)
        return solver.solve()


@dataclass(slots=True, eq=False)
class _Solver:
    program: Program
    settings: Settings
    progress: Progress | None
    started: float
    messages: list[str] = field(default_factory=list)
    estimate: dict[str, float] = field(default_factory=dict)

    def solve(self) -> Solution:
        self._report("compile", 0, 1)
        model = FieldModel.from_program(self.program, self.settings)
        began = time.monotonic()
        stepper, estimator, runs = self._prepare(model)
        first, second = runs
        compiled = time.monotonic() - began
        began = time.monotonic()
        status = self._train(first, second, estimator)
        solved = time.monotonic() - began
        if first.retries and status is not Status.DIVERGED:
            self.messages.append(
                f"the rate was halved {first.retries} times after values that were not finite"
                f" ({'; '.join(first.failure)})"
            )

        precision = self.settings.precision or "f32"
        parameters = jax.tree.map(np.asarray, first.parameters)
        return Solution(
            program=self.program,
            model=model,
            parameters=parameters,
            status=status,
            method=str(self.settings.method),
            weights=stepper.rule.description,
            settings=self.settings,
            precision=precision,
            error_estimate=dict(self.estimate),
            error=measure_error(self.program, model, parameters, precision),
            reports=compute_reports(self.program, model, parameters, precision),
            history=_build_history(stepper, first),
            seconds={"compile": compiled, "solve": solved},
            messages=tuple(self.messages),
            ntk=_measure_kernel(stepper, first),
        )

    def _prepare(self, model: FieldModel) -> tuple[Stepper, Estimator, tuple[Run, Run]]:
        settings = self.settings
        options = resolve_adam(settings)
        if settings.weights.name not in RULES:
            raise ValueError(f"unknown weights {settings.weights.name!r}")
        assert settings.points is not None
        assert settings.steps is not None
        assert settings.refresh_every is not None
        assert settings.precision is not None
        dtype = read_dtype(settings.precision)
        is_uniform = options.sampling == "uniform"
        sampler = build_sampler(self.program, settings.points, is_uniform, dtype)
        assembly = build_assembly(self.program, model, node_weights(self.program))

        root = jax.random.key(settings.seed)
        keys = {name: jax.random.fold_in(root, number) for number, name in enumerate(_STREAMS)}
        seeds = {
            name: sampler.seed(keys[f"{name} points"]) for name in ("first", "second", "fresh")
        }
        parameters = [
            fit_guess(self.program, model, model.initialise(keys[f"{name} network"], dtype), dtype)
            for name in ("first", "second")
        ]
        stepper = build_stepper(
            assembly,
            sampler,
            options,
            RULES[settings.weights.name],
            settings.refresh_every,
            parameters[0],
            seeds["first"],
        )
        steps = (settings.steps, max(1, round(SECOND_SHARE * settings.steps)))
        first, second = (
            Run.start(stepper, p, s, n, self.started)
            for p, s, n in zip(parameters, (seeds["first"], seeds["second"]), steps, strict=True)
        )
        estimator = build_estimator(
            self.program.system.problem, assembly, sampler, settings.precision, seeds["fresh"]
        )
        return stepper, estimator, (first, second)

    def _train(self, first: Run, second: Run, estimator: Estimator) -> Status:
        """Advance both runs stage by stage and return how it ended."""
        limit = self.settings.time_limit
        last = self.started + TRAINING_TIME_SHARE * limit
        try:
            for share in STAGES:
                deadline = last if self.estimate else self.started + FIRST_TIME_SHARE * limit
                target = round(share * first.steps)
                outcome = first.advance_to(target, deadline, self._reporter("train"))
                if outcome is Outcome.DIVERGED:
                    self.messages.extend(first.failure)
                    self.messages.append(
                        f"training diverged; the result is the last good state, at step {first.step}"
                    )
                    return Status.DIVERGED
                if not self._estimate(first, second, share, last, estimator):
                    return Status.UNVERIFIED
                if all(e <= self.settings.tolerance for e in self.estimate.values()):
                    return Status.SOLVED
                if outcome is Outcome.OUT_OF_TIME or time.monotonic() >= last:
                    self.messages.append(
                        f"the time limit of {limit:g} s was reached at step {first.step} of {first.steps}"
                    )
                    return Status.TOLERANCE_NOT_REACHED
        except KeyboardInterrupt:
            self.messages.append(f"stopped from the keyboard at step {first.step}")
            return Status.STOPPED
        self.messages.append(f"all {first.steps} steps were used")
        return Status.TOLERANCE_NOT_REACHED

    def _estimate(
        self, first: Run, second: Run, share: float, deadline: float, estimator: Estimator
    ) -> bool:
        """Bring the second run to its share and compare; False where there is no estimate."""
        step = second.step
        target = max(1, round(share * second.steps))
        outcome = second.advance_to(target, deadline, self._reporter("check"))
        if outcome is Outcome.DIVERGED:
            self.messages.extend(second.failure)
            self.messages.append("the second solve, for the error estimate, diverged: unverified")
            self.estimate = {}
            return False
        if second.step == 0:
            self.messages.append(
                f"the time limit of {self.settings.time_limit:g} s left no time to estimate the error"
            )
            return False
        if second.step > step or not self.estimate:
            self._report("estimate", 0, 1)
        self.estimate = estimator.estimate(first.parameters, second.parameters)
        self._report("estimate", 1, 1)
        return True

    def _reporter(self, stage: str) -> Callable[[Run], None] | None:
        if self.progress is None:
            return None

        def report(run: Run) -> None:
            labels = run.stepper.assembly.labels
            losses = [] if run.losses is None else run.losses.tolist()
            weights = run.weights.tolist()
            self._report(
                stage,
                run.step,
                run.steps,
                dict(zip(labels, losses, strict=False)),
                dict(zip(labels, weights, strict=True)),
            )

        return report

    def _report(
        self,
        stage: str,
        step: int,
        steps: int,
        losses: dict[str, float] | None = None,
        weights: dict[str, float] | None = None,
    ) -> None:
        if self.progress is not None:
            seconds = time.monotonic() - self.started
            self.progress(
                Event(stage, step, steps, seconds, losses or {}, weights or {}, dict(self.estimate))
            )


# Names of the independent random streams of a solve; their order is part of what a seed means.
_STREAMS = (
    "first network",
    "first points",
    "second network",
    "second points",
    "fresh points",
)


def _build_history(stepper: Stepper, run: Run) -> History:
    labels = stepper.assembly.labels
    columns = (
        "step",
        "seconds",
        "loss",
        *(f"loss.{label}" for label in labels),
        *(f"weight.{label}" for label in labels),
    )
    return History(columns, tuple(run.rows))


def _measure_kernel(stepper: Stepper, run: Run) -> dict[str, dict[str, float]]:
    """Return the trace of every term's kernel at the end, and the weight it had."""
    parameters: Any = {"trained": run.state.trained, "frozen": run.frozen}
    measure = stepper.measure
    if measure is None or stepper.rule.measure is not term_traces:
        measure = compile_measurement(
            stepper.assembly, stepper.sampler, term_traces, parameters, run.seeds
        )
    number = np.int32(run.step // stepper.options.resample_every)
    traces = np.asarray(measure(parameters, run.seeds, number))
    return {
        label: {"trace": float(trace), "weight": float(weight)}
        for label, trace, weight in zip(stepper.assembly.labels, traces, run.weights, strict=True)
    }
