"""Points that crowd towards corners, and rows that count less the nearer to one they are.

Near a corner the derivatives of singular functions of order q grow like r^{−q}. Rows of order q
are therefore multiplied by ``ρ^q``, ``ρ = Π_c min(1, r_c/reach_c)``, which makes them all of one size as
a weight by the pointwise kernel would; points are even in log r.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pdelang.calculus.system import Interior, OnPiece, Place
from pdelang.geometry.box import Side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain
from pdelang.semantics.pieces import list_stretches, select
from pdelang.training.least_squares.collocation import PointGroup
from pdelang.training.least_squares.corner_site import CornerSite
from pdelang.training.least_squares.hole_sites import HoleSite

_NEAREST = 1e-6  # of a corner's reach
_THINNEST = 1e-3  # of a hole's radius: the nearest to its rim
_ON_SIDE = 1e-9
_SHORTEST = 1e-6  # of the diagonal
_BOUNDARY_SHARE = 4  # points inside a corner for one on each of its sides


@dataclass(frozen=True, slots=True, eq=False)
class Grading:
    """The corners and holes, each with the number of points to add inside the domain beside it."""

    domain: Domain
    sites: tuple[CornerSite, ...]
    counts: tuple[int, ...]
    holes: tuple[HoleSite, ...] = ()
    hole_counts: tuple[int, ...] = ()

    def apply(self, groups: list[PointGroup], seed: int) -> list[PointGroup]:
        """Return the groups with more points near the corners, and every point's ρ."""
        rng = np.random.default_rng([seed, 0xC0])
        graded = []
        for group in groups:
            parts = [group.points]
            for site, count in zip(self.sites, self.counts, strict=True):
                parts.append(self._draw(group.place, site, count, rng, group.points.shape[1]))
            if isinstance(group.place, Interior):
                for hole, count in zip(self.holes, self.hole_counts, strict=True):
                    region = group.place.region
                    around = self._draw_around(hole, count, rng)
                    parts.append(around if region is None else around[region.body.contains(around)])
            points, weights = np.concatenate(parts), group.weights
            if weights is not None:
                weights = np.concatenate([weights, np.ones(len(points) - len(weights))])
            nearness = self.nearness(points)
            graded.append(replace(group, points=points, nearness=nearness, weights=weights))
        return graded

    def nearness(self, points: np.ndarray) -> np.ndarray:
        """Return ρ at points ``(n, d)``, ``(n,)``."""
        result = np.ones(len(points))
        # Regions that meet at one apex have a site each.
        for apex, reach in {s.vertex.apex: s.reach for s in self.sites if s.is_sharp}.items():
            distance = np.linalg.norm(points[:, :2] - np.array(apex), axis=1)
            result *= np.minimum(1.0, distance / reach)
        return result

    def _draw(
        self, place: Place, site: CornerSite, count: int, rng: np.random.Generator, columns: int
    ) -> np.ndarray:
        if isinstance(place, Interior):
            points = self._draw_inside(site, count, rng)
            return points if place.region is None else points[place.region.body.contains(points)]
        if isinstance(place, OnPiece):
            few = max(8, count // _BOUNDARY_SHARE)
            side = place.piece.side
            if isinstance(side, Side):
                return self._draw_on_side(place.piece, side, site, few, rng)
            return self._draw_on_sheet(place.piece, site, few, rng)
        return np.zeros((0, columns))

    def _draw_inside(self, site: CornerSite, count: int, rng: np.random.Generator) -> np.ndarray:
        radius = site.reach * _spread(count, rng)
        half = 0.5 * site.vertex.angle
        angle = site.vertex.bisector + half * rng.uniform(-1.0, 1.0, count)
        offsets = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        points = np.array(site.vertex.apex) + offsets
        return points[self.domain.contains(points)]

    def _draw_around(self, hole: HoleSite, count: int, rng: np.random.Generator) -> np.ndarray:
        # What falls like r^{-j} changes over a j-th of the radius.
        radius = hole.radius * (1.0 + _spread(count, rng, _THINNEST))
        angle = 2.0 * np.pi * (np.arange(count) + 0.5) / max(1, count)
        offsets = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        points = np.array(hole.centre) + offsets
        return points[hole.body.contains(points)]

    def _draw_on_side(
        self, piece: Piece, side: Side, site: CornerSite, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        box, apex = self.domain.box, np.array(site.vertex.apex)
        value = box.side_value(side)
        if abs(apex[side.axis] - value) > _ON_SIDE * float(np.linalg.norm(box.lengths)):
            return np.zeros((0, 2))
        along = 1 - side.axis
        points = np.tile(apex, (2 * count, 1))
        points[:, side.axis] = value
        points[:count, along] += site.reach * _spread(count, rng)
        points[count:, along] -= site.reach * _spread(count, rng)
        inside = (points[:, along] > box.low[along]) & (points[:, along] < box.high[along])
        return points[inside & select(piece, points, self.domain.coordinates)]

    def _draw_on_sheet(
        self, piece: Piece, site: CornerSite, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        size = float(np.linalg.norm(self.domain.box.lengths))
        found = []
        for body, number, stretches in list_stretches(piece, self.domain):
            leaf = body.shape.leaves[number]
            for low, high in stretches:
                length = (high - low) * leaf.area
                if length < _SHORTEST * size:
                    continue  # what the search for the ends leaves at a sharp tip
                share = min(1.0, site.reach / length)
                for end, step in ((low, high - low), (high, low - high)):
                    gap = leaf.surface(np.array([[end]])).points[0] - np.array(site.vertex.apex)
                    if np.linalg.norm(gap) > 1e-6 * size:
                        continue
                    graded = end + share * step * _spread(count, rng)
                    rim = body.rim_at(number, graded[:, None])
                    columns = [rim.points, rim.normals] if piece.has_normals else [rim.points]
                    found.append(np.column_stack(columns))
        width = 4 if piece.has_normals else 2
        return np.concatenate([*found, np.zeros((0, width))])


def _spread(count: int, rng: np.random.Generator, least: float = _NEAREST) -> np.ndarray:
    """Return numbers in (least, 1) whose logarithms are even, ``(count,)``."""
    levels = (np.arange(count) + rng.uniform(0.0, 1.0, count)) / max(1, count)
    return np.exp(np.log(least) * rng.permutation(levels))
