"""From a program to a solution, by the method that the settings name or `auto` chooses."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

from pdelang.lowering.program import Program
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.auto import Decision, decide, worst_estimate
from pdelang.training.descent import solve_adam
from pdelang.training.gauss_newton.method import solve_gauss_newton
from pdelang.training.least_squares.method import solve_least_squares
from pdelang.training.progress import Progress
from pdelang.training.solution import Solution, Status

# How much smaller the estimate of an earlier, unsuccessful method must be to win over a later one.
TRUST = 10.0


def solve(
    program: Program,
    settings: Settings,
    progress: Progress | None = None,
    started: float | None = None,
) -> Solution:
    """Solve a program by the method that ``settings`` names.

    ``started`` is the reading of ``time.monotonic()`` from which ``time_limit`` counts; None is
    now. ``progress`` is called with an `Event` as the solve goes on. The result says in its
    ``status`` how the solve ended; an interrupt from the keyboard gives what there is, as
    ``stopped``. Raises ValueError for settings that the checker refuses (E106).
    """
    started = time.monotonic() if started is None else started
    if settings.method.name != "auto":
        return _solve_by(settings.method, program, settings, progress, started, None)
    decision = decide(program.system, settings)
    return _follow(decision, program, settings, progress, started)


def _follow(
    decision: Decision,
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
) -> Solution:
    """Try the methods of a decision in turn; return the first that succeeds, else the best.

    Its ``seconds`` are those of all methods tried.
    """
    messages = [decision.reason]
    best: Solution | None = None
    seconds: Counter[str] = Counter()
    for number, method in enumerate(decision.methods):
        last = number == len(decision.methods) - 1
        deadline = None if last else started + decision.trial_share * settings.time_limit
        found = _solve_by(Choice(method), program, settings, progress, started, deadline)
        seconds.update(found.seconds)
        messages.extend(
            f"{method}: {m}" if len(decision.methods) > 1 else m for m in found.messages
        )
        # An earlier method that fell short had not resolved the solution, and what it estimates
        # of itself is worth less: it has to be far better to be preferred.
        if best is None or worst_estimate(found) < TRUST * worst_estimate(best):
            best = found
        if found.status in (Status.SOLVED, Status.SINGULAR, Status.STOPPED):
            best = found
            break
        if not last:
            messages.append(
                f"{method} did not reach the tolerance; going on with {decision.methods[number + 1]}"
            )
    assert best is not None
    return replace(best, messages=tuple(messages), seconds=dict(seconds))


def _solve_by(
    method: Choice,
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    deadline: float | None,
) -> Solution:
    settings = replace(settings, method=method)
    match method.name:
        case "adam":
            return solve_adam(program, settings, progress, started)
        case "gauss_newton":
            return solve_gauss_newton(program, settings, progress, started, deadline)
        case "least_squares":
            return solve_least_squares(program, settings, progress, started, deadline)
        case name:
            raise ValueError(f"unknown method {name!r}")
