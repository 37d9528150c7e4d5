"""Points of the plane where regions meet the boundary, each other or a corner of their own.

There solutions have exponents that depend on the ratio of the regions' coefficients. Every region
gets functions of its own there, with a branch cut outside of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import Block, Interior, OnPiece, System
from pdelang.geometry.body import Body
from pdelang.geometry.box import Side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.pieces import find_ends, find_seam, list_stretches, select
from pdelang.semantics.vertices import PROBE, Contains, Vertex, cut_circle, sharpen
from pdelang.training.least_squares.corner_site import CornerSite, measure_cut
from pdelang.training.least_squares.field_bodies import list_bodies
from pdelang.training.least_squares.local_exponents import RayCondition, Sector, find_exponents

_DISTINCT = 1e-6  # of the diagonal: two ends nearer than this are one point
_HIGHEST = 6.0  # exponents above this are as good as smooth
_WHOLE = 1e-3  # curved edges are seen along chords
_SHARP = 2.0  # below it the second derivatives, which equations have, are unbounded
_REACH = 0.5  # of the distance to the next such point
_WIDEST = 2.0 * math.pi - 0.01
_EQUAL = 1e-9
_CIRCLE = 64


@dataclass(frozen=True, slots=True, eq=False)
class _Meeting:
    """A point with the sectors of the bodies that have a part of its neighbourhood, and the exponents."""

    apex: tuple[float, float]
    sectors: tuple[tuple[Contains, tuple[int, ...], Sector], ...]
    roots: tuple[float, ...]


def find_meetings(system: System) -> tuple[CornerSite, ...]:
    """Return a site per region and singular point of a steady problem with regions in the plane.

    A point has none where the local solution cannot be told: equations whose highest derivatives
    are no multiple of each field's own Laplacian, or depend on the solution.
    """
    problem = system.problem
    diagonal = float(np.linalg.norm(problem.domain.box.lengths))
    finder = _Finder(system, PROBE * diagonal)
    meetings = [m for m in map(finder.examine, finder.list_apexes(diagonal)) if m is not None]
    sites = []
    for meeting in meetings:
        has_jump = any(math.dist(meeting.apex, p) <= _DISTINCT * diagonal for p in problem.jumps)
        singular = tuple(root for root in meeting.roots if abs(root - round(root)) > _WHOLE)
        if not (singular or has_jump):
            continue
        gaps = [math.dist(meeting.apex, m.apex) for m in meetings if m is not meeting]
        reach = _REACH * min([*gaps, diagonal])
        is_sharp = has_jump or min(singular) < _SHARP
        for contains, fields, sector in meeting.sectors:
            vertex = Vertex(meeting.apex, sector.angle, sector.bisector, True)
            cut = measure_cut(contains, vertex, diagonal)
            sites.append(CornerSite(vertex, reach, has_jump, is_sharp, fields, singular, cut))
    return tuple(sites)


class _Finder:
    def __init__(self, system: System, radius: float) -> None:
        self.system = system
        self.radius = radius
        self.domain = system.problem.domain
        blocks = [block for term in system.terms for block in term.blocks]
        self.inner = [block for block in blocks if isinstance(block.place, Interior)]
        outer = [b for b in (*blocks, *system.hard) if isinstance(b.place, OnPiece)]
        self.outer = [(b, b.place.piece) for b in outer if isinstance(b.place, OnPiece)]
        bodies: dict[int, tuple[Body | None, list[int]]] = {}
        for k, body in enumerate(list_bodies(system)):
            bodies.setdefault(id(body), (body, []))[1].append(k)
        self.homes = [(self._membership(body), tuple(own)) for body, own in bodies.values()]

    def list_apexes(self, diagonal: float) -> list[np.ndarray]:
        """Return every end of a piece of an edge or an interface, each once, in order."""
        box, pieces = self.domain.box, list({id(p): p for _, p in self.outer}.values())
        found = [end for piece in pieces for end in find_ends(self.domain, piece)]
        if self.domain.body is None:
            found += [np.array(c) for c in itertools.product(*zip(box.low, box.high, strict=True))]
        for a, b in itertools.combinations(pieces, 2):
            if isinstance(a.side, Side) and a.side == b.side:
                found += list(find_seam(self.domain, a.side, a, b))
        kept: list[np.ndarray] = []
        for end in sorted(np.asarray(found, dtype=float).tolist()):
            if all(math.dist(end, other) > _DISTINCT * diagonal for other in kept):
                kept.append(np.array(end))
        return kept

    def examine(self, apex: np.ndarray) -> _Meeting | None:
        """Return what meets at a point; None where nothing does, or it cannot be told."""
        for contains, _ in self.homes:
            apex = sharpen(contains, apex, self.radius)
        sectors: list[tuple[Contains, tuple[int, ...], Sector]] = []
        for contains, fields in self.homes:
            cuts = cut_circle(contains, apex, self.radius)
            if cuts is None:
                share = self._share(contains, apex)
                if 0.0 < share < 1.0:
                    return None  # one region on two sides of the point
                continue  # elsewhere, or smooth here
            low, high = map(float, cuts)
            if high - low > _WIDEST:
                return None
            sectors.append((contains, fields, Sector(0.5 * (low + high), high - low)))
        owners = [(k, sector) for _, fields, sector in sectors for k in fields]
        if not sectors or not all(self._is_laplacian(apex, f, s) for _, f, s in sectors):
            return None
        conditions: list[RayCondition] = []
        for block, piece in self.outer:
            for point, normal in self._rays(piece, apex):
                condition = self._read_condition(block, owners, apex, point, normal)
                if condition is None:
                    return None
                if condition.parts:
                    conditions.append(condition)
        roots = find_exponents([sector for _, sector in owners], conditions, _HIGHEST)
        return _Meeting((float(apex[0]), float(apex[1])), tuple(sectors), roots)

    def _membership(self, body: Body | None) -> Contains:
        domain = self.domain
        if body is None or body is domain.body:
            return domain.contains
        return lambda points: body.contains(points) & domain.contains(points)

    def _share(self, contains: Contains, apex: np.ndarray) -> float:
        angles = 2.0 * np.pi * (np.arange(_CIRCLE) + 0.4871) / _CIRCLE
        circle = apex + self.radius * np.column_stack([np.cos(angles), np.sin(angles)])
        return float(np.mean(contains(circle)))

    def _is_laplacian(self, apex: np.ndarray, fields: Sequence[int], sector: Sector) -> bool:
        """Say whether the equation of each field has a multiple of its Laplacian at a point."""
        direction = np.array([math.cos(sector.bisector), math.sin(sector.bisector)])
        point = apex + self.radius * direction
        served: list[int] = []
        for block in self.inner:
            region = block.place.region if isinstance(block.place, Interior) else None
            if region is not None and not region.body.contains(point[None])[0]:
                continue
            second = [
                (jet, slope)
                for jet, slope in zip(block.residual.jets, block.residual.derivatives, strict=True)
                if sum(jet.orders) >= 2
            ]
            owners = {self.system.fields.index(jet.field) for jet, _ in second}
            if owners.isdisjoint(fields):
                continue
            values = self._evaluate([slope for _, slope in second], point, None)
            if len(owners) != 1 or values is None:
                return False
            known = {jet.orders: v for (jet, _), v in zip(second, values, strict=True)}
            a, c = known.get((2, 0), 0.0), known.get((0, 2), 0.0)
            rest = [v for orders, v in known.items() if orders not in ((2, 0), (0, 2))]
            if not a or abs(a - c) > _EQUAL * abs(a) or any(abs(v) > _EQUAL * abs(a) for v in rest):
                return False
            served += owners
        return sorted(served) == sorted(fields)

    def _rays(self, piece: Piece, apex: np.ndarray) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """Return a point of every edge of a piece that ends or runs through a point, with its normal."""
        side, box = piece.side, self.domain.box
        if isinstance(side, Side):
            if abs(apex[side.axis] - box.side_value(side)) > self.radius:
                return []
            points = np.array([apex, apex])
            points[:, side.axis] = box.side_value(side)
            points[:, 1 - side.axis] += self.radius * np.array([-1.0, 1.0])
            along = points[:, 1 - side.axis]
            inside = (along > box.low[1 - side.axis]) & (along < box.high[1 - side.axis])
            chosen = points[inside & select(piece, points, self.domain.coordinates)]
            return [(point, None) for point in chosen]
        found: list[tuple[np.ndarray, np.ndarray | None]] = []
        for body, number, stretches in list_stretches(piece, self.domain):
            leaf = body.shape.leaves[number]
            for low, high in stretches:
                length = (high - low) * leaf.area
                if length < 4.0 * self.radius:
                    continue
                for end, step in ((low, high - low), (high, low - high)):
                    corner = leaf.surface(np.array([[end]])).points[0]
                    if np.linalg.norm(corner - apex) > self.radius:
                        continue
                    unit = np.array([[end + step * self.radius / length]])
                    rim = body.rim_at(number, unit)
                    found.append((rim.points[0], rim.normals[0] if piece.has_normals else None))
        return found

    def _read_condition(
        self,
        block: Block,
        owners: Sequence[tuple[int, Sector]],
        apex: np.ndarray,
        point: np.ndarray,
        normal: np.ndarray | None,
    ) -> RayCondition | None:
        """Return what a condition says of the sectors' fields on a ray; None if it cannot be told."""
        ray = point - apex
        angle = math.atan2(ray[1], ray[0])
        # A condition may speak of fields that do not reach this edge of the point.
        beside = {k: n for n, (k, sector) in enumerate(owners) if sector.has_edge(angle)}
        chosen = [
            (jet, slope)
            for jet, slope in zip(block.residual.jets, block.residual.derivatives, strict=True)
            if self.system.fields.index(jet.field) in beside
        ]
        if any(sum(jet.orders) > 1 for jet, _ in chosen):
            return None
        values = self._evaluate([slope for _, slope in chosen], point, normal)
        if values is None:
            return None
        parts: dict[int, np.ndarray] = {}
        for (jet, _), value in zip(chosen, values, strict=True):
            own = parts.setdefault(beside[self.system.fields.index(jet.field)], np.zeros(3))
            own[1 + jet.orders.index(1) if any(jet.orders) else 0] += value
        return RayCondition(
            angle,
            tuple((n, float(own[0]), float(own[1]), float(own[2])) for n, own in parts.items()),
        )

    def _evaluate(
        self, slopes: Sequence[sympy.Expr], point: np.ndarray, normal: np.ndarray | None
    ) -> np.ndarray | None:
        """Return derivatives of a residual at one point; None where they depend on the solution."""
        symbols = (*self.system.coordinates, *(self.system.normal if normal is not None else ()))
        if any(not slope.free_symbols <= set(symbols) for slope in slopes):
            return None
        place = np.concatenate([point, normal]) if normal is not None else point
        values = evaluate_points(slopes, symbols, place[:, None])
        return values[:, 0] if np.isfinite(values).all() else None
