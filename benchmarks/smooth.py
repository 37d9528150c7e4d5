"""Smooth problems on boxes: true error, estimate and seconds, beside a classical solver.

    python benchmarks/smooth.py [--only NAME ...] [--seeds 0 1 2]

Each row is a spec of the gallery, solved with ``tolerance`` a tenth of the row's figure (not
below 1e-12) and no other setting. The seconds are those of solving, without imports and
compilation; the process CPU time beside them says how much of that other work took.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

from spectral import SOLVERS

from pdelang import pipeline

SPECS = Path(__file__).parents[1] / "specs"


@dataclass(frozen=True, slots=True)
class Row:
    """What a spec has to reach: relative L2 error, seconds."""

    name: str
    error: float
    seconds: float


ROWS = (
    Row("poisson_1d", 1e-11, 0.3),
    Row("poisson_1d_sixteen", 1e-11, 0.3),
    Row("wave_1d", 1e-10, 1.5),
    Row("heat_1d", 1e-8, 5),
    Row("advection_fast", 1e-8, 5),
    Row("helmholtz_2d", 1e-8, 5),
    Row("poisson_2d", 1e-8, 5),
    Row("poisson_3d", 1e-8, 5),
    Row("convection_diffusion", 1e-7, 3),
    Row("bratu_2d", 1e-8, 5),
    Row("poisson_nonlinear_2d", 1e-8, 5),
    Row("burgers_steady", 1e-8, 5),
    Row("helmholtz_nonlinear_2d", 1e-8, 5),
    Row("poisson_5d", 1e-6, 30),
)


def measure(row: Row, seed: int) -> str:
    """Solve one row and return its line."""
    overrides = {"tolerance": str(max(1e-12, 0.1 * row.error)), "seed": str(seed)}
    compilation = pipeline.compile(SPECS / f"{row.name}.pde", overrides)
    began = time.process_time()
    solution = pipeline.solve(compilation)
    used = time.process_time() - began
    error = max(solution.error.values())
    estimate = max(solution.error_estimate.values())
    seconds = solution.seconds["solve"]
    kept = "ok" if error <= row.error and seconds <= row.seconds else "MISSED"
    return (
        f"{row.name:24} {seed}  {error:.1e} (≤ {row.error:.0e})  {estimate:.1e}"
        f"  {seconds:6.2f} s (≤ {row.seconds:g})  {used:6.2f} s CPU"
        f"  {solution.method}  {solution.status.value}  {kept}"
    )


def measure_classical(row: Row) -> str:
    """Return the line of the classical solver, the fastest of five runs."""
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        error = SOLVERS[row.name]()
        seconds.append(time.perf_counter() - began)
    return f"{row.name:24} spectral collocation: {error:.1e} in {1e3 * min(seconds):.3g} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[row.name for row in ROWS])
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    arguments = parser.parse_args()
    print("spec, seed, true error, estimate, seconds of solving, CPU of solving and measuring")
    for row in ROWS:
        if arguments.only and row.name not in arguments.only:
            continue
        for seed in arguments.seeds:
            print(measure(row, seed), flush=True)
        print(measure_classical(row), flush=True)


if __name__ == "__main__":
    main()
