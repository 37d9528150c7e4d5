"""What goes to which stream: results to standard output, all else to standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.render import render_text, should_color


def print_text(text: str) -> None:
    """Print a result."""
    print(text, flush=True)


def print_note(text: str) -> None:
    """Print something that is not the result."""
    print(text, file=sys.stderr, flush=True)


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
