"""A checked problem as text for people: what every name means and where every equation holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from pdelang.semantics.expression import Expression
from pdelang.semantics.problem import (
    BoundaryCondition,
    Equation,
    InitialCondition,
    PointCondition,
    Problem,
    Requirement,
)


def format_problem(problem: Problem) -> str:
    """Return the problem, one fact a line; equations stand as the spec writes them."""
    return (
        "\n".join([*_head_lines(problem), *_equation_lines(problem), *_tail_lines(problem)]) + "\n"
    )


def _head_lines(problem: Problem) -> Iterator[str]:
    yield f"problem {problem.title!r}" if problem.title else "problem"
    for name, bounds in zip(problem.domain.coordinates, problem.domain.bounds, strict=True):
        periodic = problem.domain.coordinates.index(name) in problem.periodic_axes
        ends = f"{bounds.low_value:.10g} .. {bounds.high_value:.10g}"
        yield f"coordinate {name} in {ends}{', periodic' if periodic else ''}"
    if problem.time is not None:
        bounds = problem.time.bounds
        yield f"time {problem.time.name} in {bounds.low_value:.10g} .. {bounds.high_value:.10g}"
    for name, value in problem.parameters:
        yield f"param {name} = {value:.10g}"
    for unknown in problem.unknowns:
        components = (
            "" if unknown.components == (unknown.name,) else f" ({', '.join(unknown.components)})"
        )
        yield f"unknown {unknown.name}: {unknown.rank.name.lower()}{components}"


def _equation_lines(problem: Problem) -> Iterator[str]:
    for equation in problem.equations:
        yield f"in {problem.domain.name} as {_write(equation)}"
    for condition in problem.boundary_conditions:
        yield f"on {', '.join(part.name for part in condition.parts)} as {_write(condition)}"
    for condition in problem.initial_conditions:
        yield f"at the start as {_write(condition)}"
    for condition in problem.point_conditions:
        point = ", ".join(_text(value) for value in condition.point)
        yield f"at ({point}) as {_write(condition)}"
    for requirement in problem.requirements:
        yield f"require {_write(requirement)}"


def _tail_lines(problem: Problem) -> Iterator[str]:
    for word, known in (("exact", problem.exact), ("guess", problem.guesses)):
        for solution in known:
            axis = solution.component
            suffix = "" if axis is None else f".{problem.domain.coordinates[axis]}"
            yield f"{word} {solution.unknown}{suffix} = {_text(solution.value)}"
    for reference in problem.references:
        yield f"compare {reference.unknown}: {len(reference.points)} points of {reference.path}"
    for report in problem.reports:
        yield f"report {report.name} = {_text(report.value)}"
    for entry in fields(problem.settings):
        value = getattr(problem.settings, entry.name)
        yield f"setting {entry.name} = {'by method' if value is None else value}"


def _write(
    statement: Equation | BoundaryCondition | InitialCondition | PointCondition | Requirement,
) -> str:
    return f"{statement.label}: {_text(statement.left)} = {_text(statement.right)}"


def _text(expression: Expression) -> str:
    return " ".join(expression.span.text.split())
