"""A problem and a solution as they show themselves in a notebook: HTML, and Markdown with LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from pdelang.artifacts.page import embed_picture, write_list, write_table
from pdelang.artifacts.report import write_equations
from pdelang.calculus.printing import to_latex
from pdelang.diagnostics.message import Diagnostic, Level
from pdelang.diagnostics.render import render_text

if TYPE_CHECKING:
    from pdelang.calculus.system import System
    from pdelang.training.solution import Solution


def write_problem_html(system: System, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the equations as MathML, what stands where, and the warnings."""
    problem = system.problem
    coverage = problem.coverage
    rows = [
        [escape(row), *map(escape, cells)]
        for row, cells in zip(coverage.rows, coverage.cells, strict=True)
    ]
    parts = [
        f"<h3>{escape(problem.title or 'A problem')}</h3>",
        f"<p>{escape(describe_problem(system))}</p>",
        *write_equations(system),
        write_table(("part", *coverage.columns), rows) if rows else "",
        write_messages_html([d for d in diagnostics if d.level is not Level.INFO]),
    ]
    return _join(parts)


def write_problem_markdown(system: System) -> str:
    """Return the equations as LaTeX below the title."""
    title = system.problem.title or "A problem"
    return f"### {title}\n\n{describe_problem(system)}\n\n$$\n{_align(system)}\n$$\n"


def write_solution_html(solution: Solution) -> str:
    """Return how well it was solved, what was found, and the first picture of the solution."""
    problem = solution.program.system.problem
    status = solution.status.value.replace("_", " ")
    rows = [
        [escape(name), *("" if value is None else f"{value:.1e}" for value in values)]
        for name, *values in _list_errors(solution)
    ]
    reports = [[escape(name), f"{value:.10g}"] for name, value in solution.reports.items()]
    parts = [
        f"<h3>{escape(problem.title or 'A solution')}</h3>",
        f"<p><b>{escape(status)}</b> by {escape(solution.method)}"
        f" in {sum(solution.seconds.values()):.1f} s, tolerance {solution.settings.tolerance:.1e}</p>",
        write_table(("unknown", "estimated error", "true error"), rows, 2) if rows else "",
        write_table(("report", "value"), reports, 1) if reports else "",
        *_draw_first(solution),
        write_list(solution.messages) if solution.messages else "",
    ]
    return _join(parts)


def write_solution_markdown(solution: Solution) -> str:
    """Return how well it was solved, as a table."""
    problem = solution.program.system.problem
    lines = [
        f"### {problem.title or 'A solution'}",
        "",
        f"**{solution.status.value.replace('_', ' ')}** by {solution.method}",
        "",
        "| unknown | estimated error | true error |",
        "|---|---|---|",
    ]
    for name, *values in _list_errors(solution):
        told = " | ".join("" if value is None else f"{value:.1e}" for value in values)
        lines.append(f"| {name} | {told} |")
    lines += [f"\n{name} = {value:.10g}" for name, value in solution.reports.items()]
    return "\n".join(lines) + "\n"


def write_messages_html(diagnostics: Sequence[Diagnostic]) -> str:
    """Return messages about a spec as they stand in a terminal; nothing where there are none."""
    if not diagnostics:
        return ""
    return f"<pre>{escape(render_text(tuple(diagnostics), color=False))}</pre>"


def describe_problem(system: System) -> str:
    """Return one sentence: linear or not, unknowns and coordinates."""
    kind = "linear" if system.is_linear else "nonlinear"
    unknowns = ", ".join(unknown.name for unknown in system.problem.unknowns)
    return f"{kind}, {unknowns} over ({', '.join(system.problem.coordinates)})"


def _align(system: System) -> str:
    # Notebooks set mathematics in `aligned`, not in environments of their own.
    return to_latex(system).replace("align*}", "aligned}").strip()


def _list_errors(solution: Solution) -> Iterator[tuple[str, float | None, float | None]]:
    for name in dict.fromkeys([*solution.error_estimate, *solution.error]):
        yield name, solution.error_estimate.get(name), solution.error.get(name)


def _draw_first(solution: Solution) -> Iterator[str]:
    from pdelang.artifacts.plots import draw_kind
    from pdelang.artifacts.view import View

    picture = draw_kind(solution, "solution", View())
    if picture is not None:
        yield embed_picture(picture, "png", "The solution")


def _join(parts: Sequence[str]) -> str:
    return f'<div class="pdelang">{"".join(part for part in parts if part)}</div>'
