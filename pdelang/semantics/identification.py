"""Parts that `periodic` makes one: what it asks of the solution, as conditions.

With the motion ``M x = R x + b`` that carries the first part onto the second, a field continues as
``u(M x)``. Of order k it agrees with itself, on the first part, in

    Δ^i u (x) = Δ^i u (M x),   n·∇ Δ^i u (x) = (R n)·∇ Δ^i u (M x),   2i, 2i + 1 < k,

which says as much as the normal derivatives below k, one after the other, and holds on curved parts too.
Vectors turn: R w(x) stands for w(x).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.geometry.motion import Motion
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.complex_values import PART_NAMES
from pdelang.semantics.conditions import BoundaryCondition, Unknown
from pdelang.semantics.congruence import outline
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Domain, Region, TimeInterval
from pdelang.semantics.expression import (
    Apply,
    ComplexPart,
    ComplexReference,
    Component,
    Constant,
    Coordinate,
    Expression,
    Identified,
    InRegion,
    Normal,
    Rank,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.layout import list_sided_unknowns
from pdelang.semantics.orders import Orders, find_orders
from pdelang.semantics.partition import Partition
from pdelang.semantics.resolved import Statements
from pdelang.syntax import tree


@dataclass(frozen=True, slots=True, eq=False)
class Identification:
    """Two parts that are one: ``motion`` carries the first onto the second.

    Of a full turn, which the ``domain`` statement makes, networks know by themselves.
    """

    first: Part
    second: Part
    motion: Motion
    statement: tree.Periodic | tree.Domain

    @property
    def parts(self) -> tuple[Part, Part]:
        return (self.first, self.second)


def state_identifications(
    identified: Sequence[Identification],
    opposite: Sequence[Identification],
    domain: Domain,
    time: TimeInterval | None,
    unknowns: Sequence[Unknown],
    parts: Sequence[Part],
    statements: Statements,
    partition: Partition,
    faults: Faults,
) -> tuple[BoundaryCondition, ...]:
    """Return the conditions that `periodic` statements stand for.

    Of ``opposite`` ends of the domain, and of a full turn, networks know by themselves, so conditions are stated only where
    an unknown is the function of another piece beyond. Where it is that of another region, the conditions of the
    interface between the two hold there too. Reports E190 where there are none, or the parts are turned.
    """
    stated = [one for one in identified if isinstance(one.statement, tree.Periodic)]
    ends = [*opposite, *(one for one in identified if isinstance(one.statement, tree.Domain))]
    repeating = set(map(id, ends))
    if not stated and not any(unknown.regions for unknown in unknowns):
        return ()
    orders = _orders(domain, time, unknowns, statements)
    found: list[BoundaryCondition] = []
    for one in (*stated, *ends):
        found += _carry_interfaces(one, domain, parts, statements, partition)
        for unknown in unknowns:
            crossings = _list_crossings(one, domain, unknown, partition)
            unlike = [pair for pair in crossings if _are_unlike(*pair)]
            if not all(_is_joined(unknown, *pair, one, parts, statements) for pair in unlike):
                _report_regions(one, faults)
                break
            for here, there in crossings:
                if (here, there) in unlike:
                    continue
                if here is there and (
                    id(one) in repeating or (unknown.is_limited and here is None)
                ):
                    continue
                whole = len(crossings) == 1
                part = one.first if whole else _between(one, here, there)
                writer = _Writer(one, part, domain.coordinates, None if here is there else there)
                found += writer.conditions(unknown, _order(one, unknown, orders))
    return tuple(found)


def _list_crossings(
    one: Identification, domain: Domain, unknown: Unknown, partition: Partition
) -> list[tuple[Region | None, Region | None]]:
    """Return the regions whose functions an unknown is on either side, each pair that occurs once."""
    if not unknown.regions:
        return [(None, None)]
    here = outline(domain, one.first).points
    cells = partition.cells_at(here), partition.cells_at(one.motion.apply(here))
    # Points on the border of a region tell nothing.
    known = (cells[0] >= 0) & (cells[1] >= 0)
    pairs = np.unique(np.stack(cells, axis=1)[known], axis=0).tolist()
    return list(
        dict.fromkeys((partition.home(unknown, a), partition.home(unknown, b)) for a, b in pairs)
    )


def _between(one: Identification, here: Region | None, there: Region | None) -> Part:
    """Return what of the first part borders on one region and of what it is one with on another."""
    assert here is not None
    assert there is not None
    inside = (
        InRegion(one.statement.span, Rank.SCALAR, here),
        InRegion(one.statement.span, Rank.SCALAR, there, one.motion),
    )
    pieces = tuple(Piece(p.side, (*p.inside, *inside), p.outside) for p in one.first.pieces)
    return Part(one.first.name, pieces, one.first.span)


def _orders(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: Sequence[Unknown],
    statements: Statements,
) -> Orders:
    coordinates = domain.coordinates + ((time.name,) if time else ())
    components = {unknown.name: unknown.components for unknown in unknowns}
    finder = OrderFinder(coordinates, domain.coordinates, components, metric=domain.metric)
    entries = [(e, finder.find_equation(e.left, e.right)) for e in statements.equations]
    return find_orders(tuple(unknowns), entries, len(coordinates), len(domain.coordinates))


def _order(one: Identification, unknown: Unknown, orders: Orders) -> int:
    """Return the order of an unknown across the two parts."""
    axes = {piece.side.axis for part in one.parts for piece in part.pieces}
    return max(orders.order(c, axis) for c in unknown.components for axis in axes)


def _carry_interfaces(
    one: Identification,
    domain: Domain,
    parts: Sequence[Part],
    statements: Statements,
    partition: Partition,
) -> Iterator[BoundaryCondition]:
    """Yield the conditions on interfaces once more, for where two regions meet across an identification."""
    back = Identification(one.second, one.first, one.motion.inverse(), one.statement)
    # Seen from the first region of the interface, from which its normal points away.
    for way in (one, back) if one.motion.is_shift else ():
        here = outline(domain, way.first).points
        pairs = np.stack(
            [partition.cells_at(here), partition.cells_at(way.motion.apply(here))], axis=1
        )
        pairs = np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0).tolist()
        moves = _Writer(way, way.first, domain.coordinates, None).moves
        for part in parts:
            if part.interface is None:
                continue
            near, far = (partition.cells_in((region,)) for region in part.interface)
            for a, b in pairs:
                if a not in near or b not in far:
                    continue
                regions = (partition.region_of(frozenset({c})) for c in (a, b))
                edge = _between(way, *regions)
                name = f"{part.name} across {way.first.name}"
                meeting = Part(name, edge.pieces, part.span, part.interface, moves)
                for condition in statements.boundary_conditions:
                    if any(p.name == part.name for p in condition.parts):
                        yield replace(condition, parts=(meeting,))


def _is_joined(
    unknown: Unknown,
    here: Region | None,
    there: Region | None,
    one: Identification,
    parts: Sequence[Part],
    statements: Statements,
) -> bool:
    """Say whether conditions on an interface tell how an unknown goes on from one region into another."""
    if here is None or there is None or not one.motion.is_shift:
        return False
    names = {here.spoken, there.spoken}
    joining = {p.name for p in parts if p.interface and {r.name for r in p.interface} == names}
    return any(
        unknown.name in list_sided_unknowns(c.left, c.right)
        and joining.intersection(part.name for part in c.parts)
        for c in statements.boundary_conditions
    )


def _are_unlike(here: Region | None, there: Region | None) -> bool:
    """Say whether two functions are those of different regions, or only one of them exists."""
    if here is None or there is None:
        return here is not there
    return here.spoken != there.spoken


def _report_regions(one: Identification, faults: Faults) -> None:
    is_turn = isinstance(one.statement, tree.Domain)
    faults.add(
        "E190",
        "a region that ends where a full turn begins is not supported yet"
        if is_turn
        else "`periodic` between parts that border on different regions is not supported yet",
        one.statement.span,
        "an unknown is another function beyond it",
        related=[Related(part.span, "one of the parts") for part in one.parts],
        help="let the turn begin inside of a region: an angle may run `-pi/2 .. 3*pi/2`"
        if is_turn
        else "choose the cell so that both parts meet each region in the same places",
    )


class _Writer:
    """Writes the conditions of one identification on a ``part`` of it, with the function of a region ``beyond``."""

    def __init__(
        self, one: Identification, part: Part, space: tuple[str, ...], beyond: Region | None
    ) -> None:
        self.one = one
        self.part = part
        self.beyond = beyond
        self.span: Span = one.statement.span
        self.space = space
        self.normal = self._turned(
            [Component(self.span, Rank.SCALAR, self._n, i) for i in range(len(space))]
        )
        self.moves = tuple(self._moves())

    @property
    def _n(self) -> Normal:
        return Normal(self.span, Rank.VECTOR)

    def conditions(self, unknown: Unknown, order: int) -> Iterator[BoundaryCondition]:
        """Yield the conditions on an unknown of some order, one of the highest component."""
        for here, there in self._fields(unknown):
            for k in range(order):
                yield self._condition(here, there, k)

    def _condition(self, here: Expression, there: Expression, k: int) -> BoundaryCondition:
        for _ in range(k // 2):
            here, there = (Apply(self.span, Rank.SCALAR, "lap", (e,)) for e in (here, there))
        if k % 2:
            slopes = [Apply(self.span, Rank.VECTOR, "grad", (e,)) for e in (here, there)]
            here = Apply(self.span, Rank.SCALAR, "dot", (slopes[0], self._n))
            beyond = Identified(self.span, Rank.VECTOR, slopes[1], self.moves, self.beyond)
            across = VectorOf(self.span, Rank.VECTOR, tuple(self.normal))
            there = Apply(self.span, Rank.SCALAR, "dot", (beyond, across))
        else:
            there = Identified(self.span, Rank.SCALAR, there, self.moves, self.beyond)
        first, second = (part.name for part in self.one.parts)
        label = f"periodic {first} {second}"
        return BoundaryCondition(label, (self.part,), here, there, self.span)

    def _fields(self, unknown: Unknown) -> list[tuple[Expression, Expression]]:
        """Return what stands for a component here, and the component beyond."""
        span = self.span
        if unknown.is_complex:
            pair = ComplexReference(span, Rank.VECTOR, unknown.name)
            parts = [ComplexPart(span, Rank.SCALAR, pair, i) for i in range(len(PART_NAMES))]
            return [(part, part) for part in parts]
        field = UnknownReference(span, unknown.rank, unknown.name)
        if unknown.rank is Rank.SCALAR:
            return [(field, field)]
        parts = [Component(span, Rank.SCALAR, field, i) for i in range(len(self.space))]
        return list(zip(self._turned(parts), parts, strict=True))

    def _moves(self) -> Iterator[tuple[str, Expression]]:
        """Yield the coordinates that the motion changes, each with its new value."""
        own = [Coordinate(self.span, Rank.SCALAR, name) for name in self.space]
        for i, (name, turned) in enumerate(zip(self.space, self._turned(own), strict=True)):
            shift = float(self.one.motion.shift[i])
            if turned is own[i] and shift == 0.0:
                continue
            yield name, self._sum(turned, self._number(shift)) if shift else turned

    def _turned(self, entries: Sequence[Expression]) -> list[Expression]:
        """Return ``R e``."""
        return [self._combined(row, entries) for row in self.one.motion.turn]

    def _combined(self, row: np.ndarray, entries: Sequence[Expression]) -> Expression:
        total: Expression | None = None
        for factor, entry in zip(row, entries, strict=True):
            if factor == 0.0:
                continue
            part = entry
            if factor != 1.0:
                part = Apply(self.span, Rank.SCALAR, "*", (self._number(float(factor)), entry))
            total = part if total is None else self._sum(total, part)
        return self._number(0.0) if total is None else total

    def _sum(self, a: Expression, b: Expression) -> Expression:
        return Apply(self.span, Rank.SCALAR, "+", (a, b))

    def _number(self, value: float) -> Constant:
        exact = Fraction(value).limit_denominator(10**6)
        return Constant(self.span, Rank.SCALAR, exact if float(exact) == value else value)
