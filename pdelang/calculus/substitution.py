"""Typed access to SymPy where its own annotations are too wide."""

from __future__ import annotations

from collections.abc import Mapping

import sympy


def substitute(expression: sympy.Expr, values: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
    """Return an expression with symbols replaced, all at once."""
    return expression.xreplace(dict(values))  # type: ignore[return-value]


def branches(conditional: sympy.Piecewise) -> list[tuple[sympy.Expr, sympy.Basic]]:
    """Return value and condition of every branch; the last condition is true."""
    return [(branch.expr, branch.cond) for branch in conditional.args]  # type: ignore[attr-defined]
