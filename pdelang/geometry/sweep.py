"""The lines that stand for a body: nodes of all coordinates but the one that runs along them."""

from __future__ import annotations

import numpy as np

from pdelang.geometry.arrangement import Arrangement
from pdelang.geometry.body import Body
from pdelang.geometry.lines import Lines
from pdelang.geometry.solids import orthonormal_frame

# Nodes between two events at least, by how many there are at most.
_FEW = 4
_LEAST = ((8, 12), (16, 8), (64, 4), (np.inf, 3))


def choose_frame(body: Body) -> np.ndarray:
    """Return rows ``(d, d)`` along which slices are nested: first across a round solid, whose sections are disks."""
    spines = [leaf.spine for leaf in body.shape.leaves] if body.d == 3 else []
    spine = next((s for s in spines if s is not None), None)
    if spine is None:
        return np.eye(body.d)
    size = np.abs(spine) / np.linalg.norm(spine)
    if size.max() > 1.0 - 1e-12:
        return np.roll(np.eye(3), -int(size.argmax()), axis=0)
    return np.roll(orthonormal_frame(spine), 1, axis=0)


def place_prefixes(lines: Lines, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes of all coordinates but the last in the order of the axes, ``(n, d − 1)``, and weights."""
    prefix, weights, arrangement = np.zeros((1, 0)), np.ones(1), Arrangement(lines)
    for level in range(lines.d - 1):
        intervals, _ = arrangement.cut(level, prefix)
        if not len(intervals.owner):
            return np.zeros((0, lines.d - 1)), np.zeros(0)
        per_line = len(intervals.owner) / len(prefix)
        least = next(count for most, count in _LEAST if per_line <= most)
        # Rules of different orders differ however many events there are.
        least += order // 24 if least > _FEW else 0
        owner, x, w = intervals.place_nodes(max(least, -(-order // max(1, round(per_line)))))
        prefix, weights = np.column_stack([prefix[owner], x]), weights[owner] * w
    return prefix, weights
