"""Global quantities inside equations, ``u_t = lap(u) - mean(u)``, as integrals over what they name.

Over a Cartesian box each space coordinate becomes the variable of an integral between the ends of the
domain. Elsewhere, over a region, a part of the boundary or in other coordinates, the integral goes over a
`Spread` with the quadrature of that set, its integrand times the density of the measure. The time stays that of
the point. ``value(u, point)`` is the value there, ``max`` and ``min`` that at a `Peak`. A global quantity inside
another is a number there.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import sympy

from pdelang.calculus.borders import find_creases
from pdelang.calculus.measure import Measure
from pdelang.calculus.moved_jets import Peak, Spread, Variable
from pdelang.calculus.nonlocal_terms import find_nonlocals, list_kinks
from pdelang.calculus.operators import Expansion
from pdelang.calculus.peaks import peaks_of
from pdelang.calculus.spots import Spot, expand_at, find_spots
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.tensors import scalar_of
from pdelang.calculus.unbuilt import UnbuiltError
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadrature import body_quadrature, box_quadrature
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import Aggregate, AggregateKind
from pdelang.semantics.pieces import measure_piece, quadrature_of_piece, sample_piece
from pdelang.semantics.problem import Problem

# The search for an extreme value goes over a grid.
_MOST_SEARCHED = 3
_ADVICE_EXTREMUM = (
    "write `value(u, POINT)` where the place is known, or a smooth norm such as `mean(u^8)^(1/8)`"
)
# A surface without a rule of its own has points of equal weight, at most so many.
_SURFACE_NODES = 6000


def expand_global(node: Aggregate, problem: Problem, symbols: Symbols) -> sympy.Expr:
    """Return a global quantity as an expression with nonlocal symbols, each node once.

    Raises UnbuiltError (E190) for extreme values over more than three space coordinates.
    """
    known = symbols.elsewhere.quantities
    if node not in known:
        known[node] = _expand(node, problem, symbols)
    return known[node]


def _expand(node: Aggregate, problem: Problem, symbols: Symbols) -> sympy.Expr:
    constants = Expansion(symbols, problem.unknowns)
    moves: dict[sympy.Symbol, sympy.Expr] = {}
    if node.time is not None:
        moves[symbols.coordinates[symbols.time_axis]] = constants.scalar(node.time)
    weigh = Measure(problem.domain, symbols)
    spots = find_spots(node, problem, symbols, weigh)

    def operand_at(spot: Spot) -> sympy.Expr:
        inner = partial(expand_global, problem=problem, symbols=symbols)
        return scalar_of(expand_at(node.operand, spot, problem, symbols, inner))

    match node.kind:
        case AggregateKind.VALUE:
            assert node.point is not None
            space = symbols.coordinates[: symbols.space_dimension]
            moves.update(zip(space, map(constants.scalar, node.point), strict=True))
            return symbols.elsewhere.relocate(operand_at(spots[0]), moves)
        case AggregateKind.MAX | AggregateKind.MIN:
            if symbols.space_dimension > _MOST_SEARCHED:
                what = f"`{node.kind.value}` in equations over more than three space coordinates"
                raise UnbuiltError(node.span, what, _ADVICE_EXTREMUM)
            found = [
                _integrate(operand_at(spot), (peak,), moves, symbols)
                for spot in spots
                for peak in peaks_of(node.kind, spot, problem, symbols)
            ]
            combine = sympy.Max if node.kind is AggregateKind.MAX else sympy.Min
            return combine(*found)  # type: ignore[return-value]
    total, measure = sympy.S.Zero, sympy.S.Zero
    for spot in spots:
        operand = operand_at(spot)
        if not weigh.is_uniform:
            operand *= weigh.density(spot.part)
        borders = list_kinks(operand, find_nonlocals(operand, symbols))
        creases = find_creases(borders, symbols.coordinates[: symbols.space_dimension], moves)
        for variables in _variables_of(spot, problem, symbols, constants, creases):
            total += _integrate(operand, variables, moves, symbols)
        measure += sympy.Float(weigh.measure(spot.region, spot.part))
    return total / measure if node.kind is AggregateKind.MEAN else total


def _variables_of(
    spot: Spot,
    problem: Problem,
    symbols: Symbols,
    constants: Expansion,
    creases: tuple[Crease, ...],
) -> list[tuple[Variable | Spread, ...]]:
    """Return what an integral at a spot goes over: once, or once for every piece of a part."""
    domain, space = problem.domain, symbols.coordinates[: symbols.space_dimension]
    new = symbols.elsewhere.variable
    if spot.part is not None:
        found: list[tuple[Variable | Spread, ...]] = []
        for piece in spot.part.pieces:
            normal = symbols.normal if piece.has_normals else ()
            own, turned = (tuple(new(f"{s.name}'") for s in group) for group in (space, normal))
            rule = partial(_piece_rule, domain, piece, creases)
            found.append((Spread(own, turned, len(space) - 1, rule),))
        return found
    is_box = spot.region is None and domain.body is None and symbols.frame.metric.is_trivial
    # Ends that are known along one coordinate after the other are those of lines.
    if is_box and (len(space) == 1 or not creases or len(space) > 3):
        ends = [(constants.scalar(b.low), constants.scalar(b.high)) for b in domain.bounds]
        return [
            tuple(
                Variable(new(f"{symbol.name}'"), low, high)
                for symbol, (low, high) in zip(space, ends, strict=True)
            )
        ]
    own = tuple(new(f"{symbol.name}'") for symbol in space)
    return [(Spread(own, (), len(space), partial(_region_rule, domain, spot.region, creases)),)]


def _integrate(
    operand: sympy.Expr,
    variables: tuple[Variable | Spread | Peak, ...],
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
    domain: Domain, region: Region | None, creases: tuple[Crease, ...], order: int
) -> tuple[np.ndarray, np.ndarray]:
    body = domain.body if region is None else region.body
    if body is None:
        return box_quadrature(domain.box, order, creases)
    return body_quadrature(body, order, creases)


@lru_cache(maxsize=64)
def _piece_rule(
    domain: Domain, piece: Piece, creases: tuple[Crease, ...], order: int
) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = quadrature_of_piece(piece, domain, order, creases)
    if len(nodes) > max(_SURFACE_NODES, order ** (domain.box.d - 1)):
        nodes = sample_piece(piece, domain, _SURFACE_NODES, 0)
        weights = np.full(len(nodes), measure_piece(piece, domain) / len(nodes))
    return nodes, weights
