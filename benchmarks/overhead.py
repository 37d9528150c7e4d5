"""What the comforts cost: the live display and the history of a solve, the report, `eval` of many points.

    python benchmarks/overhead.py [--points 1000000] [display] [eval] [report]

Beside what they are held to: display and history under 3 % of a solve, and the report within 1.5 s, in CPU seconds of
this process; a million points of a solution of 1000 features within 15 s through Python and 6 s more as
CSV, by the clock of two free cores. `pdelang eval` runs as a process of its own, at a tenth of the points and at all of them: the time per
million is that of the difference, and the most memory that it has held must not grow. `--points 10000000` are ten million.
"""

from __future__ import annotations

import argparse
import os
import subprocess
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
# Runs a command and prints its seconds and the most memory it has held, in MB. A new process is charged by `getrusage`
# with what the one that started it held; the kernel's own mark (VmHWM) is not.
_MEASURED = """
import re, sys, time
from pdelang.cli.app import run
code = run(sys.argv[1:])
mark = re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())
print(time.process_time(), int(mark[1]) / 1024)
sys.exit(code)
"""


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


def write_points(table: Path, points: int) -> None:
    draw = np.random.default_rng(0)
    with table.open("w", encoding="utf-8") as file:
        file.write("x,y\n")
        for start in range(0, points, _BLOCK):
            block = draw.uniform(0, 1, (min(_BLOCK, points - start), 2))
            file.writelines(f"{x!r},{y!r}\n" for x, y in block.tolist())


def run_evaluation(artifact: Path, table: Path, points: int) -> tuple[float, float, float]:
    """Evaluate a table in a process of its own; return its seconds by the clock, of the processor, and its peak in MB."""
    out = table.with_name("out.csv")
    words = ["eval", str(artifact), "--points", str(table), "-o", str(out)]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *words], check=True, stdout=subprocess.PIPE, text=True
    )
    wall = time.monotonic() - began
    cpu, peak = map(float, done.stdout.split())
    with out.open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == points + 1
    out.unlink()
    print(
        f"{points} points from and to CSV: {wall:.1f} s, {cpu:.1f} s CPU, {peak:.0f} MB", flush=True
    )
    return wall, cpu, peak


def measure_evaluation(points: int) -> bool:
    with tempfile.TemporaryDirectory() as place:
        artifact = make_artifact(Path(place) / "many.solution")
        few = np.random.default_rng(0).uniform(0, 1, (min(points, 1_000_000), 2))
        solution = pdelang.load(artifact)
        before = time.process_time(), time.monotonic()
        np.asarray(solution.u(x=few[:, 0], y=few[:, 1]))
        cpu, python = time.process_time() - before[0], time.monotonic() - before[1]
        print(f"{len(few)} points through Python: {python:.1f} s, {cpu:.1f} s CPU", flush=True)
        good = judge("through Python, per million points", 1e6 * python / len(few), 15.0, "s")
        found = []
        for count in (points // 10, points):
            table = Path(place) / "in.csv"
            write_points(table, count)
            found.append(run_evaluation(artifact, table, count))
        (short, _, low), (long, _, high) = found
        per_million = 1e6 * (long - short) / (points - points // 10)
        more = per_million - 1e6 * python / len(few)
        good &= judge("CSV more than that, per million points", more, 6.0, "s")
        good &= judge("memory that ten times the points take", high / low, 1.1, "x")
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
