"""An unknown that is several functions, and which of them its statements fix only up to a constant.

On every one of its regions, and on every piece of them, it has a constant of its own. A condition on a value fixes that of the
function beside it; one on an interface that compares the two sides makes two constants one; a
condition at a point, or a requirement, fixes one of those that it reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.connectivity import join
from pdelang.geometry.interface import Seam
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.conditions import BoundaryCondition, Unknown
from pdelang.semantics.dependence import Dependence
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Domain, Region, TimeInterval
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import (
    Aggregate,
    Elsewhere,
    Expression,
    Identified,
    Jump,
    RangeIntegral,
    Sided,
)
from pdelang.semantics.gauge import holds_at_one_time
from pdelang.semantics.matching import match
from pdelang.semantics.partition import Partition, scan_body
from pdelang.semantics.pieces import scan_piece
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import post_order


@dataclass(slots=True)
class GroundFinder:
    """Finds the functions of unknowns that nothing fixes."""

    domain: Domain
    time: TimeInterval | None
    unknowns: Sequence[Unknown]
    statements: Statements
    periodic: Sequence[BoundaryCondition]
    partition: Partition

    def find_free(self, unknown: Unknown, component: str) -> tuple[Region, ...]:
        """Return those of an unknown's regions on which a component is fixed only up to a constant."""
        count = len(unknown.regions)
        links: list[tuple[int, int]] = []
        fixed = self._fixed_inside(unknown, component)
        for condition in self.statements.boundary_conditions:
            for part in condition.parts:
                for piece in part.pieces:
                    if isinstance(piece.side, Seam):
                        sides = self._sides(unknown, part, piece.side)
                        fixed |= self._fixed_beside(condition, component, sides, links)
                    elif self._stands(component, condition.left, condition.right, piece=piece):
                        fixed |= self._beside(unknown, piece)
        for condition in self.periodic:
            nodes = post_order(condition.left, condition.right)
            beyond = {node.region for node in nodes if isinstance(node, Identified)}
            if self._stands(component, condition.left):
                far = {i for i, region in enumerate(unknown.regions) if region in beyond}
                near = self._beside(unknown, condition.parts[0].pieces[0])
                links += [(i, j) for i in near for j in far]
        labels = join(count, np.array(links, dtype=int).reshape(-1, 2))
        grounded = {int(labels[i]) for i in fixed}
        free = [int(label) for label in np.unique(labels) if label not in grounded]
        reached = [
            [label for label in free if label in {int(labels[i]) for i in homes}]
            for homes in self._gauges(unknown, component)
        ]
        left = set(free) - {slot for slot in match(reached) if slot is not None}
        return tuple(
            r for r, label in zip(unknown.regions, labels, strict=True) if int(label) in left
        )

    def _finder(self, piece: Piece | None = None) -> OrderFinder:
        space = self.domain.coordinates
        coordinates = space + ((self.time.name,) if self.time else ())
        components = {u.name: u.components for u in self.unknowns}
        axis = None if piece is None else piece.side.axis
        return OrderFinder(coordinates, space, components, axis, self.domain.metric)

    def _stands(self, component: str, *expressions: Expression, piece: Piece | None = None) -> bool:
        """Say whether a component stands undifferentiated in expressions."""
        finder = self._finder(piece)
        return any(
            _holds(entry, component) for e in expressions for entry in finder.find_entries(e).flat
        )

    def _fixed_inside(self, unknown: Unknown, component: str) -> set[int]:
        everywhere = set(range(len(unknown.regions)))
        for start in self.statements.initial_conditions:
            if self._stands(component, start.left, start.right):
                return everywhere
        fixed: set[int] = set()
        for equation in self.statements.equations:
            if self._stands(component, equation.left, equation.right):
                fixed |= self._homes(unknown, self.partition.cells_in(equation.regions))
        return fixed

    def _gauges(self, unknown: Unknown, component: str) -> list[set[int]]:
        """Return the functions that each condition at a point, and each requirement, reaches."""
        everywhere = set(range(len(unknown.regions)))
        found = [
            self._at(unknown, condition.point)
            for condition in self.statements.point_conditions
            if self._stands(component, condition.left, condition.right)
        ]
        for requirement in self.statements.requirements:
            reached: set[int] = set()
            for node in post_order(requirement.left, requirement.right):
                if isinstance(node, Aggregate) and self._stands(component, node.operand):
                    reached |= self._reach(unknown, node)
                elif isinstance(node, Elsewhere | RangeIntegral) and self._stands(component, node):
                    reached |= everywhere
            if reached and not holds_at_one_time(requirement):
                found.append(reached)
        return found

    def _reach(self, unknown: Unknown, node: Aggregate) -> set[int]:
        if node.point is not None:
            return self._at(unknown, node.point)
        if node.on is None:
            regions = () if node.region is None else (node.region,)
            return self._homes(unknown, self.partition.cells_in(regions))
        found: set[int] = set()
        for piece in node.on.pieces:
            if isinstance(piece.side, Seam):
                sides = self._sides(unknown, node.on, piece.side)
                found = found.union(*sides.values())
            else:
                found |= self._beside(unknown, piece)
        return found

    def _fixed_beside(
        self,
        condition: BoundaryCondition,
        component: str,
        sides: dict[str, set[int]],
        links: list[tuple[int, int]],
    ) -> set[int]:
        """Return what a condition fixes on a seam, and add to the links what it compares."""
        finder = self._finder()
        seen: set[str] = set()
        compares = is_sided = False
        for node in post_order(condition.left, condition.right):
            if isinstance(node, Sided | Jump):
                is_sided = True
                if any(_holds(entry, component) for entry in finder.find_entries(node).flat):
                    compares |= isinstance(node, Jump)
                    seen |= set(sides) if isinstance(node, Jump) else {node.region.name}
        if not is_sided:
            # An unknown that exists on one side only needs no word for it.
            holds = self._stands(component, condition.left, condition.right)
            return set().union(*sides.values()) if holds else set()
        reached = [home for name in seen for home in sides.get(name, ())]
        if len(seen) > 1 or compares:
            links += [(reached[0], other) for other in reached[1:]]
            return set()
        return set(reached)

    def _sides(self, unknown: Unknown, part: Part, seam: Seam) -> dict[str, set[int]]:
        """Return the functions on either side of a seam, by the names of its regions."""
        assert part.interface is not None
        return {
            region.name: self._homes(unknown, self.partition.cells_of(region, body))
            for region, body in zip(part.interface, (seam.body, seam.other), strict=True)
        }

    def _beside(self, unknown: Unknown, piece: Piece) -> set[int]:
        cells = self.partition.cells_at(scan_piece(piece, self.domain))
        return self._homes(unknown, cells[cells >= 0].tolist())

    def _at(self, unknown: Unknown, point: Sequence[Expression]) -> set[int]:
        d = len(self.domain.coordinates)
        place = [evaluate(e, np.zeros((1, d)), self.domain.coordinates)[0] for e in point]
        return self._homes(unknown, [self.partition.cell_near(np.array(place, float))])

    def _homes(self, unknown: Unknown, cells: Iterable[int]) -> set[int]:
        homes = {self.partition.home(unknown, cell) for cell in cells}
        return {number for number, region in enumerate(unknown.regions) if region in homes}


def find_inner_point(region: Region) -> np.ndarray:
    """Return a point ``(d,)`` well inside of a region."""
    points = scan_body(region.body)
    return points[np.argmin(region.body.shape.distance(points))]


def _holds(entry: Dependence, component: str) -> bool:
    return any(o.component == component and not any(o.orders) for o in entry.occurrences)
