"""Read one stretch of lexemes; when the grammar stops, keep what is good and say what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from lark import Token
from lark.exceptions import UnexpectedToken

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.suggestion import similar
from pdelang.syntax.choice import explain_failure
from pdelang.syntax.failure import Failure
from pdelang.syntax.faults import find_fault
from pdelang.syntax.grammar import load_parser
from pdelang.syntax.lexeme import CLOSING, OPENING, VALUE_ENDS, Lexeme
from pdelang.syntax.lexicon import STATEMENT_WORDS
from pdelang.syntax.limits import (
    BRACKET_LIMIT,
    FAULT_LIMIT,
    STACK_LIMIT,
    check_depth,
    check_runs,
    too_deep,
)
from pdelang.syntax.postlex import STATEMENT_TYPES
from pdelang.syntax.tree import Broken, Statement
from pdelang.syntax.units import check_units

_END = Token("$END", "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one stretch gave: statements, stretches given up, and messages."""

    statements: tuple[Statement, ...] = ()
    broken: tuple[Broken, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            self.statements + other.statements,
            self.broken + other.broken,
            self.diagnostics + other.diagnostics,
        )


def read_stretch(lexemes: list[Lexeme]) -> Reading:
    """Read one statement, and what may follow it where a statement word is misspelt."""
    if lexemes[0].type == "NAME":
        return _read_headless(lexemes)
    fault = find_fault(lexemes) or check_runs(lexemes)
    if fault is not None:
        return _set_apart(lexemes, fault)
    outcome = run_grammar(lexemes, "statement")
    if isinstance(outcome, Diagnostic):
        return _give_up(lexemes, outcome)
    if isinstance(outcome, Failure):
        return _recover(outcome)
    refused = check_units(outcome, lexemes) or (
        check_depth(outcome) if len(lexemes) > BRACKET_LIMIT else None
    )
    return _give_up(lexemes, refused) if refused else Reading(statements=(outcome,))


def run_grammar(lexemes: list[Lexeme], start: str) -> Any | Failure | Diagnostic:
    """Return the node that ``lexemes`` make, where the grammar stopped, or E020."""
    state = load_parser().parse_interactive(start=start).parser_state
    index = 0
    try:
        for index, lexeme in enumerate(lexemes):  # noqa: B007  # the handler reads `index`
            state.feed_token(cast(Token, lexeme))
            if len(state.value_stack) > STACK_LIMIT:
                return too_deep(lexeme.span)
        index = len(lexemes)
        return state.feed_token(_END, is_end=True)
    except UnexpectedToken:
        return Failure(tuple(lexemes), index, _accepted(lexemes[:index], start))


def _accepted(lexemes: list[Lexeme], start: str) -> frozenset[str]:
    """Return the types that can follow ``lexemes``.

    Read anew: the refused lexeme has already made the parser close what it could.
    """
    parser = load_parser().parse_interactive(start=start)
    for lexeme in lexemes:
        parser.parser_state.feed_token(cast(Token, lexeme))
    return frozenset(parser.accepts())


def _set_apart(lexemes: list[Lexeme], fault: Diagnostic) -> Reading:
    """Keep a good statement before a faulty line that begins with a word that is none."""
    cut = _find_headless_line(lexemes)
    if cut is None:
        return _give_up(lexemes, fault)
    before = run_grammar(lexemes[:cut], "statement")
    if isinstance(before, Failure | Diagnostic):
        return _give_up(lexemes, fault)
    return read_stretch(lexemes[:cut]) + _read_headless(lexemes[cut:])


def _find_headless_line(lexemes: list[Lexeme]) -> int | None:
    """Return where a name begins a line right after a value, outside brackets: no operator joins them."""
    depth = 0
    for position, lexeme in enumerate(lexemes):
        if position and depth == 0 and lexeme.begins_line and lexeme.type == "NAME":
            ends_value = lexemes[position - 1].type in VALUE_ENDS | {"RBRACE"}
            return position if ends_value else None
        depth += (lexeme.type in OPENING) - (lexeme.type in CLOSING)
    return None


def _recover(failure: Failure) -> Reading:
    """Keep a complete statement before a line that begins with a word that is none."""
    lexemes, index = list(failure.lexemes), failure.index
    found = failure.found
    if index and found and found.begins_line and "$END" in failure.accepted and not failure.opened:
        return read_stretch(lexemes[:index]) + _read_headless(lexemes[index:])
    if lexemes[0].type not in STATEMENT_TYPES:
        return _read_headless(lexemes)
    return _give_up(lexemes, explain_failure(failure))


def _read_headless(lexemes: list[Lexeme]) -> Reading:
    """Report a stretch without a statement word, and each misspelt word that begins a line."""
    stretches: list[list[Lexeme]] = []
    start = depth = 0
    for position, lexeme in enumerate(lexemes):
        depth += (lexeme.type in OPENING) - (lexeme.type in CLOSING)
        if position and depth <= 0 and lexeme.begins_line and is_misspelt(lexeme):
            stretches.append(lexemes[start:position])
            start = position
            if len(stretches) == FAULT_LIMIT:
                break
    stretches.append(lexemes[start:])
    return sum((_report_headless(stretch) for stretch in stretches), Reading())


def _report_headless(lexemes: list[Lexeme]) -> Reading:
    return _give_up(lexemes, explain_failure(Failure(tuple(lexemes), 0, frozenset())))


def is_misspelt(lexeme: Lexeme) -> bool:
    """Whether a name looks like a statement word."""
    return lexeme.type == "NAME" and similar(lexeme.value, STATEMENT_WORDS) is not None


def _give_up(lexemes: list[Lexeme], diagnostic: Diagnostic) -> Reading:
    first = lexemes[0]
    word = first.value if first.type in STATEMENT_TYPES else similar(first.value, STATEMENT_WORDS)
    names = frozenset(lexeme.value for lexeme in lexemes if lexeme.type == "NAME")
    place = first.span.to(lexemes[-1].span)
    return Reading(broken=(Broken(place, word, names),), diagnostics=(diagnostic,))
