"""The canonical layout of a spec: its words, comments and brackets kept, its blanks made alike.

One statement a line, one blank line at most between two, ``^`` for ``**``, blanks as a
physicist would set them: around ``+``, ``-`` and ``=``, none around ``*``, ``/`` and ``^``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.layout import INDENT, WIDTH, Comment, append_comment, lay_out
from pdelang.syntax.lexeme import Lexeme
from pdelang.syntax.parser import parse
from pdelang.syntax.scanner import scan

_MOST_ON_ONE_LINE = 3


def format_spec(spec: tree.Tree) -> str:
    """Return the canonical text of a spec that was read without a fault.

    The text reads as the same statements, and formatting it again changes nothing.
    """
    if spec.broken:
        raise ValueError("a spec with faults has no canonical layout")
    lexemes = list(scan(spec.source))
    lines: list[str] = []
    position = first = 0
    for statement in spec.statements:
        last = first
        while last < len(lexemes) and lexemes[last].span.start < statement.span.end:
            last += 1
        start = lexemes[first].span.start
        _write_gap(lines, spec.source.text[position:start], begins_file=position == 0)
        lines += _lay_out_statement(statement, lexemes[first:last])
        position, first = lexemes[last - 1].span.end, last
    _write_gap(lines, spec.source.text[position:], begins_file=position == 0)
    while lines and not lines[-1]:
        lines.pop()
    text = "".join(f"{line}\n" for line in lines)
    _make_sure(spec, text)
    return text


def _write_gap(lines: list[str], gap: str, begins_file: bool) -> None:
    """Write the comments and blank lines between two statements."""
    for item in _read_gap(gap, begins_file):
        if item is not None:
            append_comment(lines, item, "")
        elif lines and lines[-1]:
            lines.append("")


def _read_gap(gap: str, begins_file: bool = False) -> list[Comment | None]:
    """Return the comments of a gap in order, and None for each blank line."""
    rows = [row.strip().strip("\ufeff").strip() for row in gap.split("\n")]
    items: list[Comment | None] = []
    for i, row in enumerate(rows):
        if row:
            items.append(Comment(row, trails=i == 0 and not begins_file))
        elif 0 < i < len(rows) - 1:
            items.append(None)
    return items


def _collect_comments(lexemes: Sequence[Lexeme]) -> dict[int, list[Comment]]:
    """Return the comments after each lexeme but the last."""
    comments: dict[int, list[Comment]] = {}
    for i, (left, right) in enumerate(pairwise(lexemes)):
        gap = left.span.source.text[left.span.end : right.span.start]
        found = [item for item in _read_gap(gap) if item is not None]
        if found:
            comments[i] = found
    return comments


def _lay_out_statement(statement: tree.Statement, lexemes: list[Lexeme]) -> list[str]:
    if isinstance(statement, tree.Solver | tree.Output):
        return _lay_out_block(statement, lexemes)
    return lay_out(lexemes, _collect_comments(lexemes))


def _lay_out_block(block: tree.Solver | tree.Output, lexemes: list[Lexeme]) -> list[str]:
    """Return a short block on one line, any other with one setting a line."""
    comments = _collect_comments(lexemes)
    word, closing = lexemes[0].value, len(lexemes) - 1
    starts = [_find(lexemes, setting.span.start) for setting in block.settings]
    ends = [_find(lexemes, setting.span.end) for setting in block.settings]
    rows = [
        lay_out(lexemes[a:b], {k - a: v for k, v in comments.items() if a <= k < b - 1}, INDENT)
        for a, b in zip(starts, ends, strict=True)
    ]
    short = "  ".join(row[0].strip() for row in rows if len(row) == 1)
    line = f"{word} {{ {short} }}" if rows else f"{word} {{}}"
    fits = len(rows) <= _MOST_ON_ONE_LINE and len(line) <= WIDTH
    if fits and not comments and all(len(row) == 1 for row in rows):
        return [line]
    lines = [f"{word} {{"]
    following = [*starts[1:], closing][: len(starts)]
    for comment in _gather(comments, 0, starts[0] if starts else closing):
        append_comment(lines, comment, INDENT)
    for row, end, start in zip(rows, ends, following, strict=True):
        lines += row
        for comment in _gather(comments, end - 1, start):
            append_comment(lines, comment, INDENT)
    return [*lines, "}"]


def _find(lexemes: Sequence[Lexeme], offset: int) -> int:
    """Return the index of the first lexeme at or after an offset of the text."""
    return next(i for i, lexeme in enumerate(lexemes) if lexeme.span.start >= offset)


def _gather(comments: dict[int, list[Comment]], start: int, stop: int) -> list[Comment]:
    """Return the comments after the lexemes ``start … stop - 1``.

    Only the first may trail: a comma that is left out may have stood between it and the next.
    """
    found = [comment for i in range(start, stop) for comment in comments.get(i, [])]
    return [*found[:1], *(replace(comment, trails=False) for comment in found[1:])]


def _make_sure(spec: tree.Tree, text: str) -> None:
    """Refuse to return a text that reads differently: a fault of ours must not spoil a spec."""
    again, _ = parse(Source(spec.source.name, text))
    before, after = ([type(s) for s in each.statements] for each in (spec, again))
    if before != after or again.broken or _words(spec.source) != _words(again.source):
        raise AssertionError("the canonical layout reads differently")


def _words(source: Source) -> list[str]:
    return [
        "^" if lexeme.type == "POWER" else lexeme.value
        for lexeme in scan(source)
        if lexeme.type not in ("COMMA", "NAME")
    ]
