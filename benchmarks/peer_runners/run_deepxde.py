"""DeepXDE with its PyTorch backend, at the settings of the nearest example in its documentation.

=============  ==========================================================================
wave_1d        "Wave propagation with spatio-temporal multi-scale Fourier features": Fourier
               features of scale 1 in x, 1 and 10 in t, 3×100 tanh, Adam 1e-3 with inverse-time
               decay, weights 5 / initial loss, points drawn anew at every step. The example's
               own network class exists for TensorFlow only, so the features are an input
               transform of the plain network here.
poisson_1d     "Poisson equation in 1D with Dirichlet boundary conditions": 3×50 tanh, Adam 1e-3;
               16 points per wave of the solution.
helmholtz_2d   "Helmholtz equation over a 2D square domain", soft conditions of weight 100: 3×150
               sine, Adam 1e-3, 10 points per wavelength.
bratu_2d       no example; as Helmholtz with its hard conditions, 20² points.
poisson_5d     no example; as "Poisson equation over L-shaped domain": 4×50 tanh, here on 5000 points
               inside and 1000 on the faces.
diffusion_1d   "Diffusion equation": 3×32 tanh, Adam 1e-3, 40 points inside, 20 at the ends, 10 at
               the start.
burgers        "Burgers equation": 3×20 tanh, 15000 Adam steps, then L-BFGS.
=============  ==========================================================================

Adam goes on until the time is up where the example names no second optimizer; for Burgers it
gets at most two thirds of the time, L-BFGS the rest.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import os
import time
from collections.abc import Callable

began = time.perf_counter()
os.environ["DDE_BACKEND"] = "pytorch"
import deepxde as dde  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from answer import Answer, Request, Times, serve  # noqa: E402
from problems import (  # noqa: E402
    NU,
    PI,
    load_bratu,
    load_diffusion,
    solve_helmholtz,
    solve_poisson,
    solve_poisson_5d,
    start_wave,
)

IMPORTED = time.perf_counter() - began
RATE = 1e-3
ENDLESS = 10_000_000
QUIET = {"verbose": 0, "display_every": ENDLESS}


def second(y, x, i: int):
    return dde.grad.hessian(y, x, i=i, j=i)


def limit_time(seconds: float):
    """Return the callback that stops after so many seconds of training."""
    return dde.callbacks.Timer(max(seconds, 0.1) / 60)


def everywhere(_, on_boundary) -> bool:
    return on_boundary


def train_adam(model, seconds: float, **options) -> str:
    model.compile("adam", lr=RATE, verbose=0, **options)
    model.train(iterations=ENDLESS, callbacks=[limit_time(seconds)], **QUIET)
    return f"Adam {model.train_state.iteration} steps"


def build_wave() -> tuple:
    line = dde.geometry.Interval(0, 1)
    box = dde.geometry.GeometryXTime(line, dde.geometry.TimeDomain(0, 1))
    conditions = [
        dde.icbc.DirichletBC(box, lambda x: 0, everywhere),
        dde.icbc.IC(box, lambda x: start_wave(np, x[:, :1]), lambda _, initial: initial),
        dde.icbc.OperatorBC(
            box,
            lambda x, y, _: dde.grad.jacobian(y, x, i=0, j=1),
            lambda x, _: dde.utils.isclose(x[1], 0),
        ),
    ]
    data = dde.data.TimePDE(
        box,
        lambda x, y: second(y, x, 1) - 4 * second(y, x, 0),
        conditions,
        num_domain=360,
        num_boundary=360,
        num_initial=360,
    )
    scales = (1.0, 1.0, 10.0)
    columns = (0, 1, 1)
    frequencies = [scale * torch.randn(1, 50) for scale in scales]

    def transform(x):
        x = (x - 0.5) * 2 * np.sqrt(3)
        waves = [x[:, c : c + 1] @ b for c, b in zip(columns, frequencies, strict=True)]
        return torch.cat([f(w) for w in waves for f in (torch.cos, torch.sin)], 1)

    net = dde.nn.FNN([300] + [100] * 3 + [1], "tanh", "Glorot uniform")
    net.apply_feature_transform(transform)
    return data, net


def train_wave(model, seconds: float) -> str:
    model.compile("adam", lr=RATE, verbose=0)
    losses, _ = model.train(iterations=0, verbose=0)
    model.compile(
        "adam",
        lr=RATE,
        loss_weights=5 / np.asarray(losses.loss_train[0]),
        decay=("inverse time", 2000, 0.9),
        verbose=0,
    )
    resampler = dde.callbacks.PDEPointResampler(period=1)
    model.train(iterations=ENDLESS, callbacks=[limit_time(seconds), resampler], **QUIET)
    return f"3×100 tanh on Fourier features, Adam {model.train_state.iteration} steps"


def build_poisson() -> tuple:
    line = dde.geometry.Interval(0, 1)
    edge = dde.icbc.DirichletBC(line, lambda x: 0, everywhere)

    def equation(x, y):
        return second(y, x, 0) + (4 * PI) ** 2 * solve_poisson(torch, x)

    data = dde.data.PDE(line, equation, edge, 32, 2)
    return data, dde.nn.FNN([1] + [50] * 3 + [1], "tanh", "Glorot uniform")


def build_helmholtz() -> tuple:
    square = dde.geometry.Rectangle([0, 0], [1, 1])
    edge = dde.icbc.DirichletBC(
        square, lambda x: solve_helmholtz(np, x[:, :1], x[:, 1:]), everywhere
    )

    def equation(x, y):
        load = -100 * solve_helmholtz(torch, x[:, :1], x[:, 1:])
        return second(y, x, 0) + second(y, x, 1) + 100 * y - load

    per_side = int(10 * 10 / (2 * PI))
    data = dde.data.PDE(square, equation, edge, per_side**2, 4 * per_side)
    return data, dde.nn.FNN([2] + [150] * 3 + [1], "sin", "Glorot uniform")


def build_bratu() -> tuple:
    square = dde.geometry.Rectangle([0, 0], [1, 1])

    def equation(x, y):
        load = load_bratu(torch, x[:, :1], x[:, 1:])
        return second(y, x, 0) + second(y, x, 1) + torch.exp(y) - load

    data = dde.data.PDE(square, equation, [], 400, 80)
    net = dde.nn.FNN([2] + [150] * 3 + [1], "sin", "Glorot uniform")
    net.apply_output_transform(
        lambda x, y: x[:, :1] * (1 - x[:, :1]) * x[:, 1:] * (1 - x[:, 1:]) * y
    )
    return data, net


def build_poisson_5d() -> tuple:
    cube = dde.geometry.Hypercube([0] * 5, [1] * 5)
    faces = dde.icbc.DirichletBC(
        cube, lambda x: solve_poisson_5d(np, *np.split(x, 5, 1)), everywhere
    )

    def equation(x, y):
        load = PI**2 / 4 * solve_poisson_5d(torch, *torch.split(x, 1, 1))
        return -sum(second(y, x, i) for i in range(5)) - load

    data = dde.data.PDE(cube, equation, faces, 5000, 1000)
    return data, dde.nn.FNN([5] + [50] * 4 + [1], "tanh", "Glorot uniform")


def build_diffusion() -> tuple:
    line = dde.geometry.Interval(-1, 1)
    box = dde.geometry.GeometryXTime(line, dde.geometry.TimeDomain(0, 1))
    conditions = [
        dde.icbc.DirichletBC(box, lambda x: 0, everywhere),
        dde.icbc.IC(box, lambda x: np.sin(PI * x[:, :1]), lambda _, initial: initial),
    ]

    def equation(x, y):
        load = load_diffusion(torch, x[:, :1], x[:, 1:])
        return dde.grad.jacobian(y, x, i=0, j=1) - second(y, x, 0) - load

    data = dde.data.TimePDE(
        box, equation, conditions, num_domain=40, num_boundary=20, num_initial=10
    )
    return data, dde.nn.FNN([2] + [32] * 3 + [1], "tanh", "Glorot uniform")


def build_burgers() -> tuple:
    line = dde.geometry.Interval(-1, 1)
    box = dde.geometry.GeometryXTime(line, dde.geometry.TimeDomain(0, 1))
    conditions = [
        dde.icbc.DirichletBC(box, lambda x: 0, everywhere),
        dde.icbc.IC(box, lambda x: -np.sin(PI * x[:, :1]), lambda _, initial: initial),
    ]

    def equation(x, y):
        in_space, in_time = (dde.grad.jacobian(y, x, i=0, j=j) for j in (0, 1))
        return in_time + y * in_space - NU * second(y, x, 0)

    data = dde.data.TimePDE(
        box, equation, conditions, num_domain=2540, num_boundary=80, num_initial=160
    )
    return data, dde.nn.FNN([2] + [20] * 3 + [1], "tanh", "Glorot normal")


def train_burgers(model, seconds: float) -> str:
    started = time.perf_counter()
    model.compile("adam", lr=RATE, verbose=0)
    model.train(iterations=15_000, callbacks=[limit_time(2 * seconds / 3)], **QUIET)
    adam = model.train_state.iteration
    model.compile("L-BFGS", verbose=0)
    left = seconds - (time.perf_counter() - started)
    model.train(callbacks=[limit_time(left)], **QUIET)
    return f"3×20 tanh, Adam {adam} steps, L-BFGS {model.train_state.iteration - adam}"


def train_helmholtz(model, seconds: float) -> str:
    return "3×150 sine, " + train_adam(model, seconds, loss_weights=[1, 100])


SETTINGS: dict[str, tuple[Callable, Callable]] = {
    "wave_1d": (build_wave, train_wave),
    "poisson_1d": (build_poisson, lambda *a: "3×50 tanh, " + train_adam(*a)),
    "helmholtz_2d": (build_helmholtz, train_helmholtz),
    "bratu_2d": (build_bratu, lambda *a: "3×150 sine, hard conditions, " + train_adam(*a)),
    "poisson_5d": (build_poisson_5d, lambda *a: "4×50 tanh, " + train_adam(*a)),
    "diffusion_1d": (build_diffusion, lambda *a: "3×32 tanh, " + train_adam(*a)),
    "burgers": (build_burgers, train_burgers),
}


def solve(request: Request) -> Answer:
    build, train = SETTINGS[request.problem.name]
    dde.config.set_random_seed(request.seed)
    model = dde.Model(*build())
    began, began_cpu = time.perf_counter(), time.process_time()
    settings = train(model, request.seconds)
    took, used = time.perf_counter() - began, time.process_time() - began_cpu
    values = model.predict(request.points)
    return Answer(values, Times(IMPORTED, took, cpu=used), settings)


serve(solve)
