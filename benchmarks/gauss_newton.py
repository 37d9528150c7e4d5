"""What Gauss–Newton reaches on trained networks: true errors, seconds, and the polish's share.

    OPENBLAS_NUM_THREADS=1 python benchmarks/gauss_newton.py [--seeds 1] [--steps N] [--tolerance 1e-6]
        [--time-limit 300] [SPEC...]

For every spec and seed one solve with `method = gauss_newton` and no other setting but the budget.
Printed are the true relative L2 error (against `exact` or `compare`), the estimate, the seconds
of compiling and solving, and the CPU seconds of the process, which do not depend on what else
the machine does. SPEC defaults to the wave of the paper, Burgers' equation and the cavity.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pdelang

SPECS = Path(__file__).parents[1] / "specs"
NAMES = ("wave_1d", "burgers", "cavity")


def solve_once(
    spec: Path, seed: int, steps: int | None, tolerance: float, time_limit: float
) -> None:
    """Solve and print one line."""
    began = time.process_time()
    solution = pdelang.compile(spec).solve(
        method="gauss_newton",
        seed=seed,
        steps=steps,
        time_limit=time_limit,
        tolerance=tolerance,
    )
    cpu = time.process_time() - began
    errors = ", ".join(f"{name} {value:.2e}" for name, value in solution.error.items())
    estimates = ", ".join(f"{name} {value:.1e}" for name, value in solution.error_estimate.items())
    taken = int(solution.history.column("step")[-1])
    print(
        f"{spec.stem:<10} seed {seed}  {taken} steps  error {errors}  (estimated {estimates})"
        f"  {solution.seconds:.0f} s, {cpu:.0f} CPU s",
        flush=True,
    )
    for message in solution.messages:
        print(f"    {message}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Gauss–Newton on trained networks")
    parser.add_argument("specs", nargs="*", type=Path, metavar="SPEC")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--time-limit", type=float, default=300.0)
    options = parser.parse_args()
    for spec in options.specs or [SPECS / f"{name}.pde" for name in NAMES]:
        for seed in range(options.seeds):
            solve_once(spec, seed, options.steps, options.tolerance, options.time_limit)


if __name__ == "__main__":
    main()
