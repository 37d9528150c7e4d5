"""The sets over which extreme values inside equations are looked for."""

from __future__ import annotations

from functools import lru_cache, partial

from pdelang.calculus.moved_jets import Peak
from pdelang.calculus.peak_grid import PeakGrid
from pdelang.calculus.spots import Spot
from pdelang.calculus.symbols import Symbols
from pdelang.geometry.box import Side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import quadrature_of_piece, sample_piece
from pdelang.semantics.problem import Problem

# Places on a piece of the boundary that is no side of a box.
_SURFACE_PLACES = 2000


def peaks_of(
    kind: AggregateKind, spot: Spot, problem: Problem, symbols: Symbols
) -> tuple[Peak, ...]:
    """Return where the extreme value at a spot is looked for: one set, or one for every piece of a part."""
    domain, space = problem.domain, symbols.coordinates[: symbols.space_dimension]
    new, d = symbols.elsewhere.variable, len(space)
    sign = 1 if kind is AggregateKind.MAX else -1
    if spot.part is None:
        own = tuple(new(f"{s.name}*") for s in space)
        return (Peak(own, (), d, sign, partial(_region_grid, domain, spot.region)),)
    found = []
    for piece in spot.part.pieces:
        normal = symbols.normal if piece.has_normals else ()
        own, turned = (tuple(new(f"{s.name}*") for s in group) for group in (space, normal))
        found.append(Peak(own, turned, d - 1, sign, partial(_piece_grid, domain, piece)))
    return tuple(found)


@lru_cache(maxsize=64)
def _region_grid(domain: Domain, region: Region | None, count: int) -> PeakGrid:
    body = domain.body if region is None else region.body
    grid = PeakGrid.of_box(domain.box, count) if body is None else PeakGrid.of_body(body, count)
    return grid.moved(domain.off_poles(grid.nodes))


@lru_cache(maxsize=64)
def _piece_grid(domain: Domain, piece: Piece, count: int) -> PeakGrid:
    if isinstance(piece.side, Side) and piece.is_box_side and domain.body is None:
        grid = PeakGrid.of_box(domain.box.side_box(piece.side), count)
        return grid.moved(domain.off_poles(domain.box.embed(piece.side, grid.nodes)))
    if domain.box.d == 1:
        nodes, _ = quadrature_of_piece(piece, domain, 1)
    else:
        nodes = sample_piece(piece, domain, _SURFACE_PLACES, 0)
    return PeakGrid.of_points(domain.off_poles(nodes))
