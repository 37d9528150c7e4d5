"""What the comforts cost: the live display and the history of a solve, the report, `eval` of many points.

    python benchmarks/overhead.py [--points 1000000] [display] [eval] [report]

Beside what they are held to: display and history under 3 % of a solve, and the report within 1.5 s, in CPU seconds of
this process; a million points of a solution of 1000 features within 15 s through Python and 6 s more as
CSV, by the clock of two free cores. `eval` also tells the most memory that the process has held, which must not grow with the
number of points beyond a block.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import pdelang
from pdelang import pipeline

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = 250_000


def judge(name: str, found: float, most: float, unit: str) -> bool:
    told = "ok" if found <= most else "MISSED"
    print(f"{name:<44}{found:>9.3g} {unit:<3} (≤ {most:g})  {told}", flush=True)
    return found <= most


def open_terminal() -> None:
    """Let standard error be a terminal whose output nobody reads."""
    master, slave = os.openpty()

    def drain() -> None:
        while os.read(master, 65536):
            pass

    threading.Thread(target=drain, daemon=True).start()
    sys.stderr = os.fdopen(slave, "w")


def measure_display() -> bool:
    """Solve the wave by Adam with the live display on a terminal; all that is drawn and kept counts."""
    from pdelang.artifacts.history import write_history
    from pdelang.cli.progress import open_progress

    open_terminal()
    settings = {"method": "adam", "steps": "4000", "points": "300", "tolerance": "1e-9"}
    compilation = pipeline.compile(ROOT / "specs" / "wave_1d.pde", settings)
    spent, calls = 0.0, 0
    began = time.process_time()
    with open_progress(False) as display:

        def show(event) -> None:
            nonlocal spent, calls
            before = time.process_time()
            display.show_training(event)
            spent += time.process_time() - before
            calls += 1

        solution = pipeline.solve(compilation, progress=show)
    whole = time.process_time() - began
    before = time.process_time()
    text = write_history(solution.history)
    kept = time.process_time() - before
    print(f"{type(display).__name__}: {calls} events, {len(text.splitlines())} rows, {whole:.1f} s")
    return judge("display and history, share of the solve", 100 * (spent + kept) / whole, 3.0, "%")


def make_artifact(folder: Path) -> Path:
    settings = {"network": "features(kind = sine, count = 1000)", "time_limit": "60"}
    compilation = pipeline.compile(ROOT / "specs" / "poisson_2d.pde", settings)
    pipeline.save(pipeline.solve(compilation), folder)
    return folder


def measure_evaluation(points: int) -> bool:
    from pdelang.cli.evaluate import evaluate_artifact

    with tempfile.TemporaryDirectory() as place:
        artifact = make_artifact(Path(place) / "many.solution")
        table, out = Path(place) / "in.csv", Path(place) / "out.csv"
        draw = np.random.default_rng(0)
        with table.open("w", encoding="utf-8") as file:
            file.write("x,y\n")
            for start in range(0, points, _BLOCK):
                block = draw.uniform(0, 1, (min(_BLOCK, points - start), 2))
                file.writelines(f"{x!r},{y!r}\n" for x, y in block.tolist())
        few = draw.uniform(0, 1, (min(points, 1_000_000), 2))
        solution = pdelang.load(artifact)
        before = time.process_time(), time.monotonic()
        np.asarray(solution.u(x=few[:, 0], y=few[:, 1]))
        python, wall = time.process_time() - before[0], time.monotonic() - before[1]
        print(f"{len(few)} points through Python: {python:.1f} s CPU, {wall:.1f} s by the clock")
        python = wall
        good = judge("through Python, per million points", 1e6 * python / len(few), 15.0, "s")
        before = time.process_time(), time.monotonic()
        evaluate_artifact(artifact, None, table, out)
        file_seconds, wall = time.process_time() - before[0], time.monotonic() - before[1]
        print(
            f"{points} points from and to CSV: {file_seconds:.1f} s CPU, {wall:.1f} s by the clock"
        )
        more = 1e6 * (wall / points - python / len(few))
        good &= judge("CSV more than that, per million points", more, 6.0, "s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        good &= judge("most memory of the process", peak, 2500.0, "MB")
        with out.open(encoding="utf-8") as file:
            assert sum(1 for _ in file) == points + 1
        return good


def measure_report() -> bool:
    from pdelang.artifacts.plots import draw_plots
    from pdelang.artifacts.report import write_report
    from pdelang.artifacts.save import build_manifest

    compilation = pipeline.compile(ROOT / "specs" / "burgers.pde")
    solution = pipeline.solve(compilation)
    manifest = build_manifest(solution, (), "cpu")
    pictures = dict(draw_plots(solution))  # with what is imported and compiled once
    before = time.process_time()
    pictures = dict(draw_plots(solution))
    drawn = time.process_time() - before
    before = time.process_time()
    page = write_report(solution, manifest, pictures)
    written = time.process_time() - before
    print(f"{len(pictures)} pictures in {drawn:.2f} s, a page of {len(page) / 1e6:.1f} MB")
    return judge("the report beside the pictures", written, 1.5, "s")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", default=["report", "eval", "display"])
    parser.add_argument("--points", type=int, default=1_000_000)
    given = parser.parse_args()
    parts = {
        "display": measure_display,
        "eval": lambda: measure_evaluation(given.points),
        "report": measure_report,
    }
    found = [parts[name]() for name in given.parts]
    raise SystemExit(0 if all(found) else 1)


if __name__ == "__main__":
    main()
