"""Component equations of boundary conditions, and what they can serve."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.semantics.derivative_orders import Dependence
from pdelang.semantics.problem import BoundaryCondition


@dataclass(frozen=True, slots=True)
class Served:
    """One component equation of a condition; ``heights`` are its orders across the part."""

    condition: BoundaryCondition
    heights: dict[str, int]
    lowest: dict[str, int]

    def describe(self, component: str) -> str:
        """Return ``value``, ``flux``, ``robin`` or ``order 2``."""
        match self.heights[component], self.lowest[component]:
            case 0, _:
                return "value"
            case 1, 0:
                return "robin"
            case 1, _:
                return "flux"
            case height, _:
                return f"order {height}"


def serve(condition: BoundaryCondition, dependence: Dependence, axis: int) -> Served:
    """Return what a component equation says of each component across side ``axis``."""
    heights: dict[str, int] = {}
    lowest: dict[str, int] = {}
    for occurrence in dependence.occurrences:
        height = occurrence.orders[axis]
        heights[occurrence.component] = max(height, heights.get(occurrence.component, 0))
        lowest[occurrence.component] = min(height, lowest.get(occurrence.component, height))
    return Served(condition, heights, lowest)
