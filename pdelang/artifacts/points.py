"""Tables of points: coordinates in by column name, field columns appended."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pdelang.diagnostics.suggestion import similar


class PointsError(Exception):
    """Points that cannot be read; the text says where. ``help`` is a change to make."""

    def __init__(self, message: str, help: str | None = None) -> None:
        self.help = help
        super().__init__(message)


@dataclass(frozen=True, slots=True, eq=False)
class PointsTable:
    """A table as it was given (cells verbatim), and its points, (n, d) in the problem's order."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    points: np.ndarray


def parse_point(text: str, coordinates: Sequence[str]) -> PointsTable:
    """Return the one point of ``x=0.5,t=1``, its columns in the problem's order.

    Raises:
        PointsError: a coordinate is missing, unknown, given twice, or no number.
    """
    given: dict[str, str] = {}
    for item in text.split(","):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals or not name:
            raise PointsError(
                f"'{item.strip()}' is not of the form name=number", _show_form(coordinates)
            )
        if name in given:
            raise PointsError(f"'{name}' is given twice")
        if name not in coordinates:
            near = similar(name, coordinates)
            listed = f"the coordinates are {', '.join(coordinates)}"
            raise PointsError(
                f"the problem has no coordinate '{name}'",
                f"did you mean '{near}'?" if near else listed,
            )
        _read_number(value, f"'{name}'")
        given[name] = value
    if missing := [name for name in coordinates if name not in given]:
        raise PointsError(f"no value for '{missing[0]}'", _show_form(coordinates))
    row = tuple(given[name] for name in coordinates)
    return PointsTable(tuple(coordinates), (row,), np.array([[float(cell) for cell in row]]))


def read_points(path: Path, coordinates: Sequence[str]) -> PointsTable:
    """Read a CSV file whose head names every coordinate; other columns are carried along.

    Raises:
        PointsError: no such file, no head, a coordinate column missing or doubled, a line of
            another length, a cell that is no number; with the line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise PointsError(f"there is no file '{path}'") from None
    except UnicodeDecodeError:
        raise PointsError(f"'{path}' is not UTF-8 text", "save it as CSV in UTF-8") from None
    except OSError as error:
        raise PointsError(f"'{path}' cannot be read ({error.strerror})") from None
    reader = csv.reader(io.StringIO(text))
    try:
        lines = [
            (reader.line_num, tuple(cells)) for cells in reader if any(c.strip() for c in cells)
        ]
    except csv.Error as error:
        raise PointsError(f"'{path}' line {reader.line_num}: {error}") from None
    if not lines:
        raise PointsError(f"'{path}' is empty", f"its first line names {', '.join(coordinates)}")
    head = tuple(cell.strip() for cell in lines[0][1])
    indices = [_find_column(path, head, name) for name in coordinates]
    points = np.empty((len(lines) - 1, len(coordinates)))
    for row, (number, cells) in enumerate(lines[1:]):
        if len(cells) != len(head):
            raise PointsError(
                f"'{path}' line {number} has {len(cells)} cells, the first line has {len(head)}"
            )
        for axis, index in enumerate(indices):
            points[row, axis] = _read_number(
                cells[index], f"'{path}' line {number}, column '{head[index]}'"
            )
    return PointsTable(head, tuple(cells for _, cells in lines[1:]), points)


def append_fields(
    table: PointsTable, fields: Mapping[str, np.ndarray]
) -> tuple[str, tuple[str, ...]]:
    """Return the table as CSV with one column per field, and the given columns left out.

    A given column with the name of a field would make the head ambiguous: it is left out.
    """
    kept = [index for index, name in enumerate(table.head) if name not in fields]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([table.head[index] for index in kept] + list(fields))
    for row, values in zip(table.rows, zip(*fields.values(), strict=True), strict=True):
        writer.writerow([row[index].strip() for index in kept] + [repr(float(v)) for v in values])
    return text.getvalue(), tuple(name for name in table.head if name in fields)


def _find_column(path: Path, head: tuple[str, ...], name: str) -> int:
    match head.count(name):
        case 1:
            return head.index(name)
        case 0:
            if len(head) == 1 and any(mark in head[0] for mark in ";\t"):
                raise PointsError(f"'{path}' is not separated by commas")
            raise PointsError(
                f"'{path}' has no column '{name}'", f"its first line names {', '.join(head)}"
            )
        case _:
            raise PointsError(f"'{path}' has two columns '{name}'")


def _read_number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise PointsError(f"{where}: '{text.strip()}' is not a number") from None


def _show_form(coordinates: Sequence[str]) -> str:
    return f"write --at {','.join(f'{name}=…' for name in coordinates)}"
