"""The vertices of a plane domain: corners of its outline, and where one condition gives way to another.

There solutions of elliptic equations are singular however smooth the data are, so whoever
solves wants to know the places, the angles and the directions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.box import Side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain
from pdelang.semantics.pieces import find_ends, find_seam

Contains = Callable[[np.ndarray], np.ndarray]
"""Says which points ``(n, 2)`` lie inside, ``(n,)``."""

# A circle around a vertex that shows what lies inside there, relative to the diagonal.
PROBE = 1e-5
_PROBED = 720
_BISECTIONS = 40
# Two ends nearer than this, relative to the diagonal, are one vertex.
_DISTINCT = 1e-6
# An outline that turns by less than this has no corner there.
_FLAT = 1e-3
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex at ``apex`` with interior ``angle``; ``bisector`` is the direction into the domain.

    Angles are in radians. ``is_junction`` says that different pieces of the boundary meet there.
    """

    apex: tuple[float, ...]
    angle: float
    bisector: float
    is_junction: bool


def find_vertices(domain: Domain, pieces: tuple[Piece, ...]) -> tuple[Vertex, ...]:
    """Return the vertices of a plane domain, sorted by place; none in other dimensions.

    ``pieces`` are all pieces of the boundary that have conditions of their own.
    """
    if domain.box.d != 2:
        return ()
    size = float(np.linalg.norm(domain.box.lengths))
    found = [
        (tuple(map(float, end)), number)
        for number, piece in enumerate(pieces)
        for end in find_ends(domain, piece)
    ]
    if domain.body is None:
        corners = itertools.product(*zip(domain.box.low, domain.box.high, strict=True))
        found += [((float(x), float(y)), -1) for x, y in corners]
        found += _find_seams(domain, pieces)
    vertices: list[Vertex] = []
    while found:
        apex = found[0][0]
        near = [item for item in found if np.hypot(*np.subtract(item[0], apex)) <= _DISTINCT * size]
        found = [item for item in found if item not in near]
        owners = {number for _, number in near if number >= 0}
        exact = sharpen(domain.contains, np.array(apex), PROBE * size)
        cuts = cut_circle(domain.contains, exact, PROBE * size)
        if cuts is None:
            continue
        apex = (float(exact[0]), float(exact[1]))
        angle, bisector = float(cuts[1] - cuts[0]), float(0.5 * (cuts[0] + cuts[1]))
        is_junction = len(owners) > 1
        if abs(angle - np.pi) > _FLAT or is_junction:
            vertices.append(Vertex(apex, angle, bisector, is_junction))
    return tuple(sorted(vertices, key=lambda v: v.apex))


def _find_seams(domain: Domain, pieces: tuple[Piece, ...]) -> list[tuple[tuple[float, float], int]]:
    """Return where two pieces of one side of a box touch, with the numbers of both."""
    found = []
    for (i, a), (j, b) in itertools.combinations(enumerate(pieces), 2):
        if not isinstance(a.side, Side) or a.side != b.side:
            continue
        for x, y in find_seam(domain, a.side, a, b):
            found += [((float(x), float(y)), i), ((float(x), float(y)), j)]
    return found


def sharpen(contains: Contains, apex: np.ndarray, radius: float) -> np.ndarray:
    """Return where the two edges beside an apex meet, which is known to a tenth of the radius only."""
    near, far = cut_circle(contains, apex, radius), cut_circle(contains, apex, 2.0 * radius)
    if near is None or far is None:
        return apex
    starts, ends = (
        apex + r * np.column_stack([np.cos(cuts), np.sin(cuts)])
        for r, cuts in ((radius, near), (2.0 * radius, far))
    )
    (a, b), (p, q) = starts, ends - starts
    area = p[0] * q[1] - p[1] * q[0]
    if abs(area) <= _FLAT * np.linalg.norm(p) * np.linalg.norm(q):
        return apex
    gap = b - a
    meeting = a + p * (gap[0] * q[1] - gap[1] * q[0]) / area
    # What is known better, as the corners of a box are, is not to get worse by rounding.
    return apex if np.linalg.norm(meeting - apex) <= _ROUNDING * radius else meeting


def cut_circle(contains: Contains, apex: np.ndarray, radius: float) -> np.ndarray | None:
    """Return the angles ``(2,)`` at which a circle enters and leaves a body; None unless it does once."""
    angles = 2.0 * np.pi * (np.arange(_PROBED) + 0.4871) / _PROBED

    def is_inside(angle: np.ndarray) -> np.ndarray:
        circle = apex + radius * np.column_stack([np.cos(angle), np.sin(angle)])
        return contains(circle)

    inside = is_inside(angles)
    changes = np.flatnonzero(inside != np.roll(inside, -1))
    if len(changes) != 2:
        return None
    first, step = angles[changes], 2.0 * np.pi / _PROBED
    low, high, at_low = first.copy(), first + step, inside[changes]
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        same = is_inside(middle) == at_low
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    cuts = 0.5 * (low + high)
    return cuts if not at_low[0] else np.array([cuts[1], cuts[0] + 2.0 * np.pi])
