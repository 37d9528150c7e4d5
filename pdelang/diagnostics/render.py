"""Diagnostics as text for people and as records for programs; the only place that prints them.

error[E005]: An operator is missing between `2` and `x`
  --> heat.pde:3:10
   |
 3 | let a = 2x
   |          ^ a product is written with `*`
   |
   = help: write `2*x`
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from pdelang.diagnostics.excerpt import Mark, draw_excerpt
from pdelang.diagnostics.message import Diagnostic, Level
from pdelang.diagnostics.paint import PLAIN, VIVID, Paint
from pdelang.diagnostics.span import Span


def render_text(diagnostics: Sequence[Diagnostic], *, color: bool) -> str:
    """Return all messages with the user's own lines, and a last line that counts them."""
    paint = VIVID if color else PLAIN
    blocks = [_render_one(diagnostic, paint) for diagnostic in diagnostics]
    if blocks:
        blocks.append(count_levels(diagnostics) + "\n")
    return "\n".join(blocks)


def count_levels(diagnostics: Iterable[Diagnostic]) -> str:
    """Return ``2 errors, 1 warning``; levels that do not occur are left out."""
    levels = [diagnostic.level for diagnostic in diagnostics]
    words = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "remark"}
    counts = [(levels.count(level), word) for level, word in words.items()]
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counts if n) or "no messages"


def should_color(stream: TextIO) -> bool:
    """Whether to colour what is written to ``stream``: a terminal, and ``NO_COLOR`` is not set."""
    return not os.environ.get("NO_COLOR") and stream.isatty()


def render_json(diagnostics: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Return one record per message; lines and columns count from 1, or are None without a place."""
    return [
        {
            "code": diagnostic.code,
            "level": diagnostic.level.value,
            "message": diagnostic.message,
            **_record_place(diagnostic.span),
            "label": diagnostic.label,
            "related": [
                {**_record_place(related.span), "label": related.label}
                for related in diagnostic.related
            ],
            "notes": list(diagnostic.notes),
            "help": diagnostic.help,
        }
        for diagnostic in diagnostics
    ]


def _record_place(span: Span | None) -> dict[str, Any]:
    if span is None:
        return dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _render_one(diagnostic: Diagnostic, paint: Paint) -> str:
    level = diagnostic.level.value
    head = paint.level(level, f"{level}[{diagnostic.code}]")
    lines = [f"{head}{paint.strong(': ' + diagnostic.message)}"]
    marks: list[Mark] = []
    if diagnostic.span is not None:
        marks.append(Mark(diagnostic.span, diagnostic.label, is_main=True))
    marks += [Mark(related.span, related.label, is_main=False) for related in diagnostic.related]
    excerpt, width = draw_excerpt(marks, level, paint)
    lines += excerpt
    tail = [("note", note) for note in diagnostic.notes]
    tail += [("help", diagnostic.help)] if diagnostic.help else []
    if tail and marks:
        lines.append(" " * width + paint.frame(" |"))
    for word, text in tail:
        indent = " " * (width + len(f" = {word}: "))
        body = text.replace("\n", "\n" + indent)
        lines.append(" " * width + paint.frame(" = ") + paint.strong(f"{word}: ") + body)
    return "\n".join(lines) + "\n"
