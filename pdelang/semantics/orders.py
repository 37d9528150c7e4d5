"""The highest derivative of every component along every coordinate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pdelang.semantics.conditions import Equation, Unknown
from pdelang.semantics.dependence import Dependence

ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True, slots=True)
class Orders:
    """``highest`` per component has one entry per coordinate, time last; ``source`` is where it stands.

    The axis None stands for any space coordinate: what counts across a curved part.
    """

    highest: dict[str, tuple[int, ...]]
    source: dict[tuple[str, int | None], Equation]
    space: int

    def order(self, component: str, axis: int | None) -> int:
        orders = self.highest[component]
        return max(orders[: self.space], default=0) if axis is None else orders[axis]


def find_orders(
    unknowns: tuple[Unknown, ...],
    entries: Iterable[tuple[Equation, tuple[Dependence, ...]]],
    axes: int,
    space: int,
) -> Orders:
    """Return the orders over all equations; ``axes`` counts the coordinates, ``space`` those of space."""
    highest = {c: [0] * axes for unknown in unknowns for c in unknown.components}
    source: dict[tuple[str, int | None], Equation] = {}
    for equation, dependences in entries:
        for dependence in dependences:
            for occurrence in sorted(dependence.occurrences):
                for axis, order in enumerate(occurrence.orders):
                    if order > highest[occurrence.component][axis]:
                        highest[occurrence.component][axis] = order
                        source[occurrence.component, axis] = equation
    for component, orders in highest.items():
        across = max(range(space), key=lambda axis: orders[axis], default=None)
        if (component, across) in source:
            source[component, None] = source[component, across]
    return Orders({c: tuple(orders) for c, orders in highest.items()}, source, space)


def name_across(axis: int | None, coordinates: tuple[str, ...]) -> str:
    """Return the coordinate across a part, ``space`` for a curved one."""
    return "space" if axis is None else coordinates[axis]


def name_order(order: int) -> str:
    """Return ``second order`` and so on."""
    return f"{ORDINALS[order]} order" if order < len(ORDINALS) else f"order {order}"


def count_noun(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def list_names(names: Iterable[str]) -> str:
    """Return ``a, b and c``."""
    listed = list(names)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
