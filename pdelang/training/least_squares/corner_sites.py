"""The corners of a problem that may make its solution singular."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np

from pdelang.calculus.system import OnPiece, System
from pdelang.semantics.boundary import Piece
from pdelang.semantics.vertices import find_vertices
from pdelang.training.least_squares.corner_site import CornerSite, measure_cut
from pdelang.training.least_squares.meeting_sites import find_meetings

# An apex and a jump nearer than this, relative to the diagonal, are one place.
_SAME = 1e-6
_FLAT = 1e-3
# Share of the distance to the next corner within which a corner rules.
_REACH = 0.5


def is_plane(system: System) -> bool:
    """Say whether functions of z = x + iy may serve: steady, two Cartesian coordinates, local."""
    problem = system.problem
    return (
        len(system.coordinates) == problem.domain.box.d == 2
        and (problem.domain.metric is None or problem.domain.metric.is_trivial)
        and not problem.periodic_axes
        and not any(b.residual.nonlocals for term in system.terms for b in term.blocks)
    )


@lru_cache(maxsize=4)
def find_corners(system: System) -> tuple[CornerSite, ...]:
    """Return the corners of a steady problem in the plane; none where there cannot be any.

    Functions of one corner are not periodic, so periodic problems have none. `auto` and the family of
    features both ask, and exponents of regions take a while: a system is looked at once.
    """
    problem = system.problem
    if not is_plane(system):
        return ()
    if problem.partition is not None and problem.partition.regions:
        return find_meetings(system)
    pieces: dict[int, Piece] = {}
    for block in itertools.chain((b for t in system.terms for b in t.blocks), system.hard):
        if isinstance(block.place, OnPiece):
            pieces[id(block.place.piece)] = block.place.piece
    vertices = find_vertices(problem.domain, tuple(pieces.values()))
    diagonal = float(np.linalg.norm(problem.domain.box.lengths))
    sites = []
    for vertex in vertices:
        gaps = [math.dist(vertex.apex, v.apex) for v in vertices if v is not vertex]
        has_jump = any(math.dist(vertex.apex, p) <= _SAME * diagonal for p in problem.jumps)
        turns = vertex.angle > math.pi + _FLAT
        switches = vertex.is_junction and abs(vertex.angle - math.pi) <= _FLAT
        reach = _REACH * min([*gaps, diagonal])
        is_sharp = has_jump or turns or switches
        cut = measure_cut(problem.domain.contains, vertex, diagonal)
        sites.append(CornerSite(vertex, reach, has_jump, is_sharp, cut=cut))
    return tuple(sites)
