"""Expressions that have no real value anywhere: ``1/0``, ``sqrt(-1)``, ``log(0)``."""

from __future__ import annotations

import math
from collections.abc import Iterable

import sympy

from pdelang.calculus.numeric import constant_value
from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Span

_IMPOSSIBLE = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)


def find_impossible_values(
    statements: Iterable[tuple[Span, sympy.Basic]],
) -> tuple[Diagnostic, ...]:
    """Return E105, once for every span whose expression is infinite, undefined or complex."""
    found = dict.fromkeys(span for span, e in statements if has_impossible_value(e))
    return tuple(
        Diagnostic(
            "E105",
            "Part of this statement has no finite real value",
            span,
            label="infinite, undefined or complex",
            help="look for a division by zero, or a root or logarithm of a number that is not positive",
        )
        for span in found
    )


def has_impossible_value(expression: sympy.Basic) -> bool:
    """Return whether an expression contains an infinity, an undefined number or ``i``."""
    if expression.atoms(*map(type, _IMPOSSIBLE)):
        return True
    constants = (e for e in expression.atoms(sympy.Function, sympy.Pow) if not e.free_symbols)
    return any(math.isnan(constant_value(e)) for e in constants)
