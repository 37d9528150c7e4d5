"""Conditions built into the field against conditions in the loss: Poisson, Burgers, KdV.

    python benchmarks/theory/hard_conditions.py [--steps 24000] [--seeds 1] [--plot hard.png] [PROBLEM...]

The same network, points and steps of Adam, the last layer not fitted, once with ``conditions = soft`` and
NTK weights, once with ``conditions = hard``: ``u = lift + cutoff N``, so that the network is left with
the equation alone. Printed are true relative L2 errors. Burgers' equation is solved twice: from a smooth start, as in the
source, and from a steep one that moves on, which the lift carries through all times.
Source: Ren, Fang, Li, Mukherjee, arXiv 2407.20741; feature: ``conditions``, which are hard by default
where they can be.
"""

from __future__ import annotations

import sys
from statistics import geometric_mean

import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say

import pdelang

SPECS = {
    "Poisson": """
pde 1
domain rod(x) = interval(0, 1)
unknown u
in rod as r: dxx(u) = -4*pi^2*sin(2*pi*x)
on left, right as ends: u = 0
exact u = sin(2*pi*x)
""",
    "Burgers": """
pde 1
domain line(x) = interval(-1, 1)
time t in 0 .. 0.5
unknown u
in line as r: dt(u) + u*dx(u) = 0.05*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = -sin(pi*x)
""",
    # A front that moves with speed 1 and has the width 4 nu.
    "Burgers, steep": """
pde 1
domain line(x) = interval(-1, 1)
time t in 0 .. 0.5
param nu = 0.05
let front = 1 - tanh((x + 0.25 - t)/(2*nu))
unknown u
in line as r: dt(u) + u*dx(u) = nu*dxx(u)
on left, right as ends: u = front
at t = 0 as start: u = front
exact u = front
""",
    # One soliton of height 2 and speed 4.
    "KdV": """
pde 1
domain line(x) = interval(-4, 6)
time t in 0 .. 0.5
let soliton = 2/cosh(x - 4*t)^2
unknown u
in line as r: dt(u) + 6*u*dx(u) + dxxx(u) = 0
on left, right as ends: u = soliton
on right as slope: dx(u) = dx(soliton)
at t = 0 as start: u = soliton
exact u = soliton
""",
}
KINDS = ("soft", "hard")


def solve_once(text: str, conditions: str, seed: int, steps: int) -> float:
    """Return the true error after ``steps`` of Adam."""
    solution = pdelang.compile(text).solve(
        method="adam(polish = off)",
        network="mlp(width = 24, depth = 3, activation = tanh)",
        conditions=conditions,
        points=128,
        steps=steps,
        seed=seed,
        tolerance=1e-9,
        time_limit=3600,
    )
    if "u" in solution.error:
        return solution.error["u"]
    x, t = np.meshgrid(np.linspace(-1, 1, 101), np.linspace(0.01, 0.5, 50))
    wanted = solve_by_cole_and_hopf(x, t, 0.05)
    found = np.asarray(solution.u(x=x, t=t))
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


def solve_by_cole_and_hopf(x: np.ndarray, t: np.ndarray, nu: float) -> np.ndarray:
    """Return Burgers' solution from the start −sin πx, by Gauss–Hermite quadrature of Cole's integrals."""
    nodes, weights = np.polynomial.hermite.hermgauss(120)
    y = x[..., None] - 2.0 * np.sqrt(nu * t)[..., None] * nodes
    # The largest exponent is 1/(2πν); without it nothing overflows.
    density = weights * np.exp(-(1.0 + np.cos(np.pi * y)) / (2.0 * np.pi * nu))
    return -(np.sin(np.pi * y) * density).sum(-1) / density.sum(-1)


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("problems", nargs="*", default=list(SPECS), help=", ".join(SPECS))
    parser.add_argument("--steps", type=int, default=24_000)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    found: dict[str, dict[str, list[float]]] = {}
    for name in options.problems:
        text = SPECS[name]
        found[name] = {
            kind: [solve_once(text, kind, seed, options.steps) for seed in range(options.seeds)]
            for kind in KINDS
        }
        shown = "; ".join(
            f"{kind} {', '.join(f'{e:.1e}' for e in errors)}"
            for kind, errors in found[name].items()
        )
        print(f"  {name:<8} {shown}", flush=True)
    figure = new_figure(1)
    axis = figure.subplots()
    for kind, marker, color in zip(KINDS, "os", COLORS, strict=False):
        for number, name in enumerate(found):
            label = kind if number == 0 else None
            errors = found[name][kind]
            axis.semilogy([number] * len(errors), errors, marker, color=color, label=label)
    axis.set_xticks(range(len(found)), list(found))
    axis.set(ylabel=f"relative L2 error after {options.steps} steps")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    save_figure(figure, "Hard against soft conditions", options.plot)
    gains = {
        name: geometric_mean(errors["soft"]) / geometric_mean(errors["hard"])
        for name, errors in found.items()
    }
    return say(
        "hard conditions lower the error "
        + ", ".join(f"{gain:.3g} times on {name}" for name, gain in gains.items()),
        geometric_mean(gains.values()) > 1 and min(gains.values()) > 0.5,
    )


if __name__ == "__main__":
    sys.exit(main())
