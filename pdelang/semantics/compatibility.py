"""Value data where they meet: at edges and corners (W204), and at the start (W211)."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from pdelang.geometry.box import Box, Side
from pdelang.semantics.clash import find_clash, grid, name_on, report_clash
from pdelang.semantics.faults import Faults
from pdelang.semantics.parts import PartTable
from pdelang.semantics.pieces import find_junctions, find_seam, select
from pdelang.semantics.problem import (
    Domain,
    Piece,
    TimeInterval,
    Unknown,
)
from pdelang.semantics.resolved import Statements
from pdelang.semantics.start_compatibility import warn_at_start, warn_unperiodic
from pdelang.semantics.start_data import find_data

_TIMES = 9
# Beside an edge, relative to an edge length: where it is asked which part meets it.
_NUDGE = 1e-7


def warn_incompatible(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    statements: Statements,
    parts: PartTable,
    faults: Faults,
) -> None:
    """Compare value data numerically wherever two of them hold at one point."""
    coordinates = domain.coordinates + ((time.name,) if time else ())
    boundary = [
        (data, piece)
        for condition in statements.boundary_conditions
        for data in find_data(condition, unknowns, time.name if time else None)
        for part in condition.parts
        for piece in part.pieces
        if piece.side.axis not in parts.periodic
    ]
    told: set[tuple[int, int]] = set()
    for (a, piece_a), (b, piece_b) in combinations(boundary, 2):
        key = (min(id(a.condition), id(b.condition)), max(id(a.condition), id(b.condition)))
        if a.component != b.component or a.condition is b.condition or key in told:
            continue
        if a.is_rate or b.is_rate:
            continue
        points = _with_times(_find_meeting(domain, piece_a, piece_b), time)
        if piece_a.side == piece_b.side:
            where = f"where two parts of {name_on(piece_a.side, domain)} meet"
        else:
            where = (
                f"where {name_on(piece_a.side, domain)} and {name_on(piece_b.side, domain)} meet"
            )
        clash = find_clash(a, b, points, coordinates)
        if clash is not None:
            told.add(key)
            report_clash("W204", a.component, a, b, where, clash, coordinates, faults)
    if time is None:
        return
    initial = [
        data
        for condition in statements.initial_conditions
        for data in find_data(condition, unknowns, time.name)
    ]
    warn_at_start(domain, time, boundary, initial, faults)
    warn_unperiodic(domain, time, initial, parts.periodic, faults)


def _find_meeting(domain: Domain, a: Piece, b: Piece) -> np.ndarray:
    """Return points of space where two pieces meet, ``(n, d)``; none where they do not."""
    if not (isinstance(a.side, Side) and isinstance(b.side, Side)):
        return find_junctions(domain, a, b)
    if a.side == b.side:
        return find_seam(domain, a.side, a, b)
    if a.side.axis == b.side.axis:
        return np.zeros((0, domain.box.d))
    points = grid(domain.box, {a.side, b.side})
    beside_a = _nudge(points, domain.box, b.side)
    beside_b = _nudge(points, domain.box, a.side)
    both = select(a, beside_a, domain.coordinates) & select(b, beside_b, domain.coordinates)
    return points[both]


def _nudge(points: np.ndarray, box: Box, side: Side) -> np.ndarray:
    """Move points of a side a little into the box."""
    moved = points.copy()
    step = _NUDGE * float(box.lengths[side.axis])
    moved[:, side.axis] += -step if side.upper else step
    return moved


def _with_times(points: np.ndarray, time: TimeInterval | None) -> np.ndarray:
    if time is None or points.shape[0] == 0:
        return points if time is None else np.zeros((0, points.shape[1] + 1))
    times = np.linspace(time.bounds.low_value, time.bounds.high_value, _TIMES)
    return np.column_stack([np.repeat(points, _TIMES, axis=0), np.tile(times, points.shape[0])])
