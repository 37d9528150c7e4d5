"""What goes to which stream: results to standard output, all else to standard error."""

from __future__ import annotations

import json
import math
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import Any, TextIO

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.render import render_text, should_color

_NARROWEST = 20  # columns of text; a terminal narrower than that breaks lines itself


def print_text(text: str) -> None:
    """Print a result."""
    print(text, flush=True)


def print_note(text: str) -> None:
    """Print something that is not the result."""
    print(text, file=sys.stderr, flush=True)


def print_entries(text: str, stream: TextIO, column: int) -> None:
    """Print lines of a name and a text that begins at ``column``, broken between words on a terminal.

    A file or a pipe gets every entry in one line, as programs and searches want it.
    """
    if stream.isatty():
        width = shutil.get_terminal_size().columns
        text = "\n".join(wrap_entry(line, width, column) for line in text.split("\n"))
    print(text, file=stream, flush=True)


def wrap_entry(line: str, width: int, column: int) -> str:
    """Return a line broken between words at ``width``, what follows the break under its ``column``."""
    if len(line) <= width or width < column + _NARROWEST:
        return line
    return textwrap.fill(
        line,
        width,
        subsequent_indent=" " * column,
        drop_whitespace=True,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )


def print_json(record: Any) -> None:
    """Print one JSON object; what is not a number in JSON becomes null."""
    print(json.dumps(_make_finite(record), ensure_ascii=False, indent=2), flush=True)


def print_diagnostics(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """Print messages for people on a stream, in colour on a terminal."""
    shown = tuple(diagnostics)
    if shown:
        print(render_text(shown, color=should_color(stream)), file=stream, flush=True)


def _make_finite(value: Any) -> Any:
    match value:
        case dict():
            return {key: _make_finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_make_finite(item) for item in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value
