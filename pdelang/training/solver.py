"""From a program to a solution, by the method that the settings name or `auto` chooses.

A method is imported when it is called: a solve by least squares needs no optimiser.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pdelang.lowering.program import Program
from pdelang.semantics.settings import Choice, Settings
from pdelang.semantics.settings_conflicts import JOINT
from pdelang.training.auto import Decision, decide, decide_features, trial_share, worst_estimate
from pdelang.training.conditions import soften
from pdelang.training.journal import open_section, read_clock
from pdelang.training.progress import Progress
from pdelang.training.solution import Solution, Status

# How much smaller the estimate of an earlier, unsuccessful method must be to win over a later one.
TRUST = 10.0
# An estimate below this is rounding error, and no other method gets further.
_ROUNDING = 1e-14


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
    started = read_clock() if started is None else started
    problem = program.system.problem

    def forward(fixed: Program, chosen: Settings, route: str | None) -> Solution:
        return _solve_forward(fixed, chosen, progress, started, route)

    has_members = any(fit.is_of_members(problem.varied) for fit in problem.fits)
    if program.system.is_eigenproblem and has_members:
        from pdelang.training.eigen.family import solve_eigen_family

        return solve_eigen_family(program, settings, progress, started)
    if program.system.is_eigenproblem and settings.method.name in JOINT:
        from pdelang.training.eigen.trained import train_eigenproblem

        return train_eigenproblem(program, settings, progress, started)
    if program.system.is_eigenproblem:
        from pdelang.training.eigen.method import solve_eigenproblem

        return solve_eigenproblem(program, settings, progress, started)
    if has_members:
        from pdelang.training.inverse.family import solve_inverse_family

        return solve_inverse_family(
            program,
            settings,
            forward,
            progress,
            started,
        )
    if problem.fits and settings.method.name in JOINT:
        from pdelang.training.inverse.joint import solve_jointly

        return solve_jointly(program, settings, progress, started)
    if problem.fits:
        from pdelang.training.inverse.method import solve_inverse

        return solve_inverse(
            program,
            settings,
            forward,
            progress,
            started,
        )
    return _solve_forward(program, settings, progress, started)


def _solve_forward(
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    route: str | None = None,
) -> Solution:
    match settings.method.name:
        case _ if route is not None:
            decision = Decision((route,), "")
        case "auto":
            decision = decide(program.system, settings)
        case "least_squares":
            decision = decide_features(program.system, settings)
        case name:
            decision = Decision((name,), "")
    return _follow(decision, program, settings, progress, started)


def _follow(
    decision: Decision,
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
) -> Solution:
    """Try the routes of a decision in turn; return the first that succeeds, else the best.

    Its ``seconds`` are those of all routes tried.
    """
    messages = [decision.reason] if decision.reason else []
    best: Solution | None = None
    seconds: Counter[str] = Counter()
    for number, route in enumerate(decision.routes):
        last = number == len(decision.routes) - 1
        deadline = None if last else started + trial_share(route) * settings.time_limit
        with open_section(route):
            found = _solve_by(route, program, settings, progress, started, deadline)
        seconds.update(found.seconds)
        messages.extend(f"{route}: {m}" if len(decision.routes) > 1 else m for m in found.messages)
        # An earlier method that fell short had not resolved the solution, and what it estimates
        # of itself is worth less: it has to be far better to be preferred.
        if best is None or worst_estimate(found) < TRUST * worst_estimate(best):
            best = found
        if found.status in (Status.SOLVED, Status.SINGULAR, Status.STOPPED):
            best = found
            break
        if worst_estimate(found) < _ROUNDING:
            messages.append(
                f"what is left is rounding error: no method reaches a tolerance of"
                f" {settings.tolerance:.0e} in double precision"
            )
            break
        if not last:
            messages.append(
                f"{route} did not reach the tolerance; going on with {decision.routes[number + 1]}"
            )
    assert best is not None
    return replace(best, messages=tuple(messages), seconds=dict(seconds))


def _solve_by(
    route: str,
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    deadline: float | None,
) -> Solution:
    match route:
        case "features":
            from pdelang.training.least_squares.method import solve_least_squares

            settings = replace(settings, method=Choice("least_squares"))
            return solve_least_squares(program, settings, progress, started, deadline)
        case "singular":
            from pdelang.training.least_squares.method import solve_least_squares

            given = settings.network.options if settings.network is not None else ()
            kept = tuple(option for option in given if option[0] != "kind")
            settings = replace(
                settings,
                method=Choice("least_squares"),
                network=Choice("features", (("kind", "singular"), *kept)),
                conditions="soft",
            )
            return solve_least_squares(soften(program), settings, progress, started, deadline)
        case "splines":
            from pdelang.training.splines.method import solve_splines

            return solve_splines(program, settings, progress, started, deadline)
        case "gauss_newton":
            from pdelang.training.gauss_newton.method import solve_gauss_newton

            if settings.method.name != "gauss_newton":
                settings = replace(settings, method=Choice("gauss_newton"))
            return solve_gauss_newton(program, settings, progress, started, deadline)
        case "adam":
            from pdelang.training.descent import solve_adam

            if settings.method.name != "adam":
                settings = replace(settings, method=Choice("adam"))
            return solve_adam(program, settings, progress, started)
        case "lbfgs":
            from pdelang.training.lbfgs.method import solve_lbfgs

            return solve_lbfgs(program, settings, progress, started)
        case name:
            raise ValueError(f"unknown method {name!r}")
