"""The edition statement: `pde 1`, once, before all others."""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Source, Span
from pdelang.syntax.lexicon import EDITION
from pdelang.syntax.messages import texts
from pdelang.syntax.tree import Broken, Edition, Statement


def check_edition(
    source: Source, statements: Sequence[Statement], broken: Sequence[Broken]
) -> list[Diagnostic]:
    """Return E010 for a missing, late, unknown or second edition."""
    everything = sorted([*statements, *broken], key=lambda node: node.span.start)
    editions = [node for node in statements if isinstance(node, Edition)]
    if any(node.word == "pde" for node in broken):
        return []  # reported where it could not be read, or as a misspelt word
    if not everything:
        return [texts.NO_EDITION.report(Span(source, 0, 0))]
    if not editions:
        return [texts.NO_EDITION.report(_first_word(everything[0].span))]
    first = editions[0]
    if first is not everything[0]:
        return [texts.NO_EDITION.report(first.span)]
    found = []
    if first.number.text != EDITION:
        found.append(texts.WRONG_EDITION.report(first.number.span, {"found": first.number.text}))
    found.extend(texts.SECOND_EDITION.report(edition.span) for edition in editions[1:])
    return found


def _first_word(span: Span) -> Span:
    words = span.text.split(maxsplit=1)
    return Span(span.source, span.start, span.start + len(words[0] if words else ""))
