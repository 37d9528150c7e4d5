"""Gradient descent to a solution: two runs that advance in turn, compared as they go.

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

import jax
import numpy as np

from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.defaults import resolve_settings
from pdelang.training.dynamics import measure_dynamics
from pdelang.training.estimate import Estimator
from pdelang.training.loop import Outcome, Run
from pdelang.training.precision import numeric_context
from pdelang.training.preparation import prepare_runs
from pdelang.training.progress import Event, Progress
from pdelang.training.record import build_history, measure_kernel
from pdelang.training.reports import compute_reports
from pdelang.training.solution import Solution, Status
from pdelang.training.true_error import measure_error

# Shares of the steps after which the two runs are compared.
STAGES = (0.25, 0.5, 0.75, 1.0)
# Without an estimate the first run leaves the second this share of the time limit to exist.
FIRST_TIME_SHARE = 0.6
# Seconds of the time limit kept for the estimate itself, and the most of it, as a share.
RESERVE_SECONDS = 5.0
RESERVE_SHARE = 0.2


def solve_adam(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve a program by Adam; an interrupt from the keyboard gives what there is."""
    settings = resolve_settings(program.system, settings)
    assert settings.precision is not None
    with numeric_context(settings.precision):
        return _Solver(program, settings, progress, started).solve()


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
        prepared = prepare_runs(self.program, self.settings, model, self.started)
        first, second, stepper = prepared.first, prepared.second, prepared.stepper
        compiled = time.monotonic() - began
        began = time.monotonic()
        status = self._train(first, second, prepared.estimator)
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
            history=build_history(first),
            seconds={"compile": compiled, "solve": solved},
            messages=tuple(self.messages),
            ntk=measure_kernel(first),
            dynamics=measure_dynamics(self.program, first, prepared.estimator.seeds),
        )

    def _train(self, first: Run, second: Run, estimator: Estimator) -> Status:
        """Advance both runs stage by stage and return how it ended."""
        limit = self.settings.time_limit
        last = self.started + limit - min(RESERVE_SECONDS, RESERVE_SHARE * limit)
        try:
            for share in STAGES:
                deadline = last if self.estimate else self.started + FIRST_TIME_SHARE * limit
                target = round(share * first.steps)
                outcome = first.advance_to(target, deadline, self._reporter("train"))
                if outcome is Outcome.DIVERGED:
                    self.messages.extend(first.failure)
                    # An estimate of an earlier state says nothing of this one.
                    self.estimate = {}
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
            if self.estimate:
                self.estimate = estimator.estimate(first.parameters, second.parameters)
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
