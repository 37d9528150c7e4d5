"""The reserved words of edition 1: the one list that every other list is made from."""

from __future__ import annotations

EDITION = "1"

STATEMENT_WORDS: tuple[str, ...] = (
    "pde",
    "problem",
    "use",
    "domain",
    "time",
    "shape",
    "boundary",
    "periodic",
    "param",
    "let",
    "unknown",
    "in",
    "on",
    "at",
    "data",
    "fit",
    "vary",
    "guess",
    "require",
    "exact",
    "compare",
    "sweep",
    "report",
    "allow",
    "solver",
    "output",
)
"""Words that begin a statement, in the order of the language reference."""

DECLARING_WORDS: frozenset[str] = frozenset(
    {
        "domain",
        "time",
        "shape",
        "boundary",
        "param",
        "let",
        "unknown",
        "data",
        "fit",
        "vary",
        "report",
        "sweep",
    }
)
"""Statement words directly followed by a name that the statement declares or sets."""

CLAUSE_WORDS: tuple[str, ...] = (
    "as",
    "where",
    "within",
    "rest",
    "if",
    "then",
    "else",
    "and",
    "or",
    "not",
    "vector",
    "complex",
)
"""Words with a meaning inside statements."""

PI = "pi"
NORMAL = "n"
"""The outward unit normal of the boundary."""

CONSTANT_WORDS: tuple[str, ...] = (PI, NORMAL)
"""Names with a fixed meaning; the grammar reads them as names."""

IMAGINARY_UNIT = "i"
"""Reserved only where an unknown is complex."""

KEYWORDS: frozenset[str] = frozenset(STATEMENT_WORDS) | frozenset(CLAUSE_WORDS)
"""Words that are tokens of their own and never arrive as names in a ``Tree``."""

RESERVED: frozenset[str] = KEYWORDS | frozenset(CONSTANT_WORDS)
"""Words that cannot be declared (E102); ``IMAGINARY_UNIT`` joins them with complex unknowns."""
