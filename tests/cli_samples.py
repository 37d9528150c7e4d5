"""A spec that solves in a second, and the command line in this process."""

from collections.abc import Sequence
from pathlib import Path

HEAT = """\
pde 1
problem "Heat in a rod"
domain rod(x) = interval(0, 1)
time t in 0 .. 1
param alpha = 0.1
unknown u
in rod as heat: dt(u) = alpha*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)
exact u = exp(-alpha*pi^2*t)*sin(pi*x)
report middle = value(u, (0.5))
"""

# Small enough for a second; far from any tolerance but the loosest.
QUICK = {
    "method": "adam",
    "network": "mlp(width = 6, depth = 1)",
    "points": "16",
    "steps": "40",
    "tolerance": "1",
}

QUICK_ARGUMENTS = [word for key, value in QUICK.items() for word in ("--set", f"{key}={value}")]


def write_spec(folder: Path, text: str = HEAT, name: str = "heat.pde") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def run_cli(arguments: Sequence[str | Path]) -> int:
    from pdelang.cli.app import run

    return run([str(argument) for argument in arguments])
