"""Differentiation of expressions over jets.

Jets are plain symbols, so the derivative along a coordinate is the total derivative

    D_i e = ∂e/∂x_i + Σ_j (∂e/∂j) · j_{+i},

where ``j_{+i}`` is the jet ``j`` differentiated once more along coordinate ``i``. One walk
computes it: a walk that knows the derivative of every symbol knows that of every expression.
SymPy's own ``diff`` is not used because it answers ``abs``, ``sign`` and ``heaviside`` of
arguments that it cannot prove real with unevaluated objects or Dirac deltas.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy

from pdelang.calculus.function_table import FUNCTION_NAMES
from pdelang.calculus.numeric_function import NumericFunction
from pdelang.calculus.substitution import branches

if TYPE_CHECKING:
    from pdelang.calculus.symbols import Symbols

# Nodes beyond which nobody reads a derivative, and SymPy would take most of the time to order it.
_READABLE = 200

SymbolDerivative = Callable[[sympy.Symbol], sympy.Expr]


def differentiate(
    expression: sympy.Expr, derivative_of: SymbolDerivative, is_ordered: bool = True
) -> sympy.Expr:
    """Return the derivative of an expression, given that of every symbol.

    Steps and kinks are differentiated almost everywhere: ``sign' = heaviside' = 0``,
    ``abs' = sign``, ``max'`` that of the larger argument. Without ``is_ordered`` sums and products are
    left as they arise: right for numbers, many times faster, unfit for comparing expressions.
    """
    known: dict[sympy.Basic, sympy.Expr] = {}

    def walk(e: sympy.Basic) -> sympy.Expr:
        if e not in known:
            known[e] = _differentiate_node(e, walk, derivative_of, is_ordered)
        return known[e]

    return walk(expression)


def partial_derivative(
    expression: sympy.Expr, symbol: sympy.Symbol, is_ordered: bool = True
) -> sympy.Expr:
    """Return ``∂expression/∂symbol`` with every other symbol held; see `differentiate`."""

    def derivative_of(other: sympy.Symbol) -> sympy.Expr:
        return sympy.S.One if other == symbol else sympy.S.Zero

    return differentiate(expression, derivative_of, is_ordered)


def is_readable(expression: sympy.Expr) -> bool:
    """Return whether an expression is short enough that its derivatives are worth ordering."""
    nodes = sympy.preorder_traversal(expression)
    return next(itertools.islice(nodes, _READABLE, None), None) is None


def total_derivative(
    expression: sympy.Expr,
    axis: int,
    symbols: Symbols,
    slope_of: Callable[[sympy.Symbol, int], sympy.Expr | None] | None = None,
) -> sympy.Expr:
    """Return ``D_axis expression``, jets raised along coordinate ``axis``.

    ``slope_of`` knows the derivatives of further symbols, and says None of all others.
    """
    coordinate = symbols.coordinates[axis]

    def derivative_of(symbol: sympy.Symbol) -> sympy.Expr:
        if symbol == coordinate:
            return sympy.S.One
        if slope_of is not None and (slope := slope_of(symbol, axis)) is not None:
            return slope
        jet = symbols.jet(symbol)
        if jet is None:
            return symbols.elsewhere.derivative(symbol, axis)
        return symbols.symbol(jet.raised(axis)) if symbols.varies(jet.field, axis) else sympy.S.Zero

    return differentiate(expression, derivative_of)


def differentiate_orders(
    expression: sympy.Expr, coordinates: tuple[sympy.Symbol, ...], orders: tuple[int, ...]
) -> sympy.Expr:
    """Return ``∂^orders expression`` for an expression of the coordinates alone.

    That of one that is not `is_readable` is for numbers only.
    """
    is_ordered = is_readable(expression)
    for coordinate, order in zip(coordinates, orders, strict=True):
        for _ in range(order):
            expression = partial_derivative(expression, coordinate, is_ordered)
    return expression


def _differentiate_node(
    e: sympy.Basic,
    walk: Callable[[sympy.Basic], sympy.Expr],
    derivative_of: SymbolDerivative,
    is_ordered: bool,
) -> sympy.Expr:
    add, multiply = (sympy.Add, sympy.Mul) if is_ordered else (_add, _multiply)
    match e:
        case sympy.Symbol():
            return derivative_of(e)
        case _ if not e.args:
            return sympy.S.Zero
        case sympy.Add():
            return add(*map(walk, e.args))
        case sympy.Mul():
            return add(
                *(
                    multiply(*e.args[:i], slope, *e.args[i + 1 :])
                    for i, factor in enumerate(e.args)
                    if (slope := walk(factor)) != 0
                )
            )
        case sympy.Pow():
            base, exponent = e.args
            slope, exponent_slope = walk(base), walk(exponent)
            if exponent_slope == 0:
                return (
                    sympy.S.Zero
                    if slope == 0
                    else multiply(exponent, base ** (exponent - 1), slope)
                )
            return e * (exponent_slope * sympy.log(base) + exponent * slope / base)
        case sympy.Abs():
            return multiply(sympy.sign(e.args[0]), walk(e.args[0]))
        case sympy.sign() | sympy.Heaviside():
            return sympy.S.Zero
        case sympy.Max() | sympy.Min():
            return _differentiate_extremum(e, walk)
        case sympy.Piecewise():
            slopes = [(walk(value), condition) for value, condition in branches(e)]
            if all(slope == slopes[0][0] for slope, _ in slopes):
                return slopes[0][0]
            return sympy.Piecewise(*slopes, evaluate=False)
        case sympy.Function() if type(e) in FUNCTION_NAMES or isinstance(e, NumericFunction):
            slopes = ((i, walk(argument)) for i, argument in enumerate(e.args, start=1))
            return add(*(multiply(e.fdiff(i), slope) for i, slope in slopes if slope != 0))
        case _:
            raise TypeError(f"no derivative is known for {type(e).__name__}: {e}")


def _add(*terms: sympy.Expr) -> sympy.Expr:
    kept = [term for term in terms if term is not sympy.S.Zero]
    return sympy.Add(*kept, evaluate=False) if len(kept) > 1 else sympy.Add(*kept)


def _multiply(*factors: sympy.Expr) -> sympy.Expr:
    if any(factor is sympy.S.Zero for factor in factors):
        return sympy.S.Zero
    kept = [factor for factor in factors if factor is not sympy.S.One]
    return sympy.Mul(*kept, evaluate=False) if len(kept) > 1 else sympy.Mul(*kept)


def _differentiate_extremum(
    e: sympy.Max | sympy.Min, walk: Callable[[sympy.Basic], sympy.Expr]
) -> sympy.Expr:
    """Return the derivative of the argument that is attained, the first one where several are."""
    arguments = sorted(e.args, key=sympy.default_sort_key)
    compare = sympy.Ge if isinstance(e, sympy.Max) else sympy.Le
    branches: list[tuple[sympy.Expr, object]] = [
        (walk(a), sympy.And(*(compare(a, b, evaluate=False) for b in arguments[i + 1 :])))
        for i, a in enumerate(arguments[:-1])
    ]
    branches.append((walk(arguments[-1]), True))
    return sympy.Piecewise(*branches, evaluate=False)
