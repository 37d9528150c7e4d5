"""What a `fit` stands for: a number, or a field within its bounds.

A field departs from its guess g(x) by a polynomial p, through a smooth map that cannot leave the
bounds low .. high:

    k = g + p                                                      without bounds
    k = low·(high/low)^{σ},   σ = (1 + tanh(q + p))/2              low > 0: a positive coefficient
    k = low + (high − low)·σ                                       else

q is what gives k = g at p = 0. With one finite bound ``k = low + (g − low) e^p``.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import sympy

from pdelang.calculus.symbols import Symbols
from pdelang.semantics.expression import Expression
from pdelang.semantics.problem import FieldSeries, Fit

# A guess on a bound is moved inside by this share of the way, or tanh could not leave it.
_INSIDE = 1e-3


def fit_expression(
    fit: Fit, scalar: Callable[[Expression], sympy.Expr], symbols: Symbols
) -> sympy.Expr:
    """Return the value of a fit; ``scalar`` expands its guess."""
    match fit.value:
        case None:
            return scalar(fit.guess)
        case FieldSeries() as series:
            return bounded_field(fit, scalar(fit.guess), series_expression(series, fit, symbols))
        case value:
            return sympy.Float(value)


def bounded_field(fit: Fit, guess: sympy.Expr, departure: sympy.Expr) -> sympy.Expr:
    """Return the field of the module's map for a guess and a polynomial."""
    low, high = fit.low, fit.high
    if math.isinf(low) and math.isinf(high):
        return guess + departure
    if math.isinf(high):
        return low + (guess - low) * sympy.exp(departure)
    if math.isinf(low):
        return high - (high - guess) * sympy.exp(departure)
    if low > 0:
        share = sympy.log(guess / low) / math.log(high / low)
        return low * sympy.exp(math.log(high / low) * _squash(share, departure))
    return low + (high - low) * _squash((guess - low) / (high - low), departure)


def _squash(share: sympy.Expr, departure: sympy.Expr) -> sympy.Expr:
    inside = _INSIDE + (1 - 2 * _INSIDE) * share
    start = sympy.log(inside / (1 - inside)) / 2
    return (1 + sympy.tanh(start + departure)) / 2


def series_expression(series: FieldSeries, fit: Fit, symbols: Symbols) -> sympy.Expr:
    """Return ``Σ_m c_m Π_i T_{m_i}(ξ_i)`` in the coordinates."""
    axes = [symbols.coordinates[symbols.names.index(name)] for name in fit.coordinates]
    scaled = [(x - c) / h for x, c, h in zip(axes, series.centre, series.half_width, strict=True)]
    highest = [max(d[i] for d in series.degrees) for i in range(len(axes))]
    tables = [_chebyshev(x, top) for x, top in zip(scaled, highest, strict=True)]
    return sympy.Add(
        *(
            c * sympy.Mul(*(tables[i][k] for i, k in enumerate(degree)))
            for degree, c in zip(series.degrees, series.coefficients, strict=True)
        )
    )


def _chebyshev(x: sympy.Expr, highest: int) -> list[sympy.Expr]:
    return [sympy.expand(sympy.chebyshevt(k, x)) for k in range(highest + 1)]
