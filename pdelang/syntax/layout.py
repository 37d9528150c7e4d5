"""One statement on as few lines as hold it, comments where they were."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pdelang.syntax.lexeme import Lexeme
from pdelang.syntax.spacing import find_depths, is_unary, is_word, needs_blank

WIDTH = 100
"""Columns of a line; comments and what has no blank may be longer."""
INDENT = "  "


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. ``trails``: it stands behind something on its line."""

    text: str
    trails: bool


def append_comment(lines: list[str], comment: Comment, indent: str) -> None:
    """Put a comment behind the last line, or on a line of its own."""
    if comment.trails and lines and lines[-1]:
        lines[-1] += f"  {comment.text}"
    else:
        lines.append(indent + comment.text)


def lay_out(
    lexemes: Sequence[Lexeme], comments: dict[int, list[Comment]], indent: str = ""
) -> list[str]:
    """Return the lines of one statement; ``comments[i]`` stand after its lexeme ``i``.

    Lines after the first are indented once more. A comment ends its line; else a line is
    broken only where it is too long, at the blank of the fewest open brackets.
    """
    words = [_Word(text, blank, depth, fixed) for text, blank, depth, fixed in _spell(lexemes)]
    lines: list[str] = []
    start = 0
    for end in range(1, len(words) + 1):
        found = comments.get(end - 1, [])
        if not found and end < len(words):
            continue
        _append_words(lines, words[start:end], indent)
        for comment in found:
            append_comment(lines, comment, indent + INDENT)
        start = end
    return lines


@dataclass(frozen=True, slots=True)
class _Word:
    """A lexeme as written; ``is_fixed``: no line may begin with it."""

    text: str
    has_blank: bool
    depth: int
    is_fixed: bool


def _spell(lexemes: Sequence[Lexeme]) -> list[tuple[str, bool, int, bool]]:
    spelled: list[tuple[str, bool, int, bool]] = []
    depths = find_depths(list(lexemes))
    for i, lexeme in enumerate(lexemes):
        text = "^" if lexeme.type == "POWER" else lexeme.value
        if lexeme.type == "NAME":
            text = unicodedata.normalize("NFC", text)
        before = lexemes[i - 2] if i > 1 else None
        blank = i > 0 and needs_blank(before, lexemes[i - 1], lexeme)
        # A line that begins with a word or a sign would read like a statement of its own.
        fixed = is_word(lexeme) or is_unary(lexeme, lexemes[i - 1] if i else None)
        spelled.append((text, blank, depths[i], fixed))
    return spelled


def _append_words(lines: list[str], words: Sequence[_Word], indent: str) -> None:
    rest = list(words)
    while rest:
        lead = indent + (INDENT if lines else "")
        cut = _find_break(rest, WIDTH - len(lead))
        lines.append(lead + _join(rest[:cut]))
        rest = rest[cut:]


def _find_break(words: Sequence[_Word], room: int) -> int:
    """Return how many words a line takes: all, or up to the best blank within ``room``."""
    length = 0
    places: list[int] = []
    for i, word in enumerate(words):
        if i and word.has_blank and not word.is_fixed:
            if length > room:
                break
            places.append(i)
        length += len(word.text) + (word.has_blank and i > 0)
    else:
        if length <= room or not places:
            return len(words)
    if not places:
        following = (i for i, w in enumerate(words) if i and w.has_blank and not w.is_fixed)
        return next(following, len(words))
    # Not in the first half of a line, if it can be helped: that would leave it ragged.
    late = [i for i in places if len(_join(words[:i])) > room // 2] or places
    shallowest = min(words[i].depth for i in late)
    return max(i for i in late if words[i].depth == shallowest)


def _join(words: Sequence[_Word]) -> str:
    return "".join(
        (" " if word.has_blank and i else "") + word.text for i, word in enumerate(words)
    )
