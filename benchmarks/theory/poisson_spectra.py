"""Spectra of K, K_uu and K_rr, and why sin 4πx trains badly: the paper's Poisson example.

    python benchmarks/theory/poisson_spectra.py [--steps 4001] [--plot spectra.png]
    python benchmarks/theory/poisson_spectra.py --steps 40001        # the paper's length

Width 512, NTK parametrisation, gradient descent at 1e-5 on mean squares of normalised coordinates, with
unit weights and with ``Tr K / Tr K_g``, anew every 100 steps. The kernel does not know the solution: its
spectrum is the same for a = 1, 2, 4. What differs is how much of the residual lies where eigenvalues are
small. Last, a = 4 in the parametrisation of the paper's notebook, which is not that of its text.
Source: Wang, Yu, Perdikaris, arXiv 2007.14527, section 7.1.
"""

from __future__ import annotations

import sys

import jax
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import (
    Setup,
    build_notebook_setup,
    build_setup,
    descend,
    descend_balanced,
    relative_error,
)

from pdelang.kernels.gram import gram_matrix, scale_kernel
from pdelang.kernels.spectrum import Spectrum, dense_spectrum

FREQUENCIES = (1, 2, 4)


def read_spectra(setup: Setup) -> dict[str, Spectrum]:
    """Return the spectra of the whole kernel and of its two blocks, every row as often as it stands."""
    rows = setup.rows
    kernel = scale_kernel(gram_matrix(setup.jacobian, setup.parameters), rows.copies)
    found = {"K": dense_spectrum(kernel)}
    for g, label in enumerate(rows.assembly.labels):
        own = rows.slice_of(g)
        found[f"K_{label}{label}"] = dense_spectrum(kernel[own, own])
    return found


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--steps", type=int, default=4001)
    parser.add_argument("--rate", type=float, default=1e-5)
    options = parser.parse_args()
    plain, balanced, spectra, courses = [], [], {}, {}
    with jax.enable_x64(True):
        for a in FREQUENCIES:
            setup = build_setup(a, options.width, scaling="none", is_normalised=True)
            spectra[a] = read_spectra(setup)
            after = descend(setup, np.ones(2), options.rate, options.steps)
            plain.append(relative_error(setup, after))
            after, courses[a] = descend_balanced(setup, options.rate, options.steps)
            balanced.append(relative_error(setup, after))
            largest = {name: f"{s.largest:.2e}" for name, s in spectra[a].items()}
            weights = dict(zip(setup.rows.assembly.labels, courses[a][-1], strict=True))
            shown = ", ".join(f"{label} {w:.3g}" for label, w in weights.items())
            print(
                f"a = {a}: largest eigenvalues {largest}; error after {options.steps} steps,"
                f" unit weights {plain[-1]:.2e}, ntk weights {balanced[-1]:.2e} (last: {shown})",
                flush=True,
            )
        notebook = build_notebook_setup(4, options.width)
        after = descend(notebook, np.ones(2), options.rate, options.steps)
        error = relative_error(notebook, after)
        print(
            f"a = 4 as the paper's notebook parametrises it, unit weights: error {error:.2e}",
            flush=True,
        )
    figure = new_figure(4)
    panels = figure.subplots(1, 4)
    for axis, name in zip(panels, spectra[1], strict=False):
        for a, color in zip(FREQUENCIES, COLORS, strict=False):
            values = spectra[a][name].eigenvalues
            shown = values[values > 1e-16 * values[0]]
            axis.loglog(np.arange(1, shown.size + 1), shown, color=color, label=f"a = {a}")
        axis.set(xlabel="index", ylabel="eigenvalue")
        axis.set_title(name, fontsize=10)
    for a, color in zip(FREQUENCIES, COLORS, strict=False):
        places = 100 * np.arange(len(courses[a]))
        panels[3].semilogy(places, courses[a][:, 1], color=color, label=f"weight of u, a = {a}")
    panels[3].set(xlabel="step")
    panels[3].set_title("Tr K / Tr K_uu in training", fontsize=10)
    for axis in panels:
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    save_figure(figure, "Spectra at the start, and the weight that they ask for", options.plot)
    same = all(
        np.allclose(
            spectra[1][n].eigenvalues,
            spectra[4][n].eigenvalues,
            rtol=1e-6,
            atol=1e-8 * spectra[1][n].largest,
        )
        for n in spectra[1]
    )
    tail = spectra[1]["K"].eigenvalues
    return say(
        f"one spectrum for every a, falling by {tail[0] / max(tail[49], 1e-300):.0e} over 50 eigenvalues;"
        f" errors with unit weights {', '.join(f'{e:.1e}' for e in plain)}, with ntk weights"
        f" {', '.join(f'{e:.1e}' for e in balanced)} for a = 1, 2, 4",
        same and plain[0] < plain[-1] and all(b < p for b, p in zip(balanced, plain, strict=True)),
    )


if __name__ == "__main__":
    sys.exit(main())
