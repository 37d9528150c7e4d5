"""The words of the language by what they are, each from the one list that defines it."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.semantics.functions import AGGREGATES, CALLABLE, COMPLEX_PARTS, INTERFACE_WORDS
from pdelang.semantics.shape_words import SHAPE_WORDS
from pdelang.syntax.lexicon import CLAUSE_WORDS, CONSTANT_WORDS, STATEMENT_WORDS

TABLE_WORDS = ("csv", "interp")


@dataclass(frozen=True, slots=True)
class Words:
    """A class of words; ``is_called`` says that they mean this only before ``(``."""

    name: str
    words: tuple[str, ...]
    is_called: bool = False

    @property
    def pattern(self) -> str:
        """Return a regular expression for these words, whole."""
        # Longer words first: an alternative that is found first wins.
        listed = "|".join(sorted(set(self.words), key=lambda word: (-len(word), word)))
        return rf"\b(?:{listed})\b" + (r"(?=\s*\()" if self.is_called else "")


STATEMENTS = Words("statement", STATEMENT_WORDS)
CLAUSES = Words("clause", CLAUSE_WORDS)
CONSTANTS = Words("constant", CONSTANT_WORDS)
SHAPES = Words("shape", SHAPE_WORDS, is_called=True)
FUNCTIONS = Words(
    "function",
    (*CALLABLE, *AGGREGATES, *COMPLEX_PARTS, *INTERFACE_WORDS, *TABLE_WORDS),
    is_called=True,
)
DERIVATIVE = r"\bd[^\W\d_]+(?=\s*\()"
"""A derivative word such as ``dxx``, of whatever coordinates; functions are looked for first."""

COMMENT = r"#.*$"
STRING = r'"(?:[^"\\\n]|\\.)*"'
NUMBER = r"(?:\b[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
UNIT = r"\[\s*(?:1\s*/\s*)?[^\W\d_][^\[\]\",]*\]"
"""A unit in brackets; a list begins with a number, a sign or a string, or holds a comma."""

OPERATOR = r"\*\*|\.\.|[<>=!]=|[-+*/^=<>&:,.]"
NAME = r"[^\W\d]\w*"
