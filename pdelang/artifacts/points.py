"""Tables of points: coordinates in by column name, field columns appended."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from pdelang.diagnostics.suggestion import similar

# Lines held at a time: enough for array speed, a few megabytes.
BLOCK = 65_536


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


@contextmanager
def open_points(
    path: Path, coordinates: Sequence[str], rows: int = BLOCK
) -> Iterator[tuple[tuple[str, ...], Iterator[PointsTable]]]:
    """Open a CSV file whose head names every coordinate; yield the head and blocks of its points.

    A block has up to ``rows`` lines, so that a file of any length is read in bounded memory.
    Other columns are carried along.

    Raises:
        PointsError: no such file, no head, a coordinate column missing or doubled; and, while
            the blocks are read, a line of another length or a cell that is no number.
    """
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError:
        raise PointsError(f"there is no file '{path}'") from None
    except OSError as error:
        raise PointsError(f"'{path}' cannot be read ({error.strerror})") from None
    with file:
        reader = csv.reader(file)
        try:
            head = _read_head(path, reader, coordinates)
            indices = [_find_column(path, head, name) for name in coordinates]
            yield head, _read_blocks(path, reader, head, indices, rows)
        except UnicodeDecodeError:
            raise PointsError(f"'{path}' is not UTF-8 text", "save it as CSV in UTF-8") from None
        except csv.Error as error:
            raise PointsError(f"'{path}' line {reader.line_num}: {error}") from None


def read_points(path: Path, coordinates: Sequence[str]) -> PointsTable:
    """Read a CSV file whole; as `open_points`."""
    with open_points(path, coordinates) as (head, blocks):
        tables = list(blocks)
    rows = tuple(row for table in tables for row in table.rows)
    points = [table.points for table in tables]
    return PointsTable(head, rows, np.concatenate(points or [np.empty((0, len(coordinates)))]))


class FieldsWriter:
    """Writes tables of points as CSV, one column per field appended, block by block.

    ``left_out`` are the given columns with the name of a field: they would make the head
    ambiguous.
    """

    def __init__(self, stream: TextIO, head: Sequence[str], fields: Sequence[str]) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._kept = [index for index, name in enumerate(head) if name not in fields]
        self._width = len(head)
        self.left_out = tuple(name for name in head if name in fields)
        self._writer.writerow([head[index] for index in self._kept] + list(fields))

    def write(self, table: PointsTable, fields: Mapping[str, np.ndarray]) -> None:
        """Append the rows of a table, every digit of the fields kept."""
        rows: Sequence[Sequence[str]] = table.rows
        if self.left_out:
            rows = [[row[index] for index in self._kept] for row in rows]
        values = zip(*(array.tolist() for array in fields.values()), strict=True)
        self._writer.writerows([*row, *numbers] for row, numbers in zip(rows, values, strict=True))


def _read_head(
    path: Path, reader: Iterator[list[str]], coordinates: Sequence[str]
) -> tuple[str, ...]:
    for cells in reader:
        if any(cell.strip() for cell in cells):
            return tuple(cell.strip() for cell in cells)
    raise PointsError(f"'{path}' is empty", f"its first line names {', '.join(coordinates)}")


def _read_blocks(
    path: Path, reader: Any, head: tuple[str, ...], indices: Sequence[int], rows: int
) -> Iterator[PointsTable]:
    while True:
        before = reader.line_num
        lines = list(itertools.islice(reader, rows))
        if not lines:
            return
        width = len(head)
        # The common case in two passes of C speed; what is wrong is looked for only then.
        try:
            if any(len(cells) != width for cells in lines):
                raise ValueError
            points = np.array([[float(cells[i]) for cells in lines] for i in indices]).T
        except ValueError:
            lines, points = _read_slowly(path, lines, before, head, indices)
        if lines:
            yield PointsTable(head, tuple(map(tuple, lines)), points)


def _read_slowly(
    path: Path, lines: list[list[str]], before: int, head: tuple[str, ...], indices: Sequence[int]
) -> tuple[list[list[str]], np.ndarray]:
    """Return the lines without empty ones, and their points, or name the first fault."""
    kept = []
    points = []
    number = before
    for cells in lines:
        # A quoted cell may hold line ends.
        number += 1 + sum(cell.count("\n") for cell in cells)
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            raise PointsError(
                f"'{path}' line {number} has {len(cells)} cells, the first line has {len(head)}"
            )
        kept.append(cells)
        points.append(
            [_read_number(cells[i], f"'{path}' line {number}, column '{head[i]}'") for i in indices]
        )
    return kept, np.array(points).reshape(len(points), len(indices))


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
