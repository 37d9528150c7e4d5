"""Collocation points for least squares: low discrepancy, clustered towards the ends.

Points are drawn on scaled coordinates as ``ξ = −cos π u`` (Chebyshev's density) from
Sobol's sequence; along periodic axes, which have no ends, and in high dimension, where
clustering in every coordinate empties the middle, they stay uniform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import AtData, AtPoint, Block, Interior, OnPiece, Place, Start, System
from pdelang.geometry.box import sample_unit_cube
from pdelang.geometry.interface import Seam
from pdelang.semantics.pieces import sample_curved, select
from pdelang.semantics.problem import Problem
from pdelang.training.places import layers_of, sample_domain, stretch_of

_CLUSTER_UP_TO = 4  # coordinates
_FEWEST = 8  # points on any part that is not a single point
# A whole curved surface is one part. Of N = n/2 polynomials the traces on it span some 1.5 n^(1-1/d)
# dimensions (2k + 1 of degree k on a circle); twice as many rows determine them.
_TRACE_ROWS = 3.0
_MOST_DOUBLINGS = 14  # until a small part of a side holds enough points


@dataclass(frozen=True, slots=True, eq=False)
class PointGroup:
    """Blocks that hold at the same place, and the points ``(n, d)`` they share.

    ``nearness (n,)`` is ρ ≤ 1, small near a singular corner; rows of order q count ρ^q. ``weights (n,)``
    are 1 for points that are spread over the place, and what a point in a thin layer stands for in their
    stead. None is 1.
    """

    place: Place
    blocks: tuple[tuple[str, Block], ...]  # (term label, block)
    points: np.ndarray
    nearness: np.ndarray | None = None
    weights: np.ndarray | None = None


def group_blocks(system: System) -> list[tuple[Place, tuple[tuple[str, Block], ...]]]:
    """Return the blocks of all terms, those at one place together."""
    groups: dict[tuple, tuple[Place, list[tuple[str, Block]]]] = {}
    for term in system.terms:
        for block in term.blocks:
            groups.setdefault(_key(block.place), (block.place, []))[1].append((term.label, block))
    return [(place, tuple(blocks)) for place, blocks in groups.values()]


def draw_groups(system: System, count: int, seed: int) -> list[PointGroup]:
    """Return every group with its points: ``count`` inside, fewer on the lower-dimensional parts.

    Others follow where given functions have layers that these may miss, other ones for the next seed.
    """
    groups = []
    for i, (place, blocks) in enumerate(group_blocks(system)):
        points, weights = draw_points(system, place, count, seed + 7 * i), None
        layers = layers_of(system, place)
        if layers is not None:
            inner, shares = layers.half(bool(seed % 2))
            weights = np.concatenate([np.ones(len(points)), len(points) * shares])
            points = np.concatenate([points, inner])
        groups.append(PointGroup(place, blocks, points, weights=weights))
    return groups


def draw_points(system: System, place: Place, count: int, seed: int) -> np.ndarray:
    """Return points of a place in physical coordinates, ``(n, d)``.

    The interior gets ``count``, a part of lower dimension ``count/(4 d)``, in a body at least
    ``3 count^(1-1/d)``, a point one.
    """
    problem = system.problem
    region = place.region if isinstance(place, Interior | Start) else None
    is_boxed = problem.domain.body is None if region is None else region.is_boxed
    is_seam = isinstance(place, OnPiece) and isinstance(place.piece.side, Seam)
    if not isinstance(place, AtPoint) and (not is_boxed or is_seam):
        return _draw_in_body(problem, place, count, seed)
    stretch = stretch_of(problem, place)
    free = np.flatnonzero(stretch.length)
    d, space = len(stretch.low), problem.domain.box.d
    wanted = count if len(free) == d else max(_FEWEST, count // (4 * d))
    if not len(free):
        wanted = 1

    def draw(number: int) -> np.ndarray:
        unit = np.zeros((number, d))
        unit[:, free] = sample_unit_cube(number, len(free), seed)
        if d <= _CLUSTER_UP_TO:
            clustered = [a for a in free if a not in problem.periodic_axes]
            unit[:, clustered] = 0.5 - 0.5 * np.cos(np.pi * unit[:, clustered])
        return stretch.low + stretch.length * unit

    if not isinstance(place, OnPiece) or place.piece.is_box_side:
        return draw(wanted)
    points = np.zeros((0, d))
    for doubling in range(1, _MOST_DOUBLINGS):
        points = draw(wanted << doubling)
        points = points[select(place.piece, points[:, :space], problem.domain.coordinates)]
        if len(points) >= wanted:
            return points[:wanted]
    return points


def _draw_in_body(problem: Problem, place: Place, count: int, seed: int) -> np.ndarray:
    """Return points of a place of a domain that is no box; where the normal varies, with it."""
    domain, d = problem.domain, len(problem.coordinates)
    if isinstance(place, Interior):
        return sample_domain(problem, count, seed, place.region)
    few = max(_FEWEST, count // (4 * d), round(_TRACE_ROWS * count ** (1.0 - 1.0 / d)))
    bounds = problem.extra_bounds
    if isinstance(place, OnPiece):
        points, unit = sample_curved(place.piece, domain, few, seed, len(bounds))
    else:
        region = place.region if isinstance(place, Start) else None
        body = domain.body if region is None else region.body
        assert body is not None
        both = body.sample_with(few, body.d + len(bounds), seed)
        points, unit = both[:, : body.d], both[:, body.d :]
    if not bounds:
        return points
    low, high = (
        np.array(ends) for ends in zip(*((b.low_value, b.high_value) for b in bounds), strict=True)
    )
    length = high - low
    if isinstance(place, Start):
        length[0] = 0.0
    times = low + length * (0.5 - 0.5 * np.cos(np.pi * unit))
    space = domain.box.d
    return np.column_stack([points[:, :space], times, points[:, space:]])


def _key(place: Place) -> tuple:
    match place:
        case Interior(region=region):
            return ("interior", region)
        case OnPiece():
            return ("piece", id(place.piece))
        case Start(region=region):
            return ("start", region)
        case AtPoint():
            return ("point", place.point)
        case AtData():
            return ("data", place.data.name)
