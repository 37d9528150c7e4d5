"""Where a statement stands: the region, and which of its functions each unknown is there.

An unknown that jumps at interfaces is one function per region. A statement about it holds once
in every region that it covers, there about the function of that region; a condition on a part
of the edge holds about the function beside it; on an interface, ``side`` chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import sympy

from pdelang.calculus.unbuilt import UnbuiltError
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.interface import Seam
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.domain import Region
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.expression import Elsewhere, Expression, InRegion, Rank
from pdelang.semantics.layout import choose_unknowns, list_unknowns_in
from pdelang.semantics.measured import DataSet
from pdelang.semantics.partition import Partition, scan_inside
from pdelang.semantics.pieces import scan_piece
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """A place among the regions.

    ``region`` is None for the whole domain; ``homes`` are the regions whose functions the
    unknowns are; ``sides`` are those of an interface, by the names of its two regions, in order. With
    ``moves``, new values of coordinates, it is the stand at another point, which `periodic` makes one with this one.
    """

    region: Region | None = None
    homes: Mapping[str, Region | None] = field(default_factory=dict)
    sides: Mapping[str, Stand] = field(default_factory=dict)
    moves: tuple[tuple[str, Expression], ...] = ()

    def decide(self, predicate: Expression, space: tuple[str, ...]) -> bool | None:
        """Return whether a predicate is true, or false, at all inner points of the region; else None."""
        values = self._values(predicate, space)
        if values is None or values.all():
            return None if values is None else True
        return None if values.any() else False

    def sign(self, expression: Expression, space: tuple[str, ...]) -> int | None:
        """Return the sign that an expression has at all inner points of the region, None without one."""
        values = self._values(expression, space)
        if values is None or not ((values > 0).all() or (values < 0).all()):
            return None
        return 1 if values[0] > 0 else -1

    def _values(self, expression: Expression, space: tuple[str, ...]) -> np.ndarray | None:
        if self.region is None:
            return None
        try:
            # Points on the border belong to either side of a predicate such as `x < 0.4`.
            return evaluate(expression, scan_inside(self.region.body), space)
        except NotEvaluableError:
            return None


EVERYWHERE = Stand()

ADVICE_REGIONAL = "declare an unknown for each region, as in `unknown a in core`, and state the equation for these"


def stand_inside(problem: Problem, regions: Sequence[Region], *sides: Expression) -> list[Stand]:
    """Return the stands of a statement on regions, or on the domain where none is given."""
    unknowns = _unknowns_of(problem, sides)
    partition = problem.partition
    if partition is None or (not regions and not any(u.regions for u in unknowns)):
        return [EVERYWHERE]
    groups = partition.groups(partition.cells_in(regions), unknowns)
    return [Stand(region, homes) for region, homes in groups]


def stand_on(
    problem: Problem, part: Part, piece: Piece, *sides: Expression
) -> list[tuple[Stand, Piece]]:
    """Return the stands of a condition on a piece, with what of the piece is theirs."""
    unknowns = _unknowns_of(problem, sides)
    partition = problem.partition
    if partition is None:
        return [(EVERYWHERE, piece)]
    if isinstance(piece.side, Seam):
        return [(_stand_between(problem, part, piece.side, unknowns), piece)]
    if part.moves:
        return [(_stand_across(partition, part, piece, unknowns), piece)]
    if not any(u.regions for u in unknowns):
        return [(EVERYWHERE, piece)]
    beside = partition.cells_at(scan_piece(piece, problem.domain))
    cells = frozenset(beside[beside >= 0].tolist())
    groups = partition.groups(cells, unknowns)
    is_whole = len(groups) == 1 and all(partition.lives(u, c) for u in unknowns for c in cells)
    found = []
    for region, homes in groups:
        own = piece
        if not is_whole and region is not None:
            within = InRegion(part.span, Rank.SCALAR, region)
            own = Piece(piece.side, (*piece.inside, within), piece.outside)
        found.append((Stand(region, homes), own))
    return found


def stand_at(problem: Problem, point: Sequence[float], *sides: Expression) -> Stand:
    """Return the stand of a statement at a point; on an interface, in the first region there."""
    unknowns = _unknowns_of(problem, sides)
    partition = problem.partition
    if partition is None or not any(u.regions for u in unknowns):
        return EVERYWHERE
    cell = partition.cell_near(np.asarray(point, float))
    groups = partition.groups(frozenset({cell}), unknowns)
    if not groups:
        return EVERYWHERE
    return Stand(None, groups[0][1])


def stands_at(
    problem: Problem, place: Sequence[sympy.Expr], node: Elsewhere
) -> list[tuple[Stand, sympy.Basic]]:
    """Return where a value elsewhere may be taken, each stand with the condition on the place for it.

    The last one holds where no other does. A place on an interface belongs to the first region there.
    Raises UnbuiltError (E190) for a place that varies where a region is no box.
    """
    if not any(e.free_symbols for e in place):
        point = [float(e) for e in place]
        return [(stand_at(problem, point, node.operand), sympy.true)]
    found: list[tuple[Stand, sympy.Basic]] = []
    for stand in stand_inside(problem, (), node.operand):
        shape = None if stand.region is None else stand.region.body.shape
        if not isinstance(shape, Box):
            raise UnbuiltError(
                node.span,
                "a value at a varying place of an unknown in regions that are no boxes",
                ADVICE_REGIONAL,
            )
        within = [
            relation(e, sympy.Float(end), evaluate=not e.free_symbols)
            for e, low, high in zip(place, shape.low, shape.high, strict=True)
            for relation, end in ((sympy.Ge, low), (sympy.Le, high))
        ]
        found.append((stand, sympy.And(*within)))
    return found


def stand_at_data(
    problem: Problem, data: DataSet, *sides: Expression
) -> list[tuple[Stand, DataSet]]:
    """Return the stands of a statement on a data set, with the readings that are theirs.

    A reading on an interface belongs to the first region there.
    """
    unknowns = _unknowns_of(problem, sides)
    partition = problem.partition
    if partition is None or not any(len(u.regions) > 1 for u in unknowns):
        return [(EVERYWHERE, data)]
    d = len(problem.domain.coordinates)
    cells = np.array([partition.cell_near(np.asarray(p[:d], float)) for p in data.points])
    found: dict[tuple[str, ...], tuple[Stand, list[int]]] = {}
    for cell in dict.fromkeys(cells.tolist()):
        groups = partition.groups(frozenset({cell}), unknowns)
        stand = Stand(*groups[0]) if groups else EVERYWHERE
        homes = sorted(stand.homes.items(), key=lambda item: item[0])
        key = tuple(f"{name} in {'' if home is None else home.name}" for name, home in homes)
        found.setdefault(key, (stand, []))[1].extend(np.flatnonzero(cells == cell).tolist())
    return [(stand, data.choose(sorted(rows))) for _, (stand, rows) in sorted(found.items())]


def _stand_between(problem: Problem, part: Part, seam: Seam, unknowns: Sequence[Unknown]) -> Stand:
    assert part.interface is not None
    assert problem.partition is not None
    partition = problem.partition
    sides = {
        region.name: _stand_beside(partition, region, body, unknowns)
        for region, body in zip(part.interface, (seam.body, seam.other), strict=True)
    }
    # An unknown that exists on one side only needs no word for it.
    homes: dict[str, Region | None] = {}
    for side in sides.values():
        homes.update(side.homes)
    return Stand(None, homes, sides)


def _stand_across(
    partition: Partition, part: Part, piece: Piece, unknowns: Sequence[Unknown]
) -> Stand:
    """Return the stand where an interface lies on the edge, between two regions that `periodic` makes neighbours.

    The predicates of the piece are the region here, and the one beyond.
    """
    assert part.interface is not None
    here, there = (node.region for node in piece.inside[-2:] if isinstance(node, InRegion))
    sides = {}
    for region, own, moves in zip(part.interface, (here, there), ((), part.moves), strict=True):
        stand = _stand_beside(partition, own, own.body, unknowns)
        sides[region.name] = Stand(region, stand.homes, moves=moves)
    near = sides[part.interface[0].name]
    return Stand(near.region, near.homes, sides)


def _stand_beside(
    partition: Partition, region: Region, body: Body, unknowns: Sequence[Unknown]
) -> Stand:
    """Return the stand in a region beside an interface; ``body`` is the piece of it that borders there."""
    cells = partition.cells_of(region, body)
    homes: dict[str, Region | None] = {}
    for unknown in unknowns:
        for _, found in partition.groups(cells, (unknown,))[:1]:
            homes.update(found)
    return Stand(region, homes)


def _unknowns_of(problem: Problem, sides: Sequence[Expression]) -> tuple[Unknown, ...]:
    return choose_unknowns(list_unknowns_in(*sides), problem.unknowns)
