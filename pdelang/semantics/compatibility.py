"""Value data where they meet: at edges and corners (W204), and at the start (W211)."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.box import Box, Side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.clash import find_clash, grid, name_on, report_clash
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.domain import Domain, TimeInterval
from pdelang.semantics.faults import Faults
from pdelang.semantics.parts import PartTable
from pdelang.semantics.pieces import find_junctions, find_seam, select
from pdelang.semantics.resolved import Statements
from pdelang.semantics.start_compatibility import (
    find_jump,
    warn_at_start,
    warn_unlike_pairs,
    warn_unperiodic,
)
from pdelang.semantics.start_data import GivenData, find_data

_TIMES = 9
# Beside an edge, relative to an edge length: where it is asked which part meets it.
_NUDGE = 1e-7


def warn_incompatible(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    statements: Statements,
    parts: PartTable,
    tolerance: float,
    faults: Faults,
) -> tuple[tuple[float, ...], ...]:
    """Compare value data numerically wherever two of them hold at one point.

    Start and boundary may differ by a little less than the solution's relative ``tolerance``.
    Returns the points of space where values on the boundary disagree.
    """
    coordinates = domain.coordinates + ((time.name,) if time else ())
    boundary = [
        (data, piece)
        for condition in statements.boundary_conditions
        for data in find_data(condition, unknowns, time.name if time else None)
        for part in condition.parts
        for piece in part.pieces
        if part.interface is None and piece.side.axis not in parts.pairs.axes
    ]
    told: set[tuple[int, int]] = set()
    jumps: set[tuple[float, ...]] = set()
    for (a, piece_a), (b, piece_b) in combinations(boundary, 2):
        key = (min(id(a.condition), id(b.condition)), max(id(a.condition), id(b.condition)))
        if a.component != b.component or a.condition is b.condition:
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
            jumps.add(tuple(map(float, clash[0][: domain.box.d])))
            if key not in told:
                report_clash("W204", a.component, a, b, where, clash, coordinates, faults)
            told.add(key)
    _warn_unperiodic_boundary(domain, time, boundary, parts, faults)
    found = tuple(sorted(jumps))
    if time is None:
        return found
    initial = [
        data
        for condition in statements.initial_conditions
        for data in find_data(condition, unknowns, time.name)
    ]
    warn_at_start(domain, time, boundary, initial, tolerance, faults)
    warn_unperiodic(domain, time, initial, parts.pairs.repeating, faults)
    warn_unlike_pairs(domain, time, initial, parts.pairs.identified, faults)
    return found


def _warn_unperiodic_boundary(
    domain: Domain,
    time: TimeInterval | None,
    boundary: list[tuple[GivenData, Piece]],
    parts: PartTable,
    faults: Faults,
) -> None:
    """Compare the data of a side where it meets the two sides that `periodic` makes one."""
    coordinates = domain.coordinates + ((time.name,) if time else ())
    for axis in sorted(parts.pairs.axes):
        for (a, piece_a), (b, piece_b) in product(boundary, boundary):
            if a.component != b.component or piece_a.side != piece_b.side or a.is_rate or b.is_rate:
                continue
            if not isinstance(piece_a.side, Side):
                continue  # a hole does not reach the two sides that are one
            lower = _sample_seam(domain, time, axis, piece_a, piece_b)
            jump = find_jump(a, b, lower, axis, domain, coordinates)
            if jump is None:
                continue
            again = a.condition is b.condition
            faults.add(
                "W204",
                f"`{a.component}` is periodic in {coordinates[axis]}, and its values on "
                f"{name_on(piece_a.side, domain)} are not",
                a.condition.span,
                f"gives {jump[0]} and {jump[1]}" if again else f"gives {jump[0]}",
                related=[] if again else [Related(b.condition.span, f"gives {jump[1]}")],
                notes=["no continuous solution takes both; the error will be largest there"],
                help='if the jump is meant, write `allow W204: "the reason"`',
            )


def _sample_seam(
    domain: Domain, time: TimeInterval | None, axis: int, low: Piece, high: Piece
) -> np.ndarray:
    """Return where ``low`` begins and, across the periodic ``axis``, ``high`` ends; with times."""
    ends = (Side(axis, upper=False), Side(axis, upper=True))
    assert isinstance(low.side, Side)
    side = low.side
    lower, upper = (grid(domain.box, {side, end}) for end in ends)
    both = np.ones(len(lower), dtype=bool)
    for piece, points, end in ((low, lower, ends[0]), (high, upper, ends[1])):
        both &= select(piece, _nudge(points, domain.box, end), domain.coordinates)
    return _with_times(lower[both], time)


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
