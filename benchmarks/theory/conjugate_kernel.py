"""The conjugate kernel beside the tangent kernel, and what solving for the last layer buys.

    python benchmarks/theory/conjugate_kernel.py [--steps 2000] [--plot conjugate.png]

The conjugate kernel is the tangent kernel of the last layer: smaller in every eigenvalue (K − K_last is
positive semidefinite). A linear problem is linear in that layer, so its best weights are one
least-squares solve away ("polish"), before training as after it.
Source: arXiv 2310.18612.
"""

from __future__ import annotations

import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import Setup, build_setup, descend, relative_error

from pdelang.kernels.conjugate import build_conjugate_jacobian
from pdelang.kernels.forecast import loss_scales
from pdelang.kernels.spectrum import kernel_spectrum


def polish(setup: Setup, parameters: Any) -> Any:
    """Return parameters whose last layer is the least-squares solution of all rows."""
    conjugate = build_conjugate_jacobian(setup.rows, parameters)
    roots = np.sqrt(loss_scales(setup.rows, np.array([1.0, 100.0])))
    design = roots[:, None] * conjugate.evaluate(parameters)
    change = np.linalg.lstsq(design, -roots * conjugate.residuals(parameters), rcond=1e-14)[0]
    layers = parameters["trained"]["layers"]
    weight = layers[-1]["weight"] + jnp.asarray(change).reshape(layers[-1]["weight"].shape)
    return {**parameters, "trained": {"layers": [*layers[:-1], {**layers[-1], "weight": weight}]}}


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=200)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    with jax.enable_x64(True):
        setup = build_setup(2, options.width, scaling="auto")
        copies = setup.rows.copies
        conjugate = build_conjugate_jacobian(setup.rows, setup.parameters)
        tangent = kernel_spectrum(setup.jacobian, setup.parameters, copies)
        last = kernel_spectrum(conjugate, setup.parameters, copies)
        weights = np.ones(2)
        rate = (
            0.5
            * 2
            / kernel_spectrum(
                setup.jacobian, setup.parameters, loss_scales(setup.rows, weights)
            ).largest
        )
        after = descend(setup, weights, rate, options.steps)
        errors = {
            "start": relative_error(setup, setup.parameters),
            "start, polished": relative_error(setup, polish(setup, setup.parameters)),
            f"{options.steps} steps": relative_error(setup, after),
            f"{options.steps} steps, polished": relative_error(setup, polish(setup, after)),
        }
    for name, error in errors.items():
        print(f"  {name:<24} relative L2 error {error:.2e}")
    share = last.trace / tangent.trace
    print(f"  trace of the conjugate kernel: {100 * share:.1f} % of the tangent kernel's")
    figure = new_figure(1)
    axis = figure.subplots()
    for spectrum, label, color in zip(
        (tangent, last), ("tangent", "conjugate"), COLORS, strict=False
    ):
        shown = spectrum.eigenvalues[spectrum.eigenvalues > 1e-16 * spectrum.largest]
        axis.loglog(np.arange(1, shown.size + 1), shown, color=color, label=label)
    axis.set(xlabel="index", ylabel="eigenvalue")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    save_figure(figure, "Tangent and conjugate kernel, 1-D Poisson", options.plot)
    below = np.all(last.eigenvalues <= tangent.eigenvalues + tangent.rounding)
    values = list(errors.values())
    return say(
        f"every eigenvalue of the conjugate kernel is below the tangent kernel's; polishing takes the"
        f" error from {values[2]:.1e} to {values[3]:.1e}",
        bool(below and values[1] < 0.1 * values[0] and values[3] < 0.1 * values[2]),
    )


if __name__ == "__main__":
    sys.exit(main())
