"""Assignment of equations to what needs them: a bipartite matching of maximum size."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Slot = TypeVar("Slot", bound=Hashable)


def match(candidates: Sequence[Sequence[Slot]]) -> list[Slot | None]:
    """Return for each item a slot of its own from its candidates, or None.

    As many items as possible get one, and an early candidate is preferred where that costs
    nothing. Augmenting paths (Kuhn 1955); the sizes here are a handful.
    """
    holder: dict[Slot, int] = {}

    def place(item: int, visited: set[Slot]) -> bool:
        for slot in candidates[item]:
            if slot in visited:
                continue
            visited.add(slot)
            if slot not in holder or place(holder[slot], visited):
                holder[slot] = item
                return True
        return False

    for item in range(len(candidates)):
        place(item, set())
    assigned: list[Slot | None] = [None] * len(candidates)
    for slot, item in holder.items():
        assigned[item] = slot
    return assigned
