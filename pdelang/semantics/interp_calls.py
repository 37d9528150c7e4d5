"""``interp(csv("k.csv", x = "x", k = "k"))``: a table on a grid as a function of its coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.constants import clip
from pdelang.semantics.domain import Domain, TimeInterval
from pdelang.semantics.expression import Expression, Rank, TableValue
from pdelang.semantics.faults import Faults
from pdelang.semantics.files import read_text
from pdelang.semantics.grid_table import GridTable
from pdelang.semantics.places import Place
from pdelang.semantics.tables import LARGEST_TABLE, read_rows
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver

INTERP = "interp"
# Ticks are written with four digits or more: 6.2832 covers 0 .. 2*pi.
_ROUNDING = 1e-4


def resolve_interp(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``interp(csv(…))``; report E030 (file), E101 and E105 (columns)."""
    faults = resolver.faults
    argument = call.arguments[0] if len(call.arguments) == 1 else None
    table_call = argument.value if argument is not None and argument.name is None else None
    if not isinstance(table_call, tree.Call) or table_call.function.name != "csv":
        faults.add(
            "E105",
            "`interp` takes a table",
            call.span,
            "not a table",
            help='write `interp(csv("k.csv", x = "x", k = "k"))`',
        )
        return None
    layout = _read_layout(table_call, resolver)
    if layout is None:
        return None
    path, columns, name, head = layout
    arguments: list[Expression] = []
    for axis, column in columns.items():
        coordinate = yield Ask(tree.Name(column.span, axis), place, {})
        if coordinate is None:
            return None
        arguments.append(coordinate)
    table = _read_table(path, columns, head, resolver)
    if table is None:
        return None
    node = TableValue(call.span, Rank.SCALAR, table, tuple(arguments))
    resolver.tables.append((node, tuple(columns)))
    return node if resolver.units is None else resolver.units.physical_table(node, name)


def check_ranges(
    tables: Iterable[tuple[TableValue, tuple[str, ...]]],
    domain: Domain | None,
    time: TimeInterval | None,
    faults: Faults,
) -> None:
    """Report (E105) tables that do not cover the domain and the time."""
    if domain is None:
        return
    known = {
        name: (b.low_value, b.high_value, domain.span)
        for name, b in zip(domain.coordinates, domain.bounds, strict=True)
    }
    if time is not None:
        known[time.name] = (time.bounds.low_value, time.bounds.high_value, time.span)
    told: set[tuple[int, int]] = set()
    for node, names in tables:
        for name, (low, high) in zip(names, node.table.bounds, strict=True):
            if name not in known or (node.span.start, node.span.end) in told:
                continue
            first, last, span = known[name]
            slack = _ROUNDING * (last - first)
            if low <= first + slack and high >= last - slack:
                continue
            told.add((node.span.start, node.span.end))
            faults.add(
                "E105",
                f"the table `{node.table.path}` covers {name} in {low:g} .. {high:g}, "
                f"and {name} goes from {first:g} to {last:g}",
                node.span,
                "does not cover the problem",
                related=[Related(span, f"{name} in {first:g} .. {last:g}")],
                help="give the table the missing rows: nothing is known beyond them",
            )


def _read_layout(
    call: tree.Call, resolver: Resolver
) -> tuple[tree.String, dict[str, tree.String], str, tree.String] | None:
    """Return the file, the columns of the coordinates by name, and the name and column of values."""
    faults, scope = resolver.faults, resolver.scope
    path: tree.String | None = None
    columns: dict[str, tree.String] = {}
    values: list[tree.Argument] = []
    for argument in call.arguments:
        match argument:
            case tree.Argument(name=None, value=tree.String() as string) if path is None:
                path = string
            case tree.Argument(name=tree.Name(name=name), value=tree.String() as head):
                if name in scope.coordinates and name not in columns:
                    columns[name] = head
                else:
                    values.append(argument)
            case _:
                faults.add(
                    "E105",
                    "`csv` takes a file name and column heads, and "
                    f"`{clip(argument.span.text)}` is neither",
                    argument.span,
                    "not a column",
                    help='write a column as `x = "its head"`',
                )
                return None
    if path is None:
        faults.add("E105", "`csv` needs the name of its file", call.span, "no file")
        return None
    if len(values) != 1 or not columns:
        named = ", ".join(f"`{c}`" for c in scope.coordinates)
        faults.add(
            "E105",
            "`interp` takes columns of coordinates and one of values, and here "
            f"{'is' if len(values) == 1 else 'are'} {len(columns)} and {len(values)}",
            values[1].span if len(values) > 1 else call.span,
            "not a function of the coordinates",
            notes=[f"the coordinates are {named}"],
            help='write for example `csv("k.csv", x = "x", k = "k")`',
        )
        return None
    head = values[0].value
    assert isinstance(head, tree.String)
    assert values[0].name is not None
    ordered = {c: columns[c] for c in scope.coordinates if c in columns}
    return path, ordered, values[0].name.name, head


def _read_table(
    path: tree.String, columns: dict[str, tree.String], head: tree.String, resolver: Resolver
) -> GridTable | None:
    faults = resolver.faults
    text = read_text(path.value, path.span, resolver.directory, "table", LARGEST_TABLE, faults)
    if text is None:
        return None
    rows = read_rows(text, path, [*columns.values(), head], resolver)
    if rows is None:
        return None
    array = np.array(rows)
    points, values = array[:, :-1], array[:, -1]
    pairs = [np.unique(points[:, a], return_inverse=True) for a in range(points.shape[1])]
    ticks = tuple(own for own, _ in pairs)
    shape = tuple(map(len, ticks))
    flat = np.ravel_multi_index(tuple(place for _, place in pairs), shape)
    if min(shape) < 2 or len(np.unique(flat)) < len(flat) or len(flat) != np.prod(shape):
        grid = " x ".join(map(str, shape))
        faults.add(
            "E030",
            f"the points of the table `{path.value}` are no grid: {len(flat)} rows"
            f" for {grid} different coordinates",
            path.span,
            "not a full grid",
            help="give one row for every combination of coordinates, two or more along each",
        )
        return None
    whole = np.empty(len(values))
    whole[flat] = values
    return GridTable.of(path.value, ticks, whole.reshape(shape))
