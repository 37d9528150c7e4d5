"""The coordinates on which the value of an expression depends: those of other places do not count."""

from __future__ import annotations

from collections.abc import Collection

from pdelang.semantics.expression import (
    Aggregate,
    Coordinate,
    Elsewhere,
    Expression,
    FitReference,
    Normal,
    RangeIntegral,
    UnknownReference,
)
from pdelang.semantics.traversal import children, post_order


def free_coordinates(root: Expression, coordinates: tuple[str, ...], space: int) -> frozenset[str]:
    """Return the names of the coordinates that an expression varies with.

    The first ``space`` of ``coordinates`` are those of space. ``u(x = 0)`` does not vary with x, nor
    ``integral(u, x = 0 .. 1)``; a global quantity varies with no place, and with a time only where it names none.
    """
    found: dict[int, frozenset[str]] = {}
    everywhere = frozenset(coordinates)
    places = frozenset(coordinates[:space])
    for node in post_order(root):
        below = [found[id(child)] for child in children(node)]
        match node:
            case Coordinate(name=name):
                own = everywhere & {name}
            case UnknownReference():
                own = everywhere
            case FitReference(coordinates=names):
                own = everywhere & set(names)
            case Normal():
                own = places
            case Aggregate(operand=operand, time=time):
                own = found[id(operand)] - places
                if time is not None:
                    own -= everywhere.difference(places) & set(coordinates[space : space + 1])
            case Elsewhere(operand=operand, moves=moves):
                inside = found[id(operand)]
                own = inside - {name for name, _ in moves}
                own = own.union(*(found[id(e)] for name, e in moves if name in inside))
            case _:
                own = frozenset().union(*below)
        found[id(node)] = own
    return found[id(root)]


def is_number(node: Expression, coordinates: tuple[str, ...], space: int) -> bool:
    """Say whether a node speaks of other places and has one value for all places."""
    if not isinstance(node, Elsewhere | RangeIntegral):
        return False
    return not free_coordinates(node, coordinates, space) & set(coordinates[:space])


def list_free_space(root: Expression, coordinates: tuple[str, ...], space: int) -> Collection[str]:
    """Return the space coordinates that an expression varies with, in order."""
    free = free_coordinates(root, coordinates, space)
    return [name for name in coordinates[:space] if name in free]
