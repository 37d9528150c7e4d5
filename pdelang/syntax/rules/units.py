"""Units that are none, or stand where none may, and indices, which look like them."""

from __future__ import annotations

from pdelang.diagnostics.message import Diagnostic
from pdelang.syntax.failure import Failure
from pdelang.syntax.lexeme import OPENING, VALUE_ENDS
from pdelang.syntax.messages import brackets
from pdelang.syntax.postlex import PLACE_TYPES


def unit(f: Failure) -> Diagnostic | None:
    """A unit that is none, or one where none may stand, or an index."""
    start = _unit_start(f)
    if start is None:
        return None
    opening = f.lexemes[start]
    end = next(
        (x for x in f.lexemes[start:] if x.type == "RSQB"),
        f.lexemes[min(f.index, len(f.lexemes) - 1)],
    )
    whole = opening.span.to(end.span)
    inside = [x for x in f.lexemes[start + 1 :] if x.span.end < end.span.end]
    is_number = bool(inside) and inside[0].type in ("NUMBER", "COLON", "MINUS")
    ends_value = f.lexemes[start - 1].type in ("NAME", "RPAR", "RSQB")
    if ends_value and f.lexemes[start - 1].touches(opening) and is_number:
        return brackets.INDEX.report(whole)
    if (
        start != f.index
        and f.index < len(f.lexemes)
        and f.found
        and f.found.span.start < end.span.end
    ):
        return brackets.BAD_UNIT.report(f.place, f.pair)
    if f.found_type == "RSQB":
        return brackets.BAD_UNIT.report(f.place, f.pair)
    if f.word.type == "TIME":
        return brackets.UNIT_AFTER_RANGE.report(whole)
    if f.word.type in ("DOMAIN", "SHAPE"):
        return brackets.UNIT_OF_COORDINATE.report(whole)
    if f.last_outer("EQUAL") is None and "EQUAL" in f.accepted and f.word.type not in PLACE_TYPES:
        return brackets.UNIT_BEFORE_VALUE.report(opening.span)
    return brackets.UNIT_INSIDE.report(whole)


def _unit_start(f: Failure) -> int | None:
    """Return the index of the bracket of a unit at or just before the place, if there is one."""
    for position in range(min(f.index, len(f.lexemes) - 1), 0, -1):
        lexeme = f.lexemes[position]
        if lexeme.type == "LSQB" and f.lexemes[position - 1].type in VALUE_ENDS:
            return position
        # Only what can stand inside a unit, or closes it, may lie between.
        if lexeme.type in OPENING or (position < f.index - 1 and lexeme.type == "RSQB"):
            return None
        if position < f.index and lexeme.type in ("EQUAL", "COMMA"):
            return None
    return None
