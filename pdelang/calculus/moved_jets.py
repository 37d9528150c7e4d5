"""Values elsewhere and integrals over ranges, as symbols of expressions over jets.

Beside its jets at the point x an expression may contain

    u_α(σ(x)),   q(x) = ∫_{a(x)}^{b(x)} e(x, s, u_α(σ(x, s)), …) ds

each behind one symbol, so that all of `calculus` goes on with plain expressions. What is asked of
them beyond that stands here: derivatives by the chain rule and by Leibniz's rule,

    D u_α(σ) = Σ_k u_{α+k}(σ) · D σ_k,
    D q = e|_{s=b} · D b − e|_{s=a} · D a + ∫_a^b D e ds,

and the value of a whole expression at another place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.peak_grid import PeakGrid
from pdelang.calculus.substitution import substitute
from pdelang.calculus.total_derivative import partial_derivative, total_derivative

if TYPE_CHECKING:
    from pdelang.calculus.symbols import Symbols

Place = tuple[sympy.Expr, ...]
"""Where a jet is taken: one expression per coordinate, time last."""


@dataclass(frozen=True, slots=True)
class MovedJet:
    """A jet at a place that is not the point itself."""

    jet: Jet
    place: Place


@dataclass(frozen=True, slots=True)
class Variable:
    """The variable of an integral and its ends, over coordinates and the variables before it."""

    symbol: sympy.Symbol
    low: sympy.Expr
    high: sympy.Expr

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        return (self.symbol,)

    @property
    def dimension(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Spread:
    """The point of an integral over a fixed set of some ``dimension``: a region, a piece of the boundary.

    ``normal`` is empty where it is the same everywhere. ``rule(order)`` gives nodes ``(q, len(symbols))`` and
    weights ``(q,)``, of about ``order`` nodes per coordinate.
    """

    point: tuple[sympy.Symbol, ...]
    normal: tuple[sympy.Symbol, ...]
    dimension: int
    rule: Callable[[int], tuple[np.ndarray, np.ndarray]]

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        return (*self.point, *self.normal)


@dataclass(frozen=True, slots=True)
class Peak:
    """The place in a fixed set where an integrand, times ``sign``, is largest.

    What stands under it is a value and no sum: ``max(u)`` is u there. ``grid(count)`` are places to begin
    with, of about ``count`` per coordinate.
    """

    point: tuple[sympy.Symbol, ...]
    normal: tuple[sympy.Symbol, ...]
    dimension: int
    sign: int
    grid: Callable[[int], PeakGrid]

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        return (*self.point, *self.normal)


@dataclass(frozen=True, slots=True)
class Integral:
    """An integrand under one integral sign per variable, the outermost first; a `Peak` stands alone."""

    variables: tuple[Variable | Spread | Peak, ...]
    integrand: sympy.Expr


class MovedSymbols:
    """The symbols of values elsewhere and of integrals, each made once."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self._moved: dict[MovedJet, sympy.Symbol] = {}
        self._jets: dict[sympy.Symbol, MovedJet] = {}
        self._integrals: dict[Integral, sympy.Symbol] = {}
        self._found: dict[sympy.Symbol, Integral] = {}
        self.quantities: dict[object, sympy.Expr] = {}  # global quantities, by their nodes

    def moved(self, symbol: sympy.Symbol) -> MovedJet | None:
        """Return the jet elsewhere that a symbol stands for."""
        return self._jets.get(symbol)

    def integral(self, symbol: sympy.Symbol) -> Integral | None:
        """Return the integral that a symbol stands for."""
        return self._found.get(symbol)

    def variable(self, name: str) -> sympy.Symbol:
        """Return a new symbol for the variable of an integral."""
        return self.symbols.fresh(name)

    def move_jet(self, jet: Jet, place: Place) -> sympy.Symbol:
        """Return the symbol of a jet at a place; at the point itself it is the jet's own."""
        if place == self.symbols.coordinates:
            return self.symbols.symbol(jet)
        key = MovedJet(jet, place)
        if key not in self._moved:
            where = ", ".join(
                f"{name} = {e}"
                for name, e, own in zip(
                    self.symbols.names, place, self.symbols.coordinates, strict=True
                )
                if e != own
            )
            symbol = self.symbols.fresh(f"{jet.label(self.symbols.names)}({where})")
            self._moved[key], self._jets[symbol] = symbol, key
        return self._moved[key]

    def integrate(self, variable: Variable | Spread | Peak, integrand: sympy.Expr) -> sympy.Expr:
        """Return ``∫ integrand``.

        Integrals inside go under one sign of several variables where the integrand is linear in them.
        One that the variable does not reach stays a number inside, and so does any other.
        """
        inner = [s for s in integrand.free_symbols if s in self._found]
        inner.sort(key=lambda s: s.name)  # type: ignore[attr-defined]
        total: list[sympy.Expr] = []
        rest = integrand
        for symbol in inner:
            nested = self._found[symbol]  # type: ignore[index]
            if any(isinstance(v, Peak) for v in (variable, *nested.variables)):
                continue
            slope = partial_derivative(integrand, symbol)  # type: ignore[arg-type]
            if any(s in self._found for s in slope.free_symbols):
                continue
            if not self._reach(symbol) & set(variable.symbols):  # type: ignore[arg-type]
                continue
            own = (variable, *nested.variables)
            total.append(self._integral(Integral(own, slope * nested.integrand)))
            rest = substitute(rest, {symbol: sympy.S.Zero})  # type: ignore[dict-item]
        if rest != 0:
            total.append(self._integral(Integral((variable,), rest)))
        return sympy.Add(*total)

    def _reach(self, symbol: sympy.Symbol) -> set[sympy.Basic]:
        """Return the coordinates and variables of which the value of a symbol depends."""
        if (moved := self._jets.get(symbol)) is not None:
            return {s for e in moved.place for s in e.free_symbols}
        if (integral := self._found.get(symbol)) is None:
            return {symbol}
        ends = [e for v in integral.variables if isinstance(v, Variable) for e in (v.low, v.high)]
        parts = {s for e in (integral.integrand, *ends) for s in e.free_symbols}
        reached = set().union(*(self._reach(s) for s in parts))  # type: ignore[arg-type]
        return reached - {s for v in integral.variables for s in v.symbols}

    def relocate(
        self, expression: sympy.Expr, place: Mapping[sympy.Symbol, sympy.Expr]
    ) -> sympy.Expr:
        """Return an expression with coordinates and variables replaced, and with them all jets."""
        values: dict[sympy.Symbol, sympy.Expr] = {}
        for symbol in expression.free_symbols:
            assert isinstance(symbol, sympy.Symbol)
            if symbol in place:
                values[symbol] = place[symbol]
            elif (jet := self.symbols.jet(symbol)) is not None:
                values[symbol] = self.move_jet(jet, self._at(self.symbols.coordinates, place))
            elif (moved := self._jets.get(symbol)) is not None:
                values[symbol] = self.move_jet(moved.jet, self._at(moved.place, place))
            elif (integral := self._found.get(symbol)) is not None:
                values[symbol] = self._relocate_integral(integral, place)
        return substitute(expression, values)

    def derivative(self, symbol: sympy.Symbol, axis: int) -> sympy.Expr:
        """Return ``D_axis`` of a symbol, 0 of one that is neither moved nor an integral."""
        if (moved := self._jets.get(symbol)) is not None:
            slopes = (total_derivative(e, axis, self.symbols) for e in moved.place)
            return sympy.Add(
                *(
                    self.move_jet(moved.jet.raised(k), moved.place) * slope
                    for k, slope in enumerate(slopes)
                    if slope != 0
                )
            )
        if (integral := self._found.get(symbol)) is not None:
            return self._differentiate(integral.variables, integral.integrand, axis)
        return sympy.S.Zero

    def _differentiate(
        self, variables: tuple[Variable | Spread | Peak, ...], integrand: sympy.Expr, axis: int
    ) -> sympy.Expr:
        if not variables:
            return total_derivative(integrand, axis, self.symbols)
        first, rest = variables[0], variables[1:]
        if isinstance(first, Peak):
            slope = total_derivative(integrand, axis, self.symbols)
            if slope != 0:
                raise ValueError("the slope of an extreme value is that of its place")
            return slope
        if isinstance(first, Spread):
            return self.integrate(first, self._differentiate(rest, integrand, axis))
        inside = self._nest(rest, integrand)
        ends = []
        for end, sign in ((first.high, 1), (first.low, -1)):
            slope = total_derivative(end, axis, self.symbols)
            if slope != 0:
                ends.append(sign * slope * self.relocate(inside, {first.symbol: end}))
        return sympy.Add(*ends) + self.integrate(first, self._differentiate(rest, integrand, axis))

    def _nest(
        self, variables: tuple[Variable | Spread | Peak, ...], integrand: sympy.Expr
    ) -> sympy.Expr:
        for variable in reversed(variables):
            integrand = self.integrate(variable, integrand)
        return integrand

    def _relocate_integral(
        self, integral: Integral, place: Mapping[sympy.Symbol, sympy.Expr]
    ) -> sympy.Expr:
        own = {s for v in integral.variables for s in v.symbols}
        place = {s: e for s, e in place.items() if s not in own}
        variables = tuple(
            v
            if isinstance(v, Spread | Peak)
            else Variable(v.symbol, self.relocate(v.low, place), self.relocate(v.high, place))
            for v in integral.variables
        )
        return self._nest(variables, self.relocate(integral.integrand, place))

    def _at(self, old: Place, place: Mapping[sympy.Symbol, sympy.Expr]) -> Place:
        return tuple(substitute(e, place) for e in old)

    def _integral(self, integral: Integral) -> sympy.Symbol:
        if integral not in self._integrals:
            symbol = self.symbols.fresh(f"integral_{len(self._integrals) + 1}")
            self._integrals[integral], self._found[symbol] = symbol, integral
        return self._integrals[integral]
