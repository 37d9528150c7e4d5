"""What the scale of the biases does to the kernel: λ_min, directions reached, saturation.

    python benchmarks/theory/bias_scale.py [--width 512] [--plot bias.png]

One hidden layer of tanh in NTK parametrisation on scaled coordinates. Without biases the features are odd
and alike; larger biases spread them, and the small eigenvalues rise, until most neurons are saturated on
the whole domain and act on nothing.
Source: the bias-generalised tangent kernel and sparse activation; feature: ``bias_scale``.
"""

from __future__ import annotations

import sys

import jax
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import build_setup

from pdelang.kernels.spectrum import kernel_spectrum

SCALES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_SATURATED = 0.99


def measure(scale: float, width: int, seeds: int) -> tuple[float, float, float]:
    """Return λ_20/λ_1, the effective dimension at λ_1/20,000, and the share of saturated neurons."""
    setup = build_setup(1, width, points=60, bias_scale=scale)
    found = []
    for seed in range(seeds):
        parameters = setup.model.initialise(jax.random.key(seed), np.float64)
        spectrum = kernel_spectrum(setup.jacobian, parameters, setup.rows.copies)
        first = parameters["trained"]["layers"][0]
        inputs = np.linspace(-1.0, 1.0, 41)[:, None]
        hidden = np.tanh(inputs @ np.asarray(first["weight"]) + np.asarray(first["bias"])[None, :])
        saturated = float(np.mean(np.all(np.abs(hidden) > _SATURATED, axis=0)))
        tail = max(float(spectrum.eigenvalues[19] / spectrum.largest), 1e-17)
        found.append((tail, spectrum.effective_dimension(spectrum.largest / 20_000), saturated))
    tail, dimension, saturated = np.array(found).T
    return float(np.exp(np.mean(np.log(tail)))), float(dimension.mean()), float(saturated.mean())


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    with jax.enable_x64(True):
        found = np.array([measure(scale, options.width, options.seeds) for scale in SCALES])
    for scale, (tail, dimension, saturated) in zip(SCALES, found, strict=True):
        print(
            f"bias scale {scale:5g}: λ_20/λ_1 {tail:.1e}, directions {dimension:.1f}, saturated {100 * saturated:.0f} %"
        )
    figure = new_figure(2)
    left, right = figure.subplots(1, 2)
    left.semilogy(SCALES, found[:, 0], "o-", color=COLORS[0])
    left.set(xlabel="bias scale", ylabel="λ_20 / λ_1", xscale="symlog")
    right.plot(
        SCALES, found[:, 1], "o-", color=COLORS[0], label="directions reached in 20,000 steps"
    )
    right.plot(SCALES, 100 * found[:, 2], "s--", color=COLORS[1], label="saturated neurons, %")
    right.set(xlabel="bias scale", xscale="symlog")
    right.legend(fontsize=8)
    for axis in (left, right):
        axis.grid(alpha=0.3)
    save_figure(figure, "The scale of the biases", options.plot)
    best = SCALES[int(np.argmax(found[:, 1]))]
    return say(
        f"λ_20/λ_1 rises from {found[0, 0]:.0e} without biases to {found[3, 0]:.0e} at 1; most directions"
        f" ({found[:, 1].max():.1f}) at {best:g}; at 30 {100 * found[-1, 2]:.0f} % of the neurons are saturated",
        bool(found[3, 0] > 10 * found[0, 0] and found[-1, 2] > 0.5 > found[3, 2]),
    )


if __name__ == "__main__":
    sys.exit(main())
