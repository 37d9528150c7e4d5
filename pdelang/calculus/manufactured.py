"""A manufactured solution: a problem like the given one whose solution is known.

Choose smooth fields U, and subtract from every residual its own value at U:

    r̃(x, n, j) = r(x, n, j) − r(x, n, j[U]),        F̃[u] = Σ_i c_i A_i[g_i(u) − g_i(U)]

for equations and conditions, and for requirements ``F = Σ_i c_i A_i[g_i] + c_0`` over aggregates A_i.
Operators, region, coefficients and conditions stay; only sources are added, and U solves the result
exactly. What a method makes of it tells how far its numbers can be trusted on such a problem.

Every component is a positive constant with two plane waves on it, drawn from the seed,

    U_k = S_k ( 1 + a cos(Σ_i q_i d_i ξ_i + φ) + b cos(Σ_i q_i e_i ξ_i + ψ) ),    a + b < 1,

with the size S_k of the field, ``ξ ∈ [−1, 1]``, and the rates q_i at which the solution of the given
problem varies, as far as its data and coefficients tell (`find_rates`). Along a periodic axis the waves
close on themselves.

Source: P. J. Roache, "Code Verification by the Method of Manufactured Solutions", J. Fluids Eng. 124
(2002) 4-10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.known import known_fields
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.rates import find_rates, list_blocks, symbols_of
from pdelang.calculus.smooth_coordinates import list_smooth_coordinates
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Functional, Residual, System
from pdelang.calculus.total_derivative import differentiate_orders, partial_derivative
from pdelang.diagnostics.span import Span
from pdelang.semantics.conditions import KnownSolution
from pdelang.semantics.expression import (
    Apply,
    Constant,
    Coordinate,
    Expression,
    Pi,
    Rank,
)
from pdelang.semantics.problem import Problem

Fields = Mapping[str, sympy.Expr]

_AMPLITUDES = (Fraction(7, 20), Fraction(1, 4))
_DEFINED = 0.9  # of the points of a place, where a source has to have a value
_LEAST_SHARE = 0.5  # of a rate, that a wave has along any axis


class NotManufacturableError(Exception):
    """A problem that no manufactured solution can be made for; the text says why."""


def manufacture(system: System) -> Problem:
    """Return the problem with sources that make a smooth, known solution solve it.

    The solution stands in ``manufactured`` and in ``exact``; tables to compare with, reports and
    guesses, which belong to the given problem, are left out.

    Raises:
        NotManufacturableError: the problem admits none.
    """
    problem = system.problem
    _refuse_unsuited(system)
    draw = np.random.default_rng([problem.settings.seed, 31_415])
    rates = find_rates(system)
    waves = [[_draw_wave(rates, problem, draw) for _ in _AMPLITUDES] for _ in problem.components]
    for factor in (Fraction(1), Fraction(-1), Fraction(1, 10)):
        known = tuple(
            KnownSolution(
                unknown.name,
                axis if len(unknown.components) > 1 else None,
                _write_field(problem, factor * _size_of(system, component), *waves[number]),
                unknown.span,
            )
            for number, (unknown, axis, component) in enumerate(_list_components(problem))
        )
        if _is_finite(system, known):
            return replace(
                problem, manufactured=known, exact=known, references=(), reports=(), guesses=()
            )
    raise NotManufacturableError(
        "its equations or conditions have no finite value at the smooth fields that were tried"
    )


def shift_block(block: Block, fields: Fields, symbols: Symbols) -> Block:
    """Return a block whose residual vanishes where the solution is ``fields``."""
    return replace(block, residual=_shift(block.residual, fields, symbols))


def shift_functional(functional: Functional, fields: Fields, symbols: Symbols) -> Functional:
    """Return a requirement, affine in its aggregates, that ``fields`` fulfil."""
    aggregates = tuple(
        replace(a, integrand=_shift(a.integrand, fields, symbols)) for a in functional.aggregates
    )
    constant = substitute(
        functional.expression, {a.symbol: sympy.S.Zero for a in functional.aggregates}
    )
    return replace(functional, aggregates=aggregates, expression=functional.expression - constant)


def _shift(residual: Residual, fields: Fields, symbols: Symbols) -> Residual:
    values = {
        symbols.symbol(jet): differentiate_orders(
            fields[jet.field], symbols.coordinates, jet.orders
        )
        for jet in residual.jets
    }
    source = substitute(residual.expression, values)
    return replace(residual, expression=residual.expression - source)


def _refuse_unsuited(system: System) -> None:
    problem = system.problem
    if problem.fits:
        raise NotManufacturableError(
            "its fitted constants follow from data, to which no source can be added"
        )
    for block in list_blocks(system):
        if block.residual.nonlocals:
            raise NotManufacturableError(
                f"`{block.name}` contains values elsewhere or integrals, whose sources are not known"
                " in closed form"
            )
    if problem.domain.poles and any(u.rank is not Rank.SCALAR for u in problem.unknowns):
        raise NotManufacturableError(
            "its coordinates degenerate at a pole of the domain, where the components of a smooth vector"
            " are not smooth"
        )
    metric = problem.domain.metric
    if metric is not None and problem.domain.poles and any(f != 1 for f in metric.factors):
        raise NotManufacturableError(
            "its coordinates degenerate at a pole of the domain, and are not in base units"
        )
    for functional in [f for term in system.terms for f in term.functionals]:
        if any(a.integrand.nonlocals for a in functional.aggregates):
            raise NotManufacturableError(
                f"`{functional.name}` contains extreme values, values elsewhere or integrals in each"
                " other, to which no source can be added"
            )
        for a in functional.aggregates:
            if partial_derivative(functional.expression, a.symbol).free_symbols:
                raise NotManufacturableError(
                    f"`{functional.name}` is not linear in its integrals, so no source can be added"
                )


def _list_components(problem: Problem):
    for unknown in problem.unknowns:
        for axis, component in enumerate(unknown.components):
            yield unknown, axis, component


def _size_of(system: System, component: str) -> Fraction:
    # One smooth field for all regions, of the size of its largest part.
    names = [f for u in system.problem.unknowns for f in u.fields if component == f.split("@")[0]]
    size = max(system.scaling.field_scale[system.fields.index(name)] for name in names)
    return Fraction(f"{size:.3g}")


def _draw_wave(
    rates: np.ndarray, problem: Problem, draw: np.random.Generator
) -> tuple[tuple[Fraction, ...], Fraction]:
    """Return the wave's rate along every axis, a number of periods where it is periodic, and its phase."""
    own = []
    smooth = list_smooth_coordinates(problem)
    for axis in range(len(rates)):
        rate = rates[smooth[axis].axis]
        share = draw.uniform(_LEAST_SHARE, 1.0) * draw.choice((-1.0, 1.0))
        if axis in problem.periodic_axes and not problem.domain.poles:
            own.append(Fraction(int(np.sign(share) * max(1, round(abs(share) * rate / np.pi)))))
        else:
            own.append(Fraction(f"{share * rate:.3f}"))
    return tuple(own), Fraction(f"{draw.uniform(0.0, 2.0 * np.pi):.3f}")


def _write_field(
    problem: Problem, size: Fraction, *waves: tuple[tuple[Fraction, ...], Fraction]
) -> Expression:
    """Return ``size (1 + a cos(…) + b cos(…))`` as an expression of the language."""
    span = problem.unknowns[0].span
    total: Expression = _number(Fraction(1), span)
    for amplitude, (rates, phase) in zip(_AMPLITUDES, waves, strict=True):
        angle: Expression = _number(phase, span)
        for axis, rate in enumerate(rates):
            angle = _apply("+", span, angle, _write_angle(problem, axis, rate))
        wave = _apply("*", span, _number(amplitude, span), _apply("cos", span, angle))
        total = _apply("+", span, total, wave)
    return _apply("*", span, _number(size, span), total)


def _write_angle(problem: Problem, axis: int, rate: Fraction) -> Expression:
    span = problem.unknowns[0].span
    place = Coordinate(span, Rank.SCALAR, problem.coordinates[axis])
    bounds = (*problem.domain.bounds, *problem.extra_bounds)[axis]
    if axis not in problem.periodic_axes or problem.domain.poles:
        smooth = list_smooth_coordinates(problem)[axis]
        slope = Fraction(f"{float(rate) / smooth.half:.4g}")
        return _apply("*", span, _number(slope, span), smooth.expression)
    # A whole number of periods, exactly.
    length = _apply("-", span, bounds.high, bounds.low)
    turn = _apply("*", span, _number(2 * rate, span), Pi(span, Rank.SCALAR))
    return _apply("*", span, _apply("/", span, turn, length), place)


def _number(value: Fraction, span: Span) -> Expression:
    return Constant(span, Rank.SCALAR, value)


def _apply(function: str, span: Span, *arguments: Expression) -> Expression:
    return Apply(span, Rank.SCALAR, function, arguments)


def _is_finite(system: System, given: tuple[KnownSolution, ...]) -> bool:
    """Say whether every source that these fields ask for is finite, nearly everywhere."""
    symbols = symbols_of(system)
    extent = Extent.of(system.problem, symbols)
    known = known_fields(given, system.problem.unknowns, symbols)
    fields = {k.field: k.expression for k in known}
    for block in list_blocks(system):
        vanishing = _shift(block.residual, fields, symbols).expression
        source = block.residual.expression - vanishing
        found = evaluate_points([source], extent.names(block.place), extent.sample(block.place))
        if np.isfinite(found).mean() < _DEFINED:
            return False
    return True
