"""Wider networks train faster and lazier: λ_min, and held-out against training residual.

    python benchmarks/theory/lazy_training.py [--steps 5000] [--plot lazy.png]

The 1-D Poisson problem on ten points per term, gradient descent at half the largest stable step, for
growing width. With more parameters than rows the kernel's smallest eigenvalue leaves zero, the training
residual falls faster, the parameters move less, and between the points nothing forces the residual down.
Source: arXiv 2305.19377; feature: the ``held_out_ratio`` of every manifest.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import build_setup, descend

from pdelang.kernels.drift import relative_change
from pdelang.kernels.forecast import loss_scales
from pdelang.kernels.jacobian import ravel_parameters
from pdelang.kernels.spectrum import kernel_spectrum

WIDTHS = (4, 16, 64, 256)


class Reading(NamedTuple):
    smallest: float
    training: float
    ratio: float
    moved: float


def measure(width: int, steps: int) -> Reading:
    """Return λ_min/λ_max of the loss's kernel, training residual, held-out ratio and drift."""
    setup = build_setup(2, width, points=10)
    weights = np.ones(2)
    spectrum = kernel_spectrum(setup.jacobian, setup.parameters, loss_scales(setup.rows, weights))
    after = descend(setup, weights, 1.0 / spectrum.largest, steps)
    block = setup.rows.assembly.terms[0].blocks[0].compiled
    fresh = jnp.linspace(0.0, 1.0, 400)[:, None]
    held_out = float(jnp.sqrt(jnp.mean(setup.rows.assembly.block(after, block, fresh) ** 2)))
    own = setup.rows.slice_of(0)
    training = float(np.sqrt(np.mean(setup.jacobian.residuals(after)[own] ** 2)))
    moved = relative_change(
        ravel_parameters(setup.parameters["trained"]), ravel_parameters(after["trained"])
    )
    return Reading(
        max(float(spectrum.eigenvalues[-1] / spectrum.largest), 1e-18),
        training,
        held_out / training,
        moved,
    )


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--steps", type=int, default=5000)
    options = parser.parse_args()
    with jax.enable_x64(True):
        found = [measure(width, options.steps) for width in WIDTHS]
    for width, r in zip(WIDTHS, found, strict=True):
        print(
            f"  width {width:4d}: λ_min/λ_max {r.smallest:.1e}, training residual {r.training:.2e},"
            f" held-out/training {r.ratio:.2f}, parameters moved {100 * r.moved:.0f} %"
        )
    figure = new_figure(2)
    left, right = figure.subplots(1, 2)
    left.loglog(WIDTHS, [r.smallest for r in found], "o-", color=COLORS[0])
    left.set(xlabel="width", ylabel="λ_min / λ_max")
    right.loglog(
        WIDTHS, [r.training for r in found], "o-", color=COLORS[1], label="training residual"
    )
    right.loglog(
        WIDTHS, [r.ratio for r in found], "s--", color=COLORS[2], label="held-out / training"
    )
    right.loglog(WIDTHS, [r.moved for r in found], "^:", color=COLORS[3], label="parameters moved")
    right.set(xlabel="width")
    right.legend(fontsize=8)
    for axis in (left, right):
        axis.grid(alpha=0.3)
    save_figure(figure, "Lazy training", options.plot)
    return say(
        f"from width {WIDTHS[0]} to {WIDTHS[-1]} λ_min/λ_max rises from {found[0].smallest:.0e} to"
        f" {found[-1].smallest:.0e} and the parameters move {found[0].moved / found[-1].moved:.1f} times"
        f" less; the held-out ratio goes from {found[0].ratio:.2f} to {found[-1].ratio:.2f}",
        found[-1].smallest > found[0].smallest and found[-1].moved < found[0].moved,
    )


if __name__ == "__main__":
    sys.exit(main())
