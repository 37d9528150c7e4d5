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
import importlib
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"

# Name, spec, options. The time limit is far beyond what each takes, so that no clock decides.
CASES = {
    "adam": ("poisson_2d", ["method=adam", "steps=8000", "points=64", "tolerance=1e-9"]),
    "adam_causal": (
        "wave_1d",
        ["method=adam", "weights=ntk_pointwise", "steps=600", "points=64", "tolerance=1e-9"],
    ),
    "lbfgs": ("poisson_2d", ["method=lbfgs", "steps=600", "points=200", "tolerance=1e-12"]),
    "gauss_newton": (
        "poisson_nonlinear_2d",
        ["method=gauss_newton", "steps=25", "points=200", "tolerance=1e-12"],
    ),
    "features": ("helmholtz_hole", ["tolerance=1e-7", "network=features(kind = sine)"]),
    "splines": ("kdv_two_solitons", ["tolerance=3e-3"]),
    "windows": ("burgers", ["tolerance=1e-6"]),
    "singular": ("l_shape", ["tolerance=1e-7"]),
    "interfaces": ("layered_heat", ["tolerance=1e-7"]),
    "family": ("heat_family", ["tolerance=1e-6"]),
    "inverse": ("inverse_diffusion", ["tolerance=1e-6"]),
    "inverse_points": ("thermocouples", []),
    "inverse_field": ("conductivity_field", []),
    "eigen": ("membrane", []),
    "trajectory": ("lotka_volterra", ["tolerance=1e-7"]),
}

# Imported once, before a process per solve is forked: imports take longer than many a solve. None of
# them starts JAX's backend, whose threads would not survive a fork.
_PRELOADED = (
    "jax.export",
    "matplotlib.figure",
    "pdelang.api.problem",
    "pdelang.artifacts.save",
    "pdelang.cli.solve",
    "pdelang.lowering.lower",
    "pdelang.training.solver",
)


def run_solve(arguments: list[str], every: float) -> None:
    """Run the command line in a forked process, with checkpoints more often than every 20 seconds."""
    from pdelang.cli.app import run
    from pdelang.training import journal

    journal.WRITE_EVERY = every
    journal._MOST_OF_THE_TIME = 1.0
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    sys.exit(run(arguments))


def start(spec: Path, options: list[str], out: Path, every: float, resume: bool):
    settings = [word for option in options for word in ("--set", option)]
    arguments = ["solve", str(spec), *settings, "--time-limit", "3600", "-o", str(out), "--quiet"]
    arguments += ["--resume"] if resume else []
    process = multiprocessing.get_context("fork").Process(target=run_solve, args=(arguments, every))
    process.start()
    return process


def finish(process: BaseProcess) -> None:
    process.join()
    if process.exitcode not in (0, 1):
        raise SystemExit(f"a solve ended with exit code {process.exitcode}")


def fingerprint(out: Path) -> str:
    return hashlib.sha256((out / "parameters.safetensors").read_bytes()).hexdigest()


def try_case(name: str, kills: int, every: float, draw: random.Random) -> int:
    """Return how many of ``kills`` runs ended with other numbers than the undisturbed one."""
    stem, options = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        # Without pictures, which take longer than many a solve and are never in its way.
        shutil.copytree(SPECS / "references", Path(folder) / "references")
        spec = Path(folder) / f"{stem}.pde"
        text = (SPECS / f"{stem}.pde").read_text("utf-8")
        spec.write_text(f"{text}\noutput {{ plots = none }}\n", "utf-8")
        whole = Path(folder) / "whole"
        began = time.monotonic()
        finish(start(spec, options, whole, every, False))
        seconds = time.monotonic() - began
        wanted, wrong, met = fingerprint(whole), 0, 0
        print(f"{name}: {seconds:.1f} s undisturbed", flush=True)
        for number in range(kills):
            out = Path(folder) / f"killed-{number}"
            moments = []
            for attempt in range(1 + number % 2):
                process = start(spec, options, out, every, attempt > 0)
                moments.append(draw.uniform(0.05, 1.0) * seconds)
                process.join(moments[-1])
                process.kill()
                process.join()
                met += out.with_name(f"{out.name}.checkpoint").exists()
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
        print(f"  {met} kills left a checkpoint")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", nargs="*", default=list(CASES), help=", ".join(CASES))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=float, default=0.5)
    given = parser.parse_args()
    for name in _PRELOADED:
        importlib.import_module(name)
    draw = random.Random(given.seed)
    wrong = {name: try_case(name, given.kills, given.every, draw) for name in given.cases}
    print({name: f"{given.kills - n} of {given.kills} the same" for name, n in wrong.items()})
    raise SystemExit(1 if any(wrong.values()) else 0)


if __name__ == "__main__":
    main()
