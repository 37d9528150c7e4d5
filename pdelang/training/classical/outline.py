"""The outline of a plane domain and its interfaces as chains of short curved segments.

Segments get shorter towards singular vertices.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from pdelang.geometry.body import Body, Keep, Sheet
from pdelang.geometry.interface import Seam
from pdelang.geometry.outline import find_stretches
from pdelang.geometry.shape import Leaf
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.pieces import select
from pdelang.semantics.vertices import find_vertices
from pdelang.training.classical.statement import NotClassicalError

# Segments shrink towards a singular vertex like this power of their number.
_GRADING = 3.0
_LEAST = 1e-5  # of a stretch: shorter segments are lost in rounding
_FEWEST = 3  # segments of a stretch that is straight
_FEWEST_BENT = 12
_INSIDE = 1e-11
_SAME = 1e-6  # of the diagonal: nearer ends are one; they are known to a tenth of that
_FLAT = 1e-9
_SMOOTH = 1e-4  # two tangents that differ by less make no corner
_NEAR = 1e-9  # of a region: as far off it a point belongs to it
# Interior angles above these make a solution singular; where conditions change, half as large ones do.
_REENTRANT = 1.01 * math.pi
_REENTRANT_JUNCTION = 0.51 * math.pi


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """``points (n, 2)``, ``segments (k, 2)`` of their numbers, ``middles (k, 2)`` on the curve itself.

    ``pieces[k]`` are the numbers of the given pieces of the boundary that segment k belongs to.
    """

    points: np.ndarray
    segments: np.ndarray
    middles: np.ndarray
    pieces: tuple[tuple[int, ...], ...]

    @property
    def is_straight(self) -> bool:
        """Whether every segment is straight."""
        a, b = np.moveaxis(self.points[self.segments], 1, 0)
        away = np.linalg.norm(self.middles - 0.5 * (a + b), axis=1)
        return bool((away <= _FLAT * np.linalg.norm(np.ptp(self.points, axis=0))).all())


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """A smooth part ``a .. b`` of a leaf's curve, between places where something changes."""

    leaf: Leaf
    a: float
    b: float
    pieces: tuple[int, ...]

    def place(self, u: np.ndarray) -> np.ndarray:
        """Return the points ``(n, 2)`` of the curve at parameters."""
        # At the end of a stretch the parameter already belongs to the next one.
        slack = _INSIDE * (self.b - self.a)
        return self.leaf.surface(np.clip(u, self.a + slack, self.b - slack)[:, None]).points

    @property
    def length(self) -> float:
        return self.leaf.area * (self.b - self.a)


def trace_outline(
    domain: Domain,
    pieces: tuple[Piece, ...],
    length: float,
    split: int = 1,
    regions: Sequence[Region] = (),
) -> Outline:
    """Return the outline, and the interfaces among ``pieces``, in segments no longer than about ``length``.

    Each of them is in ``split`` parts; the outline is cut where one of ``regions`` begins or ends.

    Raises:
        NotClassicalError: a surface is not known as a curve.
    """
    body = domain.body if domain.body is not None else Body.of(domain.box)
    seams = _list_seams(pieces)
    bodies = [body, *(seam.body for seam in seams)]
    if not all(leaf.is_continuous for b in bodies for leaf in b.shape.leaves):
        raise NotClassicalError("a part of its outline is not known as a curve")
    size = float(np.linalg.norm(domain.box.lengths))
    outer = tuple(p for p in pieces if not isinstance(p.side, Seam))
    stretches: list[_Stretch] = []
    for sheet in body.sheets:
        own = [i for i, piece in enumerate(pieces) if piece.side in (sheet, sheet.side)]
        stretches += _cut_stretches(domain, body, sheet, pieces, own, regions, None)
    inner: list[_Stretch] = []
    for seam in seams:
        own = [i for i, p in enumerate(pieces) if isinstance(p.side, Seam) and _same(p.side, seam)]
        inner += _cut_stretches(domain, seam.body, seam.sheet, pieces, own, (), seam.keep)
    apexes = [
        v.apex
        # Several conditions on one piece are no change of condition.
        for v in find_vertices(domain, _list_distinct(outer))
        if v.angle > (_REENTRANT_JUNCTION if v.is_junction else _REENTRANT)
    ]
    singular = np.array([*apexes, *_find_bends(inner, _SAME * size)]).reshape(-1, 2)
    chains: list[np.ndarray] = []
    middles: list[np.ndarray] = []
    owners: list[tuple[int, ...]] = []
    for stretch in (*stretches, *inner):
        u = _divide(stretch, length, split, singular, _SAME * size)
        chains.append(stretch.place(u))
        middles.append(stretch.place(0.5 * (u[1:] + u[:-1])))
        owners += [stretch.pieces] * (len(u) - 1)
    points, segments = _join_chains(chains, _SAME * size)
    return Outline(points, segments, np.concatenate(middles), tuple(owners))


def _list_seams(pieces: tuple[Piece, ...]) -> list[Seam]:
    """Return the seams on which pieces stand, each once."""
    found: list[Seam] = []
    for piece in pieces:
        side = piece.side
        if isinstance(side, Seam) and not any(_same(side, seam) for seam in found):
            if any(side.body is s.other and side.other is s.body for s in found):
                raise NotClassicalError("an interface of it is stated from both sides")
            found.append(side)
    return found


def _same(first: Seam, second: Seam) -> bool:
    return first.body is second.body and first.other is second.other and first.sheet == second.sheet


def _find_bends(stretches: Sequence[_Stretch], near: float) -> list[np.ndarray]:
    """Return the ends of stretches at which others do not go on smoothly, those at the outline left out."""
    ends, directions = [], []
    for stretch in stretches:
        step = _SMOOTH * (stretch.b - stretch.a)
        for end, inside in ((stretch.a, stretch.a + step), (stretch.b, stretch.b - step)):
            first, second = stretch.place(np.array([end, inside]))
            ends.append(first)
            directions.append((second - first) / np.linalg.norm(second - first))
    found = []
    for end in ends:
        there = [d for e, d in zip(ends, directions, strict=True) if np.hypot(*(e - end)) <= near]
        is_smooth = len(there) == 2 and np.hypot(*(there[0] + there[1])) <= 10 * _SMOOTH
        if len(there) > 1 and not is_smooth:
            found.append(end)
    return found


def _list_distinct(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return every piece once, whatever the number of conditions on it."""
    return tuple({(p.side, p.inside, p.outside): p for p in pieces}.values())


def _join_chains(chains: list[np.ndarray], near: float) -> tuple[np.ndarray, np.ndarray]:
    """Return all points once, and the segments by their numbers; ends that meet are one point."""
    counts = [len(chain) for chain in chains]
    firsts = np.cumsum([0, *counts[:-1]])
    names = np.arange(sum(counts))
    ends = np.concatenate([[f, f + n - 1] for f, n in zip(firsts, counts, strict=True)])
    loose = np.concatenate(chains)
    for i, j in sorted(KDTree(loose[ends]).query_pairs(near)):
        names[ends[j]] = min(names[ends[i]], names[ends[j]])
    kept, numbers = np.unique(names, return_inverse=True)
    segments = [
        np.column_stack([numbers[f : f + n - 1], numbers[f + 1 : f + n]])
        for f, n in zip(firsts, counts, strict=True)
    ]
    return loose[kept], np.concatenate(segments)


def _cut_stretches(
    domain: Domain,
    body: Body,
    sheet: Sheet,
    pieces: tuple[Piece, ...],
    own: list[int],
    regions: Sequence[Region],
    keep: Keep | None,
) -> list[_Stretch]:
    """Return the stretches of a sheet, cut where one of its pieces or a region begins or ends.

    ``own`` are the numbers of the pieces on the sheet.
    """
    keeps: list[Keep] = [
        lambda points, piece=pieces[i]: select(piece, points, domain.coordinates)
        for i in own
        if not pieces[i].is_whole_side
    ]
    keeps += [lambda points, r=region: r.body.contains(points, _NEAR) for region in regions]
    found = []
    for number in sheet.leaves:
        leaf = body.shape.leaves[number]
        cuts = [u for k in keeps for u in find_stretches(body, number, sheet, k).ravel().tolist()]
        for a, b in find_stretches(body, number, sheet, keep):
            inner = sorted(u for u in set(cuts) if a + _SAME < u < b - _SAME)
            after = [*inner[1:], b]
            ticks = [a, *(u for u, v in zip(inner, after, strict=False) if v - u > _SAME), b]
            for low, high in itertools.pairwise(ticks):
                seen = _Stretch(leaf, low, high, ()).place(np.array([low + 0.4871 * (high - low)]))
                on = tuple(i for i in own if select(pieces[i], seen, domain.coordinates)[0])
                found.append(_Stretch(leaf, low, high, on))
    return found


def _divide(
    stretch: _Stretch, length: float, split: int, singular: np.ndarray, near: float
) -> np.ndarray:
    """Return the parameters that divide a stretch, denser at ends that are singular."""
    a, b, arc = stretch.a, stretch.b, stretch.length
    ends = stretch.place(np.array([a, b]))
    middle = stretch.place(np.array([0.5 * (a + b)]))[0]
    is_bent = np.linalg.norm(middle - ends.mean(axis=0)) > _FLAT * arc
    count = max(_FEWEST_BENT if is_bent else _FEWEST, math.ceil(arc / length))
    at = [bool((np.linalg.norm(singular - end, axis=1) <= near).any()) for end in ends]
    if any(at):
        count = math.ceil(_GRADING * count)
    t = np.linspace(0.0, 1.0, split * count + 1)
    power = min(_GRADING, math.log(_LEAST) / math.log(0.5 / (split * count)))
    match at:
        case [True, True]:
            t = np.where(t < 0.5, 0.5 * (2.0 * t) ** power, 1.0 - 0.5 * (2.0 - 2.0 * t) ** power)
        case [True, False]:
            t = t**power
        case [False, True]:
            t = 1.0 - (1.0 - t) ** power
        case _:
            pass
    return a + (b - a) * t
