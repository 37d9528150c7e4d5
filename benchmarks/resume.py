"""Kill a solve with SIGKILL at random moments, resume it, and compare with a run that nobody disturbed.

    python benchmarks/resume.py [--kills 20] [--seed 0] [--every 0.5] [CASE...]

Every case is one solve in one method. It is run once whole, then ``kills`` times: each of those runs
is killed at a moment drawn uniformly from the duration of the whole run, then resumed to the end
(every other one is killed a second time on the way). The parameters have to be the same to the
last bit. Checkpoints are written every ``every`` seconds instead of every 20, so that a kill
meets all of their states.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"

# Name, spec, options. The time limit is far beyond what each takes, so that no clock decides.
CASES = {
    "adam": ("poisson_2d", ["method=adam", "steps=3000", "points=64", "tolerance=1e-9"]),
    "adam_causal": (
        "wave_1d",
        ["method=adam", "weights=ntk_pointwise", "steps=1500", "points=64", "tolerance=1e-9"],
    ),
    "gauss_newton": (
        "poisson_nonlinear_2d",
        ["method=gauss_newton", "steps=60", "points=200", "tolerance=1e-12"],
    ),
    "features": ("helmholtz_hole", ["tolerance=1e-7", "network=features(kind = sine)"]),
    "splines": ("kdv_two_solitons", ["tolerance=3e-3"]),
}

# The command line with checkpoints more often than every 20 seconds.
_RUN = """\
import sys
from pdelang.training import journal
journal.WRITE_EVERY = float(sys.argv[1])
journal._MOST_OF_THE_TIME = 1.0
from pdelang.cli import main
sys.argv[1:2] = []
main()
"""


def start(spec: Path, options: list[str], out: Path, every: float, resume: bool):
    arguments = [word for option in options for word in ("--set", option)]
    command = [sys.executable, "-c", _RUN, str(every), "solve", str(spec), *arguments]
    command += ["--time-limit", "3600", "-o", str(out), "--quiet"]
    command += ["--resume"] if resume else []
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, error = process.communicate()
    if process.returncode not in (0, 1):
        raise SystemExit(error.decode())


def fingerprint(out: Path) -> str:
    return hashlib.sha256((out / "parameters.safetensors").read_bytes()).hexdigest()


def try_case(name: str, kills: int, every: float, draw: random.Random) -> int:
    """Return how many of ``kills`` runs ended with other numbers than the undisturbed one."""
    spec, options = SPECS / f"{CASES[name][0]}.pde", CASES[name][1]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        began = time.monotonic()
        finish(start(spec, options, whole, every, False))
        seconds = time.monotonic() - began
        wanted, wrong = fingerprint(whole), 0
        print(f"{name}: {seconds:.1f} s undisturbed", flush=True)
        for number in range(kills):
            out = Path(folder) / f"killed-{number}"
            moments = []
            for attempt in range(1 + number % 2):
                process = start(spec, options, out, every, attempt > 0)
                moments.append(draw.uniform(0.3, 1.0) * seconds)
                try:
                    process.wait(moments[-1])
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
            began = time.monotonic()
            finish(start(spec, options, out, every, True))
            same = fingerprint(out) == wanted
            wrong += not same
            told = ", ".join(f"{m:.1f} s" for m in moments)
            spent = time.monotonic() - began
            print(
                f"  killed at {told}; resumed in {spent:.1f} s: {'same' if same else 'OTHER NUMBERS'}",
                flush=True,
            )
            shutil.rmtree(out)
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", nargs="*", default=list(CASES), help=", ".join(CASES))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=float, default=0.5)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    wrong = {name: try_case(name, given.kills, given.every, draw) for name in given.cases}
    print({name: f"{given.kills - n} of {given.kills} the same" for name, n in wrong.items()})
    raise SystemExit(1 if any(wrong.values()) else 0)


if __name__ == "__main__":
    main()
