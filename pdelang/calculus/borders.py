"""Where an expression has a jump or a kink: at the zeros of what decides its form."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.switches import list_borders
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadric import Quadrics

# A peak exp(−a s²) over a range of length L is narrow where 2 a L² is larger, and nothing where a s² is.
_NARROW, _NEGLIGIBLE = 200.0, 36
# Zeros that are looked for where their number is not known: as many as the cells of the search can show.
_MOST_ZEROS = 64


def list_all_borders(expression: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """Return the expressions at whose zeros an expression has a jump or a kink, each once, in an order of their own."""
    nodes = sympy.preorder_traversal(expression)
    found = set(itertools.chain.from_iterable(map(list_borders, nodes)))
    return tuple(sorted(found, key=sympy.default_sort_key))


def list_peak_borders(expression: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """Return the expressions at whose zeros ``exp(A)`` falls to 1/e and to nothing, each once."""
    exponents = [peak.args[0] for peak in expression.atoms(sympy.exp)]
    ordered = sorted(set(exponents), key=sympy.default_sort_key)
    return tuple(
        exponent + depth
        for exponent in ordered
        if isinstance(exponent, sympy.Expr)
        for depth in (1, _NEGLIGIBLE)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """What has a jump or a kink where an expression of a variable is zero, at ``most`` so many places; with its slope."""

    expression: sympy.Expr
    slope: sympy.Expr
    most: int


def find_breaks(
    integrand: sympy.Expr,
    variable: sympy.Symbol,
    unknown: Set[sympy.Basic] = frozenset(),
    later: Iterable[tuple[sympy.Symbol, sympy.Expr, sympy.Expr]] = (),
) -> tuple[tuple[sympy.Expr, ...], tuple[Border, ...]]:
    """Return where kinks and jumps lie along a variable: in closed form where it enters linearly or as its square.

    `abs` of an expression counts as that and as its negative: ``abs(s - a) < b`` jumps at ``a ± b``. The others
    are borders. What something ``unknown`` decides is left out. ``later`` are the variables that are integrated over
    inside, with their ends: an integral has a kink where a jump of its integrand comes to one of these.
    """
    decisive = dict.fromkeys(list_all_borders(integrand))
    inside = list(later)
    for symbol, low, high in reversed(inside):
        moved = [b for b in decisive if symbol in b.free_symbols]
        decisive.update(
            dict.fromkeys(substitute(b, {symbol: end}) for b in moved for end in (low, high))
        )
    hidden = {*unknown, *(symbol for symbol, _, _ in inside)}
    places: dict[sympy.Expr, None] = {}
    borders = []
    for border in decisive:
        slope = partial_derivative(border, variable)
        if slope == 0 or border.free_symbols & hidden:
            continue
        found = list(_solve_border(border, variable))
        places.update(dict.fromkeys(found))
        if not found and variable in slope.free_symbols:
            polynomial = border.as_poly(variable)
            most = _MOST_ZEROS if polynomial is None else int(polynomial.degree())
            borders.append(Border(border, slope, most))
    return tuple(places), tuple(borders)


def _solve_border(border: sympy.Expr, variable: sympy.Symbol) -> Iterator[sympy.Expr]:
    kinked = [a for a in border.atoms(sympy.Abs) if variable in a.free_symbols]
    if len(kinked) == 1:
        for inner in (kinked[0].args[0], -kinked[0].args[0]):  # type: ignore[operator]
            # SymPy's types say nothing of what is put in the place of a function.
            signed: sympy.Expr = border.xreplace({kinked[0]: inner})  # type: ignore[assignment]
            yield from _solve_border(signed, variable)
        return
    slope = partial_derivative(border, variable)
    bend = partial_derivative(slope, variable)
    if slope == 0 or variable in bend.free_symbols:
        return
    if bend == 0:
        place = sympy.expand(variable - border / slope)
        if variable not in place.free_symbols:
            yield place
        return
    vertex = sympy.expand(-substitute(slope, {variable: sympy.S.Zero}) / bend)
    # Without a real root the places coincide, where they do no harm.
    depth = sympy.sqrt(sympy.Max(0, -2 * substitute(border, {variable: vertex}) / bend))
    yield from (vertex - depth, vertex + depth)


def find_peak_ends(
    integrand: sympy.Expr,
    variable: sympy.Symbol,
    span: float,
    later: Sequence[sympy.Symbol] = (),
) -> tuple[sympy.Expr, ...]:
    """Return between which places peaks ``exp(-(s - c)^2/w^2)`` lie that are narrow on a range of length ``span``.

    Along the variables ``later``, which are integrated over inside, a peak is taken where it is highest.
    """
    ends: dict[sympy.Expr, None] = {}
    for peak in integrand.atoms(sympy.exp):
        exponent = peak.args[0]
        assert isinstance(exponent, sympy.Expr)
        for symbol in reversed(later):
            exponent = _at_top(exponent, symbol)
        if exponent.free_symbols & set(later):
            continue
        bend = partial_derivative(partial_derivative(exponent, variable), variable)
        if not bend.free_symbols and float(bend) * span**2 < -_NARROW:
            ends.update(dict.fromkeys(_solve_border(exponent + _NEGLIGIBLE, variable)))
    return tuple(ends)


def _at_top(exponent: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """Return a quadratic function of a symbol where it is largest, any other one as it is."""
    slope = partial_derivative(exponent, symbol)
    bend = partial_derivative(slope, symbol)
    if bend.free_symbols or not float(bend) < 0:
        return exponent
    return substitute(exponent, {symbol: -substitute(slope, {symbol: sympy.S.Zero}) / bend})


def find_creases(
    borders: Iterable[sympy.Expr],
    space: Sequence[sympy.Symbol],
    fixed: Mapping[sympy.Symbol, sympy.Expr] | None = None,
) -> tuple[Crease, ...]:
    """Return the surfaces at which borders are zero, as far as the place alone decides.

    ``fixed`` has the values of the time and the like. What the unknowns decide is not known beforehand.
    """
    held = dict.fromkeys(substitute(border, dict(fixed or {})) for border in borders)
    own = [b for b in held if b.free_symbols and b.free_symbols <= set(space)]
    # One that is another one's negative has the same zeros.
    distinct = [b for i, b in enumerate(own) if -b not in own[:i]]
    return tuple(_crease_at(border, tuple(space)) for border in distinct)


def _crease_at(border: sympy.Expr, space: tuple[sympy.Symbol, ...]) -> Crease:
    def values(points: np.ndarray) -> np.ndarray:
        return evaluate_points([border], space, points.T[: len(space)])[0]

    return Crease(values, _as_quadric(border, space))


def _as_quadric(border: sympy.Expr, space: tuple[sympy.Symbol, ...]) -> Quadrics:
    """Return the equation of a surface of second degree, none of another."""
    d = len(space)
    polynomial = border.as_poly(*space)
    if polynomial is None or polynomial.total_degree() > 2:
        return Quadrics.none(d)
    a, b, c = np.zeros((1, d, d)), np.zeros((1, d)), np.zeros(1)
    for powers, coefficient in polynomial.terms():
        axes = [axis for axis, power in enumerate(powers) for _ in range(power)]
        value = float(coefficient)
        match axes:
            case []:
                c[0] = value
            case [i]:
                b[0, i] = value
            case [i, j]:
                a[0, i, j] += 0.5 * value
                a[0, j, i] += 0.5 * value
    size = max(np.abs(a).max(), np.abs(b).max())
    return Quadrics(a / size, b / size, c / size)
