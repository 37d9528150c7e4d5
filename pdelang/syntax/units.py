"""What the grammar cannot say of a unit: no numbers but 1, no absurd powers."""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.diagnostics.message import Diagnostic
from pdelang.syntax import tree
from pdelang.syntax.lexeme import Lexeme
from pdelang.syntax.limits import EXPONENT_LIMIT
from pdelang.syntax.messages import brackets


def check_units(statement: tree.Statement, lexemes: Sequence[Lexeme]) -> Diagnostic | None:
    """Return E013, E019 or E020 for the first unit of a statement that is none."""
    for unit in _units(statement):
        numbers = [name for name, _ in unit.factors if not (name[0].isalpha() or name[0] == "_")]
        if numbers and _is_index(unit, lexemes):
            return brackets.INDEX.report(unit.span)
        if numbers:
            return brackets.UNIT_NUMBER.report(unit.span, {"number": numbers[0]})
        if any(not abs(power) <= EXPONENT_LIMIT for _, power in unit.factors):
            return Diagnostic(
                "E020",
                "The power of this unit is too large",
                unit.span,
                label=f"more than {EXPONENT_LIMIT}",
                help="write the power that you mean, such as `[m^2]`",
            )
    return None


def _units(statement: tree.Statement) -> list[tree.Unit]:
    units: list[tree.Unit] = []
    for child in tree.children(statement):
        if isinstance(child, tree.Unit):
            units.append(child)
        elif isinstance(child, tree.CoordinateName) and child.unit:
            units.append(child.unit)
    return units


def _is_index(unit: tree.Unit, lexemes: Sequence[Lexeme]) -> bool:
    """Whether the bracket touches the name before it, as in ``u[0]``."""
    return any(
        lexeme.span.end == unit.span.start and lexeme.type in ("NAME", "RPAR", "RSQB")
        for lexeme in lexemes
    )
