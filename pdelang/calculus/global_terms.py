"""Global quantities inside equations, ``u_t = lap(u) - mean(u)``, as integrals over the box.

Each space coordinate becomes the variable of an integral between the ends of the domain; the time
stays that of the point. ``value(u, point)`` is the value there.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy

from pdelang.calculus.moved_jets import Variable
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.unbuilt import UnbuiltError
from pdelang.semantics.expression import Aggregate, AggregateKind, Expression
from pdelang.semantics.problem import Problem

# The place of an extremum jumps as the solution changes, so that Newton's method has no slope there.
_ADVICE_EXTREMUM = (
    "write `value(u, POINT)` where the place is known, or a smooth norm such as `mean(u^8)^(1/8)`"
)
# A constant that one requirement determines is the same number.
_ADVICE_STEADY = "let a constant stand for it: `fit q = FIRST GUESS within LOW .. HIGH`, `q` here, and `require {} = q`"

Scalar = Callable[[Expression], sympy.Expr]


def expand_global(
    node: Aggregate, problem: Problem, symbols: Symbols, scalar: Scalar
) -> sympy.Expr:
    """Return a global quantity as an expression with nonlocal symbols.

    ``scalar`` expands expressions at the point. Raises UnbuiltError (E190) for extrema, parts of the
    boundary, regions, and domains that are no boxes.
    """
    what = f"`{node.kind.value}` inside an equation"
    space = symbols.coordinates[: symbols.space_dimension]
    operand = scalar(node.operand)
    moves: dict[sympy.Symbol, sympy.Expr] = {}
    if node.time is not None:
        moves[symbols.coordinates[symbols.time_axis]] = scalar(node.time)
    if node.kind is AggregateKind.VALUE:
        assert node.point is not None
        moves.update(zip(space, map(scalar, node.point), strict=True))
        return symbols.elsewhere.relocate(operand, moves)
    if node.kind in (AggregateKind.MAX, AggregateKind.MIN):
        raise UnbuiltError(node.span, what, _ADVICE_EXTREMUM)
    advice = None if problem.time is not None else _ADVICE_STEADY.format(node.span.text)
    if node.on is not None or node.region is not None:
        raise UnbuiltError(node.span, f"{what} over a part of the domain or its boundary", advice)
    if not symbols.frame.metric.is_trivial:
        raise UnbuiltError(node.span, f"{what} in other than plain Cartesian coordinates", advice)
    if problem.domain.body is not None:
        raise UnbuiltError(node.span, f"{what} over a domain that is no box", advice)
    ends = [(scalar(b.low), scalar(b.high)) for b in problem.domain.bounds]
    variables = [
        Variable(symbols.elsewhere.variable(f"{symbol.name}'"), low, high)
        for symbol, (low, high) in zip(space, ends, strict=True)
    ]
    moves.update(zip(space, (v.symbol for v in variables), strict=True))
    total = symbols.elsewhere.relocate(operand, moves)
    for variable in reversed(variables):
        total = symbols.elsewhere.integrate(variable, total)
    if node.kind is AggregateKind.MEAN:
        total /= sympy.Mul(*(high - low for low, high in ends))
    return total
