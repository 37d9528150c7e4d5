"""pdelang beside DeepXDE, jinns and FastLSQ, and a classical solver, in one run.

    python benchmarks/peers.py [--seconds 15] [--seeds 0 1 2] [--only wave_1d ...]
        [--tools pdelang ...] [--environment DIR] [--pin torch==2.13.0 ...]

The peers are installed from their packages into a virtual environment of their own: ``DIR``,
which is kept, or a temporary one. ``--pin`` adds requirements, for example a build of torch for the
CPU that the installer can find. Every tool runs in a process of its own (``peer_runners/``), one after
another, and answers with values at the same points, which no tool has trained on; its relative L2
error is measured there, against the spec's exact solution or reference table. Iterative tools train for
``--seconds``, imports and compilation not counted; the other tools end by themselves.

A row is a tool on a problem over all seeds: the median and the largest error; medians of the seconds of
the first solve of a process, of a second one in the same process, of its CPU seconds over all threads,
and of imports and compilation; the settings of the last seed. ``--threads`` holds for the linear
algebra of every tool alike, not for XLA's own threads, which pdelang and jinns use. A tool that
cannot be installed or fails says so in its row. After each problem stands how many times faster
pdelang was than FastLSQ, where both solved it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from peer_runners.problems import BY_NAME, PROBLEMS, SPECS, Problem
from spectral import SOLVERS

ROOT = Path(__file__).parents[1]
RUNNERS = Path(__file__).parent / "peer_runners"
# Beyond the seconds of training: imports, compilation, and one-shot solvers, which have no limit.
ALLOWANCE = 300.0
# More than one thread waits for the others on a busy machine: torch then took ten times as long.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
TIGHT = "1e-10"
MODES = 1000


@dataclass(frozen=True, slots=True)
class Tool:
    """A row: its label, its runner's name, the packages it needs besides ours, its options."""

    label: str
    runner: str
    packages: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


TOOLS = (
    Tool("pdelang", "pdelang"),
    Tool(f"pdelang --tol {TIGHT}", "pdelang", options=("--tol", TIGHT)),
    Tool("FastLSQ", "fastlsq", ("torch", "fastlsq")),
    Tool("DeepXDE", "deepxde", ("torch", "deepxde")),
    Tool("jinns natural", "jinns", ("jinns",), ("--optimizer", "natural")),
    Tool("jinns SSBroyden", "jinns", ("jinns",), ("--optimizer", "ssbroyden")),
    Tool("jinns Adam", "jinns", ("jinns",), ("--optimizer", "adam")),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One solve: its relative L2 error, its seconds (None where not measured), its settings."""

    error: float
    first: float
    again: float | None
    cpu: float | None
    start: float
    settings: str


@dataclass(frozen=True, slots=True)
class Row:
    """The runs of a tool on a problem, one per seed, or why there are none."""

    label: str
    runs: tuple[Run, ...]
    fault: str = ""

    def median(self, name: str) -> float | None:
        values = [getattr(run, name) for run in self.runs]
        known = [value for value in values if value is not None]
        return float(np.median(known)) if known else None

    @property
    def seconds(self) -> float:
        """The faster of a first and a second solve, medians over the seeds."""
        known = [self.median("first"), self.median("again")]
        return min(value for value in known if value is not None)

    @property
    def largest_error(self) -> float:
        return max(run.error for run in self.runs)

    def write(self, problem: str) -> str:
        name = f"{problem:13} {self.label:19}"
        if not self.runs:
            return f"{name} {self.fault}"
        times = [self.median(part) for part in ("first", "again", "cpu", "start")]
        columns = " ".join(f"{'-':>7}" if t is None else f"{t:7.2f}" for t in times)
        errors = f"{self.median('error'):8.1e} {self.largest_error:8.1e}"
        fault = f"; {self.fault}" if self.fault else ""
        return f"{name} {errors} {columns}  {self.runs[-1].settings}{fault}"


@dataclass(frozen=True, slots=True)
class Environment:
    """The interpreter of the peers, and why a runner's packages could not be installed."""

    python: str
    faults: dict[str, str]


def prepare_environment(folder: Path, tools: list[Tool], pins: list[str]) -> Environment:
    """Make the virtual environment where there is none, and install what the tools need."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    faults = {}
    for tool in tools:
        if not tool.packages:
            continue
        names = {pin.split("==")[0] for pin in pins}
        wanted = [name for name in tool.packages if name not in names]
        command = [str(python), "-m", "pip", "install", "--quiet", *wanted]
        command += [pin for pin in pins if pin.split("==")[0] in tool.packages]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
        if output.returncode:
            faults[tool.runner] = find_reason(output.stderr)
    return Environment(str(python), faults)


def find_reason(text: str) -> str:
    """Return the last line that says something, shortened."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" -^~")]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1][:100]


def measure(
    tool: Tool,
    problem: Problem,
    seeds: list[int],
    environment: Environment,
    folder: Path,
    seconds: float,
    threads: int,
) -> Row:
    """Run one tool on one problem, once per seed, and return its row."""
    if tool.runner in environment.faults:
        return Row(tool.label, (), f"could not be installed: {environment.faults[tool.runner]}")
    runs: list[Run] = []
    fault = ""
    for seed in seeds:
        outcome = run_once(tool, problem, seed, environment, folder, seconds, threads)
        if isinstance(outcome, str):
            fault = outcome
            if not runs:
                break  # What fails at once fails for every seed.
        else:
            runs.append(outcome)
    return Row(tool.label, tuple(runs), fault)


def run_once(
    tool: Tool,
    problem: Problem,
    seed: int,
    environment: Environment,
    folder: Path,
    seconds: float,
    threads: int,
) -> Run | str:
    """Run one tool in a process of its own; return what it took, or why there is no answer."""
    points, truth = problem.draw_points()
    asked, answer = folder / "points.npy", folder / "answer.npy"
    np.save(asked, points)
    python = environment.python if tool.packages else sys.executable
    command = [python, str(RUNNERS / f"run_{tool.runner}.py"), problem.name, str(asked)]
    command += [str(answer), "--seconds", str(seconds), "--seed", str(seed), *tool.options]
    # The peers must not find this checkout, nor this interpreter's packages.
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    variables |= dict.fromkeys(THREAD_VARIABLES, str(threads))
    if not tool.packages:
        variables["PYTHONPATH"] = str(ROOT)
    try:
        output = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * seconds + ALLOWANCE,
            env=variables,
            cwd=folder,
        )
    except subprocess.TimeoutExpired as late:
        return f"stopped after {late.timeout:.0f} s without an answer"
    if output.returncode:
        return f"failed: {find_reason(output.stderr)}"
    record = json.loads(answer.with_suffix(".json").read_text("utf-8"))
    error = float(np.linalg.norm(np.load(answer) - truth) / np.linalg.norm(truth))
    times = (record["solve"], record["again"], record["cpu"], record["start"])
    return Run(error, *times, record["settings"])


def compare_fastlsq(rows: list[Row]) -> str | None:
    """Say how many times faster pdelang was than FastLSQ at no more than its error, if it was."""
    peers = [row for row in rows if row.label == "FastLSQ" and row.runs]
    ours = [row for row in rows if row.label.startswith("pdelang") and row.runs]
    if not peers or not ours:
        return None
    peer = peers[0]
    good = [row for row in ours if row.largest_error <= peer.largest_error]
    if not good:
        return "pdelang did not reach the error of FastLSQ"
    best = min(good, key=lambda row: row.seconds)
    faster = f"{peer.seconds / best.seconds:.1f} times faster than FastLSQ"
    used, own = peer.median("cpu"), best.median("cpu")
    if used is not None and own is not None:
        faster += f" (processor time: {used / own:.1f} times)"
    return f"{best.label} is {faster}, and no less accurate"


def solve_burgers() -> float:
    """Return the error of ETDRK4 in Fourier space, at the points of the reference table."""
    sys.path.append(str(SPECS / "references"))
    values = importlib.import_module("burgers").solve_burgers(MODES, 2 * MODES)
    points, truth = BY_NAME["burgers"].draw_points()
    order = np.lexsort((points[:, 0], points[:, 1]))  # as the solver's table: times, then x
    truth = truth[order].reshape(values.shape)
    return float(np.linalg.norm(values - truth) / np.linalg.norm(truth))


def measure_classical(problem: Problem) -> str:
    """Return the row of the classical solver, the fastest of three runs."""
    if problem.name == "burgers":
        solver, settings = solve_burgers, f"Fourier, {MODES} points, ETDRK4"
    else:
        solver, settings = SOLVERS[problem.name], "spectral collocation, error at its nodes"
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        error = solver()
        seconds.append(time.perf_counter() - began)
    name = f"{problem.name:13} {'classical':19}"
    return (
        f"{name} {error:8.1e} {'-':>8} {min(seconds):7.4f} {'-':>7} {'-':>7} {'-':>7}  {settings}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", choices=list(BY_NAME), default=list(BY_NAME))
    labels = [tool.label for tool in TOOLS]
    parser.add_argument("--tools", nargs="*", choices=labels, default=labels)
    parser.add_argument("--seconds", type=float, default=15.0, help="training time of each tool")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=1, help="threads of linear algebra")
    parser.add_argument("--environment", type=Path, help="keep the peers' environment here")
    parser.add_argument("--pin", nargs="*", default=[], help="requirements such as torch==2.13.0")
    arguments = parser.parse_args()
    tools = [tool for tool in TOOLS if tool.label in arguments.tools]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        home = (arguments.environment or folder / "environment").absolute()
        environment = prepare_environment(home, tools, arguments.pin)
        run = partial(
            measure,
            environment=environment,
            folder=folder,
            seconds=arguments.seconds,
            seeds=arguments.seeds,
            threads=arguments.threads,
        )
        print(f"{'problem, tool':34}   error    worst   first   again     CPU   start  settings")
        for problem in PROBLEMS:
            if problem.name not in arguments.only:
                continue
            rows: list[Row] = []
            for tool in tools:
                rows.append(run(tool, problem))
                print(rows[-1].write(problem.name), flush=True)
            print(measure_classical(problem), flush=True)
            comparison = compare_fastlsq(rows)
            if comparison is not None:
                print(f"{problem.name:13} {comparison}", flush=True)


if __name__ == "__main__":
    main()
