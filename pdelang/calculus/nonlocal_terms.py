"""The part of a residual that looks elsewhere: what has to be known where, and how it enters."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy

from pdelang.calculus.borders import Border, find_breaks, find_peak_ends, list_all_borders
from pdelang.calculus.jet import Jet
from pdelang.calculus.moved_jets import MovedJet, Peak, Spread, Variable
from pdelang.calculus.substitution import substitute
from pdelang.calculus.total_derivative import partial_derivative

if TYPE_CHECKING:
    from pdelang.calculus.symbols import Symbols


@dataclass(frozen=True, slots=True, eq=False)
class Nonlocal:
    """``q = ∫ … ∫ integrand``, of no variable: the value of ``integrand`` itself.

    The integrand is an expression over coordinates, variables and the symbols of ``moved`` and ``inner``;
    ``derivatives[i]`` is its slope by ``moved[i]``, ``inner_slopes[i]`` that by the value of ``inner[i]``.
    ``breaks[v]`` are the places along variable v where the integrand has a kink or a jump, ``borders[v]`` those that
    have to be looked for. A jet at the point itself is moved to it.
    """

    symbol: sympy.Symbol
    variables: tuple[Variable | Spread | Peak, ...]
    integrand: sympy.Expr
    moved: tuple[tuple[sympy.Symbol, MovedJet], ...]
    derivatives: tuple[sympy.Expr, ...]
    breaks: tuple[tuple[sympy.Expr, ...], ...]
    borders: tuple[tuple[Border, ...], ...]
    is_linear: bool
    inner: tuple[Nonlocal, ...] = ()
    inner_slopes: tuple[sympy.Expr, ...] = ()

    @property
    def places(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """The places at which jets are needed, each once."""
        return tuple(dict.fromkeys(jet.place for _, jet in self.moved))

    @property
    def touched(self) -> tuple[Jet, ...]:
        """The jets elsewhere, its own and then those of what stands inside."""
        return (*(m.jet for _, m in self.moved), *(j for term in self.inner for j in term.touched))

    @property
    def integrands(self) -> tuple[sympy.Expr, ...]:
        """Its integrand, then those of what stands inside."""
        return (self.integrand, *(e for term in self.inner for e in term.integrands))

    @property
    def peak(self) -> Peak | None:
        """What makes it an extreme value, where it is one."""
        first = self.variables[0] if self.variables else None
        return first if isinstance(first, Peak) else None

    @property
    def own(self) -> frozenset[sympy.Basic]:
        """The symbols that its variables bind."""
        return frozenset(s for v in self.variables for s in v.symbols)

    @property
    def reach(self) -> frozenset[sympy.Basic]:
        """The coordinates and outer variables on which its value depends."""
        named = {s for s, _ in self.moved} | {term.symbol for term in self.inner}
        parts = [e for place in self.places for e in place]
        parts += [e for v in self.variables if isinstance(v, Variable) for e in (v.low, v.high)]
        found = self.integrand.free_symbols - named
        found = found.union(*(e.free_symbols for e in parts), *(t.reach for t in self.inner))
        return frozenset(found) - self.own

    @property
    def is_fixed(self) -> bool:
        """Whether the value is the same at all points: nothing in it depends on where it is asked for."""
        return not self.reach


def find_nonlocals(expression: sympy.Expr, symbols: Symbols) -> tuple[Nonlocal, ...]:
    """Return what an expression needs from elsewhere, by the names of the symbols."""
    found = []
    for symbol in _sorted_symbols(expression):
        if symbols.elsewhere.moved(symbol) is not None:
            found.append(_build(symbol, (), symbol, symbols))
        elif (integral := symbols.elsewhere.integral(symbol)) is not None:
            found.append(_build(symbol, integral.variables, integral.integrand, symbols))
    return tuple(found)


def _sorted_symbols(expression: sympy.Expr) -> list[sympy.Symbol]:
    symbols = [s for s in expression.free_symbols if isinstance(s, sympy.Symbol)]
    return sorted(symbols, key=lambda s: s.name)


def _build(
    symbol: sympy.Symbol,
    variables: tuple[Variable | Spread | Peak, ...],
    integrand: sympy.Expr,
    symbols: Symbols,
) -> Nonlocal:
    moved, inner = [], []
    for s in _sorted_symbols(integrand):
        if (elsewhere := symbols.elsewhere.moved(s)) is not None:
            moved.append((s, elsewhere))
        elif (integral := symbols.elsewhere.integral(s)) is not None:
            inner.append(_build(s, integral.variables, integral.integrand, symbols))
        elif (jet := symbols.jet(s)) is not None:
            moved.append((s, MovedJet(jet, symbols.coordinates)))
    slopes = tuple(partial_derivative(integrand, s) for s, _ in moved)
    inner_slopes = tuple(partial_derivative(integrand, term.symbol) for term in inner)
    names = {s for s, _ in moved} | {term.symbol for term in inner}
    is_linear = (
        not any(slope.free_symbols & names for slope in (*slopes, *inner_slopes))
        and all(term.is_linear for term in inner)
        and (not names or not any(isinstance(v, Peak) for v in variables))
    )
    unknown = names | {s for s in integrand.free_symbols if symbols.jet(s) is not None}  # type: ignore[arg-type]
    found = [_find_breaks(integrand, variables, k, unknown) for k in range(len(variables))]
    return Nonlocal(
        symbol,
        variables,
        integrand,
        tuple(moved),
        slopes,
        tuple(places for places, _ in found),
        tuple(borders for _, borders in found),
        is_linear,
        tuple(inner),
        inner_slopes,
    )


def has_hidden_kinks(
    expression: sympy.Expr, nonlocals: tuple[Nonlocal, ...], fields: Set[sympy.Basic]
) -> bool:
    """Say whether no rule knows beforehand where an integrand has kinks and jumps.

    ``fields`` decide it, or what varies while the nodes in a set stay, or several variables together.
    """
    hidden = {*fields, *(term.symbol for term in nonlocals)}
    return any(b.free_symbols & hidden for b in list_all_borders(expression)) or any(
        map(is_kinked_unseen, nonlocals)
    )


def is_kinked_unseen(term: Nonlocal) -> bool:
    """Say whether the rule of an integral does not end at all the kinks and jumps of its integrand."""
    borders = list_all_borders(term.integrand)
    return any(
        _is_unseen(border, variable, term.own) for border in borders for variable in term.variables
    ) or has_hidden_kinks(term.integrand, term.inner, {s for s, _ in term.moved})


def _is_unseen(
    border: sympy.Expr, variable: Variable | Spread | Peak, own: Set[sympy.Basic]
) -> bool:
    named = border.free_symbols & set(variable.symbols)
    if not named or isinstance(variable, Peak):
        return False
    if isinstance(variable, Spread):
        return not border.free_symbols <= set(variable.symbols)
    # A curve may touch a line between the ends of the others: the sum along these has a kink there.
    beside = (border.free_symbols - named) & own
    return any(border.diff(s).free_symbols & own for s in beside)


def list_kinks(expression: sympy.Expr, nonlocals: tuple[Nonlocal, ...]) -> tuple[sympy.Expr, ...]:
    """Return the expressions at whose zeros an expression has a jump or a kink, its nonlocal parts too.

    An integral has a kink where one of its ends comes to a jump of its integrand.
    """
    found = dict.fromkeys(list_all_borders(expression))
    for term in nonlocals:
        own = list_kinks(term.integrand, term.inner)
        ends = [
            {v.symbol: e}
            for v in term.variables
            if isinstance(v, Variable)
            for e in (v.low, v.high)
        ]
        found.update(dict.fromkeys(own))
        found.update(dict.fromkeys(substitute(b, end) for b in own for end in ends))
    return tuple(found)


def _find_breaks(
    integrand: sympy.Expr,
    variables: tuple[Variable | Spread | Peak, ...],
    k: int,
    unknown: Set[sympy.Basic],
) -> tuple[tuple[sympy.Expr, ...], tuple[Border, ...]]:
    """Return where a rule along the variable k ends, and at which borders: those that come later have no nodes yet."""
    variable, later = variables[k], variables[k + 1 :]
    if not isinstance(variable, Variable):
        return (), ()
    sets = {s for v in later if not isinstance(v, Variable) for s in v.symbols}
    ends = [(v.symbol, v.low, v.high) for v in later if isinstance(v, Variable)]
    places, borders = find_breaks(integrand, variable.symbol, unknown | sets, ends)
    span = variable.high - variable.low
    if not span.free_symbols:
        inside = [s for v in later for s in v.symbols]
        places += find_peak_ends(integrand, variable.symbol, float(span), inside)
    return tuple(p for p in places if not _is_outside(p, variable)), borders


def _is_outside(place: sympy.Expr, variable: Variable) -> bool:
    """Say whether a place is known not to lie between the ends of a variable."""
    if place.free_symbols or (variable.high - variable.low).free_symbols:
        return False
    if variable.low.free_symbols:
        return False
    low, high = sorted((float(variable.low), float(variable.high)))
    return not low < float(place) < high
