"""K steps on the linearised model between refreshes of the Jacobian, K = 1 … ∞.

    python benchmarks/theory/iterative_linearisation.py [--steps 2000] [--plot linearised.png]

Gradient descent on ``‖r + J d‖²`` with J refreshed every K steps: K = 1 is plain gradient descent, K = ∞
trains the tangent model. How much K costs says how often a kernel, and with it the weights, needs to be
recomputed. Source: arXiv 2211.12345; feature: ``refresh_every``.
"""

from __future__ import annotations

import sys

import jax
import jax.numpy as jnp
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from jax.flatten_util import ravel_pytree
from poisson import Setup, build_setup

from pdelang.kernels.forecast import loss_scales
from pdelang.kernels.spectrum import kernel_spectrum


def train(setup: Setup, every: int, rate: float, steps: int) -> list[float]:
    """Return the true loss at every refresh and at the end."""
    scales = loss_scales(setup.rows, np.ones(2))
    flat, unravel = ravel_pytree(setup.parameters["trained"])
    theta = np.asarray(flat)
    losses = []
    for start in range(0, steps, every):
        parameters = {**setup.parameters, "trained": unravel(jnp.asarray(theta))}
        residual = setup.jacobian.residuals(parameters)
        losses.append(float(residual**2 @ scales) / 2)
        jacobian = setup.jacobian.evaluate(parameters)
        moved = np.zeros_like(theta)
        for _ in range(min(every, steps - start)):
            moved -= rate * (jacobian.T @ (scales * (residual + jacobian @ moved)))
        theta = theta + moved
    end = setup.jacobian.residuals({**setup.parameters, "trained": unravel(jnp.asarray(theta))})
    losses.append(float(end**2 @ scales) / 2)
    return losses


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    figure = new_figure(1)
    axis = figure.subplots()
    finals = {}
    with jax.enable_x64(True):
        setup = build_setup(1, options.width, points=40)
        largest = kernel_spectrum(
            setup.jacobian, setup.parameters, loss_scales(setup.rows, np.ones(2))
        ).largest
        for every, color in zip((1, 10, 100, options.steps), COLORS, strict=False):
            losses = train(setup, every, 0.5 / largest, options.steps)
            finals[every] = losses[-1]
            name = "∞" if every == options.steps else f"{every}"
            print(
                f"  K = {name:<4} loss {losses[0]:.2e} -> {losses[-1]:.2e} with {len(losses) - 1} Jacobians"
            )
            places = [min(i * every, options.steps) for i in range(len(losses))]
            axis.loglog(
                np.array(places) + 1,
                losses,
                "o-" if len(losses) < 30 else "-",
                color=color,
                label=f"K = {name}",
            )
    axis.set(xlabel="step", ylabel="true loss")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    save_figure(figure, "Iterative linearisation", options.plot)
    ratio, tangent = finals[100] / finals[1], finals[options.steps] / finals[1]
    return say(
        f"a Jacobian every 100 steps ends at {ratio:.2g} times the loss of one at every step; the tangent"
        f" model alone at {tangent:.2g} times",
        ratio < 2 and tangent > ratio,
    )


if __name__ == "__main__":
    sys.exit(main())
