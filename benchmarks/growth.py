"""What a fit costs: seconds and memory against features and points, as a table and a plot.

    python benchmarks/growth.py [--most-features 1000] [--most-rows 50000]
        [--kinds chebyshev sine] [--kept growth.csv] [-o growth.png]

One linear problem (Poisson's equation in the square, soft conditions), one assembly and one
QR per line, for polynomials and for plane waves. First the features grow at two rows each,
then the rows at a fixed number of features; the whole range, ``--most-features 10000
--most-rows 1000000``, takes half an hour of processor time. Every line runs in a process of its own,
whose largest resident memory is measured. Lines that stand in the table ``--kept`` are not measured
again, and new ones are added to it, so that a run of that length can be ended and taken up again.
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

SPEC = Path(__file__).parents[1] / "specs" / "poisson_2d.pde"
KINDS = ("chebyshev", "sine")
FEATURES = (250, 500, 1000, 2000, 4000, 10_000)
ROWS = (10_000, 50_000, 200_000, 1_000_000)
MOST_FEATURES_AT_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A measured fit: wall and processor seconds, largest resident memory in GiB."""

    kind: str
    features: int
    rows: int
    seconds: float
    cpu_seconds: float
    memory: float
    residual: float

    def write(self) -> str:
        return (
            f"{self.kind:9} {self.features:6} features {self.rows:8} points  {self.seconds:8.2f} s"
            f"  {self.cpu_seconds:8.2f} s CPU  {self.memory:6.2f} GiB  residual {self.residual:.1e}"
        )


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


def measure_apart(kind: str, features: int, rows: int) -> Line | None:
    """Measure in a fresh process."""
    command = [sys.executable, __file__, "--one", kind, str(features), str(rows)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        print(f"{kind:9} {features:6} {rows:8}  failed: {result.stderr.strip()[-200:]}", flush=True)
        return None
    seconds, used, memory, residual = map(float, result.stdout.split())
    return Line(kind, features, rows, seconds, used, memory, residual)


def read_table(path: Path | None) -> dict[tuple[str, int, int], Line]:
    """Return the lines of a table, by kind, features and rows."""
    if path is None or not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        lines = [
            Line(
                row["kind"],
                int(row["features"]),
                int(row["rows"]),
                *map(float, list(row.values())[3:]),
            )
            for row in csv.DictReader(file)
        ]
    return {(line.kind, line.features, line.rows): line for line in lines}


def append_line(path: Path, line: Line) -> None:
    """Add a line to a table, which begins with the names of the columns."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(asdict(line))
        writer.writerow(asdict(line).values())


def draw(lines: dict[tuple[str, str], list[Line]], target: Path) -> None:
    """Plot processor seconds and memory against features and against points."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(9, 7), layout="constrained")
    places: tuple[set[int], set[int]] = (set(), set())
    for (kind, what), found in lines.items():
        column = 0 if what == "features" else 1
        sizes = [line.features if what == "features" else line.rows for line in found]
        places[column].update(sizes)
        axes[0][column].loglog(sizes, [line.cpu_seconds for line in found], "o-", label=kind)
        axes[1][column].loglog(sizes, [line.memory for line in found], "o-", label=kind)
    for column, title in enumerate(
        (
            f"features (two rows each, five at {FEATURES[-1]:,})",
            f"rows ({MOST_FEATURES_AT_ROWS} features)",
        )
    ):
        for row, name in enumerate(("processor seconds", "GiB")):
            axes[row][column].set_xlabel(title)
            axes[row][column].set_ylabel(name)
            axes[row][column].set_xticks(
                sorted(places[column]), [f"{size:,}" for size in sorted(places[column])]
            )
            axes[row][column].xaxis.minorticks_off()
            axes[row][column].legend()
    figure.savefig(target, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most-features", type=int, default=1000)
    parser.add_argument("--most-rows", type=int, default=50_000)
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--kept", type=Path, help="a table of lines measured before")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        kind, features, rows = arguments.one
        print(measure(kind, int(features), int(rows)))
        return
    known = read_table(arguments.kept)
    lines: dict[tuple[str, str], list[Line]] = {}

    def add(what: str, kind: str, features: int, rows: int) -> None:
        line = known.get((kind, features, rows))
        if line is None:
            line = measure_apart(kind, features, rows)
            if line is None:
                return
            if arguments.kept is not None:
                append_line(arguments.kept, line)
        print(line.write(), flush=True)
        lines.setdefault((kind, what), []).append(line)

    for kind in arguments.kinds:
        for features in FEATURES:
            if features <= arguments.most_features:
                # The largest with the five rows per feature of the promise, the others with two.
                add(
                    "features",
                    kind,
                    features,
                    2 * features if features < FEATURES[-1] else 5 * features,
                )
        for rows in ROWS:
            if rows <= arguments.most_rows:
                add("points", kind, min(MOST_FEATURES_AT_ROWS, arguments.most_features), rows)
    if arguments.output:
        draw(lines, arguments.output)


if __name__ == "__main__":
    main()
