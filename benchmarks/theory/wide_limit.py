"""The kernel of a wide network is deterministic at the start and stands still in training.

    python benchmarks/theory/wide_limit.py [--widest 10000] [--seeds 5] [--plot limit.png]

One hidden layer in NTK parametrisation on the 1-D Poisson problem: the spread of K over seeds, and its
drift over gradient descent at a fixed rate, both fall as the width grows.
Source: Wang, Yu, Perdikaris, arXiv 2007.14527, theorems 4.3 and 4.4.
"""

from __future__ import annotations

import sys

import jax
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import build_setup, descend

from pdelang.kernels.drift import relative_change
from pdelang.kernels.gram import gram_matrix


def measure(width: int, seeds: int, rate: float, steps: int) -> tuple[float, float]:
    """Return the relative spread of K over seeds, and its drift in training from the first."""
    setup = build_setup(1, width, points=40, scaling="none")
    kernels = []
    for seed in range(seeds):
        parameters = setup.model.initialise(jax.random.key(seed), np.float64)
        kernels.append(gram_matrix(setup.jacobian, parameters))
    mean = np.mean(kernels, axis=0)
    spread = np.sqrt(np.mean([np.linalg.norm(k - mean) ** 2 for k in kernels]))
    after = descend(setup, np.ones(2), rate, steps)
    drift = relative_change(kernels[0], gram_matrix(setup.jacobian, after))
    return float(spread / np.linalg.norm(mean)), drift


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--widest", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--steps", type=int, default=300)
    options = parser.parse_args()
    widths = [w for w in (10, 100, 1000, 10_000, 100_000) if w <= options.widest]
    with jax.enable_x64(True):
        found = [measure(w, options.seeds, options.rate, options.steps) for w in widths]
    for width, (spread, drift) in zip(widths, found, strict=True):
        print(
            f"width {width:6d}: spread over {options.seeds} seeds {spread:.3f}, drift {drift:.2e}"
        )
    slopes = [np.polyfit(np.log(widths), np.log([f[i] for f in found]), 1)[0] for i in range(2)]
    figure = new_figure(1)
    axis = figure.subplots()
    for i, (label, color) in enumerate(zip(("spread over seeds", "drift"), COLORS, strict=False)):
        values = [f[i] for f in found]
        axis.loglog(widths, values, "o-", color=color, label=f"{label}: width^{slopes[i]:.2f}")
    axis.set(xlabel="width", ylabel="relative change of K")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    save_figure(figure, "The kernel in the limit of large width", options.plot)
    return say(
        f"the spread of the kernel falls as width^{slopes[0]:.2f}, its drift as width^{slopes[1]:.2f}"
        " (theory: -1/2)",
        bool(slopes[0] < -0.3 and slopes[1] < -0.3),
    )


if __name__ == "__main__":
    sys.exit(main())
