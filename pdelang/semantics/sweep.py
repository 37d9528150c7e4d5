"""``sweep nu in [0.1, 0.01]``: one spec, solved once per value.

A sweep is taken apart before names are resolved: for every value the statement becomes a ``param``
with that value, in the place of a ``param`` of the same name where there is one. Several sweeps
make every combination.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.semantics.problem import Problem
from pdelang.syntax import tree

_MOST = 1000

Point = tuple[int, ...]
"""Which value of each sweep, the sweeps by name."""


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One combination of values. ``name`` is that of its folder, ``nu=0.1,k=2``."""

    point: Point
    values: tuple[tuple[str, float], ...]

    @property
    def name(self) -> str:
        return ",".join(f"{name}={value:.12g}" for name, value in self.values)


def list_points(spec: tree.Tree) -> tuple[tuple[Point, ...], tuple[Diagnostic, ...]]:
    """Return every combination of the values of a spec's sweeps, none without a sweep.

    Errors: E105 for a sweep without values, E020 for more than 1000 combinations.
    """
    sweeps = _sweeps_of(spec)
    if not sweeps:
        return (), ()
    total = 1
    for sweep in sweeps:
        total *= len(sweep.values.items)
        if not sweep.values.items:
            return (), (
                Diagnostic(
                    "E105",
                    f"The sweep of `{sweep.name.name}` has no values",
                    sweep.values.span,
                    label="an empty list",
                    help=f"write for example `sweep {sweep.name.name} in [0.1, 1]`",
                ),
            )
        if total > _MOST:
            return (), (
                Diagnostic(
                    "E020",
                    f"These sweeps make more than {_MOST} combinations",
                    sweep.span,
                    label="one sweep too many, or too many values",
                ),
            )
    return tuple(itertools.product(*(range(len(s.values.items)) for s in sweeps))), ()


def choose_point(spec: tree.Tree, point: Point) -> tree.Tree:
    """Return the spec with one value in the place of each sweep."""
    sweeps = _sweeps_of(spec)
    chosen = {id(s): s.values.items[k] for s, k in zip(sweeps, point, strict=True)}
    params = {s.name.name: s for s in spec.statements if isinstance(s, tree.Param)}
    names = {s.name.name for s in sweeps}
    statements: list[tree.Statement] = []
    for statement in spec.statements:
        if isinstance(statement, tree.Sweep):
            hidden = params.get(statement.name.name)
            unit = statement.unit or (hidden.unit if hidden is not None else None)
            statements.append(
                tree.SweptParam(statement.span, statement.name, chosen[id(statement)], unit, hidden)
            )
        elif not (isinstance(statement, tree.Param) and statement.name.name in names):
            statements.append(statement)
    return replace(spec, statements=tuple(statements))


def describe_point(spec: tree.Tree, point: Point, problem: Problem | None) -> SweepPoint:
    """Return a combination with its values, as far as they are known."""
    known = dict(problem.parameters) if problem is not None else {}
    names = [s.name.name for s in _sweeps_of(spec)]
    return SweepPoint(point, tuple((name, known.get(name, float("nan"))) for name in names))


def find_repeated(spec: tree.Tree, points: tuple[SweepPoint, ...]) -> tuple[Diagnostic, ...]:
    """Return E102 for a value that a sweep has twice: both would be written to one place."""
    found = []
    for place, sweep in enumerate(_sweeps_of(spec)):
        firsts: dict[float, int] = {}
        for point in points:
            index, value = point.point[place], point.values[place][1]
            first = firsts.setdefault(value, index)
            if first != index:
                items = sweep.values.items
                found.append(
                    Diagnostic(
                        "E102",
                        f"The value {value:g} stands twice in the sweep of `{sweep.name.name}`",
                        items[index].span,
                        label="the second",
                        related=(Related(items[first].span, "the first"),),
                        help="remove one of them",
                    )
                )
                break
    return tuple(found)


def write_statement(statement: tree.SweptParam) -> str:
    """Return the ``param`` statement that a sweep became, as text."""
    unit = f" {statement.unit.span.text}" if statement.unit is not None else ""
    return f"param {statement.name.name} = {statement.value.span.text}{unit}"


def _sweeps_of(spec: tree.Tree) -> list[tree.Sweep]:
    found = [s for s in spec.statements if isinstance(s, tree.Sweep)]
    return sorted(found, key=lambda s: s.name.name)
