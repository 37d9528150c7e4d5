"""Rigid motions that may carry one part of a boundary onto another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Entries of a rotation this near to a whole or half number are meant to be it.
_ROUNDING = 1e-12
# Normals and offsets of a flat part agree to this, relative to the diagonal.
_FLAT = 1e-9
# Lengths that agree to this, relative to the diagonal, may be the same length.
_LENGTH = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """``x ↦ turn · x + shift``, with a proper rotation ``turn (d, d)``."""

    turn: np.ndarray
    shift: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Return the images of points ``(n, d)``."""
        return points @ self.turn.T + self.shift

    def inverse(self) -> Motion:
        return Motion(self.turn.T, -self.turn.T @ self.shift)

    @property
    def is_shift(self) -> bool:
        """Whether nothing is turned."""
        return bool(np.array_equal(self.turn, np.eye(len(self.shift))))


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What is known of a part of a boundary: points ``(n, d)``, outward normals ``(n, d)``, corners ``(k, d)``.

    The corners are exact: the ends of a plane curve, the vertices of a face where there are some.
    """

    points: np.ndarray
    normals: np.ndarray
    corners: np.ndarray


def list_motions(first: Outline, second: Outline, size: float) -> Iterator[Motion]:
    """Yield motions that may carry ``first`` onto ``second`` with opposite normals, the simplest first.

    ``size`` is the diagonal of the domain. Whether one of them does is for the caller to see.
    Flat parts: along the normal where the planes are parallel, about the line where they meet,
    then by their corners. Curves of the plane: by their ends.
    """
    a, b = _find_plane(first, size), _find_plane(second, size)
    if a is not None and b is not None:
        (n, h), (m, k) = a, b
        turn = _least_turn(n, -m)
        if turn is not None:
            if np.array_equal(turn, np.eye(len(n))):
                yield Motion(turn, -(h + k) * n)
            else:
                planes = np.stack([n, m])
                fixed = np.linalg.lstsq(planes, np.array([h, k]), rcond=None)[0]
                yield _about(turn, fixed, fixed)
            yield from _by_corners(turn, first, second, m, size)
    if first.points.shape[1] == 2:
        yield from _by_ends(first, second, size)


def _find_plane(part: Outline, size: float) -> tuple[np.ndarray, float] | None:
    """Return the normal and the offset ``n·x`` of a flat part."""
    if not len(part.points):
        return None
    n = part.normals[0]
    offsets = part.points @ n
    is_flat = np.abs(part.normals - n).max() <= _FLAT and np.ptp(offsets) <= _FLAT * size
    return (n, float(offsets[0])) if is_flat else None


def _least_turn(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """Return the rotation that takes unit vector ``a`` to ``b`` and moves nothing across the two.

    None where they are opposite and, in more than two dimensions, no plane is distinguished.
    """
    d, c = len(a), float(a @ b)
    if d == 1:
        return np.eye(1) if c > 0 else None
    if c < -1.0 + _ROUNDING:
        return -np.eye(2) if d == 2 else None
    if c > 1.0 - _ROUNDING:
        return np.eye(d)
    s = a + b
    return _snapped(np.eye(d) - np.outer(s, s) / (1.0 + c) + 2.0 * np.outer(b, a))


def _snapped(turn: np.ndarray) -> np.ndarray:
    near = np.round(2.0 * turn) / 2.0
    return np.where(np.abs(turn - near) <= _ROUNDING, near, turn)


def _about(turn: np.ndarray, start: np.ndarray, end: np.ndarray) -> Motion:
    """Return the motion with this rotation that carries ``start`` to ``end``."""
    return Motion(turn, end - turn @ start)


def _by_corners(
    turn: np.ndarray, first: Outline, second: Outline, m: np.ndarray, size: float
) -> Iterator[Motion]:
    """Yield what carries the corners of one flat part onto those of the other."""
    if not len(first.corners) or len(first.corners) != len(second.corners):
        return
    a, b = first.corners.mean(axis=0), second.corners.mean(axis=0)
    yield _about(turn, a, b)
    if len(m) != 3:
        return
    # Turned about the normal too, so that one corner meets every other.
    arm = turn @ (first.corners[0] - a)
    for other in second.corners - b:
        if abs(np.linalg.norm(other) - np.linalg.norm(arm)) > _LENGTH * size:
            continue
        angle = np.arctan2(np.cross(arm, other) @ m, arm @ other)
        cross = np.array([[0.0, -m[2], m[1]], [m[2], 0.0, -m[0]], [-m[1], m[0], 0.0]])
        about = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
        yield _about(_snapped(about @ turn), a, b)


def _by_ends(first: Outline, second: Outline, size: float) -> Iterator[Motion]:
    """Yield what carries the two ends of a plane curve that are farthest apart onto such of the other."""
    if len(first.corners) < 2:
        return
    pairs = list(itertools.combinations(range(len(first.corners)), 2))
    spans = [np.linalg.norm(first.corners[i] - first.corners[j]) for i, j in pairs]
    i, j = pairs[int(np.argmax(spans))]
    p, q, length = first.corners[i], first.corners[j], max(spans)
    for a, b in itertools.permutations(second.corners, 2):
        if abs(np.linalg.norm(b - a) - length) > _LENGTH * size:
            continue
        along, other = (q - p) / length, (b - a) / np.linalg.norm(b - a)
        c = float(along @ other)
        s = float(along[0] * other[1] - along[1] * other[0])
        turn = _snapped(np.array([[c, -s], [s, c]]))
        yield _about(turn, 0.5 * (p + q), 0.5 * (a + b))
