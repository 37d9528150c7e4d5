"""The form of statements: their words, names, colons and ends."""

from __future__ import annotations

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.suggestion import similar
from pdelang.syntax.expectation import describe_expected, describe_name
from pdelang.syntax.failure import Failure
from pdelang.syntax.lexeme import VALUE_STARTS
from pdelang.syntax.lexicon import STATEMENT_WORDS
from pdelang.syntax.messages import statements, texts
from pdelang.syntax.postlex import PLACE_TYPES, STATEMENT_TYPES

_WORDS_LIKE_NAMES = frozenset({"VECTOR", "COMPLEX", "REST", "AS", "WITHIN"})


def foreign_comment(f: Failure) -> Diagnostic | None:
    opener = f.at(f.index if f.index == 0 else f.index - 1)
    star = f.at(f.index + 1 if f.index == 0 else f.index)
    if opener is None or star is None or opener.type != "SLASH" or not opener.touches(star):
        return None
    if star.type == "SLASH" or (star.type == "STAR" and f.index == 0):
        return statements.FOREIGN_COMMENT.report(opener.span.to(star.span))
    return None


def headless(f: Failure) -> Diagnostic | None:
    is_new_statement = f.found_type == "NAME" and f.accepted == {"$END"}
    if f.found is None or not (f.index == 0 or is_new_statement):
        return None
    near = similar(f.found.value, STATEMENT_WORDS) if f.found.type == "NAME" else None
    if near:
        return statements.MISSPELT_WORD.report(f.place, {"found": f.found.value, "near": near})
    return statements.NO_STATEMENT.report(f.place, {"found": f.found.value})


def edition(f: Failure) -> Diagnostic | None:
    return texts.BAD_EDITION.report(f.place) if f.word.type == "PDE" and f.index == 1 else None


def reserved_word(f: Failure) -> Diagnostic | None:
    if f.found_type in _WORDS_LIKE_NAMES and "NAME" in f.accepted:
        if f.found_type == "REST" and f.word.type in ("ON", "PERIODIC"):
            return statements.REST_AS_PART.report(f.place, {"word": f.word.value})
        return statements.RESERVED_WORD.report(
            f.place, {"found": f.found_text, "help": describe_name(f.found_text)}
        )
    return None


def braces(f: Failure) -> Diagnostic | None:
    if f.accepted == {"LBRACE"} and f.found:
        return statements.NO_BRACES.report(f.place, {"word": f.word.value})
    return None


def coordinates(f: Failure) -> Diagnostic | None:
    if f.word.type == "DOMAIN" and f.found_type == "EQUAL" and f.accepted == {"LPAR"}:
        return statements.NO_COORDINATES.report(f.place, {"before": f.before_text})
    return None


def unknown_arguments(f: Failure) -> Diagnostic | None:
    takes_unknown = f.word.type in ("UNKNOWN", "EXACT", "GUESS", "COMPARE")
    if takes_unknown and f.found_type == "LPAR" and f.before_type == "NAME" and f.index == 2:
        fields = {"word": f.word.value, "before": f.before_text}
        return statements.UNKNOWN_ARGUMENTS.report(f.place, fields)
    return None


def nameless_report(f: Failure) -> Diagnostic | None:
    if f.word.type == "REPORT" and f.found_type == "LPAR" and f.index == 2:
        return statements.NAMELESS_REPORT.report(f.place, f.pair)
    return None


def place_as_equation(f: Failure) -> Diagnostic | None:
    """``on x = 0: …`` and ``at x = 0, y = 0: …``: a colon follows, so none is missing."""
    if not any(lexeme.type == "COLON" for lexeme in f.lexemes[f.index :]) or f.opened:
        return None
    if f.word.type == "ON" and f.found_type == "EQUAL" and "COLON" in f.accepted:
        return statements.EQUATION_AS_PART.report(f.place)
    if f.word.type == "AT" and f.found_type == "COMMA" and "COLON" in f.accepted:
        return statements.POINT_AS_LIST.report(f.place)
    return None


def missing_name(f: Failure) -> Diagnostic | None:
    if f.found is None or "NAME" not in f.accepted or "NUMBER" in f.accepted:
        return None
    if f.index == 1 or f.found.type == "COMMA":
        return None
    advice = describe_expected(f)[1]
    return statements.NAME_MISSING.report(f.place, {"found": f.found_text, "help": advice})


def equal_for_in(f: Failure) -> Diagnostic | None:
    if f.found_type == "EQUAL" and "IN_CLAUSE" in f.accepted and "EQUAL" not in f.accepted:
        if f.word.type == "UNKNOWN":
            return None
        fields = {"word": f.word.value, "help": describe_expected(f)[1]}
        return statements.EQUAL_FOR_IN.report(f.place, fields)
    return None


def unknown_kind(f: Failure) -> Diagnostic | None:
    if f.accepted == {"VECTOR", "COMPLEX"} and f.found:
        return statements.UNKNOWN_KIND.report(f.place, f.pair)
    return None


def misplaced_where(f: Failure) -> Diagnostic | None:
    if f.found_type == "WHERE" and f.word.type in PLACE_TYPES:
        return statements.MISPLACED_WHERE.report(f.place)
    return None


def reason(f: Failure) -> Diagnostic | None:
    if f.word.type != "ALLOW" or f.index != 2:
        return None
    row = statements.NO_COLON_ALLOW if f.found_type == "STRING" else statements.NO_REASON
    return row.report(f.gap, {"code": f.before_text})


def place_alone(f: Failure) -> Diagnostic | None:
    if f.found is None and f.word.type in PLACE_TYPES and "COLON" in f.accepted:
        return statements.NO_EQUATION_AFTER_PLACE.report(
            f.place, {"word": f.word.value, "before": f.lexemes[1].value}
        )
    return None


def colon(f: Failure) -> Diagnostic | None:
    fits = f.found_type in VALUE_STARTS or f.found_type in ("EQUAL", "PLUS", "MINUS", "COMPARISON")
    if fits and f.word.type in PLACE_TYPES and "COLON" in f.accepted and not f.opened:
        return statements.NO_COLON.report(f.gap, {"word": f.word.value})
    return None


def needs_name(f: Failure) -> Diagnostic | None:
    if f.found is None or f.index != 1 or f.word.type not in STATEMENT_TYPES:
        return None
    expected, advice = describe_expected(f)
    return statements.NEEDS_NAME.report(
        f.place, {"word": f.word.value, "expected": expected, "help": advice}
    )


def incomplete(f: Failure) -> Diagnostic | None:
    if f.found is not None:
        return None
    expected, advice = describe_expected(f)
    return statements.ENDS_EARLY.report(
        f.place, {"word": f.word.value, "expected": expected, "help": advice}
    )


def unexpected(f: Failure) -> Diagnostic:
    _, advice = describe_expected(f)
    return statements.UNEXPECTED.report(f.place, {"found": f.found_text, "help": advice})
