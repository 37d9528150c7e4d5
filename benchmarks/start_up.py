"""Whole-process time of `pdelang solve`, from a cold and from a warm compilation cache.

    python benchmarks/start_up.py [SPEC] [--repeats 3] [--imports]

Every run is a process of its own. Printed are wall and CPU seconds (user and system, which do not
depend on what else the machine does) and the seconds by stage that the run itself reports.
`--imports` lists the slowest imports (`python -X importtime`, own time).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPEC = Path(__file__).parents[1] / "specs" / "wave_1d.pde"
LISTED = 12


def run_once(spec: Path, folder: Path, cache: Path) -> str:
    """Solve in a process of its own and return a line on its time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    output = subprocess.run(
        [
            sys.executable,
            "-m",
            "pdelang",
            "solve",
            str(spec),
            "-o",
            str(folder),
            "--quiet",
            "--format",
            "json",
        ],
        env={**os.environ, "PDELANG_CACHE_DIR": str(cache)},
        capture_output=True,
        check=False,
    )
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    stages = json.loads(output.stdout)["seconds_by_stage"]
    parts = ", ".join(f"{name} {value:.1f}" for name, value in stages.items())
    return f"{wall:5.1f} s wall, {cpu:4.1f} s CPU  ({parts})"


def list_imports(spec: Path, folder: Path) -> list[str]:
    """Return the imports with the longest time of their own, slowest first."""
    output = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-m",
            "pdelang",
            "solve",
            str(spec),
            "-o",
            str(folder),
            "--quiet",
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    rows = [
        line.split("|") for line in output.stderr.splitlines() if line.startswith("import time:")
    ]
    own = [
        (int(r[0].split(":")[1]), r[2].strip())
        for r in rows
        if r[0].split(":")[1].strip().isdigit()
    ]
    return [
        f"{microseconds / 1e6:.3f} s  {name}"
        for microseconds, name in sorted(own)[: -LISTED - 1 : -1]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Start-up of a solve")
    parser.add_argument("spec", nargs="?", type=Path, default=SPEC)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--imports", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for number in range(options.repeats):
            kind = "cold" if number == 0 else "warm"
            line = run_once(options.spec, folder / "out.solution", folder / "cache")
            print(f"{options.spec.stem} {kind} cache: {line}", flush=True)
        if options.imports:
            print("\n".join(list_imports(options.spec, folder / "out.solution")))


if __name__ == "__main__":
    main()
