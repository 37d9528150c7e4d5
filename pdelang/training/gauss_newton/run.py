"""One Gauss–Newton run: damped steps, new points and weights between them, stops.

The damping follows the trial that won. Every ``redraw_every`` steps the points are drawn
anew, and before the first step on them the loss is measured on even points that no step has
seen: that is what the history holds, what the best parameters are chosen by, and what says
that nothing improves any more. Weights are renewed for the first steps, then kept, so that
these losses can be compared; with ``refresh_drift``, whenever they have moved by so much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from pdelang.networks.assembly import Batch
from pdelang.training.failure import describe_failure
from pdelang.training.gauss_newton.points import Survey
from pdelang.training.gauss_newton.step import Attempt, trust
from pdelang.training.gauss_newton.stepper import GaussNewtonStepper
from pdelang.training.journal import State, read_clock
from pdelang.training.loop import Outcome
from pdelang.training.refresh import Refresh
from pdelang.training.sampling import Seeds

# Weights are renewed this many times.
REFRESHES = 10
# A damping below this share of the mean eigenvalue drowns in the rounding of JᵀJ.
_ROUGH = 1e-11
_LEAST_DAMPING, _MOST_DAMPING = 1e-26, 1e8
_REJECTED = 1e3  # growth of the damping after a call without a better trial
_PATIENCE = 3  # such calls on one batch before new points are drawn
# The run ends when the best of so many measured losses is no better than this share of the
# best before them.
_WINDOW, _GAIN = 6, 0.9


@dataclass(slots=True, eq=False)
class GaussNewtonRun:
    """A run in progress. ``rows`` are (step, seconds, loss, losses …, weights …, linearisation flag)."""

    stepper: GaussNewtonStepper
    frozen: Any
    flat: jax.Array
    seeds: Seeds
    steps: int
    started: float
    weights: np.ndarray
    damping: float
    step: int = 0
    draws: int = 0
    retries: int = 0  # the damping does what retries do elsewhere
    initial: Any = None  # the trained parameters before the first step
    flag: float = 0.0  # of linearisation, of the last step that was kept
    path: float = 0.0  # sum of the squared lengths of the steps
    refresh: Refresh = field(default_factory=lambda: Refresh(1))
    losses: np.ndarray | None = None
    rows: list[tuple[float, ...]] = field(default_factory=list)
    failure: tuple[str, ...] = ()
    polished: Any = None  # parameters with a fitted last layer
    _batch: Batch | None = None
    _rejected: int = 0
    _surveyed: int = -1  # the step of the last survey
    _best: jax.Array | None = None
    _measured: list[float] = field(default_factory=list)  # with the weights that stay
    _seconds_per_step: float = 0.0

    @classmethod
    def start(
        cls,
        stepper: GaussNewtonStepper,
        parameters: Any,
        seeds: Seeds,
        steps: int,
        started: float,
    ) -> GaussNewtonRun:
        """Return a run before its first step."""
        flat, _ = ravel_pytree(parameters["trained"])
        flat = flat.astype(stepper.sampler.dtype)
        weights = np.ones(len(stepper.assembly.terms), stepper.sampler.dtype)
        damping = stepper.options.damping
        run = cls(stepper, parameters["frozen"], flat, seeds, steps, started, weights, damping)
        run.initial = parameters["trained"]
        drift = stepper.refresh_drift if stepper.measure is not None else None
        run.refresh = Refresh(stepper.refresh_every, drift)
        return run

    def snapshot(self) -> State:
        """Return what a run needs to go on, none of which changes later."""
        return {
            "flat": self.flat,
            "weights": self.weights,
            "damping": self.damping,
            "step": self.step,
            "draws": self.draws,
            "path": self.path,
            "flag": self.flag,
            "refresh": self.refresh.snapshot(),
            "losses": self.losses,
            "rows": list(self.rows),
            "batch": None if self._batch is None else jax.tree.leaves(self._batch),
            "rejected": self._rejected,
            "surveyed": self._surveyed,
            "best": self._best,
            "measured": list(self._measured),
        }

    def restore(self, stored: State) -> None:
        """Take up a run that has just started where a snapshot of it left off."""
        self.flat = jnp.asarray(stored["flat"])
        self.weights, self.damping = stored["weights"], stored["damping"]
        self.step, self.draws = stored["step"], stored["draws"]
        self.path, self.flag = stored["path"], stored["flag"]
        self.refresh.restore(stored["refresh"])
        self.losses, self.rows = stored["losses"], [tuple(row) for row in stored["rows"]]
        if stored["batch"] is not None:
            draw, number = self.stepper.sampler.draw, jnp.zeros((), jnp.int32)
            shapes = jax.eval_shape(draw, self.seeds, number)
            leaves = [jnp.asarray(leaf) for leaf in stored["batch"]]
            self._batch = jax.tree.unflatten(jax.tree.structure(shapes), leaves)
        self._rejected, self._surveyed = stored["rejected"], stored["surveyed"]
        self._best = None if stored["best"] is None else jnp.asarray(stored["best"])
        self._measured = list(stored["measured"])

    @property
    def more_columns(self) -> tuple[str, ...]:
        """Return the names of what ``rows`` hold beyond losses and weights."""
        return ("linearisation",)

    @property
    def trained(self) -> Any:
        """Return the parameters that the next step moves."""
        return self.stepper.stack.unravel(self.flat)

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the best parameters so far, by the loss on points that no step had seen."""
        if self.polished is not None:
            return self.polished
        flat = self.flat if self._best is None else self._best
        return {"trained": self.stepper.stack.unravel(flat), "frozen": self.frozen}

    def recent_batches(self, count: int) -> list[Batch]:
        """Return the points that the last steps used: one batch, kept for many steps."""
        return [] if self._batch is None else [self._batch]

    def advance_to(
        self, target: int, deadline: float, report: Callable[[Any], None] | None = None
    ) -> Outcome:
        """Make steps until ``target`` is reached, nothing improves, or the clock shows ``deadline``."""
        outcome = Outcome.REACHED
        while self.step < target and outcome is Outcome.REACHED:
            if read_clock() + self._seconds_per_step >= deadline:
                outcome = Outcome.OUT_OF_TIME
                break
            if self._is_stalled():
                outcome = Outcome.STALLED
                break
            self._renew()
            began = read_clock()
            if not self._make_step():
                return Outcome.DIVERGED
            self._seconds_per_step = read_clock() - began
            if report is not None:
                report(self)
        if self.step > self._surveyed:
            self.draws += 1
            self._survey()
        return outcome

    def _renew(self) -> None:
        """Draw new points and weights where they are due."""
        stepper = self.stepper
        is_due = self.step % stepper.options.redraw_every == 0 or self._rejected >= _PATIENCE
        redraws = self._batch is None or is_due
        if redraws:
            self.draws += 1
        # Without a drift to go by, weights settle, so that losses can be compared.
        settles = self.refresh.drift is None and self.step >= REFRESHES * stepper.refresh_every
        if stepper.measure is not None and not settles and self.refresh.is_due(self.step):
            self._refresh_weights()
        if redraws:
            self._batch = self._survey()
            self._rejected = 0

    def _make_step(self) -> bool:
        """Make one step; say whether it had values."""
        assert self._batch is not None
        arguments = (
            self.flat,
            self.frozen,
            self._batch,
            jnp.asarray(self.weights),
            jnp.asarray(self.damping, self.flat.dtype),
        )
        accurate = self.damping < _ROUGH and self.stepper.has_accurate_step
        call = self.stepper.accurate_step if accurate else self.stepper.step
        attempt: Attempt = call(*arguments)
        if not bool(attempt.is_finite):
            self.failure = describe_failure(
                self.stepper.assembly, self.trained, self.frozen, self._batch, self.step
            )
            return False
        if float(attempt.after) < float(attempt.before):
            self.path += float(jnp.sum(jnp.square(attempt.flat - self.flat)))
            flag = float(attempt.flag)
            factor = trust(flag) if self.stepper.options.trust == "on" else 1.0
            self.flat, self.damping = attempt.flat, float(attempt.damping) * factor
            self.flag, self._rejected = flag, 0
        else:
            self.damping *= _REJECTED
            self._rejected += 1
        self.damping = min(max(self.damping, _LEAST_DAMPING), _MOST_DAMPING)
        self.step += 1
        return True

    def _survey(self) -> Batch:
        """Return new points, and record the loss on even ones that no step has used."""
        number = jnp.asarray(self.draws, jnp.int32)
        parameters = {"trained": self.trained, "frozen": self.frozen}
        weights = jnp.asarray(self.weights)
        survey: Survey = self.stepper.survey(parameters, weights, self.seeds, number)
        self._surveyed = self.step
        losses = np.asarray(survey.losses)
        if np.all(np.isfinite(losses)):
            self._record(losses)
        return survey.batch

    def _record(self, losses: np.ndarray) -> None:
        self.losses = losses
        values, weights = losses.astype(float), self.weights.astype(float)
        total = float(weights @ values)
        row = (
            float(self.step),
            read_clock() - self.started,
            total,
            *map(float, values),
            *map(float, weights),
            self.flag,
        )
        if self.rows and self.rows[-1][0] == row[0]:
            self.rows[-1] = row
        else:
            self.rows.append(row)
        if not self._measured or total <= min(self._measured):
            self._best = self.flat
        self._measured.append(total)

    def _is_stalled(self) -> bool:
        if len(self._measured) <= _WINDOW:
            return False
        before, lately = self._measured[:-_WINDOW], self._measured[-_WINDOW:]
        return min(lately) > _GAIN * min(before)

    def _refresh_weights(self) -> None:
        stepper = self.stepper
        assert stepper.measure is not None
        parameters = {"trained": self.trained, "frozen": self.frozen}
        sizes = np.asarray(
            stepper.measure(parameters, self.seeds, jnp.asarray(self.draws, jnp.int32))
        )
        weights = stepper.rule.weigh(sizes, stepper.rows)
        # Weights of a state whose residuals are not finite would hide which term they are.
        finite = np.all(np.isfinite(weights))
        if finite and self.refresh.decide(self.step, self.weights, weights):
            self.weights = weights
            self._measured.clear()
