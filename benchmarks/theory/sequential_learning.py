"""How far a step may go before the linearised model lies, and what to do with that.

    python benchmarks/theory/sequential_learning.py [--steps 60] [--plot sequential.png]

Every step is a regularised fit of the model linearised where the last one ended; what that misses is

    flag = ‖r(θ + d) − r − J d‖ / ‖J d‖.

Checked on the 1-D Poisson problem: along a given direction the flag grows in proportion to the length of the
step and falls with the width, as the bounds of the exact expansion do. Then damped Gauss–Newton four ways: the
damping driven by the flag or by a fixed factor, and the Jacobian renewed at every step or kept while the
flag of the last step was below a tenth.
Source: Shilton, Gupta, Rana, Venkatesh, arXiv 2302.00205; feature: the flag of every step of
``gauss_newton`` in its history, which drives its damping; ``refresh_drift`` for weights.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from jax.flatten_util import ravel_pytree
from poisson import Setup, build_setup

from pdelang.kernels.drift import LINEARISATION_LIMIT, linearisation_flag
from pdelang.kernels.forecast import loss_scales

WIDTHS = (32, 128, 512, 2048)
LENGTHS = np.logspace(-3, 0, 7)


class Walk(NamedTuple):
    """Loss and flag after every step, and how many Jacobians were formed."""

    losses: list[float]
    flags: list[float]
    jacobians: int


def measure_flags(setup: Setup) -> np.ndarray:
    """Return the flag along the gradient, at shares of a step that would halve the linear model's loss."""
    parameters, jacobian = setup.parameters, setup.jacobian
    residual = jacobian.residuals(parameters)
    roots = np.sqrt(loss_scales(setup.rows, np.ones(2)))
    direction = -jacobian.pull(parameters, roots**2 * residual)
    linear = jacobian.push(parameters, direction)
    # The step that minimises the linear model along the gradient.
    whole = -float((roots * residual) @ (roots * linear) / np.sum((roots * linear) ** 2))
    flat, unravel = ravel_pytree(parameters["trained"])
    flags = []
    for share in LENGTHS:
        moved = unravel(flat + share * whole * jnp.asarray(direction))
        after = jacobian.residuals({**parameters, "trained": moved})
        flags.append(linearisation_flag(residual, after, share * whole * linear))
    return np.array(flags)


def walk(setup: Setup, steps: int, by_flag: bool, keeps: bool) -> Walk:
    """Return damped Gauss–Newton in the sample space; see the module for the four ways."""
    roots = np.sqrt(loss_scales(setup.rows, np.array([1.0, 100.0])) / 2)
    flat, unravel = ravel_pytree(setup.parameters["trained"])
    theta, damping = np.asarray(flat), 1e-2

    def look(theta: np.ndarray) -> tuple[np.ndarray, Any]:
        parameters = {**setup.parameters, "trained": unravel(jnp.asarray(theta))}
        return roots * setup.jacobian.residuals(parameters), parameters

    residual, parameters = look(theta)
    losses, flags, formed = [float(residual @ residual)], [], 0
    jacobian = kernel = np.zeros((0, 0))
    flag = np.inf
    for _ in range(steps):
        if not keeps or flag > LINEARISATION_LIMIT:
            jacobian = roots[:, None] * setup.jacobian.evaluate(parameters)
            kernel, formed = jacobian @ jacobian.T, formed + 1
        ridge = damping * np.trace(kernel) / len(kernel)
        change = -jacobian.T @ np.linalg.solve(kernel + ridge * np.eye(len(kernel)), residual)
        tried, others = look(theta + change)
        flag = linearisation_flag(residual, tried, jacobian @ change)
        is_better = tried @ tried < residual @ residual
        if is_better:
            theta, residual, parameters = theta + change, tried, others
        else:
            flag = max(flag, 1.0)
        if by_flag:
            # The flag is about proportional to the step, and the step to 1/damping.
            damping *= float(np.clip(flag / LINEARISATION_LIMIT, 0.05, 20.0))
        else:
            damping *= 1 / 3 if is_better else 4.0
        damping = max(damping, 1e-14)
        losses.append(float(residual @ residual))
        flags.append(flag)
    return Walk(losses, flags, formed)


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--width", type=int, default=64)
    options = parser.parse_args()
    with jax.enable_x64(True):
        flags = {w: measure_flags(build_setup(2, w, points=40)) for w in WIDTHS}
        setup = build_setup(2, options.width, points=40)
        walks = {
            f"damping by {how}, J {kept}": walk(setup, options.steps, how == "flag", kept == "kept")
            for how in ("factor", "flag")
            for kept in ("renewed", "kept")
        }
    for width, values in flags.items():
        print(
            f"  width {width:5d}: flag {values[0]:.1e} at a thousandth of the step, {values[-1]:.1e} at the step"
        )
    small = slice(0, 4)
    slope = np.mean(
        [np.polyfit(np.log(LENGTHS[small]), np.log(v[small]), 1)[0] for v in flags.values()]
    )
    fall = np.polyfit(np.log(WIDTHS), np.log([v[0] for v in flags.values()]), 1)[0]
    for name, found in walks.items():
        print(
            f"  {name:<30} loss {found.losses[0]:.1e} -> {found.losses[-1]:.1e} with {found.jacobians} Jacobians"
        )
    figure = new_figure(2)
    left, right = figure.subplots(1, 2)
    for (width, values), color in zip(flags.items(), COLORS, strict=False):
        left.loglog(LENGTHS, values, "o-", color=color, label=f"width {width}")
    left.set(xlabel="share of the step", ylabel="linearisation flag")
    for (name, found), color in zip(walks.items(), COLORS, strict=False):
        right.semilogy(found.losses, color=color, label=f"{name}: {found.jacobians} Jacobians")
    right.set(xlabel="step", ylabel="loss")
    for axis in (left, right):
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    save_figure(figure, "Sequential learning: the flag of linearisation", options.plot)
    renewed, kept = walks["damping by flag, J renewed"], walks["damping by flag, J kept"]
    factor = walks["damping by factor, J renewed"]
    return say(
        f"the flag grows as step^{slope:.2f} and falls as width^{fall:.2f}; damping by the flag ends at"
        f" {renewed.losses[-1]:.0e}, by a fixed factor at {factor.losses[-1]:.0e}; kept while the flag is small,"
        f" {kept.jacobians} Jacobians instead of {renewed.jacobians} end at {kept.losses[-1]:.0e}",
        bool(0.8 < slope < 1.2 and fall < -0.2 and kept.jacobians < renewed.jacobians),
    )


if __name__ == "__main__":
    sys.exit(main())
