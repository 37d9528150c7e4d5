"""Every statement with every method: does it solve, how well, and if not, with which reason?

    python benchmarks/methods_table.py [--only NAME...] [--methods adam lbfgs gauss_newton least_squares]

One small problem of known solution for each statement of the language, solved by each method that can be
named: a network of 2 x 16, 60 Gauss-Newton, 500 L-BFGS or 1000 Adam steps, the features of `least_squares` by default.
A cell is the worst true relative L2 error over unknowns and fits, with the status where that is not ``solved``,
or the code of the refusal. The exit status is 1 where a solve failed with something else than a diagnostic, where
Gauss-Newton or least squares missed `WANTED`, or where an estimate is smaller than a tenth of the error.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import pdelang

METHODS = ("least_squares", "gauss_newton", "lbfgs", "adam")
SMALL = "mlp(width = 16, depth = 2)"
BUDGETS: dict[str, dict[str, object]] = {
    "least_squares": {},
    "gauss_newton": {"network": SMALL, "steps": 60, "points": 200},
    "lbfgs": {"network": SMALL, "steps": 500, "points": 200},
    "adam": {"network": SMALL, "steps": 1000, "points": 100},
}
# What the second-order methods have to reach, and Adam's thousand steps need not.
WANTED = 1e-2

# The readings of the inverse problems: exact values on grids, so that only the method errs.
_X, _T = np.meshgrid(np.linspace(0.05, 0.95, 10), np.linspace(0.1, 1.0, 10))
_LINE = np.linspace(0.0, 1.0, 41)
TABLES = {
    "decay.csv": {"t": 2 * _LINE, "y": np.exp(-3 * _LINE)},
    "heat.csv": {
        "x": _X.ravel(),
        "t": _T.ravel(),
        "u": (np.exp(-0.12 * np.pi**2 * _T) * np.sin(np.pi * _X)).ravel(),
    },
    "members.csv": {
        "t": _T.ravel(),
        "k": 0.5 + _X.ravel(),
        "y": np.exp(-1.5 * (0.5 + _X) * _T).ravel(),
    },
    "wells.csv": {"x": _LINE, "h": _LINE + _LINE**2 / 2},
    "k.csv": {"x": _LINE, "k": 1 + _LINE**2},
}

SPECS = {
    "steady": """domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = -2*pi^2*sin(pi*x)*sin(pi*y)
on edge: u = 0
exact u = sin(pi*x)*sin(pi*y)""",
    "time": """domain rod(x) = interval(0, 1)
time t in 0 .. 0.5
unknown u
in rod: dt(u) = dxx(u)/4
on left, right: u = 0
at t = 0: u = sin(pi*x)
exact u = exp(-pi^2*t/4)*sin(pi*x)""",
    "vary": """domain rod(x) = interval(0, 1)
time t in 0 .. 0.5
vary D in 0.1 .. 1
unknown u
in rod: dt(u) = D*dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
exact u = exp(-pi^2*D*t)*sin(pi*x)""",
    "vary, nonlinear": """domain rod(x) = interval(0, 1)
vary a in 1 .. 2
unknown u
in rod: dxx(u) = 2*a^2*(u^3 - u)
on left: u = 0
on right: u = tanh(a)
exact u = tanh(a*x)""",
    "complex": """domain duct(x) = interval(0, 1)
param k = 3
unknown p: complex
in duct: dxx(p) + k^2*p = 0
on left: p = 1
on right: dn(p) = i*k*p
exact p = exp(i*k*x)""",
    "complex, in time": """domain ring(x) = interval(0, 1)
time t in 0 .. 0.2
unknown p: complex
periodic left, right
in ring: i*dt(p) = -dxx(p)/4
at t = 0: p = exp(2*pi*i*x)
exact p = exp(2*pi*i*x - i*pi^2*t)""",
    "interface": """domain wall(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape brick = box(x = 0 .. 0.4, y = 0 .. 1)
shape foam = wall - brick
boundary weld = interface(brick, foam)
unknown T
in brick: -div(2*grad(T)) = 5
in foam: lap(T) = 0
on weld: jump(T) = 0
on weld: 2*side(dn(T), brick) = side(dn(T), foam)/4
on left: dn(T) = 0
on right: T = 0
on bottom, top: dn(T) = 0
exact T = if x < 0.4 then 4.8 + 5*(0.16 - x^2)/4 else 8*(1 - x)""",
    "interface, in time": """domain wall(x) = interval(0, 1)
time t in 0 .. 0.05
shape copper = interval(0, 0.5)
shape steel = interval(0.5, 1)
boundary weld = interface(copper, steel)
let mode = if x < 0.5 then sin(2*pi*x) else sin(2*pi*x)/4
unknown T
in copper: dt(T) = dxx(T)
in steel: 4*dt(T) = 4*dxx(T)
on weld: jump(T) = 0
on weld: side(dx(T), copper) = 4*side(dx(T), steel)
on left, right: T = 0
at t = 0: T = mode
exact T = exp(-4*pi^2*t)*mode""",
    "unknown in a region": """domain slab(x) = interval(0, 1)
shape cold = interval(0, 0.5)
shape warm = interval(0.5, 1)
boundary weld = interface(cold, warm)
unknown u
unknown w in warm
in slab: dxx(u) = -1
on left, right: u = 0
in warm: dxx(w) = w
on weld, right: w = exp(x)
exact u = x*(1 - x)/2
exact w = exp(x)""",
    "hole": """shape hole = disk(center = (0, 0), radius = 0.5)
domain gap(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
unknown u
in gap: lap(u) = 0
on hole.edge: u = 0
on left, right, bottom, top: u = log(4*(x^2 + y^2))/2
exact u = log(4*(x^2 + y^2))/2""",
    "data, fit, ODE": """time t in 0 .. 2
data probes = csv("decay.csv", t = "t", y = "y", noise = 0.001)
fit a = 1 within 0.1 .. 10
unknown y
in t: dt(y) = -a*y
at t = 0: y = 1
at probes: y = probes.y
exact a = 1.5
exact y = exp(-1.5*t)""",
    "data, fit, in space and time": """domain rod(x) = interval(0, 1)
time t in 0 .. 1
data probes = csv("heat.csv", x = "x", t = "t", u = "u", noise = 0.001)
fit D = 0.05 within 0.01 .. 1
unknown u
in rod: dt(u) = D*dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
at probes: u = probes.u
exact D = 0.12
exact u = exp(-0.12*pi^2*t)*sin(pi*x)""",
    "data, fit, vary": """time t in 0 .. 2
vary k in 0.5 .. 1.5
data probes = csv("members.csv", t = "t", k = "k", y = "y", noise = 0.001)
fit a = 1 within 0.1 .. 10
unknown y
in t: dt(y) = -a*k*y
at t = 0: y = 1
at probes: y = probes.y
exact a = 1.5
exact y = exp(-1.5*k*t)""",
    "fit field": """domain line(x) = interval(0, 1)
data wells = csv("wells.csv", x = "x", h = "h", noise = 0.0001)
fit k(x) = 1 within 0.1 .. 10
unknown h
in line: -dx(k*dx(h)) = -dx((1 + x^2)*(1 + x))
on left: h = 0
on right: k*dx(h) = 4
at wells: h = wells.h
exact k = 1 + x^2
exact h = x + x^2/2""",
    "fit by a condition": """domain line(x) = interval(0, 1)
fit q = 1
unknown u
in line: dxx(u) = -q
on left: u = 0
on right: u = 0
on left: dx(u) = 2
exact q = 4
exact u = 2*x*(1 - x)""",
    "fit by require": """domain line(x) = interval(0, 1)
fit q = 1
unknown u
in line: dxx(u) = -q
on left, right: u = 0
require mean(u) = 1/3
exact q = 4
exact u = 2*x*(1 - x)""",
    "eigenproblem": """domain line(x) = interval(0, 1)
unknown u
fit lam = 8 within 1 .. 20
in line: -dxx(u) = lam*u
on left, right: u = 0
require integral(u^2) = 1/2
exact lam = pi^2
exact u = sin(pi*x)""",
    "ODE system": """time t in 0 .. 3
unknown p, q
in t: dt(p) = q
in t: dt(q) = -p
at t = 0: p = 0
at t = 0: q = 1
exact p = sin(t)
exact q = cos(t)""",
    "ODE with a constraint": """time t in 0 .. 2
unknown p, q
in t: dt(p) = -q
in t: q = p^2
at t = 0: p = 1
exact p = 1/(1 + t)
exact q = 1/(1 + t)^2""",
    "Volterra": """domain line(x) = interval(0, 2)
unknown u
in line: u = x + integral((s - x)*u(x = s), s = 0 .. x)
exact u = sin(x)""",
    "Fredholm": """domain line(x) = interval(0, 1)
unknown u
in line: u = exp(x) - x + integral(x*s*u(x = s), s = 0 .. 1)
exact u = exp(x)""",
    "value elsewhere": """domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 2
on left: u = u(x = 1/2) - 1/4
on right: u = 1
exact u = x^2""",
    "mean in an equation": """domain line(x) = interval(0, 1)
unknown u
in line: -dxx(u) + mean(u) = pi^2*sin(pi*x) + 2/pi
on left, right: u = 0
exact u = sin(pi*x)""",
    "periodic": """domain circle(x) = interval(0, 1)
time t in 0 .. 1
unknown u
periodic left, right
in circle: dt(u) + dx(u) = 0
at t = 0: u = sin(2*pi*x)
exact u = sin(2*pi*(x - t))""",
    "point condition": """domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = 4
on edge: dn(u) = dot(n, (2*x, 2*y))
at (0.5, 0.5): u = 0.5
exact u = x^2 + y^2""",
    "require mean": """domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = -pi^2*cos(pi*x)
on left, right: dn(u) = 0
require mean(u) = 0.5
exact u = cos(pi*x) + 0.5""",
    "require, in time": """domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dxx(u) = -pi^2*cos(pi*x)*(1 + t)
on left, right: dn(u) = 0
require mean(u) = t
exact u = cos(pi*x)*(1 + t) + t""",
    "units": """domain rod(x [mm]) = interval(0, 100)
time t [min] in 0 .. 10
param D = 10 [mm^2/s]
param cold = 20 [degC]
param hot = 80 [degC]
param bump = 10 [K]
param length = 10 [cm]
let line = cold + (hot - cold)*x/length
unknown T [degC]
in rod: dt(T) = D*dxx(T)
on left: T = cold
on right: T = hot
at t = 0: T = line + bump*sin(pi*x/length)
exact T = line + bump*exp(-D*(pi/length)^2*t)*sin(pi*x/length)""",
    "polar": """domain disk(r, θ): polar = box(r = 0 .. 1, θ = 0 .. 2*pi)
unknown u
in disk: lap(u) = 0
on right: u = sin(2*θ) + cos(θ)
exact u = r^2*sin(2*θ) + r*cos(θ)""",
    "spherical": """domain ball(r): spherical = interval(0, 1)
unknown u
in ball: lap(u) = -pi^2*sin(pi*r)/(pi*r)
on right: u = 0
exact u = sin(pi*r)/(pi*r)""",
    "interp": """domain rod(x) = interval(0, 1)
let k = interp(csv("k.csv", x = "x", k = "k"))
unknown u
in rod: dx(k*dx(u)) = dx((1 + x^2)*(1 - 2*x))
on left, right: u = 0
exact u = x*(1 - x)""",
    "sweep": """domain line(x) = interval(0, 1)
sweep nu in [0.5, 0.2]
unknown u
in line: -nu*dxx(u) + dx(u) = 1
on left, right: u = 0
exact u = x - (exp((x - 1)/nu) - exp(-1/nu))/(1 - exp(-1/nu))""",
    "guess, nonlinear": """domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 6*u^2
on left: u = 1
on right: u = 1/4
guess u = 1 - x
exact u = 1/(1 + x)^2""",
    "vectors": """domain cell(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in cell: grad(p) = lap(w)
in cell: div(w) = 0
on edge: w = (y^2, x^2)
require mean(p) = 0
exact w = (y^2, x^2)
exact p = 2*x + 2*y - 2""",
    "if, where": """domain line(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary low_left = left where y < 0.5
boundary others = rest
unknown u
in line: lap(u) = 0
on low_left: u = if y < 0.25 then y else y
on others: u = x + y
exact u = x + y""",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one method made of one problem. ``text`` is what the table shows."""

    text: str
    cpu: float
    is_fault: bool


def solve_cell(path: Path, method: str, time_limit: float) -> Cell:
    """Solve one problem by one method; a diagnostic is a cell, anything else raised is a fault."""
    began = time.process_time()
    try:
        problem = pdelang.compile(path)
        settings: dict[str, object] = {
            "method": method,
            "time_limit": time_limit,
            **BUDGETS[method],
        }
        solved = problem.solve_each if problem.sweep else problem.solve
        found = solved(**settings)  # type: ignore[arg-type]
        text, is_fault = describe(found if isinstance(found, dict) else {"": found}, method)
    except pdelang.SpecError as error:
        first = next(d for d in error.diagnostics if d.code.startswith("E"))
        text, is_fault = f"{first.code}: {first.message}", False
    except Exception as error:
        traceback.print_exc()
        text, is_fault = f"{type(error).__name__}: {error}", True
    return Cell(text, time.process_time() - began, is_fault)


def describe(found: dict[str, pdelang.Solution], method: str) -> tuple[str, bool]:
    """Return the worst error of the solutions as a cell, and whether it is a fault."""
    errors = [(max(s.error.values()), s) for s in found.values()]
    worst, solution = max(errors, key=lambda pair: pair[0])
    understated = [
        name
        for s in found.values()
        for name, error in s.error.items()
        if error > 10 * s.error_estimate.get(name, np.inf) and not explains_noise(s, name, error)
    ]
    text = f"{worst:.1e}"
    if solution.status != "solved":
        text += f" {solution.status}"
    if understated:
        text += f" UNDERSTATED ({', '.join(dict.fromkeys(understated))})"
    is_missed = method != "adam" and not worst <= WANTED
    return text, is_missed or bool(understated) or not np.isfinite(worst)


def explains_noise(solution: pdelang.Solution, name: str, error: float) -> bool:
    """Say whether the error of a fit is within three standard errors: the noise of the readings, not the method's."""
    fitted = solution.fitted.get(name)
    if fitted is None or fitted.standard_error is None:
        return False
    return error * abs(fitted.value or 1.0) <= 3 * fitted.standard_error


def write_problems(folder: Path) -> dict[str, Path]:
    """Write tables and specs; return the path of every spec by its name."""
    for name, columns in TABLES.items():
        rows = np.array([*columns.values()]).T
        lines = [",".join(columns), *(",".join(map(repr, row)) for row in rows.tolist())]
        (folder / name).write_text("\n".join(lines) + "\n")
    paths = {}
    for name, text in SPECS.items():
        paths[name] = folder / (re.sub(r"\W+", "_", name) + ".pde")
        paths[name].write_text(f"pde 1\n{text}\n", "utf-8")
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(SPECS), metavar="NAME")
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=METHODS)
    parser.add_argument("--time-limit", type=float, default=120.0)
    arguments = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        paths = write_problems(Path(folder))
        for name in arguments.only or SPECS:
            for method in arguments.methods:
                cell = solve_cell(paths[name], method, arguments.time_limit)
                mark = "  <--" if cell.is_fault else ""
                print(f"| {name} | {method} | {cell.text} | {cell.cpu:.0f} |{mark}", flush=True)
                if cell.is_fault:
                    faults.append(f"{name} by {method}")
    print("faults: " + "; ".join(faults) if faults else "no fault")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
