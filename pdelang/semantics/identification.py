"""Parts that `periodic` makes one: what it asks of the solution, as conditions.

With the motion ``M x = R x + b`` that carries the first part onto the second, a field continues as
``u(M x)``. Of order k it agrees with itself, on the first part, in

    Δ^i u (x) = Δ^i u (M x),   n·∇ Δ^i u (x) = (R n)·∇ Δ^i u (M x),   2i, 2i + 1 < k,

which says as much as the normal derivatives below k, one after the other, and holds on curved parts too.
Vectors turn: R w(x) stands for w(x).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.geometry.motion import Motion
from pdelang.semantics.boundary import Part
from pdelang.semantics.complex_values import PART_NAMES
from pdelang.semantics.conditions import BoundaryCondition, Unknown
from pdelang.semantics.congruence import outline
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Domain, TimeInterval
from pdelang.semantics.expression import (
    Apply,
    ComplexPart,
    ComplexReference,
    Component,
    Constant,
    Coordinate,
    Expression,
    Identified,
    Normal,
    Rank,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.faults import Faults
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
    domain: Domain,
    time: TimeInterval | None,
    unknowns: Sequence[Unknown],
    statements: Statements,
    partition: Partition,
    faults: Faults,
) -> tuple[BoundaryCondition, ...]:
    """Return the conditions that `periodic` statements stand for; report E190 for unlike regions."""
    identified = [one for one in identified if isinstance(one.statement, tree.Periodic)]
    if not identified:
        return ()
    orders = _orders(domain, time, unknowns, statements)
    found: list[BoundaryCondition] = []
    for one in identified:
        if _has_unlike_regions(one, domain, unknowns, partition):
            _report_regions(one, faults)
            continue
        writer = _Writer(one, domain.coordinates)
        for unknown in unknowns:
            found += writer.conditions(unknown, _order(one, unknown, orders))
    return tuple(found)


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


def _has_unlike_regions(
    one: Identification, domain: Domain, unknowns: Sequence[Unknown], partition: Partition
) -> bool:
    """Say whether some unknown is another function, or none, across the two parts."""
    bound = [unknown for unknown in unknowns if unknown.regions]
    if not bound:
        return False
    here = outline(domain, one.first).points
    cells = partition.cells_at(here), partition.cells_at(one.motion.apply(here))
    # Points on the border of a region tell nothing.
    known = (cells[0] >= 0) & (cells[1] >= 0)
    pairs = {tuple(pair) for pair in np.stack(cells, axis=1)[known].tolist()}
    return any(_home(partition, u, a) != _home(partition, u, b) for a, b in pairs for u in bound)


def _home(partition: Partition, unknown: Unknown, cell: int) -> frozenset[str]:
    return frozenset(r.name for r in unknown.regions if cell in partition.cells_in((r,)))


def _report_regions(one: Identification, faults: Faults) -> None:
    faults.add(
        "E190",
        "`periodic` between parts that border on different regions is not supported yet",
        one.statement.span,
        "an unknown is another function beyond it",
        related=[Related(part.span, "one of the parts") for part in one.parts],
        help="choose the cell so that both parts meet each region in the same places",
    )


class _Writer:
    """Writes the conditions of one identification."""

    def __init__(self, one: Identification, space: tuple[str, ...]) -> None:
        self.one = one
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
            beyond = Identified(self.span, Rank.VECTOR, slopes[1], self.moves)
            across = VectorOf(self.span, Rank.VECTOR, tuple(self.normal))
            there = Apply(self.span, Rank.SCALAR, "dot", (beyond, across))
        else:
            there = Identified(self.span, Rank.SCALAR, there, self.moves)
        first, second = (part.name for part in self.one.parts)
        label = f"periodic {first} {second}"
        return BoundaryCondition(label, (self.one.first,), here, there, self.span)

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
