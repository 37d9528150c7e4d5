"""Faults of a stretch that are seen before parsing: characters, brackets, reserved words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.syntax.expectation import describe_name
from pdelang.syntax.lexeme import (
    CLOSING,
    FAULTY_TYPES,
    OPENING,
    RESERVED_NAME,
    STRAY,
    Lexeme,
)
from pdelang.syntax.messages import brackets, statements, texts, values

_SIGN = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "LBRACE": "{", "RBRACE": "}"}
_PARTNER = {closing: opening for opening, closing in OPENING.items()}

INSTEAD: dict[str, str] = {
    "∂": "write a derivative as `dt(u)`, `dx(u)` or `d(u, x)`",
    "∇": "write `grad(u)`, `div(w)`, `curl(w)` or `lap(u)`",
    "∆": "write `lap(u)`",
    "∫": "write `integral(u)`",
    "√": "write `sqrt(x)`",
    "∞": "a range has finite ends",
    "²": "write `^2`",
    "³": "write `^3`",
    "¹": "write `^1`",
    "½": "write `1/2`",
    "·": "write `*` for a product, `dot(a, b)` for a scalar product",
    "⋅": "write `*` for a product, `dot(a, b)` for a scalar product",
    "×": "write `*` for a product, `cross(a, b)` for a vector product",
    "÷": "write `/`",
    "−": "write `-`, the plain minus sign",
    "–": "write `-`, the plain minus sign",
    "—": "write `-`, the plain minus sign",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "≈": "write `=`",
    "…": "write `..` for a range",
    "'": 'write a derivative as `dx(u)` and a text in `"…"`',
    "′": "write a derivative as `dx(u)`",
    "“": 'write plain quotation marks, `"…"`',
    "”": 'write plain quotation marks, `"…"`',
    "„": 'write plain quotation marks, `"…"`',
    "|": "write `abs(x)` for a modulus and `or` between predicates",
    "!": "write `not`; a factorial is written out",
    "%": "write `/100` for per cent; a comment begins with `#`",
    "@": "a condition at a time or point begins with `at`",
    "\\": "lines continue freely; take it away",
    "$": "take it away: formulas are written plainly, as in `2*sin(pi*x)`",
    "~": "write `=`",
    "?": "write `if … then … else …`",
    "`": 'write a text in `"…"`',
    "°": "write an angle in radians, as in `30*pi/180`",
    "⟨": "write `integral(u*v)` for an inner product",
}
"""What to write in place of a character that the language does not have."""


def drop_semicolons(lexemes: list[Lexeme]) -> tuple[list[Lexeme], tuple[Diagnostic, ...]]:
    """Return the lexemes without `;`, and one message for all of them."""
    found = [lexeme for lexeme in lexemes if lexeme.type == STRAY and lexeme.value == ";"]
    if not found:
        return lexemes, ()
    rest = len(found) - 1
    more = f" (nor in {rest} more place{'s' * (rest > 1)})" if rest else ""
    kept = [lexeme for lexeme in lexemes if not (lexeme.type == STRAY and lexeme.value == ";")]
    return kept, (values.SEMICOLON.report(found[0].span, {"more": more}),)


def find_fault(lexemes: Sequence[Lexeme]) -> Diagnostic | None:
    """Return the first fault of a stretch that makes parsing it pointless.

    A bracket left open turns the words after it into misused ones, so it is looked for first.
    """
    faulty = [lexeme for lexeme in lexemes if lexeme.type in FAULTY_TYPES]
    if faulty:
        return _report_fault(faulty[0])
    reserved = [lexeme for lexeme in lexemes if lexeme.type == RESERVED_NAME]
    if lexemes[0].type in ("USE", "PROBLEM"):
        reserved = []  # words of a text that lacks its quotation marks
    if (
        len(reserved) == 1
        and lexemes[0].type == "IN"
        and reserved[0] is lexemes[1]
        and reserved[0].value == "time"
    ):
        return statements.TIME_AS_PLACE.report(reserved[0].span)
    return _check_brackets(lexemes) or (
        _report_reserved(lexemes, reserved[0]) if reserved else None
    )


def _report_reserved(lexemes: Sequence[Lexeme], lexeme: Lexeme) -> Diagnostic:
    head = lexemes[: lexemes.index(lexeme)]
    names_parts = head and head[0].type == "ON" and all(part.type != "COLON" for part in head)
    if names_parts and lexeme.value == "boundary":
        return statements.BOUNDARY_AS_PART.report(lexeme.span, {"word": head[0].value})
    fields = {"found": lexeme.value, "help": describe_name(lexeme.value)}
    return statements.RESERVED_WORD.report(lexeme.span, fields)


def _report_fault(lexeme: Lexeme) -> Diagnostic:
    match lexeme.type:
        case "BAD_NUMBER":
            return texts.BAD_NUMBER.report(lexeme.span, {"found": lexeme.value})
        case "BAD_DOTS":
            return values.THREE_DOTS.report(lexeme.span)
        case "OPEN_STRING":
            return texts.OPEN_STRING.report(lexeme.span)
        case "STRAY":
            return _report_stray(lexeme)
        case other:
            raise AssertionError(f"{other} is no fault")


def _report_stray(lexeme: Lexeme) -> Diagnostic:
    character = lexeme.value
    advice = INSTEAD.get(character)
    name = unicodedata.name(character, "").lower()
    if advice is None and unicodedata.category(character) == "No":
        digit = unicodedata.digit(character, None)
        is_raised = "superscript" in name
        advice = f"write `^{digit}`" if is_raised else "write the digit on the line, as in `x1`"
    printable = character if character.isprintable() else f"U+{ord(character):04X}"
    label = name if name and not character.isascii() else "an unknown character"
    fields = {"found": printable, "label": label, "help": advice or "take it away"}
    return texts.STRAY_CHARACTER.report(lexeme.span, fields)


def _check_brackets(lexemes: Sequence[Lexeme]) -> Diagnostic | None:
    opened: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.type in OPENING:
            opened.append(lexeme)
        elif lexeme.type not in CLOSING:
            continue
        elif not opened:
            return brackets.EXTRA_CLOSING.report(
                lexeme.span, {"found": lexeme.value, "opening": _SIGN[_PARTNER[lexeme.type]]}
            )
        elif OPENING[opened[-1].type] == lexeme.type:
            opened.pop()
        else:
            return _mismatched(opened, lexeme)
    return _unclosed(opened[-1]) if opened else None


def _mismatched(opened: list[Lexeme], closing: Lexeme) -> Diagnostic:
    opening = opened[-1]
    if any(OPENING[outer.type] == closing.type for outer in opened[:-1]):
        # `[(0, 1]`: the outer bracket is closed, so the inner one was forgotten
        return _unclosed(opening)
    wanted = _SIGN[OPENING[opening.type]]
    return brackets.MISMATCHED.report(
        closing.span,
        {"found": closing.value, "opening": opening.value, "closing": wanted},
        (Related(opening.span, f"this `{opening.value}` waits for `{wanted}`"),),
    )


def _unclosed(opening: Lexeme) -> Diagnostic:
    fields = {"found": opening.value, "closing": _SIGN[OPENING[opening.type]]}
    return brackets.UNCLOSED.report(opening.span, fields)
