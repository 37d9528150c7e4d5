"""Everything that two runs of a program need, built and compiled once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import numpy as np

from pdelang.lowering.program import Program
from pdelang.networks.assembly import Assembly, Batch, build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.adam import AdamMover
from pdelang.training.defaults import resolve_adam
from pdelang.training.estimate import Estimator, build_estimator
from pdelang.training.guess import fit_guess
from pdelang.training.journal import State
from pdelang.training.loop import Measurement, Outcome, Run, build_stepper
from pdelang.training.mover import Mover
from pdelang.training.precision import read_dtype
from pdelang.training.refresh import Refresh
from pdelang.training.sampling import Sampler, Seeds, build_sampler, node_weights
from pdelang.training.weights import Rule, build_rule

# The second run's steps, as a share of the first's.
SECOND_SHARE = 0.5

# Names of the independent random streams of a solve; their order is part of what a seed means.
_STREAMS = (
    "first network",
    "first points",
    "second network",
    "second points",
    "fresh points",
)


class TrainingStepper(Protocol):
    """What the runs of a program share, whatever the method."""

    @property
    def assembly(self) -> Assembly: ...

    @property
    def sampler(self) -> Sampler: ...

    @property
    def rule(self) -> Rule: ...

    @property
    def measure(self) -> Measurement | None: ...

    def number_draw(self, step: int) -> jax.Array: ...


class TrainingRun(Protocol):
    """A run in progress: what is asked of it, whatever the method that moves it."""

    step: int
    steps: int
    retries: int
    failure: tuple[str, ...]
    losses: np.ndarray | None  # of every term
    weights: np.ndarray
    refresh: Refresh
    initial: Any  # the trained parameters before the first step
    rows: list[tuple[float, ...]]  # (step, seconds, loss, losses …, weights …)
    seeds: Seeds
    frozen: Any
    polished: Any  # parameters with a fitted last layer, or None

    @property
    def stepper(self) -> TrainingStepper: ...

    @property
    def trained(self) -> Any: ...

    @property
    def path(self) -> float: ...

    @property
    def more_columns(self) -> tuple[str, ...]: ...

    def recent_batches(self, count: int) -> list[Batch]: ...

    @property
    def parameters(self) -> dict[str, Any]: ...

    def advance_to(
        self, target: int, deadline: float, report: Callable[[Any], None] | None = None
    ) -> Outcome: ...

    def snapshot(self) -> State: ...

    def restore(self, stored: State) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """Two runs before their first step, on one compiled stepper, and what compares them.

    After ``early_steps`` the last layers are fitted for a first time, which may be all that is needed;
    0 leaves that to the end.
    """

    stepper: TrainingStepper
    estimator: Estimator
    first: TrainingRun
    second: TrainingRun
    early_steps: int = 0


def split_streams(seed: int) -> dict[str, jax.Array]:
    """Return a key for each of the independent random streams of a solve."""
    root = jax.random.key(seed)
    return {name: jax.random.fold_in(root, number) for number, name in enumerate(_STREAMS)}


def prepare_runs(
    program: Program, settings: Settings, model: FieldModel, started: float
) -> Preparation:
    """Return the runs of a program by Adam, under resolved ``settings``.

    Raises ValueError for a rule of weights or an option that does not exist (E106).
    """
    options = resolve_adam(settings)
    parameters = draw_both(program, model, settings)
    assert settings.points is not None
    assert settings.precision is not None
    dtype = read_dtype(settings.precision)
    sampler = build_sampler(program, settings.points, options.sampling == "uniform", dtype)
    assembly = build_assembly(program, model, node_weights(program))
    mover = AdamMover(options)
    return build_runs(program, settings, model, started, mover, parameters, assembly, sampler)


def draw_both(program: Program, model: FieldModel, settings: Settings) -> dict[str, Any]:
    """Return what the runs ``first`` and ``second`` begin with."""
    return {name: draw_parameters(program, model, settings, name) for name in ("first", "second")}


def build_runs(
    program: Program,
    settings: Settings,
    model: FieldModel,
    started: float,
    mover: Mover,
    parameters: dict[str, Any],
    assembly: Assembly,
    sampler: Sampler,
) -> Preparation:
    """Return two runs that ``mover`` moves from ``parameters``, under resolved ``settings``."""
    problem = program.system.problem
    rule = build_rule(settings.weights, problem.time, problem.time_axis or 0)
    assert settings.points is not None
    assert settings.steps is not None
    assert settings.refresh_every is not None
    assert settings.precision is not None

    keys = split_streams(settings.seed)
    seeds = {name: sampler.seed(keys[f"{name} points"]) for name in ("first", "second", "fresh")}
    stepper = build_stepper(
        assembly,
        sampler,
        mover,
        rule,
        settings.refresh_every,
        settings.refresh_drift,
        parameters["first"],
        seeds["first"],
        settings.seed,
    )
    steps = {"first": settings.steps, "second": max(1, round(SECOND_SHARE * settings.steps))}
    runs = {
        name: Run.start(stepper, parameters[name], seeds[name], steps[name], started)
        for name in ("first", "second")
    }
    estimator = build_estimator(
        program.system,
        assembly,
        sampler,
        settings.precision,
        seeds["fresh"],
        parameters["first"],
    )
    return Preparation(stepper, estimator, runs["first"], runs["second"])


def draw_parameters(
    program: Program, model: FieldModel, settings: Settings, run: str
) -> dict[str, Any]:
    """Return what run ``first`` or ``second`` begins with, near the ``guess`` where there is one.

    The numbers depend on the precision of the settings; call it in their `numeric_context`.
    """
    assert settings.precision is not None
    dtype = read_dtype(settings.precision)
    key = split_streams(settings.seed)[f"{run} network"]
    return fit_guess(program, model, model.initialise(key, dtype), dtype)
