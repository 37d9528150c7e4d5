"""Everything that two runs of a program need, built and compiled once."""

from __future__ import annotations

from dataclasses import dataclass

import jax

from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.defaults import resolve_adam
from pdelang.training.estimate import Estimator, build_estimator
from pdelang.training.guess import fit_guess
from pdelang.training.loop import Run, Stepper, build_stepper
from pdelang.training.precision import read_dtype
from pdelang.training.sampling import build_sampler, node_weights
from pdelang.training.weights import RULES

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


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """Two runs before their first step, on one compiled stepper, and what compares them."""

    stepper: Stepper
    estimator: Estimator
    first: Run
    second: Run


def prepare_runs(
    program: Program, settings: Settings, model: FieldModel, started: float
) -> Preparation:
    """Return the runs of a program under resolved ``settings``.

    Raises ValueError for a rule of weights or an option that does not exist (E106).
    """
    options = resolve_adam(settings)
    if settings.weights.name not in RULES:
        raise ValueError(f"unknown weights {settings.weights.name!r}")
    assert settings.points is not None
    assert settings.steps is not None
    assert settings.refresh_every is not None
    assert settings.precision is not None
    dtype = read_dtype(settings.precision)
    is_uniform = options.sampling == "uniform"
    sampler = build_sampler(program, settings.points, is_uniform, dtype)
    assembly = build_assembly(program, model, node_weights(program))

    root = jax.random.key(settings.seed)
    keys = {name: jax.random.fold_in(root, number) for number, name in enumerate(_STREAMS)}
    seeds = {name: sampler.seed(keys[f"{name} points"]) for name in ("first", "second", "fresh")}
    parameters = {
        name: fit_guess(program, model, model.initialise(keys[f"{name} network"], dtype), dtype)
        for name in ("first", "second")
    }
    stepper = build_stepper(
        assembly,
        sampler,
        options,
        RULES[settings.weights.name],
        settings.refresh_every,
        parameters["first"],
        seeds["first"],
    )
    steps = {"first": settings.steps, "second": max(1, round(SECOND_SHARE * settings.steps))}
    runs = {
        name: Run.start(stepper, parameters[name], seeds[name], steps[name], started)
        for name in ("first", "second")
    }
    estimator = build_estimator(
        program.system.problem,
        assembly,
        sampler,
        settings.precision,
        seeds["fresh"],
        parameters["first"],
    )
    return Preparation(stepper, estimator, runs["first"], runs["second"])
