"""How long `pdelang check` takes: every spec of the gallery, and one of a thousand statements.

    python benchmarks/check_time.py [--process] [SPEC...]

Prints CPU seconds of the check itself, imports left out, of every spec, or of those that are named,
and of a generated spec of a thousand statements with a hundred unknowns. With ``--process`` also the CPU
seconds of the whole command, imports included, for the slowest of them.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pdelang import pipeline

SPECS = Path(__file__).resolve().parents[1] / "specs"


def write_long_spec(fields: int = 100) -> str:
    """Return a spec of ten statements for each of ``fields`` unknowns, which are coupled in a chain."""
    lines = ["pde 1", 'problem "A chain of reactions"', "domain rod(x) = interval(0, 1)"]
    lines += ["time t in 0 .. 1"]
    for k in range(fields):
        before = f"u{(k - 1) % fields}"
        lines += [
            f"param a{k} = {1 + k / fields:.4f}",
            f"param b{k} = a{k}/{k + 2}",
            f"let rate{k}(s) = b{k}*s/(1 + s^2)",
            f"let load{k} = rate{k}({before}) + exp(-b{k}*x)*sin(pi*x)",
            f"unknown u{k}",
            f"in rod as balance{k}: dt(u{k}) = a{k}*dxx(u{k}) - rate{k}(u{k}) + load{k}",
            f"on left as left{k}: u{k} = 0",
            f"on right as right{k}: dn(u{k}) + b{k}*u{k} = 0",
            f"at t = 0 as start{k}: u{k} = a{k}*x*(1 - x)^2*0",
            f"report mean{k} = mean(u{k})/a{k}",
        ]
    return "\n".join(lines) + "\n"


def time_check(path: Path) -> float:
    """Return the CPU seconds of one check in this process; the spec must be sound."""
    started = time.process_time()
    compilation = pipeline.check(path)
    taken = time.process_time() - started
    if compilation.has_errors:
        raise SystemExit(f"{path} has errors")
    return taken


def time_process(path: Path) -> float:
    """Return the CPU seconds of the whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pdelang", "check", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("specs", nargs="*", type=Path)
    parser.add_argument("--process", action="store_true", help="time the whole command too")
    arguments = parser.parse_args()
    paths = arguments.specs or sorted(SPECS.glob("*.pde"))
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "thousand_statements.pde"
        long.write_text(write_long_spec(), "utf-8")
        pipeline.check(
            "pde 1\ndomain l(x) = interval(0, 1)\nunknown u\nin l: dxx(u) = 1\non edge: u = 0\n"
        )
        times = {path: time_check(path) for path in (*paths, long)}
        for path, seconds in sorted(times.items(), key=lambda item: -item[1]):
            print(f"{path.stem:28} {seconds:6.2f} s")
        if arguments.process:
            slowest = max(paths, key=times.__getitem__)
            for path in (slowest, long):
                print(f"{path.stem:28} {time_process(path):6.2f} s as a process")


if __name__ == "__main__":
    main()
