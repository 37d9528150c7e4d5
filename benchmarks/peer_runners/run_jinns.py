"""jinns with the two second-order optimizers that its README recommends, or with Adam.

``--optimizer natural``    ``vanilla_ngd`` at its defaults, as in its example "Heat equation with NGD":
                           float64, 2×16 tanh, 2028 uniform points per term, all at every step.
``--optimizer ssbroyden``  ``scale_by_SSBroyden_family`` at its defaults, else the same.
``--optimizer adam``       the optimizer of its tutorials, Adam 1e-3, in its default float32: 3×20 tanh,
                           1000 points in the domain.

Conditions are soft and weights 1, as in its examples. jinns compiles one loop over all steps; the
time limit is its own validation hook, which stops that loop when the seconds are up. Its meshes have
one or two space coordinates, so it has no row for the problem in five.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

began = time.perf_counter()
METHOD = sys.argv[sys.argv.index("--optimizer") + 1] if "--optimizer" in sys.argv else "natural"
os.environ["JAX_ENABLE_X64"] = "0" if METHOD == "adam" else "1"
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
    load_diffusion,
    solve_helmholtz,
    solve_poisson,
    start_wave,
)

IMPORTED = time.perf_counter() - began
MOST_STEPS = 1_000_000
MOST_SPACE = 2


@dataclass(frozen=True, slots=True)
class Method:
    """An optimizer: its name, the hidden layers, the points inside and per condition.

    The clock is looked at every ``patience`` steps: asking costs as much as a small step.
    """

    label: str
    hidden: tuple[int, ...]
    inside: int
    edge: int
    patience: int


METHODS = {
    "natural": Method("natural gradient", (16, 16), 2028, 2028, 1),
    "ssbroyden": Method("SSBroyden", (16, 16), 2028, 2028, 5),
    "adam": Method("Adam", (20, 20, 20), 1000, 200, 20),
}


class Clock:
    """The seconds since the first step that the compiled loop has run."""

    def __init__(self, seconds: float, patience: int) -> None:
        self.seconds = seconds
        self.patience = patience
        self.began: float | None = None
        self.steps = 0

    def is_over(self, _: object) -> np.ndarray:
        if self.began is None:
            self.began = time.perf_counter()
        self.steps += self.patience
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


class Diffusion(PDENonStatio):
    def equation(self, t_x, u, params):
        _, first, second = differentiate(u, t_x, params)
        return (first[0] - second[1, 1] - load_diffusion(jnp, t_x[1], t_x[0]))[None]


SETTINGS: dict[str, Callable[[], tuple]] = {
    "diffusion_1d": lambda: (Diffusion(), Dirichlet(), lambda x: jnp.sin(PI * x)),
    "wave_1d": lambda: ((Wave(), AtRest()), Dirichlet(), lambda x: start_wave(jnp, x)),
    "poisson_1d": lambda: (Poisson(), Dirichlet(), None),
    "helmholtz_2d": lambda: (Helmholtz(), HelmholtzRim(), None),
    "bratu_2d": lambda: (Bratu(), Dirichlet(), None),
    "burgers": lambda: (Burgers(), Dirichlet(), lambda x: -jnp.sin(PI * x)),
}


def callback_value(params, batch, loss):
    return loss.evaluate(params, batch)[0]


def callback_slope(params, batch, loss):
    return loss.ponderate_and_sum_gradient(loss.values_and_grads(params, batch)[1])


def choose_optimizer() -> tuple:
    """Return the optimizer and what ``jinns.solve`` is to pass to its line search."""
    if METHOD == "natural":
        # Its default line search prints each of its failures.
        quiet = optax.scale_by_backtracking_linesearch(max_backtracking_steps=15)
        return jinns.optimizers.vanilla_ngd(linesearch=quiet), None
    if METHOD == "ssbroyden":
        name = jinns.solver.GetJinnsVariableName
        passed = {
            "value": name("train_loss_value"),
            "grad_pt": name("grads"),
            "value_fn": callback_value,
            "grad_fn": callback_slope,
            "batch": name("batch"),
            "loss": name("loss"),
        }
        return jinns.optimizers.scale_by_SSBroyden_family(), passed
    return optax.adam(1e-3), None


def make_network(key: jax.Array, inputs: int, hidden: tuple[int, ...], kind: str) -> tuple:
    layers: list[tuple] = []
    for before, after in zip((inputs, *hidden), hidden, strict=False):
        layers += [(eqx.nn.Linear, before, after), (jax.nn.tanh,)]
    layers += [(eqx.nn.Linear, hidden[-1], 1)]
    return jinns.nn.PINN_MLP.create(key=key, eqx_list=tuple(layers), eq_type=kind)


def solve(request: Request) -> Answer:
    problem, method = request.problem, METHODS[METHOD]
    moves = "t" in problem.coordinates
    space = 1 if moves else len(problem.low)
    if space > MOST_SPACE:
        raise SystemExit(f"its meshes have at most {MOST_SPACE} space coordinates")
    equation, rim, start = SETTINGS[problem.name]()
    keys = jax.random.split(jax.random.key(request.seed))
    kind = "PDENonStatio" if moves else "PDEStatio"
    u, weights = make_network(keys[0], len(problem.low), method.hidden, kind)
    params = jinns.parameters.Params(nn_params=weights, eq_params={})
    common = {
        "key": keys[1],
        "n": method.inside,
        "nb": 2 if problem.name == "poisson_1d" else method.edge,
        "dim": space,
        "min_pts": problem.low[:space],
        "max_pts": problem.high[:space],
    }
    if moves:
        data = jinns.data.CubicMeshPDENonStatio(tmin=0.0, tmax=1.0, ni=method.edge, **common)
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
    clock = Clock(request.seconds, method.patience)
    optimizer, passed = choose_optimizer()
    began, used = time.perf_counter(), time.process_time()
    fitted, *_ = jinns.solve(
        n_iter=MOST_STEPS,
        init_params=params,
        data=data,
        loss=loss,
        optimizer=optimizer,
        validation=TimeLimit(clock=clock, call_every=method.patience),
        verbose=False,
        extra_optax_args_and_kwargs=passed,
    )
    jax.block_until_ready(fitted)
    ended = time.perf_counter()
    used = time.process_time() - used
    assert clock.began is not None
    points = request.points[:, ::-1] if moves else request.points  # jinns takes t first
    values = jax.vmap(lambda x: u(x, fitted).squeeze())(jnp.asarray(points))
    times = Times(IMPORTED + clock.began - began, ended - clock.began, cpu=used)
    network = f"{len(method.hidden)}×{method.hidden[0]} tanh"
    return Answer(np.asarray(values), times, f"{network}, {method.label}, {clock.steps} steps")


serve(solve)
