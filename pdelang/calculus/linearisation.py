"""Residuals with their linearisation: ``r(x, j)`` and ``∂r/∂j`` for every jet in it."""

from __future__ import annotations

import numpy as np
import sympy

from pdelang.calculus.nonlocal_terms import find_nonlocals
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Residual
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.calculus.vanishing import expand_small

_BEND = 1e-4  # far above rounding, even where large terms cancel


def linearise(expression: sympy.Expr, symbols: Symbols) -> Residual:
    """Return the residual of an expression.

    It is linear if and only if no ``∂r/∂j`` contains a jet; where one does, small
    expressions are expanded first, so that ``(u + 1)^2 - u^2`` counts as linear.
    """
    residual = _linearise(expression, symbols)
    if residual.is_linear or _is_bent(residual, symbols):
        return residual
    expanded = expand_small(expression)
    if expanded is None:
        return residual
    multiplied = _linearise(expanded, symbols)
    return multiplied if multiplied.is_linear else residual


def _is_bent(residual: Residual, symbols: Symbols) -> bool:
    """Return whether numbers show that a residual is not linear: expanding it would show no other.

    A linear one has ``r(a) + r(b) = 2 r((a + b)/2)`` for all jets a, b.
    """
    names = sorted(residual.expression.free_symbols, key=lambda symbol: str(symbol))
    varying = {symbols.symbol(jet) for jet in residual.jets}
    varying |= {term.symbol for term in residual.nonlocals}
    draws = np.random.default_rng(0).uniform(0.3, 0.9, (len(names), 2))
    ends = np.array(
        [pair if s in varying else pair[[0, 0]] for s, pair in zip(names, draws, strict=True)]
    )
    columns = np.column_stack([ends, ends.mean(axis=1)])
    a, b, middle = evaluate_points([residual.expression], names, columns)[0]  # type: ignore[arg-type]
    # Weak bends are left to the expansion, as is what has no value here.
    return bool(abs(a + b - 2.0 * middle) > _BEND * (abs(a) + abs(b) + 2.0 * abs(middle)))


def is_pointwise(residual: Residual, symbols: Symbols) -> bool:
    """Return whether a residual is a function of the point, the normal and its jets alone.

    Integrals, values elsewhere and constants to be fitted are symbols of their own.
    """
    known = {*symbols.coordinates, *symbols.normal, *map(symbols.symbol, residual.jets)}
    return residual.expression.free_symbols <= known


def _linearise(expression: sympy.Expr, symbols: Symbols) -> Residual:
    jets = symbols.jets_of(expression)
    slopes = tuple(partial_derivative(expression, symbols.symbol(jet)) for jet in jets)
    nonlocals = find_nonlocals(expression, symbols)
    far_slopes = tuple(partial_derivative(expression, term.symbol) for term in nonlocals)
    far = {term.symbol for term in nonlocals}
    is_linear = not any(
        symbols.jets_of(slope) or slope.free_symbols & far for slope in (*slopes, *far_slopes)
    )
    return Residual(
        expression=expression,
        jets=jets,
        derivatives=slopes,
        is_linear=is_linear and all(term.is_linear for term in nonlocals),
        nonlocals=nonlocals,
        nonlocal_slopes=far_slopes,
    )
