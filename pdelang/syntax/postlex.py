"""From lexemes to stretches, one per statement, with the many meanings of `in` told apart.

A statement word begins a statement wherever it may; it does not where it names an argument
(`integral(p, on = lid)`), limits a statement (`time t in 0 .. 1`, `unknown w in fluid`), or is
misused as a name, in which case it becomes a ``RESERVED_NAME``. Newlines have no meaning in a
correct text; in a faulty one they help to find where the next statement begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pdelang.syntax.lexeme import CLOSING, OPENING, RESERVED_NAME, Lexeme
from pdelang.syntax.lexicon import CLAUSE_WORDS, DECLARING_WORDS, STATEMENT_WORDS

STATEMENT_TYPES = frozenset(word.upper() for word in STATEMENT_WORDS)
PLACE_TYPES = frozenset({"IN", "ON", "AT"})
_CLAUSE_TYPES = frozenset(word.upper() for word in CLAUSE_WORDS)
_DECLARING_TYPES = frozenset(word.upper() for word in DECLARING_WORDS)
# `fit D = 1 in 0 .. 1` is wrong, but `in` belongs to it all the same.
_LIMITED_BY_IN = frozenset({"TIME", "VARY", "SWEEP", "UNKNOWN", "FIT"})
_UNIT_SIGNS = frozenset({"LSQB", "RSQB", "STAR", "SLASH", "POWER"})

# What may follow a statement word that does not begin a line; all others declare a name.
_STRINGS = frozenset({"STRING", "OPEN_STRING"})
_FOLLOWERS: dict[str, frozenset[str]] = {
    "PDE": frozenset({"NUMBER"}),
    "PROBLEM": _STRINGS,
    "USE": _STRINGS,
    "AT": frozenset({"NAME", "LPAR"}),
    "REQUIRE": frozenset({"NAME", "LPAR", "NUMBER", "MINUS"}),
    "SOLVER": frozenset({"LBRACE"}),
    "OUTPUT": frozenset({"LBRACE"}),
}
_A_NAME = frozenset({"NAME"})


def split(lexemes: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """Yield the lexemes of each statement; only the first stretch may lack a statement word."""
    stretch: list[Lexeme] = []
    opened: list[str] = []
    for index, lexeme in enumerate(lexemes):
        kind = lexeme.type
        if kind in STATEMENT_TYPES:
            read = _classify(lexemes, index, stretch, opened)
            if read.type in STATEMENT_TYPES:
                if stretch:
                    yield stretch
                stretch, opened = [], []
            lexeme = read
        elif kind in _CLAUSE_TYPES and _declares_here(stretch, opened):
            lexeme = lexeme.retyped(RESERVED_NAME)
        elif kind in OPENING:
            opened.append(kind)
        elif kind in CLOSING and opened:
            opened.pop()
        stretch.append(lexeme)
    if stretch:
        yield stretch


def _classify(
    lexemes: Sequence[Lexeme], index: int, stretch: list[Lexeme], opened: list[str]
) -> Lexeme:
    """Return the statement word at ``index`` as itself or retyped to what it means there."""
    lexeme = lexemes[index]
    after = lexemes[index + 1] if index + 1 < len(lexemes) else None
    following = after.type if after else None
    if not stretch:
        return lexeme
    in_brackets = bool(opened) and opened[-1] != "LBRACE"
    if lexeme.type in ("IN", "ON") and opened and following == "EQUAL":
        return lexeme.retyped(lexeme.type + "_ARGUMENT")
    if lexeme.type == "IN":
        if in_brackets and stretch[-1].type in _UNIT_SIGNS and following in _UNIT_SIGNS:
            return lexeme.retyped("NAME")  # the inch
        if not opened and _limits_statement(lexemes, index, stretch):
            return lexeme.retyped("IN_CLAUSE")
    if lexeme.begins_line:
        begins = not opened or _may_begin(lexeme.type, after)
    elif in_brackets or stretch[-1].type == "DOT" or _declares_here(stretch, opened):
        begins = False
    else:
        begins = _may_begin(lexeme.type, after) and not _lacks_text(stretch)
    return lexeme if begins else lexeme.retyped(RESERVED_NAME)


def _may_begin(kind: str, after: Lexeme | None) -> bool:
    """Whether a statement of this kind can go on with the lexeme ``after``."""
    if after is None:
        return False
    if after.type in _FOLLOWERS.get(kind, _A_NAME):
        return True
    # `param in = 3` declares a reserved word; a word on the next line begins a statement
    is_word = after.type in STATEMENT_TYPES or after.type in _CLAUSE_TYPES
    return kind in _DECLARING_TYPES and is_word and not after.begins_line


def _lacks_text(stretch: list[Lexeme]) -> bool:
    """Whether the words may be a text without its quotation marks: `problem Heat in a rod`."""
    needs = stretch[0].type in ("PROBLEM", "USE")
    return needs and not any(lexeme.type in _STRINGS for lexeme in stretch)


def _declares_here(stretch: list[Lexeme], opened: list[str]) -> bool:
    """Whether the next lexeme stands where a statement declares a name."""
    if not stretch or opened or stretch[0].type not in _DECLARING_TYPES:
        return False
    if len(stretch) == 1:
        return True
    listed = {"NAME", "COMMA", RESERVED_NAME}
    return (
        stretch[0].type == "UNKNOWN"
        and stretch[-1].type == "COMMA"
        and all(lexeme.type in listed for lexeme in stretch[1:])
    )


def _limits_statement(lexemes: Sequence[Lexeme], index: int, stretch: list[Lexeme]) -> bool:
    """Whether the `in` at ``index`` belongs to the statement begun, not to a new one."""
    word = stretch[0].type
    if word not in _LIMITED_BY_IN:
        return False
    if len(stretch) == 1:
        # `time in 0 .. 1` lacks its name; `time in in 0 .. 1` has a reserved one
        following = lexemes[index + 1].type if index + 1 < len(lexemes) else None
        return following not in ("IN", "EQUAL", "COMMA") and word != "UNKNOWN"
    if any(lexeme.type == "IN_CLAUSE" for lexeme in stretch) or _heads_equation(lexemes, index):
        return False
    if word not in ("UNKNOWN", "FIT") or not lexemes[index].begins_line:
        return True
    # `unknown u` above a line `in plate …` whose colon was forgotten
    after = lexemes[index + 2].type if index + 2 < len(lexemes) else None
    return after is None or after == "LSQB" or after in STATEMENT_TYPES


def _heads_equation(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether ``in NAME, NAME …`` goes on with a label or a colon."""
    position = index + 1
    while position + 1 < len(lexemes) and lexemes[position].type == "NAME":
        if lexemes[position + 1].type != "COMMA":
            return lexemes[position + 1].type in ("AS", "COLON")
        position += 2
    return False
