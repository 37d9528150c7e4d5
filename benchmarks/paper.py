"""The paper in one command: Poisson and wave, plain against NTK-weighted, with its figures.

    python benchmarks/paper.py [--out paper]          # reduced: minutes on two cores
    python benchmarks/paper.py --full --device gpu    # the paper's networks and steps

Poisson is the paper's own size in either form (512 neurons, 40,001 steps, unit and NTK weights, a = 1, 2, 4);
the wave is 3×60 and 8,000 steps on two cores.
Writes ``spectra.png`` (K, K_uu, K_rr of the Poisson problem, and its weights over the steps),
``wave_weights.png`` (the weights and losses of the wave over the steps) and ``report.txt``, which holds every number beside
the paper's. Reference: Wang, Yu, Perdikaris, arXiv 2007.14527, sections 7.1 and 7.2.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import pdelang

HERE = Path(__file__).parent
WAVE = HERE.parent / "specs" / "wave_1d.pde"
TERMS = ("u", "u_t", "r")
COLORS = ("#0072B2", "#D55E00", "#009E73")
# What the paper and its notebooks print: relative L2 errors.
PAPER_WAVE = {"fixed": 4.5e-1, "ntk": 3.9e-3}
PAPER_POISSON = 4.2e-2


@dataclass(frozen=True, slots=True)
class Size:
    """How much to train: the paper's size, or one for two cores."""

    poisson_steps: int
    wave_steps: int
    wave_width: int


REDUCED = Size(poisson_steps=40_001, wave_steps=8000, wave_width=60)
FULL = Size(poisson_steps=40_001, wave_steps=80_000, wave_width=500)


def redraw_spectra(size: Size, out: Path) -> str:
    """Run the Poisson example and return what it printed."""
    command = [sys.executable, str(HERE / "theory" / "poisson_spectra.py")]
    command += ["--steps", str(size.poisson_steps), "--plot", str(out / "spectra.png")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


def train_wave(rule: str, size: Size, device: str | None) -> pdelang.Solution:
    """Return the wave problem after Adam with one rule of weights."""
    return pdelang.compile(WAVE).solve(
        method="adam(rate = 1e-3, decay_rate = 0.9, decay_every = 1000)",
        weights=rule,
        network=f"mlp(width = {size.wave_width}, depth = 3, activation = tanh)",
        conditions="soft",
        scaling="none",
        points=300,
        steps=size.wave_steps,
        refresh_every=100,
        tolerance=1e-9,
        time_limit=36_000,
        precision="f32",
        device=device,
    )


def draw_wave(solutions: dict[str, pdelang.Solution], path: Path) -> None:
    """Draw losses per rule and the NTK weights over the steps."""
    figure = Figure(figsize=(13.8, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 3)
    history = solutions["ntk"].history
    for term, color in zip(TERMS, COLORS, strict=True):
        for axis, rule in zip(axes, ("fixed", "ntk"), strict=False):
            record = solutions[rule].history
            axis.semilogy(
                record.column("step"), record.column(f"loss.{term}"), color=color, label=term
            )
            axis.set_title(f"losses, weights {rule}", fontsize=10)
        axes[2].semilogy(
            history.column("step"), history.column(f"weight.{term}"), color=color, label=term
        )
    axes[2].set_title("weights of the terms, rule ntk", fontsize=10)
    for axis in axes:
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> int:
    parser = argparse.ArgumentParser(description="reproduce the paper's two problems")
    parser.add_argument("--out", type=Path, default=Path("paper"), help="folder of the results")
    parser.add_argument("--full", action="store_true", help="the paper's own size")
    parser.add_argument("--device", choices=("cpu", "gpu", "tpu"))
    options = parser.parse_args()
    size = FULL if options.full else REDUCED
    options.out.mkdir(parents=True, exist_ok=True)
    lines = [
        f"Poisson, 512 tanh, {size.poisson_steps} steps of gradient descent at 1e-5",
        redraw_spectra(size, options.out).rstrip(),
    ]
    lines.append(
        f"the paper's notebook, a = 4, unit weights: {PAPER_POISSON:.1e} after 40,001 steps"
    )
    print("\n".join(lines), flush=True)
    solutions = {}
    for rule in ("fixed", "ntk"):
        solution = solutions[rule] = train_wave(rule, size, options.device)
        weights = [solution.history.column(f"weight.{term}")[-1] for term in TERMS]
        line = (
            f"wave, 3×{size.wave_width} tanh, {size.wave_steps} steps, weights {rule:<5}"
            f" error {solution.error['u']:.2e} (the paper, 3×500, 80,000 steps: {PAPER_WAVE[rule]:.1e});"
            f" last weights {', '.join(f'{t} {w:.3g}' for t, w in zip(TERMS, weights, strict=True))}"
        )
        lines.append(line)
        print(line, flush=True)
    draw_wave(solutions, options.out / "wave_weights.png")
    gain = solutions["fixed"].error["u"] / solutions["ntk"].error["u"]
    holds = bool(np.isfinite(gain) and gain > 3)
    lines.append(
        f"verdict: {'agrees' if holds else 'DISAGREES'}: ntk weights lower the error {gain:.1f} times"
        f" (the paper: {PAPER_WAVE['fixed'] / PAPER_WAVE['ntk']:.0f} times)"
    )
    print(lines[-1])
    (options.out / "report.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
