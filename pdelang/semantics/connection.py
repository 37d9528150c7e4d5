"""Connected pieces of regions and of the domain: on each of them an unknown is a function of its own.

Pieces that `periodic` joins are one: the solution goes on from the one into the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from pdelang.geometry.body import Body
from pdelang.geometry.box import Side
from pdelang.geometry.connectivity import join
from pdelang.geometry.motion import Motion
from pdelang.geometry.separation import find_pieces
from pdelang.geometry.shape import Union
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.periodic_pairs import PeriodicPairs
from pdelang.semantics.pieces import scan_curved, scan_piece

# Steps off the boundary, relative to the diagonal.
_STEP = 1e-6
# Points of a border that are looked at.
_MOST_POINTS = 2000


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
    d = domain.box.d
    for axis in pairs.axes:
        period = np.zeros(d)
        period[axis] = domain.box.lengths[axis]
        for surface in domain.surfaces:
            if surface.axis == axis and not surface.upper:
                yield *_scan(Piece(surface), domain), Motion(np.eye(d), period)
    for one in pairs.identified:
        for piece in one.first.pieces:
            yield *_scan(piece, domain), one.motion


def _scan(piece: Piece, domain: Domain) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(piece.side, Side):
        points = scan_piece(piece, domain)
        normals = np.broadcast_to(piece.side.normal(domain.box.d), points.shape)
    else:
        rim = scan_curved(piece, domain)
        points, normals = rim.points, rim.normals
    some = slice(None, None, max(1, len(points) // _MOST_POINTS))
    return points[some], normals[some]
