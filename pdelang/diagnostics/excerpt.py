"""The user's own lines with marks under them.

A mark stays under its word whatever stands before it: tabs are drawn as spaces, wide letters
count two columns and combining ones none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pdelang.diagnostics.paint import Paint
from pdelang.diagnostics.span import Source, Span

_TAB = 4
_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Mark:
    """A place and what is said of it; the main one is drawn with ``^``, others with ``-``."""

    span: Span
    label: str
    is_main: bool


def draw_excerpt(marks: Sequence[Mark], level: str, paint: Paint) -> tuple[list[str], int]:
    """Return the lines that show all marks, and the width of the column of line numbers.

    The file of the main mark comes first; a gap between lines of one file is shown as ``...``.
    """
    if not marks:
        return [], 0
    sources: list[Source] = []
    for mark in marks:
        if mark.span.source not in sources:
            sources.append(mark.span.source)
    numbers = [number for mark in marks for number in _lines_of(mark.span)]
    width = max(len(str(number)) for number in numbers) + 1
    out: list[str] = []
    for source in sources:
        own = [mark for mark in marks if mark.span.source == source]
        line, column = source.position(own[0].span.start)
        arrow = "-->" if source is sources[0] else ":::"
        out.append(" " * width + paint.frame(arrow) + f" {printable(source.name)}:{line}:{column}")
        out.append(" " * width + paint.frame(" |"))
        out += _draw_source(source, own, width, level, paint)
    return out, width


def _lines_of(span: Span) -> list[int]:
    """Return the first and the last line of a span, each once."""
    first, _ = span.source.position(span.start)
    last, _ = span.source.position(max(span.start, span.end - 1))
    return [first] if first == last else [first, last]


def _draw_source(
    source: Source, marks: Sequence[Mark], width: int, level: str, paint: Paint
) -> list[str]:
    out: list[str] = []
    previous = None
    for number in sorted({number for mark in marks for number in _lines_of(mark.span)}):
        if previous is not None and number > previous + 1:
            out.append(paint.frame("..."))
        previous = number
        text = source.line(number)
        columns = [_columns(mark.span, number) for mark in marks if number in _lines_of(mark.span)]
        cut = _cut(text, min(start for start, _ in columns))
        gutter = paint.frame(f"{number:>{width}} |")
        out.append(f"{gutter} {_show(text, cut)}".rstrip())
        for mark in sorted(marks, key=lambda mark: not mark.is_main):
            if number not in _lines_of(mark.span):
                continue
            start, end = _columns(mark.span, number)
            offset = _width(_show(text[:start], cut)) if start > cut[0] else 0
            length = max(1, _width(_expand(text[start:end], start=offset)))
            length = min(length, max(1, _LONGEST_LINE - offset))
            label = mark.label if number == _lines_of(mark.span)[-1] else ""
            sign = ("^" if mark.is_main else "-") * length
            line = f"{sign} {printable(label)}".rstrip()
            colored = paint.level(level, line) if mark.is_main else paint.frame(line)
            out.append(" " * width + paint.frame(" | ") + " " * offset + colored)
    return out


def _columns(span: Span, number: int) -> tuple[int, int]:
    """Return the half-open stretch of characters of line ``number`` that a span covers."""
    source = span.source
    text = source.line(number)
    first, column = source.position(span.start)
    last, end = source.position(span.end)
    start = min(column - 1, len(text)) if number == first else len(text) - len(text.lstrip())
    stop = min(end - 1, len(text)) if number == last else len(text)
    return start, max(start, stop)


def _cut(text: str, start: int) -> tuple[int, int]:
    """Return the stretch of a very long line that is shown: around the first mark."""
    if len(text) <= _LONGEST_LINE:
        return 0, len(text)
    low = max(0, start - _LONGEST_LINE // 2)
    return low, low + _LONGEST_LINE


def _show(text: str, cut: tuple[int, int]) -> str:
    low, high = cut
    return ("…" if low else "") + _expand(text[low:high]) + ("…" if high < len(text) else "")


def _expand(text: str, start: int = 0) -> str:
    """Return ``text`` as drawn from column ``start``: tabs to the next stop, controls visible."""
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    column = start
    for character in text:
        drawn = " " * (_TAB - column % _TAB) if character == "\t" else printable(character)
        out.append(drawn)
        column += _width(drawn)
    return "".join(out)


def printable(text: str) -> str:
    """Return ``text`` with everything that a terminal would obey or refuse made visible."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or _is_combining(c) else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _is_combining(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")


def _width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if _is_combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
