"""The record of a run as a CSV file."""

from __future__ import annotations

import csv
import io

from pdelang.training.solution import History


def write_history(history: History) -> str:
    """Return the history as CSV text: a head line, then one line per record, every digit kept."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(history.columns)
    writer.writerows([_write_number(value) for value in row] for row in history.rows)
    return text.getvalue()


def read_history(text: str) -> History:
    """Return the history in a CSV text.

    Raises:
        ValueError: no head line, a line of another length, or a cell that is no number; the
            text says which line.
    """
    lines = list(csv.reader(io.StringIO(text)))
    if not lines:
        raise ValueError("it is empty")
    head, *body = lines
    rows = []
    for number, cells in enumerate(body, start=2):
        if len(cells) != len(head):
            raise ValueError(f"line {number} has {len(cells)} cells, the head has {len(head)}")
        try:
            rows.append(tuple(float(cell) for cell in cells))
        except ValueError:
            raise ValueError(f"line {number} holds something that is no number") from None
    return History(tuple(head), tuple(rows))


def _write_number(value: float) -> str:
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
