"""Equals signs and comparisons: missing, doubled, confused."""

from __future__ import annotations

from pdelang.diagnostics.message import Diagnostic
from pdelang.syntax.failure import Failure
from pdelang.syntax.lexeme import VALUE_ENDS, VALUE_STARTS
from pdelang.syntax.messages import equations
from pdelang.syntax.postlex import PLACE_TYPES


def comparison_for_equal(f: Failure) -> Diagnostic | None:
    if "EQUAL" not in f.accepted or f.opened:
        return None
    comparison = f.found if f.found_type == "COMPARISON" else f.last_outer("COMPARISON")
    if comparison is None:
        return None
    if comparison.value == "==":
        return equations.COMPARISON_FOR_EQUAL.report(comparison.span)
    return equations.INEQUALITY.report(comparison.span, {"found": comparison.value})


def chained_comparison(f: Failure) -> Diagnostic | None:
    if f.found_type == "COMPARISON" and f.before_type in VALUE_ENDS:
        return equations.CHAINED_COMPARISON.report(f.place)
    return None


def equal_for_comparison(f: Failure) -> Diagnostic | None:
    in_predicate = "THEN" in f.accepted or any(x.type == "WHERE" for x in f.lexemes[: f.index])
    if f.found_type == "EQUAL" and in_predicate and f.before_type in VALUE_ENDS:
        return equations.EQUAL_FOR_COMPARISON.report(f.place)
    return None


def colon_for_equal(f: Failure) -> Diagnostic | None:
    if f.found_type == "COLON" and "EQUAL" in f.accepted:
        return equations.COLON_FOR_EQUAL.report(f.place)
    return None


def missing_equal(f: Failure) -> Diagnostic | None:
    in_brackets = bool(f.opened) and f.opened[-1].type != "LBRACE"
    if "EQUAL" not in f.accepted or in_brackets:
        return None
    in_equation = f.word.type in PLACE_TYPES or f.word.type == "REQUIRE"
    if f.found is None and in_equation:
        return equations.NO_EQUATION.report(f.place)
    if f.found_type in VALUE_STARTS and not in_equation:
        word = f.before_text if f.word.type in ("SOLVER", "OUTPUT") else f.word.value
        return equations.NO_EQUAL.report(f.place, {"word": word})
    return None


def second_equal(f: Failure) -> Diagnostic | None:
    has_one = any(lexeme.type == "EQUAL" for lexeme in f.lexemes[: f.index])
    if f.found_type == "EQUAL" and has_one and f.before_type in VALUE_ENDS:
        return equations.SECOND_EQUAL.report(f.place)
    return None
