"""How directly every method moves its parameters, and the speed limit that a flow cannot beat.

    python benchmarks/theory/motion_efficiency.py [--width 64] [--steps 2000] [--plot motion.png]

For parameters θ_0 … θ_T and steps d_k the motion efficiency is ``‖θ_T − θ_0‖² / (T Σ ‖d_k‖²)``, at most 1 by
Cauchy and Schwarz. Of gradient flow ``θ' = −∇L`` it says how long it must take: since
``∫ ‖θ'‖² dt = L(0) − L(T)``,

    T ≥ ‖θ_T − θ_0‖² / (L(0) − L(T)),

a speed limit of training, reached by a straight path at constant speed. The same 1-D Poisson problem
from the same start by gradient descent with unit and with NTK weights, Adam, and damped Gauss–Newton.
Source: Seroussi, Alemi, Helias, Ringel, arXiv 2307.14653 (for distributions over networks: the squared
Wasserstein distance over the entropy production), here for one path; feature: ``motion_efficiency`` of
every trained network in manifest and report.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from drawing import COLORS, make_parser, new_figure, save_figure, say
from jax.flatten_util import ravel_pytree
from poisson import Setup, build_setup

from pdelang.kernels.drift import motion_efficiency
from pdelang.kernels.forecast import loss_scales
from pdelang.kernels.spectrum import kernel_spectrum

Flat = np.ndarray


class Course(NamedTuple):
    """Parameters after every step ``(T + 1, p)``, the weighted losses there, and the rate of a flow."""

    path: np.ndarray
    losses: np.ndarray
    rate: float | None

    @property
    def efficiency(self) -> float:
        return self.efficiency_from(0)

    def efficiency_from(self, start: int) -> float:
        """Return the motion efficiency of the steps from ``start`` on."""
        path = self.path[start:]
        squares = float(np.sum(np.diff(path, axis=0) ** 2))
        return motion_efficiency(float(np.linalg.norm(path[-1] - path[0])), squares, len(path) - 1)

    @property
    def time_over_limit(self) -> float:
        """Return T (L(0) − L(T)) / ‖θ_T − θ_0‖² with time in units of the rate: 1 at the speed limit."""
        assert self.rate is not None
        time = self.rate * (len(self.path) - 1)
        moved = float(np.sum((self.path[-1] - self.path[0]) ** 2))
        return time * float(self.losses[0] - self.losses[-1]) / moved


def build_loss(setup: Setup, weights: np.ndarray) -> tuple[jax.Array, Callable[..., jax.Array]]:
    """Return the flat parameters at the start and ``Σ λ_g L_g`` as a function of them."""
    flat, unravel = ravel_pytree(setup.parameters["trained"])

    def loss(theta: jax.Array) -> jax.Array:
        parameters = {**setup.parameters, "trained": unravel(theta)}
        return jnp.vdot(jnp.asarray(weights), setup.losses(parameters))

    return flat, loss


def run_optimizer(
    setup: Setup, weights: np.ndarray, rule: optax.GradientTransformation, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return path and losses of an optimizer of optax."""
    flat, loss = build_loss(setup, weights)

    @jax.jit
    def run(theta: jax.Array) -> tuple[jax.Array, jax.Array]:
        def step(carry: tuple, _: None) -> tuple[tuple, tuple[jax.Array, jax.Array]]:
            theta, state = carry
            value, gradient = jax.value_and_grad(loss)(theta)
            change, state = rule.update(gradient, state, theta)
            moved = optax.apply_updates(theta, change)
            return (moved, state), (theta, value)

        (last, _), (path, values) = jax.lax.scan(step, (theta, rule.init(theta)), None, steps)
        return jnp.concatenate([path, last[None]]), jnp.append(values, loss(last))

    path, values = run(flat)
    return np.asarray(path), np.asarray(values)


def run_gauss_newton(setup: Setup, weights: np.ndarray, steps: int) -> Course:
    """Return a course of damped Gauss–Newton steps; the damping follows what helps."""
    scales = loss_scales(setup.rows, weights) / 2
    flat, unravel = ravel_pytree(setup.parameters["trained"])
    theta, damping = np.asarray(flat), 1e-3
    roots = np.sqrt(scales)

    def look(theta: Flat) -> tuple[Flat, dict]:
        parameters = {**setup.parameters, "trained": unravel(jnp.asarray(theta))}
        return roots * setup.jacobian.residuals(parameters), parameters

    path, losses = [theta], []
    residual, parameters = look(theta)
    for _ in range(steps):
        losses.append(float(residual @ residual))
        jacobian = roots[:, None] * setup.jacobian.evaluate(parameters)
        kernel = jacobian @ jacobian.T
        for _ in range(12):
            ridge = damping * np.trace(kernel) / len(kernel)
            moved = theta - jacobian.T @ np.linalg.solve(
                kernel + ridge * np.eye(len(kernel)), residual
            )
            tried, others = look(moved)
            if tried @ tried < residual @ residual:
                theta, residual, parameters, damping = moved, tried, others, damping / 3
                break
            damping *= 4
        path.append(theta)
    losses.append(float(residual @ residual))
    return Course(np.array(path), np.array(losses), None)


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    with jax.enable_x64(True):
        setup = build_setup(1, options.width, points=40)
        unit = np.ones(2)
        spectrum = kernel_spectrum(setup.jacobian, setup.parameters, setup.rows.copies)
        diagonal = np.einsum("ij,j,ij->i", spectrum.vectors, spectrum.eigenvalues, spectrum.vectors)
        traces = np.array([diagonal[setup.rows.terms == g].sum() for g in range(2)])
        ntk = traces.sum() / traces
        courses: dict[str, Course] = {}
        for name, weights in (("gradient descent", unit), ("gradient descent, ntk weights", ntk)):
            scales = loss_scales(setup.rows, weights)
            rate = 0.2 / kernel_spectrum(setup.jacobian, setup.parameters, scales).largest
            found = run_optimizer(setup, weights, optax.sgd(rate), options.steps)
            courses[name] = Course(*found, rate)
        for name, weights in (("adam", unit), ("adam, ntk weights", ntk)):
            found = run_optimizer(setup, weights, optax.adam(1e-3), options.steps)
            courses[name] = Course(*found, None)
        courses["gauss_newton, ntk weights"] = run_gauss_newton(setup, ntk, 30)
    figure = new_figure(2)
    left, right = figure.subplots(1, 2)
    for (name, course), color in zip(courses.items(), COLORS, strict=False):
        steps = len(course.path) - 1
        limit = (
            "" if course.rate is None else f", {course.time_over_limit:.1f} times the speed limit"
        )
        tenth = course.efficiency_from(steps // 10)
        print(
            f"  {name:<30} {steps:5d} steps, loss {course.losses[0]:.1e} -> {course.losses[-1]:.1e},"
            f" efficiency {course.efficiency:.3f}, without the first tenth {tenth:.3f}{limit}"
        )
        moved = np.linalg.norm(course.path - course.path[0], axis=1)
        travelled = np.append(0, np.cumsum(np.linalg.norm(np.diff(course.path, axis=0), axis=1)))
        left.loglog(
            np.arange(1, steps + 2), course.losses / course.losses[0], color=color, label=name
        )
        right.plot(travelled, moved, color=color, label=name)
    left.set(xlabel="step", ylabel="loss / first")
    right.set(xlabel="way travelled", ylabel="distance from the start")
    for axis in (left, right):
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    save_figure(figure, "How directly the parameters move", options.plot)
    flow = courses["gradient descent"]
    values = [c.efficiency for c in courses.values()]
    limits = [c.time_over_limit for c in courses.values() if c.rate is not None]
    late = flow.efficiency_from((len(flow.path) - 1) // 10)
    newton = courses["gauss_newton, ntk weights"]
    return say(
        f"no path beats the limit: efficiencies {min(values):.3f} to {max(values):.3f}, flows take"
        f" {', '.join(f'{x:.1f}' for x in limits)} times the least time; after the first tenth gradient"
        f" descent goes from {flow.efficiency:.3f} to {late:.3f}; Gauss–Newton reaches"
        f" {newton.losses[-1]:.0e} in {len(newton.path) - 1} steps",
        # A step of finite length loses at most ρμ/2 = a tenth against the flow's bound.
        max(values) <= 1.0 and min(limits) >= 0.9 and late > flow.efficiency,
    )


if __name__ == "__main__":
    sys.exit(main())
