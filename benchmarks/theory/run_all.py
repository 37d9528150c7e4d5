"""Run every check of this folder, draw its picture, and print the table of verdicts.

    python benchmarks/theory/run_all.py [--plots docs/theory] [--log theory.log] [NAME...]

One process per check, so that no compiled function of one stays in memory for the next. The exit code is 0 where
all agree.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CHECKS = (
    "wide_limit",
    "poisson_spectra",
    "decay_forecast",
    "wave_forecast",
    "conjugate_kernel",
    "hard_conditions",
    "motion_efficiency",
    "lazy_training",
    "threshold_activations",
    "sequential_learning",
    "bias_scale",
    "iterative_linearisation",
    "noisy_descent",
)


def run_check(name: str, plots: Path | None) -> tuple[str, int, float]:
    """Return what a check printed, its exit code and its seconds of processor time."""
    command = [sys.executable, str(HERE / f"{name}.py")]
    if plots is not None:
        command += ["--plot", str(plots / f"{name}.png")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return result.stdout + result.stderr, result.returncode, seconds


def find_verdict(printed: str) -> str:
    """Return the line of the verdict without its mark; the last line where there is none."""
    lines = printed.strip().splitlines() or [""]
    verdicts = [line for line in lines if line.startswith("verdict: ")]
    return verdicts[-1].removeprefix("verdict: ") if verdicts else f"FAILED: {lines[-1]}"


def main() -> int:
    parser = argparse.ArgumentParser(description="run every check and print its verdict")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CHECKS))
    parser.add_argument("--plots", type=Path, help="folder of the pictures")
    parser.add_argument("--log", type=Path, help="file for all that was printed")
    options = parser.parse_args()
    if options.plots is not None:
        options.plots.mkdir(parents=True, exist_ok=True)
    worst = 0
    for name in options.names or CHECKS:
        printed, code, seconds = run_check(name, options.plots)
        worst = max(worst, code)
        if options.log is not None:
            with options.log.open("a", encoding="utf-8") as log:
                log.write(
                    f"== {name} (exit code {code}, {seconds:.0f} s of processor)\n{printed}\n"
                )
        print(f"{name:<24} {seconds:4.0f} s  {find_verdict(printed)}", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
