"""The methods that train a network side by side: true errors and CPU seconds, by default settings.

    OPENBLAS_NUM_THREADS=1 python benchmarks/trained_methods.py [--methods adam lbfgs gauss_newton]
        [--seed 0] [--tolerance 1e-4] [--time-limit 300] [--set KEY=VALUE ...] [SPEC...]

For every spec and method one solve with no other setting. Printed are the worst true relative L2
error over the unknowns (against `exact` or `compare`), its estimate, the status, the steps of the first
run, and the CPU seconds of the process, compilation included, which do not depend on what else the
machine does. SPEC defaults to eight problems of the gallery.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pdelang

SPECS = Path(__file__).parents[1] / "specs"
METHODS = ("adam", "lbfgs", "gauss_newton")
NAMES = (
    "poisson_1d",
    "heat_1d",
    "burgers",
    "wave_1d",
    "poisson_2d",
    "lotka_volterra",
    "helmholtz_2d",
    "heat_family",
)


def solve_once(spec: Path, method: str, settings: dict[str, object]) -> str:
    """Solve and return one row of the table."""
    problem = pdelang.compile(spec)
    began = time.process_time()
    solution = problem.solve(method=method, **settings)  # type: ignore[arg-type]
    cpu = time.process_time() - began
    error = max(solution.error.values())
    estimate = max(solution.error_estimate.values(), default=float("nan"))
    taken = int(solution.history.column("step")[-1])
    return (
        f"| {spec.stem} | {method} | {error:.1e} | {estimate:.1e} | {solution.status} | {taken} |"
        f" {cpu:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("specs", nargs="*", metavar="SPEC")
    parser.add_argument("--methods", nargs="*", default=METHODS, metavar="METHOD")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", dest="more")
    options = parser.parse_args()
    settings: dict[str, object] = {
        "seed": options.seed,
        "tolerance": options.tolerance,
        "time_limit": options.time_limit,
        **dict(pair.split("=", 1) for pair in options.more),
    }
    print("| problem | method | error | estimate | status | steps | CPU s |")
    print("|---|---|---|---|---|---|---|")
    for name in options.specs or NAMES:
        for method in options.methods:
            print(solve_once(SPECS / f"{name}.pde", method, settings), flush=True)


if __name__ == "__main__":
    main()
