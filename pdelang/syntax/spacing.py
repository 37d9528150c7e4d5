"""Where a blank stands between two lexemes of a spec in its canonical layout."""

from __future__ import annotations

from pdelang.syntax.lexeme import OPENING, Lexeme
from pdelang.syntax.lexicon import KEYWORDS

_WORDS = frozenset(word.upper() for word in KEYWORDS)
_TIGHT_OPERATORS = frozenset({"STAR", "SLASH", "POWER", "DOT"})
_LOOSE_OPERATORS = frozenset({"EQUAL", "COMPARISON", "DOTDOT", "AMPERSAND"})
_SIGNS = frozenset({"PLUS", "MINUS"})
_VALUE_ENDS = frozenset({"NAME", "NUMBER", "STRING", "RPAR", "RSQB", "REST"})


def is_word(lexeme: Lexeme) -> bool:
    """Return whether a lexeme is a reserved word."""
    return lexeme.type in _WORDS


def is_unary(sign: Lexeme, before: Lexeme | None) -> bool:
    """Return whether a plus or minus belongs to the value after it alone."""
    return sign.type in _SIGNS and (before is None or before.type not in _VALUE_ENDS)


def needs_blank(before: Lexeme | None, left: Lexeme, right: Lexeme) -> bool:
    """Return whether a blank stands between ``left`` and ``right``; ``before`` precedes both."""
    if is_word(left) and left.type not in ("REST", "VECTOR", "COMPLEX"):
        return True
    match left.type, right.type:
        case _, "COMMA" | "COLON" | "RPAR" | "RSQB" | "DOT":
            return False
        case "DOT" | "LPAR" | "LSQB", _:
            return False
        case "COMMA" | "COLON" | "LBRACE", _:
            return True
        case _, "LBRACE" | "RBRACE":
            return True
        case _ if is_unary(left, before):
            return False
        case a, b if a in _TIGHT_OPERATORS or b in _TIGHT_OPERATORS:
            return False
        case a, b if {a, b} & (_LOOSE_OPERATORS | _SIGNS):
            return True
        case "NAME", "LPAR":
            return False
        case _:
            # Two values in a row stand in a unit, `[m s^-1]`, or a unit stands after a value.
            return True


def find_depths(lexemes: list[Lexeme]) -> list[int]:
    """Return for each lexeme how many brackets are open before it."""
    depths: list[int] = []
    depth = 0
    for lexeme in lexemes:
        if lexeme.type in OPENING.values():
            depth -= 1
        depths.append(depth)
        if lexeme.type in OPENING:
            depth += 1
    return depths
