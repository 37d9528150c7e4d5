"""Which points of a shape hang together: samples, joined where the segment between two lies inside.

The distance to the boundary is a lower bound, so a walk along a segment in steps of that length never leaps over
a gap, however thin it is. A bridge is found where samples lie in it: besides a grid there are points
a little inside of the boundary, at several depths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.affine import Affine
from pdelang.geometry.box import Box
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.shape import Leaf, Shape
from pdelang.geometry.surroundings import list_directions

_CELLS = {2: 96, 3: 32}
_SHIFT = 0.4871  # of the grid within its cells, off the middles where symmetric shapes meet
# How far inside of the boundary samples lie, relative to the diagonal. What is nowhere as thick as
# the least of them counts as no piece, and as no bridge.
_DEPTHS = (3e-3, 1e-3, 3e-4, 1e-4)
# Boundary points per leaf, and of all leaves together; no leaf has fewer than the least.
_RIM_POINTS, _MOST_RIM_POINTS, _LEAST_RIM_POINTS = 4096, 12_288, 512
_LEAST = 8  # samples near the boundary of a piece
# A walk that comes so near to the boundary, relative to the diagonal, has left the inside,
_ON = 1e-8
# unless two shapes share a face there: then it goes on all around, as it does not at a mere corner, nor so far from
# where two balls touch: the gap between them grows with the square of the way.
_AROUND = 2e-4
_STEP = 1e-6  # of the slope of a distance
_EVERY = 4  # of the directions around a point
_STEPS = 100
_FACES = 4  # within the shape, on one way
# How far apart points are looked at where the distance is no bound, and how many at most.
_PROBED = 5e-4
_MOST_PROBES = 48
# What hangs together in fewer samples looks for its next neighbours, and for the next of all others.
_FEW = 64
_NEIGHBOURS = 16
_MOST_ASKED = 600

Rim = tuple[np.ndarray, np.ndarray]  # boundary points (n, d) and their outward normals (n, d)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Inner ``points (n, d)`` and boundary points ``rims (k, d)`` with outward ``normals``; ``numbers`` say which piece."""

    points: np.ndarray
    numbers: np.ndarray
    rims: np.ndarray
    normals: np.ndarray
    rim_numbers: np.ndarray

    @property
    def count(self) -> int:
        return int(self.numbers.max(initial=-1)) + 1


def sample_pieces(shape: Shape, box: Box, rims: Sequence[Rim]) -> Samples:
    """Return samples of a shape in two or three dimensions, labelled by connected piece."""
    size = float(np.linalg.norm(box.lengths))
    walk = _Walk(shape, size)
    grid, edges = _grid(shape, box)
    most = max(_LEAST_RIM_POINTS, min(_RIM_POINTS, _MOST_RIM_POINTS // len(rims)))
    places, normals = (np.concatenate([_thin(rim[i], most) for rim in rims]) for i in (0, 1))
    inset, owner = _inset(places, normals, walk)
    points = np.concatenate([grid, inset])
    # The deepest of the points inside of each boundary point comes first.
    deepest = np.unique(owner, return_index=True)[1]
    edges = np.concatenate([edges, _near_grid(grid, box, inset, deepest)])
    edges = edges[walk.joins(points, edges)]
    # Points inside of the same boundary point see each other.
    order = np.argsort(owner, kind="stable")
    same = owner[order][1:] == owner[order][:-1]
    chains = len(grid) + np.column_stack([order[:-1], order[1:]])[same]
    labels = _join_loose(points, join(len(points), np.concatenate([edges, chains])), walk)
    kept, counts = np.unique(labels[len(grid) :], return_counts=True)
    kept = kept[counts >= _LEAST]
    numbers = np.searchsorted(kept, labels)
    known = np.isin(labels, kept)
    rim_numbers = np.full(len(places), -1)
    rim_numbers[owner] = np.where(known, numbers, -1)[len(grid) :]
    on = rim_numbers >= 0
    return Samples(points[known], numbers[known], places[on], normals[on], rim_numbers[on])


def join(count: int, edges: np.ndarray) -> np.ndarray:
    """Return the least vertex ``(count,)`` that each one is joined to by ``edges (k, 2)``."""
    label = np.arange(count)
    first, second = edges[:, 0], edges[:, 1]
    while True:
        a, b = label[first], label[second]
        open_ = a != b
        if not open_.any():
            return label
        first, second, a, b = first[open_], second[open_], a[open_], b[open_]
        least = np.minimum(a, b)
        np.minimum.at(label, a, least)
        np.minimum.at(label, b, least)
        while ((deeper := label[label]) != label).any():
            label = deeper


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """Walks along straight lines inside of a shape of some ``size``."""

    shape: Shape
    size: float

    @property
    def _is_bounded(self) -> bool:
        return not any(is_formula(leaf) for leaf in self.shape.leaves)

    def joins(self, points: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Say for each edge ``(k, 2)`` between inner points whether it lies inside."""
        start, end = points[edges[:, 0]], points[edges[:, 1]]
        found = np.zeros(len(edges), dtype=bool)
        if self._is_bounded:
            depth = -self.shape.distance(points)
            # Two balls that overlap lie inside, and the segment with them.
            found = depth[edges].sum(axis=1) > np.linalg.norm(end - start, axis=1)
        found[~found] = self.sees(start[~found], end[~found])
        return found

    def sees(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Say for each pair of inner points ``(n, d)`` whether the segment between them lies inside."""
        if not self._is_bounded:
            return self._probe(start, end)
        found = np.zeros(len(start), dtype=bool)
        length = np.linalg.norm(end - start, axis=1)
        direction = (end - start) / np.maximum(length, 1e-300)[:, None]
        gone, stuck = np.zeros(len(start)), np.arange(len(start))
        for _ in range(_FACES):
            stuck = self._march(start, direction, length, gone, stuck, found)
            place = start[stuck] + gone[stuck, None] * direction[stuck]
            stuck = stuck[self._crosses(place, direction[stuck])]
            if not len(stuck):
                break
            gone[stuck] += 2.0 * _ON * self.size
        return found

    def _march(
        self,
        start: np.ndarray,
        direction: np.ndarray,
        length: np.ndarray,
        gone: np.ndarray,
        open_: np.ndarray,
        found: np.ndarray,
    ) -> np.ndarray:
        """Walk on, noting in ``found`` who arrives; return those who come to an edge."""
        stuck = []
        for _ in range(_STEPS):
            depth = -self.shape.distance(start[open_] + gone[open_, None] * direction[open_])
            inside = depth > _ON * self.size
            stuck.append(open_[~inside & (depth > -_ON * self.size)])
            open_, depth = open_[inside], depth[inside]
            gone[open_] += depth
            arrived = gone[open_] >= length[open_]
            found[open_[arrived]] = True
            open_ = open_[~arrived]
            if not len(open_):
                break
        return np.concatenate(stuck)

    def _crosses(self, place: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Say of places on an edge ``(n, d)`` whether the shape goes on behind them, and beside them too."""
        found = np.ones(len(place), dtype=bool)
        # Beside the way, which tells corners, and along the face, which tells where round shapes touch.
        for axis in (direction, self._normals(place)):
            for around in list_directions(self.shape.d)[::_EVERY]:
                across = around - (axis @ around)[:, None] * axis
                for sign in (-2.0, 2.0):
                    beside = place + self.size * (_AROUND * across + sign * _ON * axis)
                    found[found] = self.shape.is_inside(beside[found])
        return found

    def _normals(self, place: np.ndarray) -> np.ndarray:
        """Return unit normals ``(n, d)`` of the leaf that has its face at each of the places ``(n, d)``."""
        leaves = self.shape.leaves
        nearest = np.argmin([np.abs(leaf.distance(place)) for leaf in leaves], axis=0)
        slope = np.empty_like(place)
        for number, leaf in enumerate(leaves):
            own = np.flatnonzero(nearest == number)
            for axis, step in enumerate(_STEP * self.size * np.eye(self.shape.d)):
                ahead, behind = leaf.distance(place[own] + step), leaf.distance(place[own] - step)
                slope[own, axis] = ahead - behind
        return slope / np.maximum(np.linalg.norm(slope, axis=1), 1e-300)[:, None]

    def _probe(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        found = np.ones(len(start), dtype=bool)
        longest = float(np.linalg.norm(end - start, axis=1).max(initial=0.0)) / self.size
        count = min(_MOST_PROBES, int(longest / _PROBED) + 1)
        for share in (np.arange(count) + 0.5) / count:
            place = start[found] + share * (end - start)[found]
            found[found] = self.shape.is_inside(place)
        return found


def is_formula(leaf: Leaf) -> bool:
    """Say whether a leaf is given by a formula, whose distance is only one of first order."""
    while isinstance(leaf, Affine):
        leaf = leaf.leaf
    return isinstance(leaf, LevelSet)


def _thin(rows: np.ndarray, most: int) -> np.ndarray:
    return rows[:: max(1, -(-len(rows) // most))]


def _grid(shape: Shape, box: Box) -> tuple[np.ndarray, np.ndarray]:
    """Return the inner points of a grid, and the pairs of neighbours ``(k, 2)`` among them."""
    d, cells = shape.d, _CELLS[shape.d]
    axes = [
        low + length * (np.arange(cells) + _SHIFT) / cells
        for low, length in zip(box.low, box.lengths, strict=True)
    ]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    inside = shape.is_inside(points)
    number = np.where(inside, np.cumsum(inside) - 1, -1).reshape((cells,) * d)
    pairs = []
    for axis in range(d):
        here = np.take(number, range(cells - 1), axis).ravel()
        there = np.take(number, range(1, cells), axis).ravel()
        both = (here >= 0) & (there >= 0)
        pairs.append(np.column_stack([here[both], there[both]]))
    return points[inside], np.concatenate(pairs)


def _inset(places: np.ndarray, normals: np.ndarray, walk: _Walk) -> tuple[np.ndarray, np.ndarray]:
    """Return inner points ``(n, d)`` straight below boundary points, and the number of each one's place."""
    least = 0.5 * _DEPTHS[-1] * walk.size
    points = np.concatenate([places - depth * walk.size * normals for depth in _DEPTHS])
    owner = np.tile(np.arange(len(places)), len(_DEPTHS))
    inside = np.flatnonzero(walk.shape.classify(points, least) < 0)
    # What lies beyond a gap belongs to something else.
    start = (places - least * normals)[owner[inside]]
    inside = inside[walk.sees(start, points[inside])]
    return points[inside], owner[inside]


def _near_grid(grid: np.ndarray, box: Box, others: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Return pairs ``(k, 2)`` of a point of the grid and one next to it of ``some`` of the others, which follow."""
    d, cells = box.d, _CELLS[box.d]

    def place_of(points: np.ndarray) -> np.ndarray:
        return (points - np.asarray(box.low)) / box.lengths * cells - _SHIFT

    known = np.full((cells,) * d, -1)
    known[tuple(np.rint(place_of(grid)).astype(int).T)] = np.arange(len(grid))
    place = np.floor(place_of(others[some])).astype(int)
    pairs = []
    for corner in np.ndindex(*(2,) * d):
        found = known[tuple(np.clip(place + np.array(corner), 0, cells - 1).T)]
        on = np.flatnonzero(found >= 0)
        pairs.append(np.column_stack([found[on], len(grid) + some[on]]))
    return np.concatenate(pairs)


def _join_loose(points: np.ndarray, labels: np.ndarray, walk: _Walk) -> np.ndarray:
    """Return the labels once more, with what only longer segments join."""
    if len(np.unique(labels)) < 2:
        return labels
    # Imported only where it is needed: importing takes half a second of a `check`.
    from scipy.spatial import KDTree

    loose = np.flatnonzero(np.bincount(labels)[labels] < _FEW)
    count = min(_NEIGHBOURS, len(points))
    near = np.asarray(KDTree(points).query(points[loose], count)[1])
    labels = _add(points, labels, walk, np.repeat(loose, count), near.ravel())
    count = np.inf
    while 1 < len(found := np.unique(labels)) < count:
        count = len(found)
        for label in found:
            own, others = np.flatnonzero(labels == label), np.flatnonzero(labels != label)
            if not 0 < len(own) <= len(others):
                continue
            gaps, near = KDTree(points[others]).query(points[own], min(_NEIGHBOURS, len(others)))
            gaps, near = gaps.reshape(len(own), -1), near.reshape(len(own), -1)
            next_ = np.argsort(gaps[:, 0])[:_MOST_ASKED]
            first = np.repeat(own[next_], near.shape[1])
            labels = _add(points, labels, walk, first, others[near[next_].ravel()])
    return labels


def _add(
    points: np.ndarray, labels: np.ndarray, walk: _Walk, first: np.ndarray, second: np.ndarray
) -> np.ndarray:
    apart = labels[first] != labels[second]
    first, second = first[apart], second[apart]
    seen = walk.sees(points[first], points[second])
    edges = np.column_stack([labels[first[seen]], labels[second[seen]]])
    return join(len(points), edges)[labels]
