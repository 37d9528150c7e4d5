"""jinns with the optimizer of its tutorials, Adam 1e-3, in its default float32.

A 3×20 tanh network with soft conditions, 1000 points in the domain, unit weights, and else the
defaults of ``jinns.solve``. jinns compiles one loop over all steps; the time limit is its own validation
hook, which stops the loop when the seconds are up. ``--natural-gradient`` takes ``vanilla_ngd`` at its
defaults in float64 instead, which its README recommends to test; here it did not converge.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

began = time.perf_counter()
NATURAL = "--natural-gradient" in sys.argv
os.environ["JAX_ENABLE_X64"] = "1" if NATURAL else "0"
import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import jinns  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from answer import Answer, Request, Times, serve  # noqa: E402
from jax.experimental import io_callback  # noqa: E402
from jinns.loss import (  # noqa: E402
    BoundaryConditionAbstract,
    Dirichlet,
    LossPDENonStatio,
    LossPDEStatio,
    LossWeightsPDENonStatio,
    LossWeightsPDEStatio,
    PDENonStatio,
    PDEStatio,
    equation_on_all_facets_equal,
)
from jinns.validation import AbstractValidationModule  # noqa: E402
from problems import (  # noqa: E402
    NU,
    PI,
    load_bratu,
    solve_helmholtz,
    solve_poisson,
    start_wave,
)

IMPORTED = time.perf_counter() - began
WIDTH = 20
INSIDE, EDGE = 1000, 200
MOST_STEPS = 1_000_000


class Clock:
    """The seconds since the first step that the compiled loop has run."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began: float | None = None
        self.steps = 0

    def is_over(self, _: object) -> np.ndarray:
        if self.began is None:
            self.began = time.perf_counter()
        self.steps += 1
        return np.asarray(time.perf_counter() - self.began > self.seconds)


class TimeLimit(AbstractValidationModule):
    """Stop when the clock says so; its criterion never prefers earlier parameters."""

    call_every: int = eqx.field(kw_only=True, default=1)
    clock: Clock = eqx.field(kw_only=True, static=True)

    def __call__(self, params):
        one = jax.tree.leaves(params)[0].ravel()[0]
        shape = jax.ShapeDtypeStruct((), jnp.bool_)
        over = io_callback(self.clock.is_over, shape, one)
        return self, over, jnp.asarray(0.0), jnp.asarray(False)


def differentiate(u: Callable, x: jax.Array, params) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return value, gradient (d,) and Hessian (d, d) at one point."""

    def scalar(point):
        return u(point, params).squeeze()

    return scalar(x), jax.grad(scalar)(x), jax.hessian(scalar)(x)


class Wave(PDENonStatio):
    def equation(self, t_x, u, params):
        second = differentiate(u, t_x, params)[2]
        return (second[0, 0] - 4 * second[1, 1])[None]


class AtRest(PDENonStatio):
    """``u_t = 0`` at the start, written as a second equation at the same x."""

    def equation(self, t_x, u, params):
        start = t_x.at[0].set(0.0)
        return differentiate(u, start, params)[1][:1]


class Burgers(PDENonStatio):
    def equation(self, t_x, u, params):
        value, first, second = differentiate(u, t_x, params)
        return (first[0] + value * first[1] - NU * second[1, 1])[None]


class Poisson(PDEStatio):
    def equation(self, x, u, params):
        second = differentiate(u, x, params)[2]
        return second[0] + (4 * PI) ** 2 * solve_poisson(jnp, x)


class Helmholtz(PDEStatio):
    def equation(self, x, u, params):
        value, _, second = differentiate(u, x, params)
        return (jnp.trace(second) + 100 * value + 100 * solve_helmholtz(jnp, *x))[None]


class HelmholtzRim(BoundaryConditionAbstract):
    @equation_on_all_facets_equal
    def equation_u(self, inputs, u, params):
        return u(inputs, params)

    @equation_on_all_facets_equal
    def equation_f(self, inputs, params, gridify=False):
        return solve_helmholtz(jnp, inputs[0], inputs[1])[None]


class Bratu(PDEStatio):
    def equation(self, x, u, params):
        value, _, second = differentiate(u, x, params)
        return (jnp.trace(second) + jnp.exp(value) - load_bratu(jnp, *x))[None]


SETTINGS: dict[str, Callable[[], tuple]] = {
    "wave_1d": lambda: ((Wave(), AtRest()), Dirichlet(), lambda x: start_wave(jnp, x)),
    "poisson_1d": lambda: (Poisson(), Dirichlet(), None),
    "helmholtz_2d": lambda: (Helmholtz(), HelmholtzRim(), None),
    "bratu_2d": lambda: (Bratu(), Dirichlet(), None),
    "burgers": lambda: (Burgers(), Dirichlet(), lambda x: -jnp.sin(PI * x)),
}


def make_network(key: jax.Array, inputs: int, kind: str) -> tuple:
    layers: list[tuple] = [(eqx.nn.Linear, inputs, WIDTH), (jax.nn.tanh,)]
    layers += [(eqx.nn.Linear, WIDTH, WIDTH), (jax.nn.tanh,)] * 2
    layers += [(eqx.nn.Linear, WIDTH, 1)]
    return jinns.nn.PINN_MLP.create(key=key, eqx_list=tuple(layers), eq_type=kind)


def solve(request: Request) -> Answer:
    problem = request.problem
    moves = "t" in problem.coordinates
    equation, rim, start = SETTINGS[problem.name]()
    keys = jax.random.split(jax.random.key(request.seed))
    u, weights = make_network(keys[0], len(problem.low), "PDENonStatio" if moves else "PDEStatio")
    params = jinns.parameters.Params(nn_params=weights, eq_params={})
    space = 1 if moves else len(problem.low)
    common = {
        "key": keys[1],
        "n": INSIDE,
        "nb": 2 if problem.name == "poisson_1d" else EDGE,
        "dim": space,
        "min_pts": problem.low[:space],
        "max_pts": problem.high[:space],
    }
    if moves:
        data = jinns.data.CubicMeshPDENonStatio(tmin=0.0, tmax=1.0, ni=EDGE, **common)
        loss = LossPDENonStatio(
            u=u,
            dynamic_loss=equation,
            boundary_condition=rim,
            initial_condition_fun=start,
            loss_weights=LossWeightsPDENonStatio(
                dyn_loss=(1.0,) * len(equation) if isinstance(equation, tuple) else 1.0,
                boundary_loss=1.0,
                initial_condition=1.0,
            ),
            params=params,
        )
    else:
        data = jinns.data.CubicMeshPDEStatio(**common)
        loss = LossPDEStatio(
            u=u,
            dynamic_loss=equation,
            boundary_condition=rim,
            loss_weights=LossWeightsPDEStatio(dyn_loss=1.0, boundary_loss=1.0),
            params=params,
        )
    clock = Clock(request.seconds)
    began, used = time.perf_counter(), time.process_time()
    fitted, *_ = jinns.solve(
        n_iter=MOST_STEPS,
        init_params=params,
        data=data,
        loss=loss,
        optimizer=jinns.optimizers.vanilla_ngd() if NATURAL else optax.adam(1e-3),
        validation=TimeLimit(clock=clock),
        verbose=False,
    )
    jax.block_until_ready(fitted)
    ended = time.perf_counter()
    used = time.process_time() - used
    assert clock.began is not None
    points = request.points[:, ::-1] if moves else request.points  # jinns takes t first
    values = jax.vmap(lambda x: u(x, fitted).squeeze())(jnp.asarray(points))
    times = Times(IMPORTED + clock.began - began, ended - clock.began, cpu=used)
    method = "natural gradient, float64" if NATURAL else "Adam"
    settings = f"3×{WIDTH} tanh, {method}, {clock.steps} steps"
    return Answer(np.asarray(values), times, settings)


serve(solve)
