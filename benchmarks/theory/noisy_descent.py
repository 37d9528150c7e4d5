"""The error floor of gradient descent with noise and weight decay.

    python benchmarks/theory/noisy_descent.py [--steps 4000] [--plot noise.png]

``θ ← θ − ρ (∇L + decay θ + noise N(0, I))`` on the 1-D Poisson problem. Without either the loss keeps
falling; noise leaves a floor that grows with its square, decay one that does not depend on the steps.
Source: arXiv 2002.04026; feature: ``noise`` and ``decay`` of adam.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import Setup, build_setup

from pdelang.kernels.forecast import loss_scales
from pdelang.kernels.spectrum import kernel_spectrum

NOISES = (0.0, 0.03, 0.1, 0.3)
DECAYS = (0.0, 1e-3, 1e-2)


def build_descent(setup: Setup, rate: float, steps: int) -> Callable[[float, float], float]:
    """Return ``(noise, decay) -> loss``, the mean over the last tenth of the steps."""
    frozen = setup.parameters["frozen"]

    def loss(trained: Any) -> jax.Array:
        return jnp.sum(setup.losses({"trained": trained, "frozen": frozen}))

    @jax.jit
    def run(trained: Any, noise: jax.Array, decay: jax.Array) -> jax.Array:
        def step(carry: tuple[Any, jax.Array], number: jax.Array) -> tuple[Any, jax.Array]:
            trained, key = carry
            value, gradient = jax.value_and_grad(loss)(trained)
            leaves, structure = jax.tree.flatten(gradient)
            keys = jax.random.split(jax.random.fold_in(key, number), len(leaves))
            random = jax.tree.unflatten(
                structure,
                [jax.random.normal(k, g.shape, g.dtype) for k, g in zip(keys, leaves, strict=True)],
            )
            moved = jax.tree.map(
                lambda p, g, z: p - rate * (g + decay * p + noise * z), trained, gradient, random
            )
            return (moved, key), value

        _, values = jax.lax.scan(step, (trained, jax.random.key(7)), jnp.arange(steps))
        return jnp.mean(values[-(steps // 10) :])

    return lambda noise, decay: float(
        run(setup.parameters["trained"], jnp.asarray(noise), jnp.asarray(decay))
    )


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--steps", type=int, default=4000)
    options = parser.parse_args()
    with jax.enable_x64(True):
        setup = build_setup(1, options.width, points=40)
        scales = loss_scales(setup.rows, np.ones(2))
        rate = 0.5 / kernel_spectrum(setup.jacobian, setup.parameters, scales).largest
        descend = build_descent(setup, rate, options.steps)
        floors = {decay: [descend(noise, decay) for noise in NOISES] for decay in DECAYS}
    figure = new_figure(1)
    axis = figure.subplots()
    for (decay, values), color in zip(floors.items(), COLORS, strict=False):
        print(
            f"  decay {decay:g}: "
            + ", ".join(f"noise {n:g}: {v:.1e}" for n, v in zip(NOISES, values, strict=True))
        )
        axis.plot(NOISES, values, "o-", color=color, label=f"decay {decay:g}")
    axis.set(xlabel="noise", ylabel="loss at the end", xscale="symlog", yscale="log")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    save_figure(figure, "Noise, decay and the error floor", options.plot)
    plain = floors[0.0]
    growth = np.log(plain[3] / plain[2]) / np.log(NOISES[3] / NOISES[2])
    return say(
        f"the floor rises from {plain[0]:.1e} without noise to {plain[3]:.1e}, as noise^{growth:.1f} at the"
        f" end; decay {DECAYS[-1]:g} alone leaves {floors[DECAYS[-1]][0]:.1e}",
        bool(plain[0] < plain[1] < plain[2] < plain[3] and 1 < growth < 3)
        and floors[DECAYS[-1]][0] > plain[0],
    )


if __name__ == "__main__":
    sys.exit(main())
