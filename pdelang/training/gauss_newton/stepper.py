"""What every Gauss–Newton run of a program shares: rows, points, weights and compiled steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from pdelang.kernels.trace import count_rows
from pdelang.networks.assembly import Assembly
from pdelang.training.gauss_newton.krylov import build_krylov_step
from pdelang.training.gauss_newton.options import GaussNewtonOptions
from pdelang.training.gauss_newton.points import ResidualSampler, Survey
from pdelang.training.gauss_newton.rows import RowStack
from pdelang.training.gauss_newton.step import Step, build_accurate_step, build_step
from pdelang.training.loop import Measurement, compile_measurement
from pdelang.training.sampling import Sampler, Seeds
from pdelang.training.weights import Rule

# Above this many unknowns of the linear system its matrix is not formed: 0.5 GB in float64.
MOST_DIRECT = 8000

# (parameters, weights, seeds, number of the draw) -> Survey
Surveying = Callable[[Any, jax.Array, Seeds, jax.Array], Survey]


@dataclass(slots=True, eq=False)
class GaussNewtonStepper:
    """Compiled functions; ``accurate_step`` is compiled when it is first needed."""

    assembly: Assembly
    sampler: Sampler
    options: GaussNewtonOptions
    rule: Rule
    refresh_every: int
    refresh_drift: float | None
    stack: RowStack
    space: str
    step: Step
    survey: Surveying
    measure: Measurement | None
    rows: np.ndarray  # of every term's kernel
    compile_seconds: float
    _accurate: Step | None = field(default=None)

    @property
    def has_accurate_step(self) -> bool:
        """Say whether a step by orthogonal factors exists: in parameter space only."""
        return self.space == "parameters"

    def accurate_step(self, *arguments: Any) -> Any:
        """Make a step by orthogonal factors."""
        if self._accurate is None:
            self._accurate = jax.jit(build_accurate_step(self.stack))
        return self._accurate(*arguments)

    def number_draw(self, step: int) -> jax.Array:
        """Return the number of the draw that a step uses."""
        return jnp.asarray(step // self.options.redraw_every, jnp.int32)


def build_gauss_newton_stepper(
    assembly: Assembly,
    sampler: Sampler,
    pool: Sampler | None,
    options: GaussNewtonOptions,
    rule: Rule,
    refresh_every: int,
    refresh_drift: float | None,
    parameters: Any,
    seeds: Seeds,
) -> GaussNewtonStepper:
    """Compile a damped step, the drawing of points and the weights for parameters of these shapes."""
    began = time.monotonic()
    flat, unravel = ravel_pytree(parameters["trained"])
    stack = RowStack(assembly, unravel)
    number = jnp.zeros((), jnp.int32)
    weights = jnp.ones(len(assembly.terms), sampler.dtype)

    surveyor = ResidualSampler(assembly, sampler, pool)
    batch = jax.eval_shape(sampler.draw, seeds, number)
    space = choose_space(options.space, flat.size, stack.count(batch))
    function = (
        build_krylov_step(stack, options.iterations)
        if space == "krylov"
        else build_step(stack, space == "samples")
    )
    damping = jnp.asarray(options.damping, sampler.dtype)
    step = jax.jit(function).lower(flat, parameters["frozen"], batch, weights, damping).compile()
    survey = jax.jit(surveyor.survey).lower(parameters, weights, seeds, number).compile()
    measure = None
    if rule.measure is not None and len(assembly.terms) > 1:
        measure = compile_measurement(assembly, sampler, rule.measure, parameters, seeds)
    return GaussNewtonStepper(
        assembly,
        sampler,
        options,
        rule,
        refresh_every,
        refresh_drift,
        stack,
        space,
        step,
        survey,
        measure,
        np.array(count_rows(assembly, batch, sampler.copies)),
        time.monotonic() - began,
    )


def choose_space(wanted: str, parameters: int, rows: int) -> str:
    """Return where the linear system is solved: the smaller space, Krylov where both are large."""
    if wanted != "auto":
        return wanted
    if min(parameters, rows) > MOST_DIRECT:
        return "krylov"
    return "parameters" if parameters <= rows else "samples"
