"""What a `fit` stands for: a number, or a field within its bounds.

A field departs from its guess g(x) by a polynomial p, through a smooth map that cannot leave the
bounds low .. high:

    k = g + p                                                      without bounds
    k = low·(high/low)^{σ},   σ = (1 + tanh(q + p))/2              low > 0: a positive coefficient
    k = low + (high − low)·σ                                       else

q is what gives k = g at p = 0. With one finite bound ``k = low + (g − low) e^p``. A constant of which
every member of a family has its own was found within its bounds: its polynomial is its value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import sympy
from numpy.polynomial import chebyshev

from pdelang.calculus.symbols import Symbols
from pdelang.calculus.table_function import table_function
from pdelang.semantics.expression import Expression
from pdelang.semantics.grid_table import GridTable
from pdelang.semantics.measured import Departure, FieldSeries, Fit

# A guess on a bound is moved inside by this share of the way, or tanh could not leave it.
_INSIDE = 1e-3


def fit_expression(
    fit: Fit, scalar: Callable[[Expression], sympy.Expr], symbols: Symbols
) -> sympy.Expr:
    """Return the value of a fit; ``scalar`` expands its guess."""
    match fit.value:
        case None:
            return scalar(fit.guess)
        case Departure():
            return bounded_field(fit, scalar(fit.guess), symbols.value(fit.name))
        case FieldSeries() as series:
            own = series_expression(series, fit, symbols)
            return own if symbols.is_varied(fit) else bounded_field(fit, scalar(fit.guess), own)
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
    """Return ``Σ_m c_m Π_i T_{m_i}(ξ_i)`` of the coordinates, one function with its derivatives.

    Written out, a field of thirty coefficients would make every residual thirty times longer.
    """
    axes = [symbols.coordinates[symbols.names.index(name)] for name in fit.coordinates]
    table = series_table(fit.name, series)
    return table_function(table, (0,) * len(axes))(*axes)  # type: ignore[return-value]


@lru_cache(maxsize=1024)
def series_table(name: str, series: FieldSeries) -> GridTable:
    """Return a series as a table of one piece per axis: powers of the distance from the centre."""
    d = len(series.centre)
    sizes = [max(degree[i] for degree in series.degrees) + 1 for i in range(d)]
    powers = np.zeros(sizes)
    for degree, value in zip(series.degrees, series.coefficients, strict=True):
        powers[degree] = value
    for axis, half_width in enumerate(series.half_width):
        count = sizes[axis]
        # Column k holds T_k(z/h) in powers of z.
        change = np.zeros((count, count))
        for k in range(count):
            change[: k + 1, k] = chebyshev.cheb2poly(np.eye(count)[k])[: k + 1]
        change /= half_width ** np.arange(count)[:, None]
        powers = np.moveaxis(np.tensordot(change, powers, (1, axis)), 0, axis)
    ends = tuple(
        np.array([c - h, c + h]) for c, h in zip(series.centre, series.half_width, strict=True)
    )
    coefficients = powers.reshape([n for size in sizes for n in (size, 1)])
    starts = tuple(np.array([c]) for c in series.centre)
    return GridTable(name, ends, np.zeros((2,) * d), starts, coefficients)
