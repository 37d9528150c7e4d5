"""Global quantities inside equations, ``u_t = lap(u) - mean(u)``, as integrals over what they name.

Over a Cartesian box each space coordinate becomes the variable of an integral between the ends of the
domain. Elsewhere, over a region, a part of the boundary or in other coordinates, the integral goes over a
`Spread` with the quadrature of that set, its integrand times the density of the measure. The time stays that of
the point. ``value(u, point)`` is the value there.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import sympy

from pdelang.calculus.measure import Measure
from pdelang.calculus.moved_jets import Spread, Variable
from pdelang.calculus.operators import Expansion
from pdelang.calculus.spots import Spot, expand_at, find_spots
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.tensors import scalar_of
from pdelang.calculus.unbuilt import UnbuiltError
from pdelang.geometry.quadrature import body_quadrature
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import Aggregate, AggregateKind
from pdelang.semantics.pieces import measure_piece, quadrature_of_piece, sample_piece
from pdelang.semantics.problem import Problem

# The place of an extremum jumps as the solution changes, so that Newton's method has no slope there.
_ADVICE_EXTREMUM = (
    "write `value(u, POINT)` where the place is known, or a smooth norm such as `mean(u^8)^(1/8)`"
)
# A surface without a rule of its own has points of equal weight, at most so many.
_SURFACE_NODES = 1000


def expand_global(node: Aggregate, problem: Problem, symbols: Symbols) -> sympy.Expr:
    """Return a global quantity as an expression with nonlocal symbols.

    Raises UnbuiltError (E190) for extrema.
    """
    if node.kind in (AggregateKind.MAX, AggregateKind.MIN):
        what = f"`{node.kind.value}` inside an equation"
        raise UnbuiltError(node.span, what, _ADVICE_EXTREMUM)
    constants = Expansion(symbols, problem.unknowns)
    moves: dict[sympy.Symbol, sympy.Expr] = {}
    if node.time is not None:
        moves[symbols.coordinates[symbols.time_axis]] = constants.scalar(node.time)
    weigh = Measure(problem.domain, symbols)
    spots = find_spots(node, problem, symbols, weigh)
    if node.kind is AggregateKind.VALUE:
        assert node.point is not None
        space = symbols.coordinates[: symbols.space_dimension]
        moves.update(zip(space, map(constants.scalar, node.point), strict=True))
        operand = scalar_of(expand_at(node.operand, spots[0], problem, symbols))
        return symbols.elsewhere.relocate(operand, moves)
    total, measure = sympy.S.Zero, sympy.S.Zero
    for spot in spots:
        operand = scalar_of(expand_at(node.operand, spot, problem, symbols))
        if not weigh.is_uniform:
            operand *= weigh.density(spot.part)
        for variables in _variables_of(spot, problem, symbols, constants):
            total += _integrate(operand, variables, moves, symbols)
        measure += sympy.Float(weigh.measure(spot.region, spot.part))
    return total / measure if node.kind is AggregateKind.MEAN else total


def _variables_of(
    spot: Spot, problem: Problem, symbols: Symbols, constants: Expansion
) -> list[tuple[Variable | Spread, ...]]:
    """Return what an integral at a spot goes over: once, or once for every piece of a part."""
    domain, space = problem.domain, symbols.coordinates[: symbols.space_dimension]
    new = symbols.elsewhere.variable
    if spot.part is not None:
        found: list[tuple[Variable | Spread, ...]] = []
        for piece in spot.part.pieces:
            normal = symbols.normal if piece.has_normals else ()
            own, turned = (tuple(new(f"{s.name}'") for s in group) for group in (space, normal))
            rule = partial(_piece_rule, domain, piece)
            found.append((Spread(own, turned, len(space) - 1, rule),))
        return found
    if spot.region is None and domain.body is None and symbols.frame.metric.is_trivial:
        ends = [(constants.scalar(b.low), constants.scalar(b.high)) for b in domain.bounds]
        return [
            tuple(
                Variable(new(f"{symbol.name}'"), low, high)
                for symbol, (low, high) in zip(space, ends, strict=True)
            )
        ]
    own = tuple(new(f"{symbol.name}'") for symbol in space)
    return [(Spread(own, (), len(space), partial(_region_rule, domain, spot.region)),)]


def _integrate(
    operand: sympy.Expr,
    variables: tuple[Variable | Spread, ...],
    moves: dict[sympy.Symbol, sympy.Expr],
    symbols: Symbols,
) -> sympy.Expr:
    old = (*symbols.coordinates[: symbols.space_dimension], *symbols.normal)
    new = [symbol for variable in variables for symbol in variable.symbols]
    total = symbols.elsewhere.relocate(operand, {**moves, **dict(zip(old, new, strict=False))})
    for variable in reversed(variables):
        total = symbols.elsewhere.integrate(variable, total)
    return total


@lru_cache(maxsize=64)
def _region_rule(
    domain: Domain, region: Region | None, order: int
) -> tuple[np.ndarray, np.ndarray]:
    body = domain.body if region is None else region.body
    return domain.box.quadrature(order) if body is None else body_quadrature(body, order)


@lru_cache(maxsize=64)
def _piece_rule(domain: Domain, piece: Piece, order: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = quadrature_of_piece(piece, domain, order)
    if len(nodes) > max(_SURFACE_NODES, order ** (domain.box.d - 1)):
        nodes = sample_piece(piece, domain, _SURFACE_NODES, 0)
        weights = np.full(len(nodes), measure_piece(piece, domain) / len(nodes))
    return nodes, weights
