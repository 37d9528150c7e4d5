"""One word, sign or literal of a spec."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.span import Span

BAD_NUMBER = "BAD_NUMBER"
BAD_DOTS = "BAD_DOTS"
OPEN_STRING = "OPEN_STRING"
STRAY = "STRAY"
FAULTY_TYPES = frozenset({BAD_NUMBER, BAD_DOTS, OPEN_STRING, STRAY})
"""Types that no rule of the grammar takes: text that is no lexeme of the language."""

RESERVED_NAME = "RESERVED_NAME"
"""A statement or clause word where a name stands; no rule takes it either."""

OPENING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
"""The type of each opening bracket, with the type that closes it."""

CLOSING = frozenset(OPENING.values())

VALUE_ENDS = frozenset({"NAME", "NUMBER", "STRING", "RPAR", "RSQB"})
"""Types that a value can end with; a value cannot follow directly."""

VALUE_STARTS = frozenset({"NAME", "NUMBER", "STRING", "LPAR", "IF", "NOT"})
"""Types that only a value can start with."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """``type`` is a terminal of the grammar; ``begins_line``: only blanks stand before it."""

    type: str
    value: str
    span: Span
    begins_line: bool

    def retyped(self, kind: str) -> Lexeme:
        """Return this lexeme read as another type."""
        return Lexeme(kind, self.value, self.span, self.begins_line)

    def touches(self, following: Lexeme) -> bool:
        """Whether nothing stands between this lexeme and ``following``."""
        return self.span.end == following.span.start
