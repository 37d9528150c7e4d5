"""Tables of reference values: ``compare u = csv("ref.csv", x = "x", u = "u")``."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.conditions import Reference, Unknown
from pdelang.semantics.constants import clip
from pdelang.semantics.files import read_text
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver

LARGEST_TABLE = 50_000_000
"""Tables above this many bytes are refused (E020)."""


def read_reference(
    statement: tree.Compare,
    unknown: Unknown,
    component: int | None,
    resolver: Resolver,
    directory: Path | None,
) -> Reference | None:
    """Read the table of a `compare`; report E030 (file), E101, E105 (columns)."""
    call = statement.value
    faults = resolver.faults
    if not isinstance(call, tree.Call) or call.function.name != "csv":
        faults.add(
            "E105",
            "`compare` takes a table",
            call.span,
            "not a table",
            help='write `csv("reference.csv", x = "x", u = "u")`; a formula goes into `exact`',
        )
        return None
    names = unknown.components if component is None else (unknown.components[component],)
    coordinates = (*resolver.scope.coordinates, *resolver.scope.varied)
    wanted = (*coordinates, *names)
    layout = _read_layout(call, wanted, unknown, component, resolver)
    if layout is None:
        return None
    path, columns = layout
    text = read_text(path.value, path.span, directory, "table", LARGEST_TABLE, faults)
    if text is None:
        return None
    rows = read_rows(text, path, [columns[name] for name in wanted], resolver)
    if rows is None:
        return None
    d = len(coordinates)
    return Reference(
        unknown.name,
        component,
        path.value,
        tuple(row[:d] for row in rows),
        tuple(row[d:] for row in rows),
        statement.span,
    )


def _read_layout(
    call: tree.Call,
    wanted: tuple[str, ...],
    unknown: Unknown,
    component: int | None,
    resolver: Resolver,
) -> tuple[tree.String, dict[str, tree.String]] | None:
    """Return the file's name and the column head of every wanted name."""
    faults = resolver.faults
    path: tree.String | None = None
    columns: dict[str, tree.String] = {}
    # A vector's own name stands for its only component asked for.
    alias = {unknown.name: wanted[-1]} if component is not None else {}
    # `w_x = "…"` is how a component is written where a name is needed.
    alias |= {name.replace(".", "_"): name for name in wanted if "." in name}
    sound = True
    for argument in call.arguments:
        match argument:
            case tree.Argument(name=None, value=tree.String() as string) if path is None:
                path = string
            case tree.Argument(name=tree.Name(name=name, span=span), value=tree.String() as head):
                target = alias.get(name, name)
                if target not in wanted or target in columns:
                    again = target in columns
                    faults.add(
                        "E105" if again else "E101",
                        f"the column of `{name}` is given twice"
                        if again
                        else f"`{name}` is neither a coordinate nor compared here",
                        span,
                        "the second column" if again else "not wanted",
                        help=None
                        if again
                        else resolver.scope.suggest(name, (*wanted, *alias))
                        or f"the table needs {_list_needed(wanted)}",
                    )
                    sound = False
                columns.setdefault(target, head)
            case _:
                faults.add(
                    "E105",
                    f"`csv` takes a file name and column heads, and `{clip(argument.span.text)}` is neither",
                    argument.span,
                    "not a column",
                    help='write a column as `x = "its head"`',
                )
                sound = False
    if path is None and sound:
        faults.add(
            "E105",
            "`csv` needs the name of its file",
            call.span,
            "no file",
            help='write `csv("reference.csv", …)`',
        )
        return None
    missing = [name for name in wanted if name not in columns]
    if missing and sound:
        faults.add(
            "E105",
            f"the table has no column for {', '.join(f'`{name}`' for name in missing)}",
            call.span,
            "not all columns",
            help="add " + ", ".join(f'`{name.replace(".", "_")} = "{name}"`' for name in missing),
        )
        return None
    return (path, columns) if sound and path is not None else None


def _list_needed(wanted: tuple[str, ...]) -> str:
    return ", ".join(f"`{name.replace('.', '_')}`" for name in wanted)


def read_rows(
    text: str,
    path: tree.String,
    heads: list[tree.String],
    resolver: Resolver,
    no_column: str = "E030",
) -> list[tuple[float, ...]] | None:
    """Return the columns ``heads`` of a table, row by row; ``no_column`` is the code of one missing."""
    faults = resolver.faults
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [head.strip() for head in next(lines, [])]
    except csv.Error as error:
        _report_unreadable(resolver, path, f"line 1: {error}")
        return None
    if not any(header):
        faults.add("E030", f"the table `{path.value}` is empty", path.span, "no column heads")
        return None
    if len(header) == 1 and (sign := _find_separator(header[0], heads)):
        _report_separator(resolver, path, sign)
        return None
    places: list[int] = []
    for head in heads:
        if header.count(head.value.strip()) > 1:
            _report_unreadable(resolver, path, f"two columns are called `{clip(head.value)}`")
            return None
        if head.value.strip() in header:
            places.append(header.index(head.value.strip()))
            continue
        faults.add(
            no_column,
            f"the table `{path.value}` has no column `{clip(head.value)}`",
            head.span,
            "no such column",
            related=[Related(path.span, "in this file")],
            notes=[f"its columns are {', '.join(f'`{clip(h)}`' for h in header[:12])}"],
            help=resolver.scope.suggest(head.value, header),
        )
    if len(places) < len(heads):
        return None
    rows: list[tuple[float, ...]] = []
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            row = _read_row(cells, places, heads, lines.line_num, path.value, path.span, resolver)
            if row is None:
                return None
            rows.append(row)
    except csv.Error as error:
        _report_unreadable(resolver, path, f"line {lines.line_num}: {error}")
        return None
    if not rows:
        faults.add("E030", f"the table `{path.value}` has no rows", path.span, "only column heads")
        return None
    return rows


def _read_row(
    cells: list[str],
    places: list[int],
    heads: list[tree.String],
    line: int,
    name: str,
    span: Span,
    resolver: Resolver,
) -> tuple[float, ...] | None:
    values: list[float] = []
    for place, head in zip(places, heads, strict=True):
        cell = cells[place].strip() if place < len(cells) else ""
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            what = f"`{clip(cell)}` is not a number" if cell else "the cell is empty"
            resolver.faults.add(
                "E030",
                f"the table `{name}` cannot be read: line {line}, column `{clip(head.value)}`: {what}",
                span,
                f"line {line} of this file",
            )
            return None
        values.append(value)
    return tuple(values)


_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabulators"}


def _find_separator(header: str, heads: list[tree.String]) -> str | None:
    """Return the sign that separates the columns wanted, where no comma does."""
    for sign in _OTHER_SEPARATORS:
        parts = {part.strip().strip('"') for part in header.split(sign)}
        if len(parts) > 1 and any(head.value.strip() in parts for head in heads):
            return sign
    return None


def _report_separator(resolver: Resolver, path: tree.String, sign: str) -> None:
    resolver.faults.add(
        "E030",
        f"the table `{path.value}` is separated by {_OTHER_SEPARATORS[sign]}, not by commas",
        path.span,
        "not a comma-separated table",
        help="save it with commas between the columns, and points in the numbers",
    )


def _report_unreadable(resolver: Resolver, path: tree.String, reason: str) -> None:
    resolver.faults.add(
        "E030", f"the table `{path.value}` cannot be read: {reason}", path.span, "unreadable"
    )
