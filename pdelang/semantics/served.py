"""Component equations of boundary conditions, and what they can serve."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.semantics.conditions import BoundaryCondition
from pdelang.semantics.dependence import Dependence


@dataclass(frozen=True, slots=True)
class Served:
    """One component equation of a condition; ``heights`` are its orders across the part.

    ``lowest`` are the lowest ones; ``plain`` are the components of which some occurrence has
    no derivative along the part.
    """

    condition: BoundaryCondition
    heights: dict[str, int]
    lowest: dict[str, int]
    plain: frozenset[str]

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


def serve(
    condition: BoundaryCondition, dependence: Dependence, axis: int | None, space: int
) -> Served:
    """Return what a component equation says of each component across side ``axis``.

    ``space`` counts the space coordinates. Across a curved part, where ``axis`` is None, all
    derivatives in space count.
    """
    heights: dict[str, int] = {}
    lowest: dict[str, int] = {}
    plain: set[str] = set()
    for occurrence in dependence.occurrences:
        inside = occurrence.orders[:space]
        height = sum(inside) if axis is None else occurrence.orders[axis]
        heights[occurrence.component] = max(height, heights.get(occurrence.component, 0))
        lowest[occurrence.component] = min(height, lowest.get(occurrence.component, height))
        along = [k for i, k in enumerate(inside) if i != axis]
        if axis is None or not any(along):
            plain.add(occurrence.component)
    return Served(condition, heights, lowest, frozenset(plain))
