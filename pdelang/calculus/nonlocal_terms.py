"""The part of a residual that looks elsewhere: what has to be known where, and how it enters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from sympy.core.relational import Relational

from pdelang.calculus.moved_jets import MovedJet, Spread, Variable
from pdelang.calculus.total_derivative import partial_derivative

if TYPE_CHECKING:
    from pdelang.calculus.symbols import Symbols


@dataclass(frozen=True, slots=True, eq=False)
class Nonlocal:
    """``q = ∫ … ∫ integrand``, of no variable: the value of ``integrand`` itself.

    The integrand is an expression over coordinates, variables and the symbols of ``moved``;
    ``derivatives[i]`` is its slope by ``moved[i]``. ``breaks[v]`` are the places along variable v
    where the integrand has a kink or a jump. A jet at the point itself is moved to it.
    """

    symbol: sympy.Symbol
    variables: tuple[Variable | Spread, ...]
    integrand: sympy.Expr
    moved: tuple[tuple[sympy.Symbol, MovedJet], ...]
    derivatives: tuple[sympy.Expr, ...]
    breaks: tuple[tuple[sympy.Expr, ...], ...]
    is_linear: bool

    @property
    def places(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """The places at which jets are needed, each once."""
        return tuple(dict.fromkeys(jet.place for _, jet in self.moved))

    @property
    def is_fixed(self) -> bool:
        """Whether the value is the same at all points: nothing in it depends on where it is asked for."""
        own = {s for v in self.variables for s in v.symbols} | {s for s, _ in self.moved}
        parts = [self.integrand, *(e for place in self.places for e in place)]
        parts += [e for v in self.variables if isinstance(v, Variable) for e in (v.low, v.high)]
        return all(e.free_symbols <= own for e in parts)


def find_nonlocals(expression: sympy.Expr, symbols: Symbols) -> tuple[Nonlocal, ...]:
    """Return what an expression needs from elsewhere, by the names of the symbols."""
    found = []
    for symbol in sorted(expression.free_symbols, key=lambda s: s.name):  # type: ignore[attr-defined]
        assert isinstance(symbol, sympy.Symbol)
        if symbols.elsewhere.moved(symbol) is not None:
            found.append(_build(symbol, (), symbol, symbols))
        elif (integral := symbols.elsewhere.integral(symbol)) is not None:
            found.append(_build(symbol, integral.variables, integral.integrand, symbols))
    return tuple(found)


def _build(
    symbol: sympy.Symbol,
    variables: tuple[Variable | Spread, ...],
    integrand: sympy.Expr,
    symbols: Symbols,
) -> Nonlocal:
    moved = []
    for s in sorted(integrand.free_symbols, key=lambda s: s.name):  # type: ignore[attr-defined]
        assert isinstance(s, sympy.Symbol)
        if (elsewhere := symbols.elsewhere.moved(s)) is not None:
            moved.append((s, elsewhere))
        elif (jet := symbols.jet(s)) is not None:
            moved.append((s, MovedJet(jet, symbols.coordinates)))
    slopes = tuple(partial_derivative(integrand, s) for s, _ in moved)
    names = {s for s, _ in moved}
    is_linear = not any(slope.free_symbols & names for slope in slopes)
    breaks = tuple(
        () if isinstance(v, Spread) else tuple(_find_breaks(integrand, v.symbol)) for v in variables
    )
    return Nonlocal(symbol, variables, integrand, tuple(moved), slopes, breaks, is_linear)


def _borders(node: sympy.Basic) -> list[sympy.Expr]:
    """Return the expressions at whose zeros a node has a kink or a jump."""
    arguments = [a for a in node.args if isinstance(a, sympy.Expr)]
    match node:
        case sympy.Abs() | sympy.sign() | sympy.Heaviside():
            return arguments[:1]
        case sympy.Max() | sympy.Min():
            return [a - b for i, a in enumerate(arguments) for b in arguments[i + 1 :]]
        case Relational():
            return [arguments[0] - arguments[1]] if len(arguments) == 2 else []
        case _:
            return []


def _find_breaks(integrand: sympy.Expr, variable: sympy.Symbol) -> Iterator[sympy.Expr]:
    """Yield where kinks and jumps that depend on a variable linearly lie along it."""
    seen: set[sympy.Expr] = set()
    for node in sympy.preorder_traversal(integrand):
        for border in _borders(node):
            slope = partial_derivative(border, variable)
            if slope == 0 or variable in slope.free_symbols:
                continue
            place = sympy.expand(variable - border / slope)
            if variable not in place.free_symbols and place not in seen:
                seen.add(place)
                yield place
