"""What a runner is asked and what it answers: two files, so that every tool has its own process.

A runner is a script ``run_TOOL.py`` that calls ``serve`` with one function. It never sees the
solution at the evaluation points; ``peers.py`` measures the error of every tool alike.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from problems import BY_NAME, Problem


@dataclass(frozen=True, slots=True)
class Request:
    """A problem, the points (n, d) where the answer is wanted, and the seconds of training allowed."""

    problem: Problem
    points: np.ndarray
    seconds: float
    seed: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: imports and compilation, the first solve, a second one in the same process.

    ``cpu`` is the processor time of the last of these solves, over all threads.
    """

    start: float
    solve: float
    again: float | None = None
    cpu: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The solution at the points, shape (n,), what it took, and the settings in words."""

    values: np.ndarray
    times: Times
    settings: str


def serve(solve: Callable[[Request], Answer]) -> None:
    """Read the request from the command line, solve, write ``ANSWER`` (.npy) and its ``.json``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("problem", choices=BY_NAME)
    parser.add_argument("points", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    arguments, options = parser.parse_known_args()
    request = Request(
        BY_NAME[arguments.problem],
        np.load(arguments.points),
        arguments.seconds,
        arguments.seed,
        tuple(options),
    )
    answer = solve(request)
    np.save(arguments.answer, np.asarray(answer.values, float).reshape(-1))
    record = {**asdict(answer.times), "settings": answer.settings}
    arguments.answer.with_suffix(".json").write_text(json.dumps(record), "utf-8")
