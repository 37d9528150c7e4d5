"""Which rigid motion carries one part of the boundary onto another, with the normals opposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

from pdelang.geometry.body import Sheet
from pdelang.geometry.box import Side
from pdelang.geometry.motion import Motion, Outline, list_motions
from pdelang.geometry.outline import find_stretches
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.domain import Domain
from pdelang.semantics.pieces import find_intervals, keep_of, scan_curved, scan_piece, select

# Relative to the diagonal: a point this near to a part is on it; steps off it to both sides.
_ON = 1e-8
_STEP = 1e-6
_MOST_POINTS = 4096
# Parts that differ by no more than this are taken to be meant as one, and it is said where they do not fit.
_MOST_MISSED = 0.25
# The scan of a body sees the end of a stretch this roughly, relative to the diagonal.
_ROUGH = 1e-5
_BISECTIONS = 60
_INSET = 1e-14
# Steps and points of a part that is slid onto another; a last step is this short, relative likewise.
_SLIDES = 20
_MOST_SLID = 400
_SLID = 1e-12


def find_motion(domain: Domain, first: Part, second: Part) -> Motion | None:
    """Return the motion of space that carries ``first`` onto ``second``, None where there is none.

    In curvilinear coordinates it is a shift along the azimuth or the axis, which keeps the unit vectors.
    """
    return next((m for m, stray in _try_motions(domain, first, second) if stray is None), None)


def is_sought_in_full(domain: Domain, first: Part, second: Part) -> bool:
    """Say whether every motion is tried: flat parts, and plane curves with ends; of others only shifts."""
    parts = [outline(domain, part) for part in (first, second)]
    if all(np.abs(p.normals - p.normals[:1]).max(initial=0.0) <= _ON for p in parts):
        return True
    return domain.box.d <= 2 and all(len(p.corners) >= 2 for p in parts)


def find_stray(domain: Domain, first: Part, second: Part) -> np.ndarray | None:
    """Return a point ``(d,)`` that keeps two parts from being one, where most of them agrees."""
    strays = (stray for _, stray in _try_motions(domain, first, second, _flattest))
    return next((stray for stray in strays if stray is not None), None)


def _flattest(part: Outline) -> Outline:
    """Return the points of a part with the commonest normal: what a part round a corner is mostly."""
    kinds, counts = np.unique(np.round(part.normals, 9), axis=0, return_counts=True)
    own = np.abs(part.normals - kinds[np.argmax(counts)]).max(axis=1) < 1e-8
    points, normals = part.points[own], part.normals[own]
    on = np.abs((part.corners - points[0]) @ normals[0]) <= 1e-9 * np.ptp(points)
    return Outline(points, normals, part.corners[on])


def _try_motions(
    domain: Domain,
    first: Part,
    second: Part,
    lessen: Callable[[Outline], Outline] = lambda part: part,
) -> Iterator[tuple[Motion, np.ndarray | None]]:
    """Yield motions that carry most of one part onto the other, and a point that misses it, if any does.

    They are sought for what ``lessen`` leaves of the parts.
    """
    size = float(np.linalg.norm(domain.box.lengths))
    a, b = outline(domain, first), outline(domain, second)
    if not len(a.points) or not len(b.points):
        return
    motions = chain(list_motions(lessen(a), lessen(b), size), _slide(domain, a, b, second))
    for sought in motions:
        # What is rounding of no shift is none.
        shift = np.where(np.abs(sought.shift) <= _SLID * size, 0.0, sought.shift)
        motion = Motion(sought.turn, shift)
        if not _keeps_lengths(domain, motion):
            continue
        ways = ((a, motion, second, b), (b, motion.inverse(), first, a))
        missed = [_find_missed(domain, *way) for way in ways]
        if all(share < _MOST_MISSED for share, _ in missed):
            yield motion, next((point for _, point in missed if point is not None), None)


def outline(domain: Domain, part: Part) -> Outline:
    """Return points of a part with their normals, and its corners."""
    points, normals = [], []
    for piece in part.pieces:
        if isinstance(piece.side, Side):
            found = scan_piece(piece, domain)
            normals.append(np.tile(piece.side.normal(domain.box.d), (len(found), 1)))
        else:
            rim = scan_curved(piece, domain)
            found = rim.points
            normals.append(rim.normals)
        points.append(found)
    every, across = np.concatenate(points), np.concatenate(normals)
    step = max(1, len(every) // _MOST_POINTS)
    return Outline(every[::step], across[::step], _list_corners(domain, part))


def lies_on(domain: Domain, part: Part, points: np.ndarray) -> np.ndarray:
    """Say which points ``(n, d)`` lie on a part of the boundary, ``(n,)``."""
    size = float(np.linalg.norm(domain.box.lengths))
    found = np.zeros(len(points), dtype=bool)
    for piece in part.pieces:
        near = _is_near(domain, piece, points, _ON * size)
        found |= near & select(piece, points, domain.coordinates)
    return found


def _slide(domain: Domain, part: Outline, aim: Outline, target: Part) -> Iterator[Motion]:
    """Yield the shift of a part onto the surface of the target that Gauss-Newton steps find.

    It needs neither corners nor a plane, as surfaces given by a formula have none.
    """
    surfaces = {piece.side for piece in target.pieces}
    leaves = {i for s in surfaces if isinstance(s, Sheet) for i in s.leaves}
    if domain.body is None or len(surfaces) != 1 or len(leaves) != 1:
        return
    leaf = domain.body.shape.leaves[leaves.pop()]
    size = float(np.linalg.norm(domain.box.lengths))
    points = part.points[:: max(1, len(part.points) // _MOST_SLID)]
    middles = [0.5 * (p.min(axis=0) + p.max(axis=0)) for p in (part.points, aim.points)]
    shift, h = middles[1] - middles[0], _STEP * size
    for _ in range(_SLIDES):
        moved = points + shift
        slopes = [
            (leaf.distance(moved + h * e) - leaf.distance(moved - h * e)) / (2 * h)
            for e in np.eye(domain.box.d)
        ]
        step = np.linalg.lstsq(np.stack(slopes, axis=1), -leaf.distance(moved), rcond=1e-6)[0]
        if not np.isfinite(step).all():
            return
        shift = shift + step
        if np.linalg.norm(step) <= _SLID * size:
            yield Motion(np.eye(domain.box.d), shift)
            return


def _is_near(domain: Domain, piece: Piece, points: np.ndarray, tolerance: float) -> np.ndarray:
    side = piece.side.side if isinstance(piece.side, Sheet) else piece.side
    if isinstance(side, Side):
        return np.abs(points[:, side.axis] - domain.box.side_value(side)) <= tolerance
    assert domain.body is not None
    assert isinstance(piece.side, Sheet)
    leaves = [domain.body.shape.leaves[i] for i in piece.side.leaves]
    near = np.zeros(len(points), dtype=bool)
    for leaf in leaves:
        near |= leaf.classify(points, tolerance) == 0
    return near


def _keeps_lengths(domain: Domain, motion: Motion) -> bool:
    """Say whether a motion of coordinates is one of space, and turns unit vectors as it turns them."""
    metric = domain.metric
    if metric is None:
        return True
    if metric.is_cartesian:
        return motion.is_shift or len(set(metric.factors)) == 1
    free = {metric.azimuth} | ({metric.written.index("z")} if "z" in metric.written else set())
    moved = {int(axis) for axis in np.flatnonzero(motion.shift)}
    return motion.is_shift and moved <= free


def _find_missed(
    domain: Domain, part: Outline, motion: Motion, target: Part, aim: Outline
) -> tuple[float, np.ndarray | None]:
    """Return the share of a part that a motion does not bring onto the target, and a point of it.

    The inside of one must come to lie on the outside of the other; and ends of plane parts on ends.
    """
    size = float(np.linalg.norm(domain.box.lengths))
    points, normals = motion.apply(part.points), part.normals @ motion.turn.T
    good = lies_on(domain, target, points)
    # The inside lies ahead of the normal that came along, and the outside behind it.
    good &= domain.contains(points + _STEP * size * normals)
    good &= ~domain.contains(points - _STEP * size * normals)
    if not good.all():
        return float(np.mean(~good)), part.points[int(np.argmin(good))]
    if domain.box.d == 2:
        ends = motion.apply(part.corners)
        gaps = np.linalg.norm(ends[:, None] - aim.corners[None], axis=2).min(axis=1, initial=size)
        if gaps.max(initial=0.0) > _ROUGH * size:
            return 0.0, part.corners[int(np.argmax(gaps))]
    return 0.0, None


def _list_corners(domain: Domain, part: Part) -> np.ndarray:
    """Return the ends of a part of a plane boundary, or the leaves' corners on one in space."""
    if domain.box.d == 2:
        found = [_ends_of(domain, piece) for piece in part.pieces]
    elif domain.body is None:
        found = [domain.box.corners]
    else:
        found = [leaf.corners for leaf in domain.body.shape.leaves]
    corners = np.concatenate([*found, np.zeros((0, domain.box.d))])
    if domain.box.d != 2:
        corners = corners[lies_on(domain, part, corners)]
    return _distinct(corners, _STEP * float(np.linalg.norm(domain.box.lengths)))


def _distinct(points: np.ndarray, tolerance: float) -> np.ndarray:
    kept: list[np.ndarray] = []
    for point in points:
        if all(np.linalg.norm(point - other) > tolerance for other in kept):
            kept.append(point)
    return np.array(kept).reshape(-1, points.shape[1])


def _ends_of(domain: Domain, piece: Piece) -> np.ndarray:
    """Return the ends of the stretches of a piece of a plane boundary, to rounding, ``(k, 2)``."""
    side = piece.side
    if isinstance(side, Side):
        ends = find_intervals(piece, side, domain).reshape(-1, 1)
        return domain.box.embed(side, ends)
    assert domain.body is not None
    assert isinstance(side, Sheet)
    found = [np.zeros((0, 2))]
    for number in side.leaves:
        leaf = domain.body.shape.leaves[number]
        if leaf.is_continuous:
            cuts = find_stretches(domain.body, number, side, keep_of(piece, domain))
            exact = np.array([_sharpen(domain, number, float(u)) for u in cuts.ravel()])
            # At a break some leaves go on elsewhere: the ends are seen from within the stretch.
            start, end = exact[0::2], exact[1::2]
            inset = _INSET * (end - start)
            unit = np.concatenate([start + inset, end - inset])
            found.append(leaf.surface(unit[:, None]).points)
    return np.concatenate(found)


def _sharpen(domain: Domain, number: int, u: float) -> float:
    """Return the exact end of a stretch near parameter ``u`` of a leaf.

    It ends at a corner of the leaf, where another leaf crosses it, or where a predicate says so.
    """
    assert domain.body is not None
    leaves = domain.body.shape.leaves
    leaf, size = leaves[number], float(np.linalg.norm(domain.box.lengths))
    rough = _ROUGH * size / leaf.area
    breaks = np.asarray(leaf.breaks)
    nearest = float(breaks[np.argmin(np.abs(breaks - u))])
    if abs(nearest - u) <= rough:
        return nearest
    for other in leaves:
        if other is leaf:
            continue

        def cross(at: float, other=other) -> float:
            return float(other.distance(leaf.surface(np.array([[at]])).points)[0])

        low, high = u - rough, u + rough
        at_low = cross(low)
        if at_low * cross(high) >= 0:
            continue
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            if cross(middle) * at_low > 0:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)
    return u
