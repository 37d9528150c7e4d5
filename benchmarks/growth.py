"""What a fit costs: seconds and memory against features and points, as a table and a plot.

    python benchmarks/growth.py [--most-features 1000] [--most-rows 50000] [-o growth.png]

One linear problem (Poisson's equation in the square, soft conditions), one assembly and one
QR per line, for plane waves and for polynomials. First the features grow at two rows each,
then the rows at a fixed number of features; the whole range, ``--most-features 10000
--most-rows 1000000``, takes some ten minutes and 6 GiB on two cores. Every line runs in a
process of its own, whose largest resident memory is measured.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

SPEC = Path(__file__).parents[1] / "specs" / "poisson_2d.pde"
FEATURES = (250, 500, 1000, 2000, 4000, 10_000)
ROWS = (10_000, 50_000, 200_000, 1_000_000)
MOST_FEATURES_AT_ROWS = 1000


def measure(kind: str, features: int, rows: int) -> str:
    """Fit once, in this process, and return the line ``seconds, CPU seconds, GiB, residual``."""
    import numpy as np

    from pdelang import pipeline
    from pdelang.training.least_squares.degrees import DegreeSet
    from pdelang.training.least_squares.dictionary import FeatureDictionary, draw_dictionary
    from pdelang.training.least_squares.newton import fit_dictionary
    from pdelang.training.least_squares.polynomials import PolynomialDictionary

    system = pipeline.compile(SPEC, {"conditions": "soft"}).system
    assert system is not None
    scales = np.full(2, 10.0)
    dictionary: FeatureDictionary
    if kind == "sine":
        dictionary = draw_dictionary(features, scales, {}, 0)
    else:
        radius = 1.2 * features**0.5 + 2
        degrees = DegreeSet(np.full(2, radius), (None, None)).list_degrees()[:features]
        dictionary = PolynomialDictionary(degrees, {})
    began, used = time.perf_counter(), time.process_time()
    found = fit_dictionary(system, dictionary, scales, 0, points=rows)
    seconds, used = time.perf_counter() - began, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return f"{seconds:.3f} {used:.3f} {memory:.3f} {found.residual:.1e}"


def measure_apart(kind: str, features: int, rows: int) -> tuple[float, float, float]:
    """Measure in a fresh process and print the line."""
    command = [sys.executable, __file__, "--one", kind, str(features), str(rows)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        print(f"{kind:9} {features:6} {rows:8}  failed: {result.stderr.strip()[-200:]}", flush=True)
        return float("nan"), float("nan"), float("nan")
    seconds, used, memory, residual = result.stdout.split()
    print(
        f"{kind:9} {features:6} features {rows:8} points  {float(seconds):8.2f} s"
        f"  {float(used):8.2f} s CPU  {float(memory):6.2f} GiB  residual {residual}",
        flush=True,
    )
    return float(seconds), float(used), float(memory)


def draw(lines: dict[tuple[str, str], list[tuple[int, float, float]]], target: Path) -> None:
    """Plot CPU seconds and memory against features and against points."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(9, 7), layout="constrained")
    for (kind, what), points in lines.items():
        column = 0 if what == "features" else 1
        sizes = [p[0] for p in points]
        for row, (name, place) in enumerate((("CPU seconds", 1), ("GiB", 2))):
            axis = axes[row][column]
            axis.loglog(sizes, [p[place] for p in points], "o-", label=kind)
            axis.set_xlabel(what)
            axis.set_ylabel(name)
            axis.legend()
    figure.savefig(target, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most-features", type=int, default=1000)
    parser.add_argument("--most-rows", type=int, default=50_000)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        kind, features, rows = arguments.one
        print(measure(kind, int(features), int(rows)))
        return
    lines: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for kind in ("sine", "chebyshev"):
        for features in FEATURES:
            if features <= arguments.most_features:
                # The largest with the five rows per feature of the promise, the others with two.
                rows = 2 * features if features < FEATURES[-1] else 5 * features
                _, used, memory = measure_apart(kind, features, rows)
                lines.setdefault((kind, "features"), []).append((features, used, memory))
        for rows in ROWS:
            if rows <= arguments.most_rows:
                features = min(MOST_FEATURES_AT_ROWS, arguments.most_features)
                _, used, memory = measure_apart(kind, features, rows)
                lines.setdefault((kind, "points"), []).append((rows, used, memory))
    if arguments.output:
        draw(lines, arguments.output)


if __name__ == "__main__":
    main()
