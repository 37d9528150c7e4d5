"""The pictures of a solution as files: solution, residual, losses, animation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from pdelang.artifacts.animation import FRAMES, POINTS, draw_animation
from pdelang.artifacts.evaluation import evaluate_fields
from pdelang.artifacts.figure import draw_rows, render_figure
from pdelang.artifacts.histories import compose_history
from pdelang.artifacts.pictures import Tables, compose_residuals, compose_unknown
from pdelang.artifacts.residuals import evaluate_residuals
from pdelang.artifacts.tables import tabulate_readings, tabulate_slices
from pdelang.artifacts.view import (
    Cut,
    View,
    ViewError,
    choose_cuts,
    choose_members,
    choose_snapshots,
)

if TYPE_CHECKING:
    from pdelang.semantics.problem import Problem
    from pdelang.training.solution import Solution

KINDS = ("solution", "residual", "losses", "animation")
# Points per axis of a residual map: derivatives cost more than values.
_RESIDUAL_POINTS = {1: 801, 2: 121}


def draw_plots(solution: Solution) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures that ``output { plots }`` names, all that suit by default, by file name."""
    problem = solution.program.system.problem
    wanted = KINDS if problem.output.plots is None else problem.output.plots
    if "solution" in wanted:
        tables = tabulate(solution, View())
        for unknown in problem.unknowns:
            suffix = f"_{unknown.name}" if len(problem.unknowns) > 1 else ""
            rows = compose_unknown(unknown, tables)
            yield f"solution{suffix}.png", render_figure(draw_rows(problem.title, rows))
    for kind in ("residual", "losses"):
        if kind in wanted and (content := draw_kind(solution, kind, View())) is not None:
            yield f"{kind}.png", content
    if "animation" in wanted and can_move(problem):
        yield "animation.gif", animate(solution, View())


def draw_kind(
    solution: Solution,
    kind: str,
    view: View,
    size: tuple[float, float] | None = None,
    format: str = "png",
) -> bytes | None:
    """Return one picture; None where this solution has none of the kind.

    Raises:
        ViewError: the view does not suit the problem.
    """
    problem = solution.program.system.problem
    match kind:
        case "solution":
            tables = tabulate(solution, view)
            rows = [
                row
                for unknown in problem.unknowns
                if not view.names or {unknown.name, *unknown.components} & set(view.names)
                for row in compose_unknown(unknown, tables, view.names)
            ]
        case "residual":
            rows = compose_residuals(_tabulate_residuals(solution, view))
        case "losses":
            rows = compose_history(solution.history)
        case "animation":
            return animate(solution, view, "gif" if format == "png" else format)
        case _:
            raise ValueError(f"no picture '{kind}'")
    return render_figure(draw_rows(problem.title, rows, size), format) if rows else None


def tabulate(solution: Solution, view: View) -> Tables:
    """Return the slices of a view, and what is known beside them."""
    problem = solution.program.system.problem
    fields, known = _fields_of(solution), _known_of(solution)
    cuts, snapshots = choose_cuts(problem, view), choose_snapshots(problem, view)
    # A reference table covers the whole domain, not a slice of the user's choice.
    has_readings = not view.times and not view.held
    return Tables(
        tabulate_slices(problem, fields, known, cuts),
        tabulate_slices(problem, fields, known, snapshots),
        tabulate_readings(problem, fields) if has_readings else (),
    )


def can_move(problem: Problem) -> bool:
    """Return whether a problem has an animation: a plane and time."""
    return problem.time is not None and len(problem.domain.coordinates) == 2


def animate(solution: Solution, view: View, format: str = "gif") -> bytes:
    """Return the animation of the first unknown of a view; of a vector its magnitude.

    Raises:
        ViewError: not a plane in time.
        VideoError: ``format`` is mp4, and there is no ffmpeg.
    """
    problem = solution.program.system.problem
    time = problem.time
    free = tuple(name for name in problem.domain.coordinates if name not in view.held)
    if time is None or len(free) != 2 or view.times:
        raise ViewError("an animation shows two space coordinates in time", "leave out animation")
    low, high = time.bounds.low_value, time.bounds.high_value
    times = np.linspace(low, high, FRAMES)
    choose_cuts(problem, View(view.names, (float(low),), view.held))  # refuses what does not exist
    member = choose_members(problem)[-1]
    cuts = [Cut(free, (*view.held.items(), (time.name, float(t)), *member)) for t in times]
    nothing: Callable[[np.ndarray], Mapping[str, np.ndarray]] = lambda points: {}  # noqa: E731
    slices = tabulate_slices(problem, _fields_of(solution), nothing, cuts, POINTS)
    unknown = next(
        u for u in problem.unknowns if not view.names or {u.name, *u.components} & set(view.names)
    )
    names = [c for c in unknown.components if c in view.names] or list(unknown.components)
    label = names[0] if len(names) == 1 else f"|{unknown.name}|"
    values = [
        cut.values[names[0]]
        if len(names) == 1
        else np.sqrt(sum(cut.values[name] ** 2 for name in names))
        for cut in slices
    ]
    return draw_animation(problem.title, label, slices, values, format)


def _tabulate_residuals(solution: Solution, view: View) -> tuple:
    problem = solution.program.system.problem
    cuts = choose_cuts(problem, view)

    def residuals(points: np.ndarray) -> Mapping[str, np.ndarray]:
        outside = np.isnan(next(iter(evaluate_fields(solution, points).values())))
        values = evaluate_residuals(solution, points)
        return {name: np.where(outside, np.nan, array) for name, array in values.items()}

    count = _RESIDUAL_POINTS[len(cuts[0].axes)]
    return tabulate_slices(problem, residuals, lambda points: {}, cuts, count)


def _fields_of(solution: Solution) -> Callable[[np.ndarray], Mapping[str, np.ndarray]]:
    return lambda points: evaluate_fields(solution, points)


def _known_of(solution: Solution) -> Callable[[np.ndarray], Mapping[str, np.ndarray]]:
    from pdelang.training.evaluation import evaluate_exact

    return lambda points: evaluate_exact(solution.program, points)
