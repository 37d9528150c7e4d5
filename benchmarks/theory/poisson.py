"""The paper's one-dimensional Poisson problem, ready for looking at its kernel.

``u'' = −(aπ)² sin aπx`` on (0, 1) with u = 0 at the ends, conditions soft, one or more hidden layers of
tanh in NTK parametrisation with all weights and biases N(0, 1), 100 points inside and 50 copies of each
end. Source: Wang, Yu, Perdikaris, arXiv 2007.14527, section 7.1.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from pdelang import pipeline
from pdelang.kernels.jacobian import JacobianRows, build_jacobian
from pdelang.kernels.rows import Rows, list_rows
from pdelang.kernels.trace import Copies, term_traces
from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.training.sampling import build_sampler

SPEC = """
pde 1
domain rod(x) = interval(0, 1)
param a = {frequency}
unknown u
in rod as r: dxx(u) = -(a*pi)^2*sin(a*pi*x)
on left, right as u: u = 0
exact u = sin(a*pi*x)
solver {{ conditions = {conditions}  scaling = {scaling}  network = mlp({network}) }}
"""
NTK_NETWORK = "width = {width}, depth = {depth}, parametrization = ntk, bias_scale = {bias_scale}"


class Setup(NamedTuple):
    """A problem on one set of points, with the parameters of one seed; all in float64."""

    program: Program
    model: FieldModel
    rows: Rows
    parameters: Any
    jacobian: JacobianRows

    def losses(self, parameters: Any) -> jax.Array:
        """Return ``L_u`` and ``L_r``, mean squares, in the order of the terms."""
        return self.rows.assembly.losses(parameters, self.rows.batch)


def build_setup(
    frequency: float = 1,
    width: int = 512,
    depth: int = 1,
    points: int = 100,
    seed: int = 0,
    bias_scale: float = 1.0,
    conditions: str = "soft",
    scaling: str = "auto",
    network: str | None = None,
    is_normalised: bool = False,
) -> Setup:
    """Return the problem for a frequency a; call it with float64 enabled.

    ``is_normalised`` gives the network ``(x − mean)/deviation`` of uniform points as in the paper's
    notebook, and leaves the residual in physical units; without it ``scaling`` decides.
    """
    network = network or NTK_NETWORK.format(width=width, depth=depth, bias_scale=bias_scale)
    text = SPEC.format(frequency=frequency, network=network, conditions=conditions, scaling=scaling)
    program = pipeline.compile(text).program
    assert program is not None
    model = FieldModel.from_program(program, program.system.problem.settings)
    if is_normalised:
        scaled = replace(model.scaling, centre=(0.5,), half_width=(math.sqrt(1 / 12),))
        model = replace(model, scaling=scaled)
    sampler = build_sampler(program, points, False, np.float64)
    assembly = build_assembly(program, model, {})
    parameters = model.initialise(jax.random.key(seed), np.float64)
    batch = jax.jit(sampler.draw)(sampler.seed(jax.random.key(seed)), jnp.zeros((), jnp.int32))
    rows = list_rows(assembly, batch, sampler.copies)
    return Setup(program, model, rows, parameters, build_jacobian(rows, parameters))


def build_notebook_setup(frequency: float, width: int, points: int = 100) -> Setup:
    """Return the problem as the paper's notebook trains it; call it with float64 enabled.

    Its weights have the size 1/√fan_in themselves, where the NTK parametrisation of the text has weights of size 1
    and the factor before them: at the start the same function, but the last layer's part of the kernel, and the speed
    of gradient descent along it, are ``width`` times larger.
    """
    network = f"width = {width}, depth = 1, bias_scale = 1, input_scale = 1"
    setup = build_setup(
        frequency, points=points, scaling="none", network=network, is_normalised=True
    )
    hidden, last = setup.parameters["trained"]["layers"]
    glorot = math.sqrt(2.0 / (width + 1))
    last = {**last, "weight": last["weight"] / (glorot * math.sqrt(width))}
    parameters = {**setup.parameters, "trained": {"layers": [hidden, last]}}
    return setup._replace(parameters=parameters)


def descend(setup: Setup, weights: np.ndarray, rate: float, steps: int) -> Any:
    """Return the parameters after ``steps`` of plain gradient descent on ``Σ λ_g L_g``."""
    frozen = setup.parameters["frozen"]

    def loss(trained: Any) -> jax.Array:
        return jnp.vdot(jnp.asarray(weights), setup.losses({"trained": trained, "frozen": frozen}))

    def step(_: Any, trained: Any) -> Any:
        return jax.tree.map(lambda p, g: p - rate * g, trained, jax.grad(loss)(trained))

    run = jax.jit(lambda trained: jax.lax.fori_loop(0, steps, step, trained))
    return {"trained": run(setup.parameters["trained"]), "frozen": frozen}


def descend_balanced(
    setup: Setup, rate: float, steps: int, refresh_every: int = 100
) -> tuple[Any, np.ndarray]:
    """Return the parameters after gradient descent with NTK weights, and the weights at every refresh.

    ``λ_g = Tr K / Tr K_g``, anew every ``refresh_every`` steps; weights are ``(refreshes, terms)``.
    """
    frozen, assembly = setup.parameters["frozen"], setup.rows.assembly
    batch, copies = setup.rows.batch, setup.rows.copies
    repeats = [int(copies[setup.rows.terms == g].max()) for g in range(len(assembly.terms))]
    by_set = [1] * len(assembly.point_sets)
    for term, times in zip(assembly.terms, repeats, strict=True):
        for placed in term.blocks:
            by_set[placed.point_set] = times

    def loss(trained: Any, weights: jax.Array) -> jax.Array:
        return jnp.vdot(weights, setup.losses({"trained": trained, "frozen": frozen}))

    @jax.jit
    def advance(trained: Any, count: jax.Array) -> tuple[Any, jax.Array]:
        parameters = {"trained": trained, "frozen": frozen}
        traces = term_traces(assembly, parameters, batch, Copies(tuple(by_set), 1))
        weights = jnp.sum(traces) / traces

        def step(_: Any, trained: Any) -> Any:
            gradient = jax.grad(loss)(trained, weights)
            return jax.tree.map(lambda p, g: p - rate * g, trained, gradient)

        return jax.lax.fori_loop(0, count, step, trained), weights

    trained, course = setup.parameters["trained"], []
    for start in range(0, steps, refresh_every):
        count = jnp.asarray(min(refresh_every, steps - start), jnp.int32)
        trained, weights = advance(trained, count)
        course.append(np.asarray(weights))
    return {"trained": trained, "frozen": frozen}, np.array(course)


def relative_error(setup: Setup, parameters: Any) -> float:
    """Return the relative L2 error of u against the exact solution on 1,000 points."""
    points = jnp.linspace(0.0, 1.0, 1000)[:, None]
    known = setup.program.exact[0][1](points)
    found = setup.model.fields_at(parameters, points)["u"]
    return float(jnp.linalg.norm(found - known) / jnp.linalg.norm(known))
