"""Conditions built into the field against conditions in the loss: Poisson, Burgers, KdV.

    python benchmarks/theory/hard_conditions.py [--steps 2000] [--seeds 2] [--plot hard.png]

The same network, points and steps of Adam, the last layer not fitted, once with ``conditions = soft`` and
NTK weights, once with ``conditions = hard``: ``u = lift + cutoff N``, so that the network is left with
the equation alone. Printed are true relative L2 errors.
Source: Ren, Fang, Li, Mukherjee, arXiv 2407.20741; feature: ``conditions``, which are hard by default
where they can be.
"""

from __future__ import annotations

import sys
from statistics import geometric_mean

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
    # A front that moves with speed 1 and has the width 4 nu.
    "Burgers": """
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
    return solution.error["u"]


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    found: dict[str, dict[str, list[float]]] = {}
    for name, text in SPECS.items():
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
        for number, name in enumerate(SPECS):
            label = kind if number == 0 else None
            errors = found[name][kind]
            axis.semilogy([number] * len(errors), errors, marker, color=color, label=label)
    axis.set_xticks(range(len(SPECS)), list(SPECS))
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
