"""The outline of a plane domain as chains of short curved segments, finer towards singular vertices."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from pdelang.geometry.body import Body, Sheet
from pdelang.geometry.quadrature import find_stretches
from pdelang.semantics.pieces import select
from pdelang.semantics.problem import Domain, Piece
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


def trace_outline(
    domain: Domain, pieces: tuple[Piece, ...], length: float, split: int = 1
) -> Outline:
    """Return the outline in segments no longer than about ``length``, each of them in ``split`` parts.

    Raises:
        NotClassicalError: a surface is not known as a curve.
    """
    body = domain.body if domain.body is not None else Body.of(domain.box)
    if not all(leaf.is_continuous for leaf in body.shape.leaves):
        raise NotClassicalError("a part of its outline is not known as a curve")
    size = float(np.linalg.norm(domain.box.lengths))
    singular = np.array(
        [
            v.apex
            # Several conditions on one piece are no change of condition.
            for v in find_vertices(domain, _list_distinct(pieces))
            if v.angle > (_REENTRANT_JUNCTION if v.is_junction else _REENTRANT)
        ]
    ).reshape(-1, 2)
    chains: list[np.ndarray] = []
    middles: list[np.ndarray] = []
    owners: list[tuple[int, ...]] = []
    for sheet in body.sheets:
        own = [i for i, piece in enumerate(pieces) if piece.side in (sheet, sheet.side)]
        for number in sheet.leaves:
            leaf = body.shape.leaves[number]
            for a, b in _cut_stretches(domain, body, number, sheet, [pieces[i] for i in own]):

                def place(u: np.ndarray, leaf=leaf, a: float = a, b: float = b) -> np.ndarray:
                    # At the end of a stretch the parameter already belongs to the next one.
                    slack = _INSIDE * (b - a)
                    return leaf.surface(np.clip(u, a + slack, b - slack)[:, None]).points

                arc = leaf.area * (b - a)
                u = _divide(place, a, b, arc, length, split, singular, _SAME * size)
                chains.append(place(u))
                middles.append(place(0.5 * (u[1:] + u[:-1])))
                seen = place(np.array([a + 0.4871 * (b - a)]))
                on = tuple(i for i in own if select(pieces[i], seen, domain.coordinates)[0])
                owners += [on] * (len(u) - 1)
    points, segments = _join_chains(chains, _SAME * size)
    return Outline(points, segments, np.concatenate(middles), tuple(owners))


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
    domain: Domain, body: Body, number: int, sheet: Sheet, pieces: list[Piece]
) -> list[tuple[float, float]]:
    """Return the stretches of a leaf on a sheet, cut where a piece of it begins or ends."""
    whole = find_stretches(body, number, sheet)
    cuts: list[float] = []
    for piece in pieces:
        if not piece.is_whole_side:

            def keep(points: np.ndarray, piece: Piece = piece) -> np.ndarray:
                return select(piece, points, domain.coordinates)

            cuts += find_stretches(body, number, sheet, keep).ravel().tolist()
    found = []
    for a, b in whole:
        inner = sorted(u for u in set(cuts) if a + _SAME < u < b - _SAME)
        ticks = [a, *(u for u, v in zip(inner, [*inner[1:], b], strict=False) if v - u > _SAME), b]
        found += list(itertools.pairwise(ticks))
    return found


def _divide(
    place,
    a: float,
    b: float,
    arc: float,
    length: float,
    split: int,
    singular: np.ndarray,
    near: float,
) -> np.ndarray:
    """Return the parameters that divide a stretch, denser at ends that are singular."""
    ends = place(np.array([a, b]))
    middle = place(np.array([0.5 * (a + b)]))[0]
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
