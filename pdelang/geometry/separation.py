"""The connected pieces of a body, each a body of its own.

What separates two pieces is looked for in this order: a plane, a surface of the shape that has one of them
on either side, and the points that are nearer to the one than to the other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.component import Component, Territory
from pdelang.geometry.connectivity import Samples, is_formula, join, sample_pieces
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.mesh import Mesh
from pdelang.geometry.shape import Difference, Intersection, Leaf, Shape, Union

Cut = tuple[Shape, bool]

_DISTINCT = 1e-9  # two ends nearer than this, relative to the length, are one
_MOST_CELLS = 200_000
_ENDS_SCANNED = 4096
# A plane between two pieces is sure where the gap is wider than this, relative to the diagonal.
_SURE = 1e-6
_NORMALS = 64
# Every sample is nearer to its own piece by this factor, in the points that stand for the pieces.
_NEARER = 0.5
_TAKEN = 8


@lru_cache(maxsize=128)
def find_pieces(body: Body) -> tuple[Body, ...]:
    """Return the connected pieces of a body, in the order of their low ends; the body itself where it is one.

    Pieces that touch in a corner or an edge alone are separate. Exact in one dimension and for boxes; else from
    samples, in two and three dimensions. Surfaces of triangles and shapes in more dimensions that are
    no boxes count as one piece.
    """
    leaves = body.shape.leaves
    if len(leaves) == 1 and not is_formula(leaves[0]):
        return (body,)
    boxes = _find_boxes(body)
    if boxes is not None:
        return tuple(Body.of(b, body.names[:1]) for b in boxes) or (body,)
    if body.d not in (2, 3) or any(isinstance(leaf, Mesh) for leaf in leaves):
        return (body,)
    if _is_pierced(body.shape):
        return (body,)
    samples = sample_pieces(body.shape, body.box, [(r.points, r.normals) for r in body.rims])
    if samples.count < 2:
        return (body,)
    return _separate(body, samples)


def _is_pierced(shape: Shape) -> bool:
    """Say whether a shape is a box or a ball around holes that are ones too, apart from each other: one piece.

    What is left of a convex set without compact convex sets in its interior that do not meet is connected in
    two dimensions and more.
    """
    holes: list[Leaf] = []
    while isinstance(shape, Difference):
        others: list[Shape] = [shape.second]
        while others:
            other = others.pop()
            match other:
                case Union(first=first, second=second):
                    others += [first, second]
                case Box() | Ball():
                    holes.append(other)
                case _:
                    return False
        shape = shape.first
    if not isinstance(shape, Box | Ball):
        return False
    ends = [(np.array(hole.low), np.array(hole.high)) for hole in holes]
    slack = _SURE * max(np.subtract(shape.high, shape.low))
    if isinstance(shape, Box):
        within = [
            (low > np.array(shape.low) + slack).all()
            and (high < np.array(shape.high) - slack).all()
            for low, high in ends
        ]
    else:
        centre = np.array(shape.centre)
        reach = [np.linalg.norm(np.maximum(high - centre, centre - low)) for low, high in ends]
        within = [far < shape.radius - slack for far in reach]
    return all(within) and all(
        (a_low > b_high + slack).any() or (b_low > a_high + slack).any()
        for (a_low, a_high), (b_low, b_high) in itertools.combinations(ends, 2)
    )


def _find_boxes(body: Body) -> list[Box] | None:
    """Return the pieces that are boxes, none where the body is one piece; None where not all are boxes."""
    if body.d == 1:
        found = _find_intervals(body)
        return found if len(found) > 1 else []
    leaves, size = body.shape.leaves, _DISTINCT * np.linalg.norm(body.box.lengths)
    if not all(isinstance(leaf, Box) for leaf in leaves):
        return None
    ticks = []
    for axis, (low, high) in enumerate(zip(body.box.low, body.box.high, strict=True)):
        ends = {low, high, *(end for leaf in leaves for end in (leaf.low[axis], leaf.high[axis]))}
        kept = [low]
        kept += [end for end in sorted(ends) if low + size < end < high - size or end == high]
        apart = [b for a, b in itertools.pairwise(kept) if b - a > size]
        ticks.append(np.array([low, *apart]))
    counts = tuple(len(t) - 1 for t in ticks)
    if math.prod(counts) > _MOST_CELLS:
        return None
    # Between the coordinates of all corners a cell is inside as a whole, or not at all.
    middles = [0.5 * (t[1:] + t[:-1]) for t in ticks]
    cells = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, body.d)
    inside = body.shape.is_inside(cells)
    index = np.arange(len(cells)).reshape(counts)
    pairs = [np.zeros((0, 2), dtype=int)]
    for axis, count in enumerate(counts):
        here = np.take(index, range(count - 1), axis).ravel()
        there = np.take(index, range(1, count), axis).ravel()
        both = inside[here] & inside[there]
        pairs.append(np.column_stack([here[both], there[both]]))
    labels = join(len(cells), np.concatenate(pairs))
    kept = np.unique(labels[inside])
    if len(kept) < 2:
        return []
    found = []
    for label in kept:
        own = np.array(np.unravel_index(np.flatnonzero(inside & (labels == label)), counts))
        first, last = own.min(axis=1), own.max(axis=1) + 1
        if own.shape[1] != np.prod(last - first):
            return None
        ends = [(float(t[a]), float(t[b])) for t, a, b in zip(ticks, first, last, strict=True)]
        found.append(Box(*(tuple(e) for e in zip(*ends, strict=True))))
    return sorted(found, key=lambda box: box.low)


def _find_intervals(body: Body) -> list[Box]:
    unit = (np.arange(_ENDS_SCANNED)[:, None] + 0.5) / _ENDS_SCANNED
    ends = np.concatenate([leaf.surface(unit).points[:, 0] for leaf in body.shape.leaves])
    low, high = body.box.low[0], body.box.high[0]
    slack = _DISTINCT * (high - low)
    inner = np.unique(ends[(ends > low + slack) & (ends < high - slack)])
    ticks = [low, *(b for a, b in itertools.pairwise([low, *inner]) if b - a > slack), high]
    found: list[tuple[float, float]] = []
    for a, b in itertools.pairwise(map(float, ticks)):
        if not body.shape.is_inside(np.array([[0.5 * (a + b)]]))[0]:
            continue
        if found and found[-1][1] == a:
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return [Box((a,), (b,)) for a, b in found]


def _separate(body: Body, samples: Samples) -> tuple[Body, ...]:
    size = float(np.linalg.norm(body.box.lengths))
    found = []
    for number in range(samples.count):
        cuts: list[Cut] = []
        for other in range(samples.count):
            beyond = samples.points[samples.numbers == other]
            if other == number or any(_is_apart(cut, beyond) for cut in cuts):
                continue
            cuts.append(_find_cut(body.shape.leaves, samples, number, other, size))
        own = samples.points[samples.numbers == number]
        shape = _prune(body.shape, own)
        piece = Body.of(Component.cut(shape, cuts), body.names[: len(shape.leaves)])
        found.append((tuple(own.min(axis=0)), piece))
    return tuple(piece for _, piece in sorted(found, key=lambda item: item[0]))


def _is_apart(cut: Cut, points: np.ndarray) -> bool:
    """Say whether all points lie on the side of a cut that it takes away."""
    shape, is_inside = cut
    return bool((shape.is_inside(points) != is_inside).all())


def _find_cut(
    leaves: Sequence[Leaf], samples: Samples, number: int, other: int, size: float
) -> Cut:
    mine, theirs = (samples.rim_numbers == n for n in (number, other))
    near, far = samples.rims[mine], samples.rims[theirs]
    normals = np.concatenate([samples.normals[mine], -samples.normals[theirs]])
    normals = normals[:: max(1, len(normals) // _NORMALS)]
    axes = np.eye(near.shape[1])
    normals = np.concatenate([axes, -axes, normals])
    ends, starts = (near @ normals.T).max(axis=0), (far @ normals.T).min(axis=0)
    best = int(np.argmax(starts - ends))
    gap, middle = starts[best] - ends[best], 0.5 * (starts[best] + ends[best])
    normal = normals[best]
    plane = Halfspace(tuple(map(float, middle * normal)), tuple(map(float, normal)))
    if gap > _SURE * size:
        return plane, True
    own, others = (samples.points[samples.numbers == n] for n in (number, other))
    for leaf in leaves:
        inside, beyond = leaf.is_inside(own), leaf.is_inside(others)
        if inside.all() and not beyond.any():
            return leaf, True
        if beyond.all() and not inside.any():
            return leaf, False
    if gap > -_DISTINCT * size:
        return plane, True
    return Territory(*_condense(np.concatenate([near, own]), np.concatenate([far, others]))), True


def _condense(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return some of two sets of points to which all others are clearly nearest.

    P. Hart, IEEE Trans. Inf. Theory 14 (1968) 515: those that are not are added, until there are none.
    """
    from scipy.spatial import KDTree

    sets = (first, second)
    taken = [np.array([0]), np.array([0])]
    while True:
        trees = [KDTree(points[some]) for points, some in zip(sets, taken, strict=True)]
        is_done = True
        for i, points in enumerate(sets):
            to_own, to_other = (trees[j].query(points)[0] for j in (i, 1 - i))
            wrong = np.flatnonzero(to_own > _NEARER * to_other)
            if len(wrong):
                is_done = False
                chosen = wrong[:: max(1, len(wrong) // max(_TAKEN, len(taken[i]) // 2))]
                taken[i] = np.union1d(taken[i], chosen)
        if is_done:
            return first[taken[0]], second[taken[1]]


def _prune(shape: Shape, points: np.ndarray) -> Shape:
    """Return a shape without the operands of unions that have none of some inner points."""
    match shape:
        case Intersection(first=first, second=second):
            return Intersection(_prune(first, points), _prune(second, points))
        case Union(first=first, second=second):
            if not second.is_inside(points).any():
                return _prune(first, points)
            if not first.is_inside(points).any():
                return _prune(second, points)
    return shape
