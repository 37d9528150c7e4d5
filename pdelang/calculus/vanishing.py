"""Is an expression zero? Proofs of bounded effort, after a numeric filter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points

# A double sum of terms of size 1 is off by some 1e-15; far above that it is not zero.
_NONZERO = 1e-10
# Below it, a sum with floating-point coefficients counts as proven zero.
_ROUNDING = 1e-12
_EXPAND_LIMIT = 400


def is_provably_zero(
    expression: sympy.Expr, symbols: Sequence[sympy.Symbol], columns: np.ndarray
) -> bool:
    """Return whether SymPy shows, with bounded effort, that an expression vanishes.

    Values at the points ``columns``, ``(len(symbols), n)``, rule out most candidates
    first. Expressions with floating-point numbers are proven to rounding.
    """
    if expression == 0:
        return True
    size = relative_size(expression, symbols, columns)
    if not size <= _NONZERO:
        return False
    if expression.has(sympy.Float):
        return size <= _ROUNDING
    expanded = expand_small(expression)
    if expanded is None:
        return False
    if expanded == 0:
        return True
    # Trigonometric and hyperbolic identities are polynomial in exponentials, up to a common
    # denominator. SymPy's `trigsimp` and `simplify` search for seconds.
    exponentials = expand_small(expanded.rewrite(sympy.exp))
    if exponentials is None or exponentials == 0:
        return exponentials == 0
    return expand_small(sympy.fraction(sympy.together(exponentials))[0]) == 0


def relative_size(
    expression: sympy.Expr, symbols: Sequence[sympy.Symbol], columns: np.ndarray
) -> float:
    """Return ``max|e| / max Σ|terms of e|`` over points; NaN where nothing is defined."""
    terms = sympy.Add.make_args(expression)
    values = evaluate_points([expression, *terms], symbols, columns)
    values = values[:, np.isfinite(values).all(axis=0)]
    if values.shape[1] == 0:
        return float("nan")
    size = np.abs(values[1:]).sum(axis=0).max()
    return float(np.abs(values[0]).max() / size) if size > 0 else 0.0


def expand_small(expression: sympy.Expr) -> sympy.Expr | None:
    """Return the expanded expression, None where that could be long."""
    if expression.count_ops() > _EXPAND_LIMIT or _multiplies_out_badly(expression):
        return None
    return sympy.expand(expression, power_base=False, log=False)


def _multiplies_out_badly(expression: sympy.Expr) -> bool:
    """Return whether powers or products of sums would expand to very many terms."""
    terms: dict[sympy.Basic, float] = {}
    for e in sympy.postorder_traversal(expression):
        match e:
            case sympy.Add():
                terms[e] = sum(terms[a] for a in e.args)
            case sympy.Mul():
                terms[e] = float(np.prod([terms[a] for a in e.args]))
            case sympy.Pow() if e.exp.is_Integer:
                terms[e] = min(terms[e.base] ** min(abs(int(e.exp)), 64), 1e9)
            case _:
                terms[e] = 1.0
    return terms[expression] > 2000
