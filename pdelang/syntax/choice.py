"""Which message says best why the grammar could not go on: the first rule that applies."""

from __future__ import annotations

from collections.abc import Callable

from pdelang.diagnostics.message import Diagnostic
from pdelang.syntax.failure import Failure
from pdelang.syntax.rules import equality, expressions, sentences, units

RULES: tuple[Callable[[Failure], Diagnostic | None], ...] = (
    sentences.edition,
    sentences.foreign_comment,
    sentences.headless,
    sentences.reserved_word,
    sentences.braces,
    sentences.coordinates,
    sentences.unknown_arguments,
    sentences.nameless_report,
    sentences.unknown_kind,
    sentences.place_as_equation,
    sentences.equal_for_in,
    sentences.misplaced_where,
    sentences.reason,
    expressions.comma,
    units.unit,
    sentences.place_alone,
    sentences.colon,
    expressions.missing_range,
    expressions.missing_list,
    equality.comparison_for_equal,
    equality.equal_for_comparison,
    equality.chained_comparison,
    equality.colon_for_equal,
    equality.missing_equal,
    equality.second_equal,
    expressions.branch,
    expressions.missing_comma,
    expressions.grouped_digits,
    expressions.missing_operator,
    expressions.doubled_sign,
    expressions.missing_operand,
    sentences.needs_name,
    sentences.missing_name,
    sentences.incomplete,
)
"""In order: the more special before the more general."""


def explain_failure(failure: Failure) -> Diagnostic:
    """Return the message for a failure."""
    for rule in RULES:
        diagnostic = rule(failure)
        if diagnostic is not None:
            return diagnostic
    return sentences.unexpected(failure)
