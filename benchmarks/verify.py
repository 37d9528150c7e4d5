"""Verify every gallery spec on its manufactured problem: true error, estimate, and whether it is honest.

    python benchmarks/verify.py [SPEC...]

The estimate has to be right within ten times, or err on the large side. Specs that admit no manufactured
solution are listed with the reason.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pdelang import pipeline
from pdelang.calculus.manufactured import NotManufacturableError

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    specs = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "specs").glob("*.pde"))
    wrong = 0
    print(f"{'spec':<24}{'status':<24}{'true error':>12}{'estimate':>12}{'CPU s':>8}")
    for spec in specs:
        compilation = pipeline.compile(spec)
        began = time.process_time()
        try:
            found = pipeline.verify(pipeline.manufacture_problem(compilation))
        except NotManufacturableError as error:
            print(f"{spec.stem:<24}refused: {error}", flush=True)
            continue
        seconds = time.process_time() - began
        wrong += bool(found.understated)
        worst = max(found.error, key=lambda name: found.error[name])
        estimate = found.error_estimate.get(worst, float("nan"))
        told = "" if not found.understated else "  UNDERSTATED"
        print(
            f"{spec.stem:<24}{found.status:<24}{found.error[worst]:>12.1e}{estimate:>12.1e}"
            f"{seconds:>8.1f}{told}",
            flush=True,
        )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
