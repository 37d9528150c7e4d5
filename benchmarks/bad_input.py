"""What becomes of problems without a solution, with many, and of senseless settings?

    python benchmarks/bad_input.py [--only NAME ...] [--methods NAME ...] [--tolerance 1e-2]
                                  [--time-limit 10]

Every problem is given to every method. The table says the code of the diagnostic that refuses it,
or the status with which the solve ends. Two things are never to happen, and the exit status is 1
where one does: ``solved`` for something that is no solution, and an exception of Python's. Known
solutions stand beside the problems; a problem without one is never ``solved``. The tolerance is
loose, since that is where a compromise may be taken for a solution, and networks are small.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import pdelang

SMALL = {"network": "mlp(width = 16, depth = 2)", "points": "200"}
METHODS: dict[str, dict[str, str]] = {
    "auto": {},
    "least_squares": {"method": "least_squares"},
    "sine": {"method": "least_squares", "network": "features(kind = sine)"},
    "singular": {"method": "least_squares", "network": "features(kind = singular)"},
    "splines": {"method": "least_squares", "network": "splines()"},
    "lbfgs": {"method": "lbfgs", **SMALL, "steps": "300"},
    "gauss_newton": {"method": "gauss_newton", **SMALL, "steps": "60"},
    "adam": {"method": "adam", **SMALL, "steps": "1000"},
}
LINE = "pde 1\ndomain line(x) = interval(0, 1)\nunknown u\n"
SQUARE = "pde 1\ndomain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\n"
EVOLUTION = "pde 1\ndomain line(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\n"

# Of the coordinates in their order; true values of one solution.
Known = Callable[..., np.ndarray]


@dataclass(frozen=True, slots=True)
class Case:
    """A problem that is wrong in one way, and every solution that may be called one."""

    text: str
    solutions: tuple[Known, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


def _sine(x: np.ndarray) -> np.ndarray:
    return np.sin(np.pi * x)


def _bratu(slope: float) -> Known:
    """Return the solution of ``u'' + 2 eᵘ = 0``, ``u(0) = u(1) = 0`` for ``cosh(θ/4)·4/θ = 2/√2·…``.

    ``u = −2 ln(cosh((x − 1/2) θ/2)/cosh(θ/4))`` with ``θ = √(2λ) cosh(θ/4)`` (Bratu, 1914), which
    has two roots; ``slope`` is where the search for one begins.
    """
    theta = slope
    for _ in range(100):
        residual = theta - 2.0 * np.cosh(theta / 4.0)
        theta -= residual / (1.0 - 0.5 * np.sinh(theta / 4.0))
    return lambda x: -2.0 * np.log(np.cosh((x - 0.5) * theta / 2.0) / np.cosh(theta / 4.0))


CASES = {
    # Contradictions
    "two values": Case(
        LINE + "in line: dxx(u) = 1\non left: u = 0\non left: u = 1\non right: u = 0\n"
    ),
    "two values, one label": Case(
        LINE + "in line: dxx(u) = 1\non left as a: u = 0\non left as a: u = 1\non right: u = 0\n"
    ),
    "value and flux": Case(SQUARE + "in square: lap(u) = 1\non edge: u = 0\non edge: dn(u) = 0\n"),
    "overlapping parts": Case(
        SQUARE
        + "boundary a = square.edge where x < 0.6\nboundary b = square.edge where x > 0.4\n"
        + "in square: lap(u) = 1\non a: u = 0\non b: u = 1\n"
    ),
    "a value inside": Case(LINE + "in line: dxx(u) = 1\non left, right: u = 0\nat (0.5): u = 3\n"),
    "a mean besides": Case(
        LINE + "in line: dxx(u) = 1\non left, right: u = 0\nrequire mean(u) = 5\n"
    ),
    "two equations": Case(
        LINE + "in line: dxx(u) = 1\nin line: dxx(u) = 2\non left, right: u = 0\n"
    ),
    "two equations, one label": Case(
        LINE + "in line as a: dxx(u) = 1\nin line as a: dxx(u) = 2\non left, right: u = 0\n"
    ),
    "inflow and outflow": Case(LINE + "in line: dx(u) = 0\non left: u = 0\non right: u = 1\n"),
    "outflow of advection": Case(
        EVOLUTION + "in line: dt(u) + dx(u) = 0\non left: u = 0\non right: u = 1\nat t = 0: u = 0\n"
    ),
    "periodic and a source": Case(
        "pde 1\ndomain line(x) = interval(0, 1)\nperiodic left, right\nunknown u\n"
        "in line: dxx(u) = 1\nrequire mean(u) = 0\n"
    ),
    "periodic and growing": Case(
        "pde 1\ndomain line(x) = interval(0, 1)\nperiodic left, right\nunknown u\n"
        "in line: dx(u) = 1\n"
    ),
    # Singular systems
    "no gauge": Case(SQUARE + "in square: lap(u) = cos(pi*x)\non edge: dn(u) = 0\n"),
    "no gauge in 1-D": Case(LINE + "in line: dxx(u) = cos(pi*x)\non left, right: dn(u) = 0\n"),
    "flux unbalanced": Case(SQUARE + "in square: lap(u) = 1\non edge: dn(u) = 0\n"),
    "flux unbalanced, gauged": Case(
        SQUARE + "in square: lap(u) = 1\non edge: dn(u) = 0\nrequire mean(u) = 0\n"
    ),
    "eigenvalue, many": Case(
        LINE + "in line: dxx(u) + pi^2*u = 0\non left, right: u = 0\n", (lambda x: 0.0 * x,)
    ),
    "eigenvalue, none": Case(
        LINE + "in line: dxx(u) + pi^2*u = sin(pi*x)\non left, right: u = 0\n"
    ),
    "eigenvalue in 2-D, none": Case(SQUARE + "in square: lap(u) + 2*pi^2*u = 1\non edge: u = 0\n"),
    "flow without gauge": Case(
        "pde 1\ndomain box1(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown w: vector\nunknown p\n"
        "in box1: lap(w) = grad(p) + (cos(pi*x), 0)\nin box1: div(w) = 0\non edge: w = (y, x)\n"
    ),
    # Nonlinear problems without a solution, or with several
    "Bratu 10": Case(SQUARE + "in square: lap(u) + 10*exp(u) = 0\non edge: u = 0\n"),
    "Bratu 4 in 1-D": Case(LINE + "in line: dxx(u) + 4*exp(u) = 0\non left, right: u = 0\n"),
    "Bratu 2, two": Case(
        LINE + "in line: dxx(u) + 2*exp(u) = 0\non left, right: u = 0\n",
        (_bratu(1.0), _bratu(10.0)),
    ),
    "slope 1 or -1": Case(
        LINE + "in line: dx(u)^2 = 1\non left: u = 0\n", (lambda x: x, lambda x: -x)
    ),
    "slope imaginary": Case(LINE + "in line: dx(u)^2 = -1\non left: u = 0\n"),
    "eikonal": Case(LINE + "in line: dx(u)^2 = 1\non left, right: u = 0\n"),
    "blow-up": Case("pde 1\ntime t in 0 .. 2\nunknown y\nin t: dt(y) = y^2\nat t = 0: y = 1\n"),
    "blow-up in space": Case(
        EVOLUTION
        + "in line: dt(u) = dxx(u) + 20*u^2\non left, right: u = 0\nat t = 0: u = 5*sin(pi*x)\n"
    ),
    "no real root": Case(LINE + "in line: dxx(u) = 1 + u*0\non left: u^2 = -1\non right: u = 0\n"),
    "log of zero": Case(LINE + "in line: dxx(u) = log(u)\non left, right: u = 0\n"),
    "source infinite": Case(LINE + "in line: dxx(u) = 1/(x - 0.5)^2\non left, right: u = 0\n"),
    # Ill-posed
    "backward heat": Case(
        EVOLUTION + "in line: dt(u) = -dxx(u)\non left, right: u = 0\nat t = 0: u = sin(3*pi*x)\n",
        (lambda x, t: np.sin(3 * np.pi * x) * np.exp(9 * np.pi**2 * t),),
    ),
    "Cauchy data": Case(
        EVOLUTION
        + "in line: dtt(u) + dxx(u) = 0\non left, right: u = 0\n"
        + "at t = 0: u = sin(pi*x)\nat t = 0: dt(u) = 0\n",
        (lambda x, t: _sine(x) * np.cosh(np.pi * t),),
    ),
}
SOUND = LINE + "in line: dxx(u) = -pi^2*sin(pi*x)\non left, right: u = 0\n"
for key, value in (
    ("tolerance", "1e-30"),
    ("tolerance", "0"),
    ("network", "features(count = 0)"),
    ("network", "features(count = 1)"),
    ("network", "features(kind = chebyshev, degree = 0)"),
    ("network", "splines(elements = 0)"),
    ("network", "mlp(width = 0)"),
    ("points", "0"),
    ("points", "1"),
    ("steps", "0"),
    ("steps", "1"),
    ("time_limit", "1e-3"),
):
    CASES[f"{key} = {value}"] = Case(SOUND, (_sine,), ((key, value),))


def solve(case: Case, method: str, tolerance: float, time_limit: float) -> tuple[str, bool]:
    """Return what is printed for a case and whether it may be."""
    settings = (
        {"time_limit": f"{time_limit:g}", "tolerance": f"{tolerance:g}"}
        | METHODS[method]
        | dict(case.settings)
    )
    try:
        problem = pdelang.compile(case.text)
        warnings = [d.code for d in problem.warnings if d.code.startswith("W")]
        solution = problem.solve(**settings)  # pyright: ignore[reportArgumentType]
    except pdelang.SpecError as error:
        return " ".join(sorted({d.code for d in error.diagnostics if d.code.startswith("E")})), True
    except Exception:
        traceback.print_exc()
        return "EXCEPTION", False
    said = [*dict.fromkeys(warnings), solution.status]
    if solution.status != "solved":
        return " ".join(said), True
    distances = [measure_distance(solution, problem.coordinates, known) for known in case.solutions]
    is_right = min(distances, default=np.inf) <= 10 * tolerance
    return " ".join(said if is_right else [*said, "BUT WRONG"]), is_right


def measure_distance(
    solution: pdelang.Solution, coordinates: tuple[str, ...], known: Known
) -> float:
    """Return the relative distance to a known solution, absolute where that is 0."""
    (name,) = solution.names
    axes = np.meshgrid(*[np.linspace(0.0, 1.0, 41)] * len(coordinates), indexing="ij")
    true = known(*axes)
    values = solution[name](**dict(zip(coordinates, axes, strict=True)))
    return float(np.linalg.norm(values - true) / (np.linalg.norm(true) or np.sqrt(true.size)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--tolerance", type=float, default=1e-2)
    parser.add_argument("--time-limit", type=float, default=10.0)
    arguments = parser.parse_args()
    good = True
    print("| problem |", " | ".join(f"`{m}`" for m in arguments.methods), "|")
    print("|---" * (1 + len(arguments.methods)), "|", sep="")
    for name, case in CASES.items():
        if arguments.only and name not in arguments.only:
            continue
        print(f"| {name} ", end="", flush=True)
        began = time.process_time()
        for method in arguments.methods:
            said, is_good = solve(case, method, arguments.tolerance, arguments.time_limit)
            good = good and is_good
            print(f"| {said} ", end="", flush=True)
        print("|")
        print(f"{name}: {time.process_time() - began:.1f} s", file=sys.stderr)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
