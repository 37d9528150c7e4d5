"""Fronts and solitons by default settings: true error, estimate and seconds, per tolerance.

    python benchmarks/fronts.py [--seeds 0 1 2]

The published records to compare with: Burgers at 0.01/pi 1.6e-8 (Kiyani et al., arXiv:2501.16371),
Allen-Cahn 9.4e-7 (the same), two solitons of Korteweg-de Vries 2.2e-6 (arXiv:2509.14198); no
times were published with them. The classical line of Burgers is that of
``specs/references/classical.py``.
"""

import argparse
from pathlib import Path

from pdelang import pipeline

SPECS = Path(__file__).resolve().parent.parent / "specs"
# Spec, the error asked for, the seconds it may take.
ROWS = (
    ("burgers", 1e-4, 90),
    ("allen_cahn", 1e-4, 180),
    ("kdv_two_solitons", 1e-4, 120),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fronts by default settings")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--tolerances", type=float, nargs="+", default=[1e-5, 1e-6, 1e-7])
    arguments = parser.parse_args()
    print(f"{'spec':18} tolerance seed  true error  estimate  seconds  status, elements, windows")
    for name, figure, limit in ROWS:
        for tolerance in arguments.tolerances:
            for seed in arguments.seeds:
                overrides = {"tolerance": str(tolerance), "seed": str(seed)}
                solution = pipeline.solve(pipeline.compile(SPECS / f"{name}.pde", overrides))
                assert solution.settings.network is not None
                options = dict(solution.settings.network.options)
                error, estimate = (
                    float(values.get("u", float("nan")))
                    for values in (solution.error, solution.error_estimate)
                )
                seconds = solution.seconds["solve"]
                met = error <= figure and seconds <= limit
                print(
                    f"{name:18} {tolerance:9.0e} {seed:4d}  {error:10.1e}  {estimate:8.1e}"
                    f"  {seconds:7.1f}  {solution.status.value}, {options.get('elements')},"
                    f" {options.get('windows')}{'' if met else '  MISSED'}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
