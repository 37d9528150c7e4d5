"""From text to `Tree`: limits, lexemes, one stretch per statement, one reading per stretch.

    text ─ check_size, check_nesting ─ scan ─ split ─ read_stretch … ─ Tree

Every statement begins with a reserved word, so statements are read one by one: a fault in one
is reported and leaves the others whole.
"""

from __future__ import annotations

from dataclasses import replace

from pdelang.diagnostics.message import Diagnostic, sort_by_place
from pdelang.diagnostics.span import Source, Span
from pdelang.syntax import tree
from pdelang.syntax.choice import explain_failure
from pdelang.syntax.edition import check_edition
from pdelang.syntax.failure import Failure
from pdelang.syntax.faults import drop_semicolons, find_fault
from pdelang.syntax.foreign import recognize_foreign
from pdelang.syntax.limits import FAULT_LIMIT, check_depth, check_nesting, check_runs, check_size
from pdelang.syntax.messages import statements
from pdelang.syntax.postlex import split
from pdelang.syntax.recovery import read_stretch, run_grammar
from pdelang.syntax.scanner import scan


def parse(source: Source) -> tuple[tree.Tree, tuple[Diagnostic, ...]]:
    """Parse a spec into its tree, and report every syntax fault (E001–E020, E102).

    Never raises on any text. Statements that could not be read are missing from the tree and
    listed in its ``broken``.
    """
    refused = check_size(source) or check_nesting(source)
    lexemes = [] if refused else list(scan(source))
    refused = refused or recognize_foreign(lexemes)
    if refused is not None:
        everything = Span(source, 0, len(source.text))
        return tree.Tree(source, (), (tree.Broken(everything, None, frozenset()),)), (refused,)

    lexemes, semicolons = drop_semicolons(lexemes)
    statements: list[tree.Statement] = []
    broken: list[tree.Broken] = []
    diagnostics: list[Diagnostic] = list(semicolons)
    for stretch in split(lexemes):
        reading = read_stretch(stretch)
        statements += reading.statements
        broken += reading.broken
        diagnostics += reading.diagnostics
        if len(diagnostics) >= FAULT_LIMIT:
            return _stop(source, statements, broken, diagnostics)
    diagnostics += check_edition(source, statements, broken)
    return tree.Tree(source, tuple(statements), tuple(broken)), sort_by_place(diagnostics)


def _stop(
    source: Source,
    statements: list[tree.Statement],
    broken: list[tree.Broken],
    diagnostics: list[Diagnostic],
) -> tuple[tree.Tree, tuple[Diagnostic, ...]]:
    """Return what was read before ``FAULT_LIMIT`` faults; the last of them says so."""
    first = list(sort_by_place(diagnostics))[:FAULT_LIMIT]
    note = f"these are the first {FAULT_LIMIT} faults; the text after this place was not read"
    first[-1] = replace(first[-1], notes=(*first[-1].notes, note))
    rest = tree.Broken(Span(source, broken[-1].span.start, len(source.text)), None, frozenset())
    return tree.Tree(source, tuple(statements), (*broken, rest)), tuple(first)


def parse_value(source: Source) -> tuple[tree.Expression | None, tuple[Diagnostic, ...]]:
    """Parse one expression or range, as after `=` in a `solver` block or in ``--set``."""
    refused = check_size(source) or check_nesting(source)
    if refused is not None:
        return None, (refused,)
    lexemes = [lexeme for stretch in split(list(scan(source))) for lexeme in stretch]
    if not lexemes:
        return None, (statements.NO_VALUE.report(Span(source, 0, len(source.text))),)
    outcome = find_fault(lexemes) or check_runs(lexemes) or run_grammar(lexemes, "value")
    if isinstance(outcome, Failure):
        outcome = explain_failure(outcome)
    if not isinstance(outcome, Diagnostic):
        outcome = check_depth(outcome) or outcome
    return (None, (outcome,)) if isinstance(outcome, Diagnostic) else (outcome, ())
