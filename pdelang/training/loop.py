"""One training run: compiled blocks of steps, new weights between them, NaN caught and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.trace import count_rows
from pdelang.networks.assembly import Assembly
from pdelang.training.failure import describe_failure, is_finite
from pdelang.training.journal import State, read_clock
from pdelang.training.mover import Advance, Advanced, Mover, MoverState
from pdelang.training.refresh import Refresh
from pdelang.training.sampling import Sampler, Seeds
from pdelang.training.weights import Measure, Past, Rule

# Most steps of one compiled call, and the seconds that a call should take.
CAPACITY = 200
_SECONDS_PER_CALL = 0.25
_FIRST_CALL = 10
RECORDS = 200


class Outcome(Enum):
    """Why `Run.advance_to` came back."""

    REACHED = "reached"
    OUT_OF_TIME = "out of time"
    DIVERGED = "diverged"
    STALLED = "stalled"


# (parameters, seeds, number of the draw) -> sizes per term
Measurement = Callable[[Any, Seeds, jax.Array], jax.Array]


@dataclass(frozen=True, slots=True, eq=False)
class Stepper:
    """The compiled functions that every run of a program shares.

    ``measure`` is None where no measurement can change a weight: rule `fixed`, one term.
    """

    assembly: Assembly
    sampler: Sampler
    mover: Mover
    rule: Rule
    refresh_every: int
    refresh_drift: float | None
    advance: Advance
    measure: Measurement | None
    rows: np.ndarray  # of every term's kernel
    weight_shape: tuple[int, ...]
    chunk_shares: np.ndarray | None  # of a term's rows in every time chunk, where there are chunks
    seed: int
    compile_seconds: float

    def draw(self, seeds: Seeds, step: int) -> Any:
        """Return the batch of a step."""
        return self.sampler.draw(seeds, self.number_draw(step))

    def number_draw(self, step: int) -> jax.Array:
        """Return the number of the draw that a step uses."""
        return jnp.asarray(self.mover.draw_number(step), jnp.int32)


def build_stepper(
    assembly: Assembly,
    sampler: Sampler,
    mover: Mover,
    rule: Rule,
    refresh_every: int,
    refresh_drift: float | None,
    parameters: Any,
    seeds: Seeds,
    seed: int = 0,
) -> Stepper:
    """Compile a block of steps and the weights for parameters of the given shapes.

    ``seed`` makes what is random in a rule of weights reproducible.
    """
    began = read_clock()
    dtype = sampler.dtype
    advance = mover.build_advance(assembly, sampler, CAPACITY, rule.chunks)
    shape: tuple[int, ...] = (len(assembly.terms),)
    chunk_shares = None
    if rule.chunks is not None:
        shape = (len(assembly.terms), rule.chunks.count)
        first = sampler.draw(seeds, jnp.zeros((), jnp.int32))
        chunk_shares = np.asarray(rule.chunks.shares(assembly, first))

    compiled = (
        jax.jit(advance)
        .lower(
            mover.start(parameters["trained"]),
            parameters["frozen"],
            jnp.ones(shape, dtype),
            mover.build_schedule(1, 0, dtype),
            seeds,
            jnp.zeros((), jnp.int32),
        )
        .compile()
    )
    measure = None
    if rule.measure is not None and shape != (1,):
        measure = compile_measurement(assembly, sampler, rule.measure, parameters, seeds)
    seconds = read_clock() - began
    batch = jax.eval_shape(sampler.draw, seeds, jnp.zeros((), jnp.int32))
    rows = np.array(count_rows(assembly, batch, sampler.copies))
    return Stepper(
        assembly,
        sampler,
        mover,
        rule,
        refresh_every,
        refresh_drift,
        compiled,
        measure,
        rows,
        shape,
        chunk_shares,
        seed,
        seconds,
    )


def compile_measurement(
    assembly: Assembly, sampler: Sampler, measure: Measure, parameters: Any, seeds: Seeds
) -> Measurement:
    """Return ``(parameters, seeds, number of the draw) -> (terms,)``, compiled."""

    def sizes(parameters: Any, seeds: Seeds, number: jax.Array) -> jax.Array:
        return measure(assembly, parameters, sampler.draw(seeds, number), sampler.copies)

    return jax.jit(sizes).lower(parameters, seeds, jnp.zeros((), jnp.int32)).compile()


@dataclass(slots=True, eq=False)
class Run:
    """A run in progress. ``rows`` are (step, seconds, loss, losses …, weights …).

    ``weights (terms,)`` are what is shown: of weights per time chunk, the mean over the rows.
    """

    stepper: Stepper
    frozen: Any
    state: MoverState
    seeds: Seeds
    steps: int
    started: float
    weights: np.ndarray
    step: int = 0
    retries: int = 0
    initial: Any = None  # the trained parameters before the first step
    applied: np.ndarray | None = None  # the weights in force, per time chunk where there are any
    past: Past | None = None
    refresh: Refresh = field(default_factory=lambda: Refresh(1))
    losses: np.ndarray | None = None
    rows: list[tuple[float, ...]] = field(default_factory=list)
    failure: tuple[str, ...] = ()
    seconds_per_step: float | None = None
    polished: Any = None  # parameters with a fitted last layer

    @classmethod
    def start(
        cls, stepper: Stepper, parameters: Any, seeds: Seeds, steps: int, started: float
    ) -> Run:
        """Return a run before its first step."""
        weights = np.ones(len(stepper.assembly.terms), stepper.sampler.dtype)
        state = stepper.mover.start(parameters["trained"])
        run = cls(stepper, parameters["frozen"], state, seeds, steps, started, weights)
        run.initial = parameters["trained"]
        drift = stepper.refresh_drift if stepper.measure is not None else None
        run.refresh = Refresh(stepper.refresh_every, drift)
        run.applied = np.ones(stepper.weight_shape, stepper.sampler.dtype)
        return run

    def snapshot(self) -> State:
        """Return what a run needs to go on, none of which changes later."""
        past = self.past
        return {
            "leaves": jax.tree.leaves(self.state),
            "applied": self.applied,
            "weights": self.weights,
            "past": None
            if past is None
            else {
                "first": past.first,
                "last": past.last,
                "weights": past.weights,
                "refresh": past.refresh,
            },
            "refresh": self.refresh.snapshot(),
            "step": self.step,
            "retries": self.retries,
            "losses": self.losses,
            "rows": list(self.rows),
            "failure": list(self.failure),
        }

    def restore(self, stored: State) -> None:
        """Take up a run that has just started where a snapshot of it left off."""
        leaves = [jnp.asarray(leaf) for leaf in stored["leaves"]]
        self.state = jax.tree.unflatten(jax.tree.structure(self.state), leaves)
        self.applied, self.weights = stored["applied"], stored["weights"]
        if (past := stored["past"]) is not None:
            self.past = Past(
                past["first"], past["last"], past["weights"], past["refresh"], self.stepper.seed
            )
        self.refresh.restore(stored["refresh"])
        self.step, self.retries = stored["step"], stored["retries"]
        self.losses = stored["losses"]
        self.rows = [tuple(row) for row in stored["rows"]]
        self.failure = tuple(stored["failure"])

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the parameters to evaluate, polished where that helped."""
        if self.polished is not None:
            return self.polished
        return {"trained": self.stepper.mover.read_best(self.state), "frozen": self.frozen}

    @property
    def more_columns(self) -> tuple[str, ...]:
        """Return the names of what ``rows`` hold beyond losses and weights: nothing."""
        return ()

    @property
    def trained(self) -> Any:
        """Return the parameters that the next step moves."""
        return self.stepper.mover.read(self.state)

    @property
    def path(self) -> float:
        """Return the sum of the squared lengths of the steps made."""
        return float(self.state.path)

    def recent_batches(self, count: int) -> list[Any]:
        """Return the points of the last steps, ``count`` batches where they change at every step."""
        if (own := self.stepper.mover.read_batch(self.state)) is not None:
            return [own]
        steps = [max(0, self.step - 1 - back) for back in range(count)]
        draw = jax.jit(self.stepper.sampler.draw)
        return [draw(self.seeds, self.stepper.number_draw(step)) for step in steps]

    @property
    def record_every(self) -> int:
        return max(1, self.steps // RECORDS)

    def advance_to(
        self, target: int, deadline: float, report: Callable[[Run], None] | None = None
    ) -> Outcome:
        """Make steps until ``target`` is reached or the clock shows ``deadline``.

        After a loss that is not finite the run returns to the last good state and goes on
        with shorter steps; after the mover's ``retries`` it is given up, and ``failure`` says
        which statements gave the values.
        """
        while self.step < target:
            if read_clock() >= deadline:
                return Outcome.OUT_OF_TIME
            if self.refresh.is_due(self.step):
                self._refresh_weights()
            active = self._block_length(target)
            began = read_clock()
            result = self._call(active)
            if bool(result.failed):
                self.failure = self._find_failure(int(result.done))
                if self.retries == self.stepper.mover.retries:
                    return Outcome.DIVERGED
                self.retries += 1
                continue
            self._accept(result, int(result.done), read_clock() - began)
            if report is not None:
                report(self)
            if bool(result.stalled):
                return Outcome.STALLED
        return Outcome.REACHED

    def _block_length(self, target: int) -> int:
        to_refresh = self.refresh.steps_left(self.step)
        pace = _FIRST_CALL
        if self.seconds_per_step is not None:
            pace = max(1, int(_SECONDS_PER_CALL / max(self.seconds_per_step, 1e-9)))
        return min(target - self.step, to_refresh, CAPACITY, pace)

    def _call(self, active: int) -> Advanced:
        dtype = self.stepper.sampler.dtype
        schedule = self.stepper.mover.build_schedule(self.steps, self.retries, dtype)
        return self.stepper.advance(
            self.state,
            self.frozen,
            jnp.asarray(self.applied),
            schedule,
            self.seeds,
            jnp.asarray(active, jnp.int32),
        )

    def _accept(self, result: Advanced, made: int, seconds: float) -> None:
        self.state = result.state
        losses = np.asarray(result.losses)[:made]
        self.seconds_per_step = seconds / made
        seconds_now = read_clock() - self.started
        for row, step in enumerate(range(self.step, self.step + made)):
            if step % self.record_every == 0 or step == self.steps - 1:
                self._record(step, seconds_now, losses[row])
        self.losses = losses[-1]
        self.step += made

    def _record(self, step: int, seconds: float, losses: np.ndarray) -> None:
        weights = self.weights.astype(float)
        values = losses.astype(float)
        total = float(weights @ values)
        self.rows.append((float(step), seconds, total, *map(float, values), *map(float, weights)))

    def _refresh_weights(self) -> None:
        stepper = self.stepper
        if stepper.measure is None:
            return
        number = stepper.number_draw(self.step)
        parameters = {"trained": self.trained, "frozen": self.frozen}
        sizes = np.asarray(stepper.measure(parameters, self.seeds, number))
        weights = stepper.rule.weigh(sizes, stepper.rows, self.past)
        # Weights of a state whose residuals are not finite would hide which term they are.
        if np.all(np.isfinite(weights)):
            assert self.applied is not None
            if not self.refresh.decide(self.step, self.applied, weights):
                return
            shares = stepper.chunk_shares
            self.state = stepper.mover.renew(self.state)
            self.applied = weights
            self.weights = weights if shares is None else np.sum(weights * shares, axis=1)
            first = sizes if self.past is None else self.past.first
            refresh = 0 if self.past is None else self.past.refresh + 1
            self.past = Past(first, sizes, weights, refresh, stepper.seed)

    def _find_failure(self, done: int) -> tuple[str, ...]:
        """Return a sentence per statement that gave values or gradients that are not finite.

        The block is repeated up to the step before the loss failed, and one step less where
        the parameters themselves had become not finite: then a gradient was the cause.
        """
        state, step, read = self.state, self.step, self.stepper.mover.read
        for steps in (done - 1, done - 2):
            if steps < 0:
                break
            state = self._call(steps).state if steps else self.state
            step = self.step + steps
            if is_finite(read(state)):
                break
        own = self.stepper.mover.read_batch(state)
        batch = self.stepper.draw(self.seeds, step) if own is None else own
        return describe_failure(self.stepper.assembly, read(state), self.frozen, batch, step)
