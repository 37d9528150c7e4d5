"""Re-entrant corners of a region in the plane: where solutions of second-order equations are singular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.geometry.body import Body

_RADIUS = 1e-3  # of the region's size: how near a corner it is looked at
_ANGLES = 720
_BISECTIONS = 40
_ON = 1e-9
# An opening that exceeds a straight angle by less is one in a curve drawn with straight edges.
_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner at ``point``; the region lies within ``opening/2`` on both sides of ``bisector``."""

    point: tuple[float, float]
    bisector: float
    opening: float
    size: float  # the largest distance of the region from it, at most that of its box


def find_reentrant(body: Body) -> tuple[Corner, ...]:
    """Return the corners of a region in the plane whose inner angle exceeds π, sorted by place."""
    if body.d != 2:
        return ()
    candidates = np.unique(
        np.round(np.concatenate([leaf.corners for leaf in body.shape.leaves]), 12), axis=0
    )
    size = float(np.linalg.norm(body.box.lengths))
    on_edge = body.shape.classify(candidates, _ON * size) == 0
    found = []
    for point in candidates[on_edge]:
        corner = _look_around(body, point, size)
        if corner is not None:
            found.append(corner)
    return tuple(found)


def _look_around(body: Body, point: np.ndarray, size: float) -> Corner | None:
    radius = _RADIUS * size

    def is_inside(angles: np.ndarray) -> np.ndarray:
        around = point + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        return body.shape.is_inside(around)

    angles = (np.arange(_ANGLES) + 0.37) * 2 * np.pi / _ANGLES
    inside = is_inside(angles)
    enters = np.flatnonzero(inside & ~np.roll(inside, 1))
    leaves = np.flatnonzero(inside & ~np.roll(inside, -1))
    if len(enters) != 1 or len(leaves) != 1:
        return None
    step = 2 * np.pi / _ANGLES
    first, last = float(angles[enters[0]]), float(angles[leaves[0]])
    start = _bisect(is_inside, first, first - step)
    end = _bisect(is_inside, last, last + step)
    opening = (end - start) % (2 * np.pi)
    if opening < np.pi + _LEAST:
        return None
    far = body.box.grid((2, 2)) - point
    reach = float(np.linalg.norm(far, axis=1).max())
    return Corner((float(point[0]), float(point[1])), start + opening / 2, opening, reach)


def _bisect(is_inside, inside: float, outside: float) -> float:
    for _ in range(_BISECTIONS):
        middle = 0.5 * (inside + outside)
        if is_inside(np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return 0.5 * (inside + outside)
