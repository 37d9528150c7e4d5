"""The corners of a problem that make its solution singular, and which functions each of them asks for."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import OnPiece, System
from pdelang.semantics.boundary import Piece
from pdelang.semantics.vertices import Vertex, find_vertices
from pdelang.training.least_squares.singular_functions import Exponents

# An apex and a jump nearer than this, relative to the diagonal, are one place.
_SAME = 1e-6
_FLAT = 1e-3
_WHOLE = 1e-6
# Share of the distance to the next corner within which a corner rules.
_REACH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class CornerSite:
    """A vertex, how far it reaches, and how singular the solution may be there.

    ``has_jump``: values on its two sides disagree. ``is_sharp``: first derivatives may be
    unbounded, for that reason, by an angle above π, or because conditions change.
    """

    vertex: Vertex
    reach: float
    has_jump: bool
    is_sharp: bool

    def map(self, system: System) -> tuple[np.ndarray, complex]:
        """Return ``μ (2,)`` and ``ν`` with ``z = μ·ξ + ν`` on scaled coordinates ξ, |z| ≤ 1."""
        length = float(np.linalg.norm(system.problem.domain.box.lengths))
        turn = np.exp(-1j * self.vertex.bisector) / length
        h, c = system.scaling.half_width, system.scaling.centre
        linear = turn * np.array([h[0], 1j * h[1]])
        x, y = self.vertex.apex
        return linear, complex(turn * ((c[0] - x) + 1j * (c[1] - y)))

    def exponents(self, order: int, logarithms: int, has_pressure: bool) -> tuple[Exponents, ...]:
        """Return the functions of degree up to ``order`` and powers of the logarithm up to ``logarithms``.

        ``has_pressure``: some field behaves like another one's gradient.
        """
        angle = self.vertex.angle
        unit = math.pi / (2.0 * angle)  # every second exponent: conditions of one kind
        found: list[Exponents] = []
        lowest = -1.0 if has_pressure else 0.0
        for k in range(-math.ceil(1.0 / unit), math.floor(order / unit) + 1):
            a = k * unit
            if abs(a - round(a)) < _WHOLE or a <= lowest or (a < 0 and not has_pressure):
                continue
            found += [(a, float(b), 0) for b in range(math.floor(order - a) + 1)]
        found += _logarithmic(order, logarithms) if self.has_jump else _resonant(order)
        return tuple(found)


def is_plane(system: System) -> bool:
    """Say whether functions of z = x + iy may serve: steady, two Cartesian coordinates, local."""
    problem = system.problem
    return (
        len(system.coordinates) == problem.domain.box.d == 2
        and (problem.domain.metric is None or problem.domain.metric.is_trivial)
        and not problem.periodic_axes
        and not any(b.residual.nonlocals for term in system.terms for b in term.blocks)
    )


def find_corners(system: System) -> tuple[CornerSite, ...]:
    """Return the corners of a steady problem in the plane; none where there cannot be any.

    Functions of one corner are not periodic, so periodic problems have none.
    """
    problem = system.problem
    # Between regions corners have exponents that depend on the ratio of their coefficients.
    has_regions = problem.partition is not None and bool(problem.partition.regions)
    if has_regions or not is_plane(system):
        return ()
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
        sites.append(CornerSite(vertex, reach, has_jump, has_jump or turns or switches))
    return tuple(sites)


def _logarithmic(order: int, logarithms: int) -> list[Exponents]:
    """Return what fields that jump at the apex are made of: degree 0 and up, their pressure 1/z."""
    found: list[Exponents] = [(0.0, -1.0, 0)]
    for degree in range(order + 1):
        for k in range(-(degree + 2), degree + 3, 2):
            a, b = (degree + k) / 2, (degree - k) / 2
            for c in range(logarithms + 1):
                # Without logarithm k and −k give the same real functions, a, b ≥ 0 polynomials.
                if c == 0 and (k < 0 or b >= 0):
                    continue
                found.append((a, b, c))
    return found


def _resonant(order: int) -> list[Exponents]:
    """Return ``z^a z̄^b log z`` of degree 2 and up, which data that fit together may leave."""
    return [
        (float(a), float(degree - a), 1)
        for degree in range(2, order + 1)
        for a in range(degree + 1)
    ]
