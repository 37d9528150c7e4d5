"""Training to a solution: two runs that advance in turn, compared as they go.

The first run is the solution; the second, from another seed with half the steps, exists
only to estimate the error. Both use the same compiled functions. At each of `STAGES` the
first run, then the second, reaches that share of its steps, and the estimate is made anew:
a solve ends when every unknown's estimate is within the tolerance, the steps are used up,
or the time is over.
"""

from __future__ import annotations

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
from pdelang.training.failure import describe_layers
from pdelang.training.inverse.tangent import TangentSpace
from pdelang.training.journal import Place, read_clock
from pdelang.training.loop import Outcome
from pdelang.training.polish import Polished, Polisher
from pdelang.training.precision import numeric_context
from pdelang.training.preparation import Preparation, TrainingRun, prepare_runs
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
        return Training(program, settings, progress, started, started + settings.time_limit).solve(
            prepare_runs
        )


# (program, settings, model, started) -> the runs before their first step
Prepare = Callable[[Program, Settings, FieldModel, float], Preparation]


@dataclass(slots=True, eq=False)
class Training:
    """Trains two runs and makes a solution of the first; ``deadline`` is when it has to be there."""

    program: Program
    settings: Settings
    progress: Progress | None
    started: float
    deadline: float
    messages: list[str] = field(default_factory=list)
    place: Place = field(default_factory=lambda: Place("runs"))
    stage: int = 0  # of `STAGES`
    began: float | None = None  # reading of the clock when training began
    estimate: dict[str, float] = field(default_factory=dict)

    def solve(self, prepare: Prepare) -> Solution:
        """Return the solution of the runs that ``prepare`` makes."""
        self._report("compile", 0, 1)
        model = FieldModel.from_program(self.program, self.settings)
        began = read_clock()
        prepared = prepare(self.program, self.settings, model, self.started)
        first, second, stepper = prepared.first, prepared.second, prepared.stepper
        compiled = read_clock() - began
        self._restore(first, second)
        began = read_clock()
        status = self._train(prepared)
        if first.polished is None and self._can_polish(status):
            status = self._polish(first, second, prepared)
        solved = read_clock() - began
        if first.retries and status is not Status.DIVERGED:
            self.messages.append(
                f"the rate was halved {first.retries} times after values that were not finite"
                f" ({'; '.join(first.failure)})"
            )

        is_short = status is Status.TOLERANCE_NOT_REACHED
        thin = describe_layers(self.program.system) if is_short else None
        self.messages.extend(filter(None, [first.refresh.describe(), thin]))

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

    def _is_solved_early(self, prepared: Preparation) -> bool:
        """Fit the last layers after a few steps, and say whether that is all that was needed."""
        first, second = prepared.first, prepared.second
        if not prepared.early_steps or first.step or not self._can_polish(Status.SOLVED):
            return False
        last = self.started + FIRST_TIME_SHARE * (self.deadline - self.started)
        if first.advance_to(prepared.early_steps, last) is Outcome.DIVERGED:
            return False  # the training that follows says so
        share = prepared.early_steps / first.steps
        if not self._estimate(first, second, share, last, prepared.estimator):
            self.messages.clear()
            return False
        match self._polish(first, second, prepared):
            case Status.SOLVED:
                self.messages.append(f"{first.step} steps were enough for the last layer")
                return True
            case Status.STOPPED:
                raise KeyboardInterrupt
            case _:
                pass
        self.messages.clear()
        self.estimate = {}
        first.polished = second.polished = None
        return False

    def _train(self, prepared: Preparation) -> Status:
        """Advance both runs stage by stage and return how it ended."""
        first, second, estimator = prepared.first, prepared.second, prepared.estimator
        limit = self.settings.time_limit
        available = self.deadline - self.started
        last = self.deadline - min(RESERVE_SECONDS, RESERVE_SHARE * available)
        # Another method may have been tried before: only what is left can be shared.
        began = self.began = self.began or max(self.started, read_clock())
        try:
            if self._is_solved_early(prepared):
                return Status.SOLVED
            for stage in range(self.stage, len(STAGES)):
                self.stage, share = stage, STAGES[stage]
                deadline = last if self.estimate else began + FIRST_TIME_SHARE * (last - began)
                target = round(share * first.steps)
                outcome = first.advance_to(target, deadline, self._observer("train", first, second))
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
                if outcome is Outcome.STALLED:
                    self.messages.append(f"nothing improves any more at step {first.step}")
                    return Status.TOLERANCE_NOT_REACHED
                if outcome is Outcome.OUT_OF_TIME or read_clock() >= last:
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
        self,
        first: TrainingRun,
        second: TrainingRun,
        share: float,
        deadline: float,
        estimator: Estimator,
    ) -> bool:
        """Bring the second run to its share and compare; False where there is no estimate."""
        step = second.step
        target = max(1, round(share * second.steps))
        outcome = second.advance_to(target, deadline, self._observer("check", first, second))
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

    def _can_polish(self, status: Status) -> bool:
        is_whole = status in (Status.SOLVED, Status.TOLERANCE_NOT_REACHED)
        wanted = dict(self.settings.method.options).get("polish", "on") == "on"
        return is_whole and wanted and read_clock() < self.deadline

    def _polish(self, first: TrainingRun, second: TrainingRun, prepared: Preparation) -> Status:
        """Fit the last layers of both runs, and make the estimate anew; see `polish`."""
        if self.program.system.sought and not self.program.system.is_eigenproblem:
            return self._correct(first, second, prepared)
        stepper = prepared.stepper
        is_linear = self.program.system.is_linear
        polisher = Polisher(stepper.assembly, stepper.sampler, is_linear)
        self._report("polish", 0, 1)
        try:
            results = [polisher.polish(r.parameters, r.weights, r.seeds) for r in (first, second)]
        except KeyboardInterrupt:
            self.messages.append("stopped from the keyboard before the last layer was fitted")
            return Status.STOPPED
        kept = [False, False]
        for number, (run, result) in enumerate(zip((first, second), results, strict=True)):
            kept[number] = result.is_better and self._is_near(run, result, prepared)
        for run, result, keeps in zip((first, second), results, kept, strict=True):
            if keeps:
                run.polished = result.parameters
        own = results[0]
        self.messages.append(
            f"least squares over the last layer lowered the loss on fresh points"
            f" from {own.before:.1e} to {own.after:.1e}"
            if kept[0]
            else "least squares over the last layer did not help and was left out"
        )
        self.estimate = prepared.estimator.estimate(first.parameters, second.parameters)
        self._report("estimate", 1, 1)
        reached = all(e <= self.settings.tolerance for e in self.estimate.values())
        return Status.SOLVED if reached else Status.TOLERANCE_NOT_REACHED

    def _is_near(self, run: TrainingRun, result: Polished, prepared: Preparation) -> bool:
        """Say whether a polished network is the solution that was trained.

        A smaller residual may belong to another solution, where there are several: one farther away than the
        estimated error is another. Distances are relative to the larger of the two: training may have
        ended near zero.
        """
        compare = prepared.estimator.compare
        there = compare(run.parameters, result.parameters)
        back = compare(result.parameters, run.parameters)
        return all(min(there[n], back[n]) <= 2.0 * self.estimate[n] for n in there)

    def _correct(self, first: TrainingRun, second: TrainingRun, prepared: Preparation) -> Status:
        """Move fits and network as the equations allow, and make the estimate anew; see `tangent`."""
        self._report("polish", 0, 1)
        observed = self.program.system.observed
        settled: list[bool] = []
        try:
            with numeric_context("f64"):
                space = TangentSpace.of(
                    prepared.stepper.assembly, self.program, first.parameters, observed
                )
                for run, key in ((first, 0), (second, 1)):
                    seeds = space.sampler.seed(jax.random.key(key))
                    parameters, is_settled, taken = space.correct(run.parameters, seeds)
                    settled.append(is_settled)
                    if taken:
                        run.polished = parameters
        except KeyboardInterrupt:
            self.messages.append("stopped from the keyboard before the fits were corrected")
            return Status.STOPPED
        self.messages.append(
            "steps with the equations as constraints settled the fits"
            if all(settled)
            else "steps with the equations as constraints did not settle the fits"
        )
        arrays = [jax.tree.map(np.asarray, run.parameters) for run in (first, second)]
        self.estimate = prepared.estimator.estimate(*arrays, skips_readings=all(settled))
        self._report("estimate", 1, 1)
        reached = all(settled) and all(e <= self.settings.tolerance for e in self.estimate.values())
        return Status.SOLVED if reached else Status.TOLERANCE_NOT_REACHED

    def _restore(self, first: TrainingRun, second: TrainingRun) -> None:
        """Take up what an earlier process kept, if there is any."""
        stored = self.place.recall()
        if stored is None:
            return
        first.restore(stored["first"])
        second.restore(stored["second"])
        self.stage, self.estimate = stored["stage"], dict(stored["estimate"])
        self.began = self.started + stored["began"]

    def _keep(self, first: TrainingRun, second: TrainingRun) -> None:
        assert self.began is not None
        state = {
            "first": first.snapshot(),
            "second": second.snapshot(),
            "stage": self.stage,
            "estimate": dict(self.estimate),
            "began": self.began - self.started,
        }
        self.place.keep(lambda: state)

    def _observer(
        self, stage: str, first: TrainingRun, second: TrainingRun
    ) -> Callable[[TrainingRun], None]:
        """Return what looks at a run between its blocks of steps: keeps both, reports on one."""

        def observe(run: TrainingRun) -> None:
            self._keep(first, second)
            if self.progress is None:
                return
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

        return observe

    def _report(
        self,
        stage: str,
        step: int,
        steps: int,
        losses: dict[str, float] | None = None,
        weights: dict[str, float] | None = None,
    ) -> None:
        if self.progress is not None:
            seconds = read_clock() - self.started
            self.progress(
                Event(stage, step, steps, seconds, losses or {}, weights or {}, dict(self.estimate))
            )
