"""Files of other languages, recognised by their first words so that one message is enough."""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.diagnostics.message import Diagnostic
from pdelang.syntax.lexeme import Lexeme
from pdelang.syntax.messages import texts

_LOOK_AHEAD = 200

# Section headings of a FlexPDE descriptor file, which stand at the beginning of a line.
_FLEXPDE = frozenset(
    {
        "TITLE",
        "COORDINATES",
        "VARIABLES",
        "DEFINITIONS",
        "EQUATIONS",
        "BOUNDARIES",
        "INITIAL",
        "MONITORS",
        "PLOTS",
        "SELECT",
    }
)
_PYTHON = frozenset({"import", "from", "def", "class", "async", "print"})


def recognize_foreign(lexemes: Sequence[Lexeme]) -> Diagnostic | None:
    """Return E009 for a FlexPDE or Python file; a file that begins with `pde` is neither."""
    if not lexemes or lexemes[0].type == "PDE":
        return None
    for position, lexeme in enumerate(lexemes[:_LOOK_AHEAD]):
        if not lexeme.begins_line or lexeme.type != "NAME":
            continue
        if lexeme.value.upper() in _FLEXPDE and not _is_followed_by(lexemes, position, "EQUAL"):
            return texts.FLEXPDE_FILE.report(lexeme.span)
        if lexeme.value in _PYTHON and _is_followed_by(lexemes, position, "NAME", "LPAR"):
            return texts.PYTHON_FILE.report(lexeme.span)
    return None


def _is_followed_by(lexemes: Sequence[Lexeme], position: int, *kinds: str) -> bool:
    return position + 1 < len(lexemes) and lexemes[position + 1].type in kinds
