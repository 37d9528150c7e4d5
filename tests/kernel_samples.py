"""Specs over which kernels are compared with explicit Jacobians."""

from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from pdelang.kernels.jacobian import JacobianRows, build_jacobian
from pdelang.kernels.rows import Rows, list_rows
from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.training.sampling import build_sampler, node_weights
from tests.stages import lower_text

MLP = "network = mlp(width = 5, depth = 1, bias_scale = 0.3)"
DEEP = "network = mlp(width = 5, depth = 2, bias_scale = 0.3)"

SPECS = {
    "poisson_soft": f"""
domain rod(x) = interval(0, 1)
unknown u
in rod as poisson: dxx(u) = -sin(pi*x)
on left, right as ends: u = 0
solver {{ conditions = soft  {MLP} }}""",
    "poisson_hard": f"""
domain rod(x) = interval(0, 1)
unknown u
in rod as poisson: dxx(u) = -sin(pi*x)
on left, right as ends: u = 0
solver {{ conditions = hard  {DEEP} }}""",
    "wave_unscaled": f"""
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in string as r: dtt(u) = 4*dxx(u)
on left, right as u: u = 0
at t = 0 as u: u = sin(pi*x)
at t = 0 as u_t: dt(u) = 0
solver {{ conditions = soft  scaling = none  {MLP} }}""",
    "burgers": f"""
domain line(x) = interval(-1, 1)
time t in 0 .. 1
unknown u
in line as burgers: dt(u) + u*dx(u) = 0.1*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = -sin(pi*x)
solver {{ conditions = soft  {MLP} }}""",
    "periodic": """
domain circle(x) = interval(0, 1)
time t in 0 .. 1
unknown u
periodic left, right
in circle as advection: dt(u) + dx(u) = 0
at t = 0 as start: u = sin(2*pi*x)
solver { conditions = soft  network = mlp(width = 4, depth = 1, harmonics = 2) }""",
    "cavity": f"""
domain cavity(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary lid = cavity.top
boundary walls = rest
unknown u: vector
unknown p
in cavity as momentum: adv(u, u) + grad(p) = lap(u)/10
in cavity as mass: div(u) = 0
on lid as sliding: u = (x*(1 - x), 0)
on walls as noslip: u = (0, 0)
require mean(p) = 0
solver {{ conditions = soft  {MLP} }}""",
    "system": """
domain rod(x) = interval(0, 1)
time t in 0 .. 1
unknown a
unknown b
in rod as first: dt(a) = dxx(a) - a*b
in rod as second: dt(b) = 0.5*dxx(b) + a*b
on left, right as ends: a = 0
on left, right as ends: dx(b) = 0
at t = 0 as start: a = sin(pi*x)
at t = 0 as start: b = 1
solver { conditions = soft  network = fourier(width = 4, depth = 1, count = 3) }""",
    "flux_with_mean": f"""
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square as poisson: -lap(u) = cos(pi*x)
on edge as flux: dn(u) = 0
require mean(u) = 0
solver {{ {MLP} }}""",
    "data": f"""
domain rod(x) = interval(0, 2)
unknown u
in rod as reaction: dxx(u) = u^2 + x
on left as clamp: u = 1
on right as flux: dx(u) = -u
solver {{ conditions = soft  {MLP} }}""",
    "features": """
domain rod(x) = interval(0, 1)
unknown u
in rod as poisson: dxx(u) = -sin(pi*x)
on left, right as ends: u = 0
solver { conditions = soft  network = features(count = 12, scale = 3) }""",
}


class Sample(NamedTuple):
    """Rows, parameters, our Jacobian of them, and the same as a matrix made another way."""

    rows: Rows
    parameters: Any
    jacobian: JacobianRows
    explicit: np.ndarray


@cache
def build_sample(name: str, points: int = 9, seed: int = 5) -> Sample:
    """Return the sample of a spec at fresh parameters; call it with float64 enabled."""
    return sample_program(lower_text(SPECS[name]), points, seed)


def sample_program(program: Program, points: int = 9, seed: int = 5) -> Sample:
    """Return the sample of a program at fresh parameters; call it with float64 enabled."""
    model = FieldModel.from_program(program, program.system.problem.settings)
    sampler = build_sampler(program, points, False, jnp.float64)
    assembly = build_assembly(program, model, node_weights(program))
    parameters = model.initialise(jax.random.key(seed), jnp.float64)
    batch = jax.jit(sampler.draw)(sampler.seed(jax.random.key(1)), jnp.asarray(3))
    rows = list_rows(assembly, batch, sampler.copies)
    explicit = explicit_jacobian(rows, parameters)
    return Sample(rows, parameters, build_jacobian(rows, parameters), explicit)


def explicit_jacobian(rows: Rows, parameters: Any) -> np.ndarray:
    """Return the Jacobian of the stacked residuals in reverse mode, ``(n, p)``."""
    flat, unravel = ravel_pytree(parameters["trained"])

    def stacked(theta: jax.Array) -> jax.Array:
        residuals = rows.assembly.residuals({**parameters, "trained": unravel(theta)}, rows.batch)
        return jnp.concatenate([r for own in residuals for r in own])

    return np.asarray(jax.jit(jax.jacrev(stacked))(flat))
