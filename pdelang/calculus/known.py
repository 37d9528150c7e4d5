"""Given fields: ``exact`` and ``guess`` as expressions of the coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from pdelang.calculus.constants import in_declared_unit
from pdelang.calculus.operators import Expansion
from pdelang.calculus.stands import Stand
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.tensors import flatten
from pdelang.diagnostics.span import Span
from pdelang.semantics.conditions import KnownSolution, Unknown


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A given field: its expression and the statement that gives it."""

    field: str
    expression: sympy.Expr
    span: Span


def known_fields(
    given: Sequence[KnownSolution], unknowns: Sequence[Unknown], symbols: Symbols
) -> tuple[Known, ...]:
    """Return what is given of every component that has a value, in the order of the fields."""
    known_unknowns = {unknown.name: unknown for unknown in unknowns}
    found: dict[str, Known] = {}
    for statement in given:
        unknown = known_unknowns[statement.unknown]
        for region in unknown.regions or (None,):
            names = unknown.fields_in(region)
            if statement.component is not None:
                names = (names[statement.component],)
            # In each of its regions a formula with branches has the one that holds there.
            expansion = Expansion(symbols, unknowns, stand=Stand(region), is_known=True)
            for name, e in zip(names, flatten(expansion(statement.value)), strict=True):
                found[name] = Known(name, in_declared_unit(e, unknown), statement.span)
    return tuple(found[field] for field in symbols.fields if field in found)
