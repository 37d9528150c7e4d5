"""``method = gauss_newton``: damped Gauss–Newton on a trained network, balanced by the kernel.

Two runs as in `descent`: the solution, and a second one from another seed with half the steps,
only to estimate the error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.calculus.system import AtData, Start, System
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.descent import Training
from pdelang.training.estimate import build_estimator
from pdelang.training.gauss_newton.options import (
    EARLY_STEPS,
    read_options,
    resolve_gauss_newton_settings,
)
from pdelang.training.gauss_newton.points import POOL
from pdelang.training.gauss_newton.run import GaussNewtonRun
from pdelang.training.gauss_newton.stepper import GaussNewtonStepper, build_gauss_newton_stepper
from pdelang.training.guess import fit_guess
from pdelang.training.precision import numeric_context, read_dtype
from pdelang.training.preparation import SECOND_SHARE, Preparation, split_streams
from pdelang.training.progress import Progress
from pdelang.training.sampling import build_sampler, node_weights
from pdelang.training.solution import Solution
from pdelang.training.weights import RULES, Past, Rule

_SHARE_OF_READINGS = 1e-2  # of the weight that the kernel gives them


def solve_gauss_newton(
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    deadline: float | None = None,
) -> Solution:
    """Solve a program by damped Gauss–Newton steps; an interrupt gives what there is.

    ``deadline`` (``time.monotonic()``) may be earlier than ``time_limit`` says, for a method
    that is only tried. Raises ValueError for an option or a rule of weights that does not
    exist (E106).
    """
    program, settings = soften_wave(program, settings)
    settings = resolve_gauss_newton_settings(program.system, settings)
    assert settings.precision is not None
    last = started + settings.time_limit
    last = last if deadline is None else min(last, deadline)
    with numeric_context(settings.precision):
        return Training(program, settings, progress, started, last).solve(prepare_gauss_newton)


def soften_wave(program: Program, settings: Settings) -> tuple[Program, Settings]:
    """Return the program with soft conditions where ``conditions = auto`` made a start of second order exact.

    Such a start multiplies the network by (t − t₀)², which hides it from the first times, where a
    wave is decided: on the paper's wave, 60 steps then lead to 5e-1 instead of 1e-2.
    """
    system = program.system
    if system.sought:
        return program, settings  # done before the fits were put among the fields
    orders = [
        jet.orders[len(system.problem.domain.coordinates)]
        for block in system.hard
        if isinstance(block.place, Start)
        for jet in block.residual.jets
    ]
    if settings.conditions != "auto" or max(orders, default=0) == 0:
        return program, settings
    settings = replace(settings, conditions="soft")
    softened, _ = derive(replace(system.problem, settings=settings))
    return (program, settings) if softened is None else (lower(softened), settings)


def yield_to_physics(rule: Rule, system: System) -> Rule:
    """Return a rule under which readings hardly weigh against the equations.

    At equal weights a wide network bends the equations to follow the noise of the readings. With
    a small share the equations hold nearly as constraints, and the readings still decide what these
    leave open: the fits, which a second-order step finds however flat the valley is.
    """
    share = np.array(
        [
            _SHARE_OF_READINGS if any(isinstance(b.place, AtData) for b in term.blocks) else 1.0
            for term in system.terms
        ]
    )
    if (share == 1.0).all():
        return rule

    def weigh(sizes: np.ndarray, rows: np.ndarray, past: Past | None = None, /) -> np.ndarray:
        return share.astype(sizes.dtype) * rule.weigh(sizes, rows, past)

    return replace(rule, weigh=weigh)


def prepare_gauss_newton(
    program: Program, settings: Settings, model: FieldModel, started: float
) -> Preparation:
    """Return the runs of a program under resolved ``settings``, before their first step."""
    options = read_options(settings)
    if settings.weights.name not in RULES:
        raise ValueError(f"unknown weights {settings.weights.name!r}")
    assert settings.points is not None
    assert settings.steps is not None
    assert settings.refresh_every is not None
    assert settings.precision is not None
    is_uniform = options.sampling == "uniform"
    assembly = build_assembly(program, model, node_weights(program))
    keys = split_streams(settings.seed)
    dtype = read_dtype(settings.precision)

    def build(dtype: Any, parameters: Any) -> GaussNewtonStepper:
        sampler = build_sampler(program, settings.points or 1, is_uniform, dtype, True)
        pool = None
        if options.sampling == "residual":
            pool = build_sampler(program, POOL * (settings.points or 1), is_uniform, dtype, True)
        return build_gauss_newton_stepper(
            assembly,
            sampler,
            pool,
            options,
            yield_to_physics(RULES[settings.weights.name], program.system),
            settings.refresh_every or 1,
            settings.refresh_drift,
            parameters,
            sampler.seed(keys["first points"]),
        )

    def start(name: str) -> Any:
        parameters = model.initialise(keys[f"{name} network"], dtype)
        return fit_guess(program, model, parameters, dtype)

    parameters = {name: start(name) for name in ("first", "second")}
    if options.warm_up and dtype is not np.float32:
        single = jax.tree.map(lambda a: a.astype(np.float32), parameters)
        stepper = build(np.float32, single["first"])
        for name in parameters:
            seeds = stepper.sampler.seed(keys[f"{name} points"])
            run = GaussNewtonRun.start(stepper, single[name], seeds, options.warm_up, started)
            run.advance_to(options.warm_up, started + 0.2 * settings.time_limit)
            parameters[name] = jax.tree.map(lambda a: a.astype(dtype), run.parameters)

    stepper = build(dtype, parameters["first"])
    seeds = {
        name: stepper.sampler.seed(keys[f"{name} points"]) for name in ("first", "second", "fresh")
    }
    steps = {"first": settings.steps, "second": max(1, round(SECOND_SHARE * settings.steps))}
    runs = {
        name: GaussNewtonRun.start(stepper, parameters[name], seeds[name], steps[name], started)
        for name in ("first", "second")
    }
    estimator = build_estimator(
        program.system,
        assembly,
        stepper.sampler,
        settings.precision,
        seeds["fresh"],
        parameters["first"],
    )
    is_linear = program.system.is_linear and not program.system.sought
    early = EARLY_STEPS if is_linear and settings.steps > EARLY_STEPS else 0
    return Preparation(stepper, estimator, runs["first"], runs["second"], early)
