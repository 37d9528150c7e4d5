"""Is the printed error honest? Every spec of the gallery with ``exact``, at three tolerances.

    python benchmarks/honesty.py [--only NAME ...] [--tolerances 1e-3 1e-6 1e-9] [--seed 0]
                                [--time-limit 120]

Two promises are checked, and the exit status is 1 where one is broken: ``solved`` is never
given when the true error exceeds ten times the tolerance, and the estimate is never below a
tenth of the true error, per unknown. Where readings carry noise no solve reaches the true solution, and
what the noise adds is told beside the estimate as a standard error: three of them are allowed. A solve
that its time limit ends is judged as well. Seconds are those of the processor, which do not depend on
what else the machine does.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pdelang
from pdelang import pipeline
from pdelang.training.solution import Status

SPECS = Path(__file__).parents[1] / "specs"
_DEVIATIONS = 3.0


def list_specs() -> list[str]:
    """Return the names of the specs that know their solution."""
    found = []
    for path in sorted(SPECS.glob("*.pde")):
        problem = pipeline.run_until(pipeline.Stage.PROBLEM, path).problem
        if problem is not None and problem.exact:
            found.append(path.stem)
    return found


def judge(name: str, tolerance: float, seed: int, time_limit: float) -> bool:
    """Solve, print a line per unknown, and return whether both promises were kept."""
    began = time.process_time()
    solution = pdelang.compile(str(SPECS / f"{name}.pde")).solve(
        tolerance=tolerance, seed=seed, time_limit=time_limit
    )
    seconds = time.process_time() - began
    kept = True
    for unknown, error in solution.error.items():
        estimate = solution.error_estimate.get(unknown, float("inf"))
        deviation = solution.standard_error.get(unknown, 0.0)
        own = error - _DEVIATIONS * deviation
        broken = []
        if solution.status is Status.SOLVED and own > 10 * tolerance:
            broken.append("SOLVED BUT WRONG")
        if estimate < 0.1 * own:
            broken.append("ESTIMATE TOO LOW")
        noise = f"  standard error {deviation:.1e}" if deviation else ""
        kept = kept and not broken
        print(
            f"{name:24} {tolerance:.0e}  {unknown:4} {solution.status:22} estimate {estimate:.1e}"
            f"{noise}  error {error:.1e}  {seconds:7.2f} s  {', '.join(broken)}",
            flush=True,
        )
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--tolerances", nargs="*", type=float, default=[1e-3, 1e-6, 1e-9])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=120.0)
    arguments = parser.parse_args()
    kept = [
        judge(name, tolerance, arguments.seed, arguments.time_limit)
        for name in list_specs()
        for tolerance in arguments.tolerances
        if not arguments.only or name in arguments.only
    ]
    print(f"{sum(kept)} of {len(kept)} honest")
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
