"""Corners and holes in the plane by default settings, against published and known numbers.

    python benchmarks/corners.py [--tolerance 1e-4] [--only cavity exact elements]

The lid-driven cavity is compared with the centre-line velocities of Ghia, Ghia and Shin (J. Comput.
Phys. 48 (1982) 387-411, tables I and II; the entry of table II at Re 400, x = 0.9063 is a known
misprint and left out); some with their exact solutions; the last three, corners of holes and of
regions, with finite elements on the finest meshes that a minute allows.
"""

import argparse
from pathlib import Path

import numpy as np

from pdelang import pipeline

SPECS = Path(__file__).resolve().parent.parent / "specs"
# y; u on x = 0.5 at Re 100 and 400.
GHIA_U = np.array(
    [
        [0.9766, 0.84123, 0.75837],
        [0.9688, 0.78871, 0.68439],
        [0.9609, 0.73722, 0.61756],
        [0.9531, 0.68717, 0.55892],
        [0.8516, 0.23151, 0.29093],
        [0.7344, 0.00332, 0.16256],
        [0.6172, -0.13641, 0.02135],
        [0.5000, -0.20581, -0.11477],
        [0.4531, -0.21090, -0.17119],
        [0.2813, -0.15662, -0.32726],
        [0.1719, -0.10150, -0.24299],
        [0.1016, -0.06434, -0.14612],
        [0.0703, -0.04775, -0.10338],
        [0.0625, -0.04192, -0.09266],
        [0.0547, -0.03717, -0.08186],
    ]
)
# x; v on y = 0.5 at Re 100 and 400.
GHIA_V = np.array(
    [
        [0.9688, -0.05906, -0.12146],
        [0.9609, -0.07391, -0.15663],
        [0.9531, -0.08864, -0.19254],
        [0.9453, -0.10313, -0.22847],
        [0.8594, -0.22445, -0.44993],
        [0.8047, -0.24533, -0.38598],
        [0.5000, 0.05454, 0.05186],
        [0.2344, 0.17527, 0.30174],
        [0.2266, 0.17507, 0.30203],
        [0.1563, 0.16077, 0.28124],
        [0.0938, 0.12317, 0.22965],
        [0.0781, 0.10890, 0.20920],
        [0.0703, 0.10091, 0.19713],
        [0.0625, 0.09233, 0.18360],
    ]
)

WITHOUT_EXACT = {
    "square hole": """pde 1
shape hole = box(x = -0.3 .. 0.3, y = -0.2 .. 0.2)
domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
boundary rim = hole.edge
boundary outer = rest
unknown u
in plate: lap(u) = -1
on rim: u = 0
on outer: u = 1
""",
    "square fibre": """pde 1
shape fibre = box(x = -0.3 .. 0.3, y = -0.3 .. 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
unknown T
in fibre: div(10*grad(T)) = 0
in matrix: lap(T) = 0
on bond: jump(T) = 0
on bond: 10*side(dn(T), fibre) = side(dn(T), matrix)
on left: T = 1
on right: T = 0
on top, bottom: dn(T) = 0
""",
    "heated slot": """pde 1
domain all(x, y) = box(x = 0 .. 2, y = -0.5 .. 1)
shape fluid = box(x = 0 .. 2, y = 0 .. 1)
shape plate = box(x = 0 .. 2, y = -0.5 .. 0)
boundary wall = interface(plate, fluid)
unknown a in fluid
unknown b in plate
in fluid: 40*y*(1 - y)*dx(a) = lap(a)
in plate: lap(b) = 0
on wall: a = b
on wall: 5*dn(b) = dn(a)
on left, top: a = 0
on left, right: dn(b) = 0
on right: dn(a) = 0
on bottom: dn(b) = 0.2
""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Corners and holes by default settings")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--only", nargs="+", default=["cavity", "exact", "elements"])
    arguments = parser.parse_args()
    if "cavity" in arguments.only:
        for column, reynolds in ((1, 100), (2, 400)):
            solve_cavity(column, reynolds, arguments.tolerance)
    if "exact" in arguments.only:
        for name in ("l_shape", "material_corner", "harmonic_hole", "helmholtz_hole"):
            for tolerance in (arguments.tolerance, 1e-3 * arguments.tolerance):
                overrides = {"tolerance": str(tolerance)}
                solution = pipeline.solve(pipeline.compile(SPECS / f"{name}.pde", overrides))
                print(f"{name:16} tolerance {tolerance:.0e}  {describe(solution)}", flush=True)
    if "elements" in arguments.only:
        for name, text in WITHOUT_EXACT.items():
            compilation = pipeline.compile(text, {"tolerance": str(arguments.tolerance)})
            found = pipeline.compare_classically(compilation, "fem")
            print(
                f"{name:16} {found.status}, estimate {max(found.error_estimate.values()):.1e}, from elements"
                f" {max(found.difference.values()):.1e} (meshes agree to {found.agreement:.1e}),"
                f" {found.seconds:.1f} s; {found.classical_method} {found.classical_seconds:.1f} s",
                flush=True,
            )


def solve_cavity(column: int, reynolds: int, tolerance: float) -> None:
    text = (SPECS / "cavity.pde").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("compare")]
    changed = "\n".join(lines).replace("param Re = 100", f"param Re = {reynolds}")
    solution = pipeline.solve(pipeline.compile(changed + "\n", {"tolerance": str(tolerance)}))
    from pdelang.training.evaluation import evaluate

    vertical = np.column_stack([np.full(len(GHIA_U), 0.5), GHIA_U[:, 0]])
    horizontal = np.column_stack([GHIA_V[:, 0], np.full(len(GHIA_V), 0.5)])
    u = evaluate(solution, vertical)["u.x"]
    v = evaluate(solution, horizontal)["u.y"]
    worst = max(np.abs(u - GHIA_U[:, column]).max(), np.abs(v - GHIA_V[:, column]).max())
    print(
        f"cavity Re {reynolds}: largest difference to Ghia et al. {worst:.1e}  {describe(solution)}",
        flush=True,
    )


def describe(solution) -> str:
    estimate = max(solution.error_estimate.values(), default=float("nan"))
    error = max(solution.error.values(), default=float("nan"))
    return (
        f"{solution.status.value}, estimate {estimate:.1e}, true {error:.1e},"
        f" {solution.seconds['solve']:.1f} s"
    )


if __name__ == "__main__":
    main()
