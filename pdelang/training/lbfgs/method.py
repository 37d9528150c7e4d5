"""``method = lbfgs``: quasi-Newton steps on a trained network, its points and weights renewed together.

Two runs as in `descent`: the solution, and a second one from another seed with half the steps,
only to estimate the error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.descent import Training
from pdelang.training.gauss_newton.method import soften_wave
from pdelang.training.gauss_newton.points import POOL, ResidualSampler
from pdelang.training.lbfgs.options import read_lbfgs_options, resolve_lbfgs_settings
from pdelang.training.lbfgs.step import LbfgsMover
from pdelang.training.precision import numeric_context, read_dtype
from pdelang.training.preparation import Preparation, build_runs, draw_both, prepare_runs
from pdelang.training.progress import Progress
from pdelang.training.sampling import build_sampler, node_weights
from pdelang.training.solution import Solution

_WARM_UP_SHARE = 0.1  # of the time limit, for each of the two runs


def solve_lbfgs(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve a program by L-BFGS; an interrupt from the keyboard gives what there is.

    Raises ValueError for an option or a rule of weights that does not exist (E106).
    """
    program, settings = soften_wave(program, settings)
    settings = resolve_lbfgs_settings(program.system, settings)
    assert settings.precision is not None
    with numeric_context(settings.precision):
        return Training(program, settings, progress, started, started + settings.time_limit).solve(
            prepare_lbfgs
        )


def prepare_lbfgs(
    program: Program, settings: Settings, model: FieldModel, started: float
) -> Preparation:
    """Return the runs of a program under resolved ``settings``, before their first step."""
    options = read_lbfgs_options(settings)
    assert settings.refresh_every is not None
    parameters = draw_both(program, model, settings)
    if options.warm_up:
        parameters = warm_up(program, settings, model, started, options.warm_up)
    _, unravel = ravel_pytree(parameters["first"]["trained"])
    is_uniform = options.sampling == "uniform"
    assert settings.points is not None
    assert settings.precision is not None
    dtype = read_dtype(settings.precision)
    sampler = build_sampler(program, settings.points, is_uniform, dtype, True)
    pool = None
    if options.sampling == "residual":
        pool = build_sampler(program, POOL * settings.points, is_uniform, dtype, True)
    assembly = build_assembly(program, model, node_weights(program))
    seeds, number = sampler.seed(jax.random.key(0)), jnp.zeros((), jnp.int32)
    mover = LbfgsMover(
        options,
        options.redraw_every or settings.refresh_every,
        unravel,
        ResidualSampler(assembly, sampler, pool),
        jax.eval_shape(sampler.draw, seeds, number),
    )
    return build_runs(program, settings, model, started, mover, parameters, assembly, sampler)


def warm_up(
    program: Program, settings: Settings, model: FieldModel, started: float, steps: int
) -> dict[str, Any]:
    """Return what the two runs begin with after ``steps`` steps of Adam."""
    settings = replace(settings, method=Choice("adam"), steps=steps)
    prepared = prepare_runs(program, settings, model, started)
    found = {}
    for number, (name, run) in enumerate((("first", prepared.first), ("second", prepared.second))):
        deadline = started + (1 + number) * _WARM_UP_SHARE * settings.time_limit
        run.advance_to(run.steps, deadline)
        found[name] = jax.tree.map(jnp.asarray, run.parameters)
    return found
