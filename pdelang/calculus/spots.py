"""Where the integrand of a global quantity is taken: piece by piece where it needs that.

The normal changes from side to side, and an unknown from region to region.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from pdelang.calculus.boundary_expansion import expand_on
from pdelang.calculus.measure import Measure
from pdelang.calculus.operators import Expansion
from pdelang.calculus.stands import EVERYWHERE, Stand, stand_at, stand_inside, stand_on
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.tensors import Value, flatten
from pdelang.semantics.boundary import Part
from pdelang.semantics.domain import Region
from pdelang.semantics.expression import Aggregate, Expression
from pdelang.semantics.layout import choose_unknowns, list_unknowns_in
from pdelang.semantics.normal_slopes import differentiates_normal
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A part of the boundary, or the inside of a region, or of the domain; and the ``stand`` there."""

    part: Part | None
    region: Region | None
    stand: Stand


def find_spots(
    node: Aggregate, problem: Problem, symbols: Symbols, weigh: Measure
) -> tuple[Spot, ...]:
    """Return where an aggregate is taken; together the spots are all of its region or part."""
    operand, on = node.operand, node.on
    if node.point is not None:
        fold = Expansion(symbols, problem.unknowns)
        point = [float(fold.scalar(e)) for e in node.point]
        return (Spot(None, None, stand_at(problem, point, operand)),)
    if on is None:
        regions = () if node.region is None else (node.region,)
        if not _is_regional(operand, problem):
            return (Spot(None, node.region, EVERYWHERE),)
        stands = stand_inside(problem, regions, operand)
        return tuple(Spot(None, stand.region, stand) for stand in stands)
    if on.interface is None and not _is_regional(operand, problem):
        is_one = weigh.is_uniform and not _has_normal(operand, problem, symbols)
        if len(on.pieces) == 1 or is_one:
            return (Spot(on, None, EVERYWHERE),)
        return tuple(Spot(Part(on.name, (p,), on.span), None, EVERYWHERE) for p in on.pieces)
    return tuple(
        Spot(Part(on.name, (own,), on.span, on.interface), None, stand)
        for piece in on.pieces
        for stand, own in stand_on(problem, on, piece, operand)
    )


def expand_at(
    operand: Expression,
    spot: Spot,
    problem: Problem,
    symbols: Symbols,
    aggregate: Callable[[Aggregate], Value],
) -> Value:
    """Return an integrand as it reads at a spot, with the normal and the functions there.

    ``aggregate`` says what a global quantity inside is.
    """
    if spot.part is None:
        inside = Expansion(symbols, problem.unknowns, aggregate=aggregate, stand=spot.stand)
        return inside(operand)
    side = spot.part.pieces[0].side
    return expand_on(side, problem, symbols, spot.stand, aggregate)(operand)


def _is_regional(operand: Expression, problem: Problem) -> bool:
    """Say whether an unknown in an expression is not one function on the whole domain."""
    own = choose_unknowns(list_unknowns_in(operand), problem.unknowns)
    return any(unknown.regions for unknown in own)


def _has_normal(operand: Expression, problem: Problem, symbols: Symbols) -> bool:
    if differentiates_normal(operand):
        return True
    general = Expansion(
        symbols, problem.unknowns, symbols.normal, lambda node: sympy.S.One
    )  # a number has no normal
    return any(e.free_symbols & set(symbols.normal) for e in flatten(general(operand)))
