"""Connected pieces of regions and of the domain: on each of them an unknown is a function of its own.

Pieces that meet across the opposite ends of an axis that repeats are one: the networks go on from
the one into the other. Where `periodic` turns, or joins parts of sides, conditions say what holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from pdelang.geometry.body import Body
from pdelang.geometry.connectivity import join
from pdelang.geometry.motion import Motion
from pdelang.geometry.separation import find_pieces
from pdelang.geometry.shape import Union
from pdelang.semantics.congruence import outline
from pdelang.semantics.domain import Domain, Region
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.periodic_pairs import PeriodicPairs

# Steps off the boundary, relative to the diagonal.
_STEP = 1e-6


def split_region(region: Region, domain: Domain, pairs: PeriodicPairs) -> tuple[Region, ...]:
    """Return the connected pieces of a region, numbered from 1; the region itself where it is one."""
    bodies = _join_periodic(find_pieces(region.body), domain, pairs)
    return (region,) if len(bodies) < 2 else _number(bodies, region.name)


def split_domain(domain: Domain, pairs: PeriodicPairs) -> tuple[Region, ...]:
    """Return the connected pieces of a domain as regions; none where it is one."""
    if domain.body is None:
        return ()
    bodies = _join_periodic(find_pieces(domain.body), domain, pairs)
    return () if len(bodies) < 2 else _number(bodies, domain.name)


def _number(bodies: Sequence[Body], name: str) -> tuple[Region, ...]:
    # Of many, 10 comes after 9 by name too.
    width = len(str(len(bodies)))
    return tuple(Region(f"{name} {i:0{width}}", body, name) for i, body in enumerate(bodies, 1))


def _join_periodic(
    pieces: Sequence[Body], domain: Domain, pairs: PeriodicPairs
) -> tuple[Body, ...]:
    if len(pieces) < 2:
        return tuple(pieces)
    step = _STEP * float(np.linalg.norm(domain.box.lengths))
    edges = [np.zeros((0, 2), dtype=int)]
    for points, normals, motion in _list_borders(domain, pairs):
        behind = _owners(pieces, points - step * normals)
        beyond = _owners(pieces, motion.apply(points) + step * normals @ np.asarray(motion.turn).T)
        edges.append(np.column_stack([behind, beyond])[(behind >= 0) & (beyond >= 0)])
    labels = join(len(pieces), np.unique(np.concatenate(edges), axis=0))
    found = []
    for label in np.unique(labels):
        own = [piece for piece, other in zip(pieces, labels, strict=True) if other == label]
        shape = reduce(Union, [piece.shape for piece in own])
        names = tuple(name for piece in own for name in piece.names)
        found.append(own[0] if len(own) == 1 else Body.of(shape, names))
    return tuple(found)


def _owners(pieces: Sequence[Body], points: np.ndarray) -> np.ndarray:
    """Return the number of the piece that each of ``points (n, d)`` lies in, −1 for none, ``(n,)``."""
    found = np.full(len(points), -1)
    for number, piece in enumerate(pieces):
        found[piece.contains(points)] = number
    return found


def _list_borders(
    domain: Domain, pairs: PeriodicPairs
) -> Iterator[tuple[np.ndarray, np.ndarray, Motion]]:
    """Yield points ``(n, d)`` where the solution goes on elsewhere, the outward normals, and the way there."""
    turns = [one for one in pairs.identified if isinstance(one.statement, tree.Domain)]
    for one in (*pairs.opposite, *turns):
        found = outline(domain, one.first)
        yield found.points, found.normals, one.motion
