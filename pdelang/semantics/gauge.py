"""Unknowns that statements fix beyond an additive constant: they stand undifferentiated somewhere."""

from __future__ import annotations

from pdelang.semantics.conditions import (
    BoundaryCondition,
    PointCondition,
    Requirement,
    Unknown,
)
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Domain, TimeInterval
from pdelang.semantics.expression import (
    Aggregate,
    Elsewhere,
    Expression,
    Jump,
    RangeIntegral,
    Sided,
)
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import post_order


def find_fixed(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    statements: Statements,
    with_gauges: bool = True,
) -> set[str]:
    """Return the components that stand undifferentiated somewhere.

    ``with_gauges`` says whether conditions at points and requirements count.
    """
    coordinates = domain.coordinates + ((time.name,) if time else ())
    components = {unknown.name: unknown.components for unknown in unknowns}
    fixed: set[str] = set()

    def note(finder: OrderFinder, *expressions: Expression) -> None:
        for expression in expressions:
            for entry in finder.find_entries(expression).flat:
                fixed.update(o.component for o in entry.occurrences if not any(o.orders))

    inside = OrderFinder(coordinates, domain.coordinates, components, metric=domain.metric)
    for statement in (
        *statements.equations,
        *statements.initial_conditions,
        *(statements.point_conditions if with_gauges else ()),
    ):
        note(inside, statement.left, statement.right)
    for condition in statements.boundary_conditions:
        if any(part.interface is not None for part in condition.parts):
            fixed.update(_fixed_on_interface(condition, inside))
            continue
        for axis in {piece.side.axis for part in condition.parts for piece in part.pieces}:
            across = OrderFinder(coordinates, domain.coordinates, components, axis, domain.metric)
            note(across, condition.left, condition.right)
    for requirement in statements.requirements if with_gauges else ():
        if holds_at_one_time(requirement):
            continue
        for node in post_order(requirement.left, requirement.right):
            if isinstance(node, Aggregate):
                note(inside, node.operand)
            elif isinstance(node, Elsewhere | RangeIntegral):
                note(inside, node)
    return fixed


def holds_at_one_time(statement: Requirement | PointCondition) -> bool:
    """Say whether a statement speaks of given times alone: what is free at every time it leaves free."""
    nodes = list(post_order(statement.left, statement.right, into_aggregates=False))
    if any(isinstance(node, Elsewhere | RangeIntegral) for node in nodes):
        return False
    aggregates = [node for node in nodes if isinstance(node, Aggregate)]
    return bool(aggregates) and all(node.time is not None for node in aggregates)


def _fixed_on_interface(condition: BoundaryCondition, finder: OrderFinder) -> set[str]:
    """Return the components that a condition fixes: seen from one side, not compared over both."""
    sides: dict[str, set[str]] = {}
    compared: set[str] = set()
    for node in post_order(condition.left, condition.right):
        if isinstance(node, Sided | Jump):
            for entry in finder.find_entries(node).flat:
                names = {o.component for o in entry.occurrences if not any(o.orders)}
                if isinstance(node, Jump):
                    compared |= names
                    continue
                for name in names:
                    sides.setdefault(name, set()).add(node.region.name)
    if not sides and not compared:
        # An unknown that exists on one side only needs no word for it.
        entries = [
            e for s in (condition.left, condition.right) for e in finder.find_entries(s).flat
        ]
        return {o.component for e in entries for o in e.occurrences if not any(o.orders)}
    return {name for name, seen in sides.items() if len(seen) == 1} - compared
