"""Value data where they meet: at edges and corners (W204), and at the start (W211)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.box import Box, Side
from pdelang.geometry.names import name_side
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.expression import (
    Aggregate,
    Component,
    Expression,
    Rank,
    UnknownReference,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.parts import PartTable
from pdelang.semantics.pieces import find_seam, select
from pdelang.semantics.problem import (
    BoundaryCondition,
    Domain,
    InitialCondition,
    Piece,
    TimeInterval,
    Unknown,
)
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import contains

# Data written in two ways, `sin(pi*x)` at x = 1 and `0`, agree to rounding: 1e-15 of their size,
# a few more digits lost in long formulas. Measured data are given to three digits or more.
_ROUNDING = 1e-9
_SMALLEST = 1e-12
_SAMPLES = 9
# Beside an edge, relative to an edge length: where it is asked which part meets it.
_NUDGE = 1e-7


@dataclass(frozen=True, slots=True)
class ValueData:
    """``component = value``: data for one component, given by one condition."""

    component: str
    value: Expression
    axis: int | None
    condition: BoundaryCondition | InitialCondition

    def evaluate(self, points: np.ndarray, coordinates: tuple[str, ...]) -> np.ndarray:
        values = evaluate(self.value, points, coordinates)
        return values if self.axis is None else values[:, self.axis]


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
        for data in _find_data(condition, unknowns)
        for part in condition.parts
        for piece in part.pieces
        if piece.side.axis not in parts.periodic
    ]
    told: set[tuple[int, int]] = set()
    for (a, piece_a), (b, piece_b) in combinations(boundary, 2):
        key = (min(id(a.condition), id(b.condition)), max(id(a.condition), id(b.condition)))
        if a.component != b.component or a.condition is b.condition or key in told:
            continue
        if piece_a.side == piece_b.side:
            seam = find_seam(domain.box, domain.coordinates, piece_a, piece_b)
            points = _with_times(seam, time)
            where = f"where two parts of {_name(piece_a.side, domain)} meet"
        elif piece_a.side.axis != piece_b.side.axis:
            points = _sample_edge(domain, time, piece_a, piece_b)
            where = f"where {_name(piece_a.side, domain)} and {_name(piece_b.side, domain)} meet"
        else:
            continue
        clash = _find_clash(a, b, points, coordinates)
        if clash is not None:
            told.add(key)
            _report("W204", a, b, where, clash, coordinates, faults)
    if time is None:
        return
    initial = [d for c in statements.initial_conditions for d in _find_data(c, unknowns)]
    for a, piece in boundary:
        for b in initial:
            key = (id(a.condition), id(b.condition))
            if a.component != b.component or key in told:
                continue
            points = _sample_start(domain, time, piece)
            clash = _find_clash(a, b, points, coordinates)
            if clash is not None:
                told.add(key)
                where = f"on {_name(piece.side, domain)} at the start"
                _report("W211", a, b, where, clash, coordinates, faults)


def _find_data(
    condition: BoundaryCondition | InitialCondition, unknowns: tuple[Unknown, ...]
) -> Iterator[ValueData]:
    """Yield the data of ``u = f``, ``f = u``, ``w = (f, g)`` and ``w.x = f``."""
    names = {unknown.name: unknown for unknown in unknowns}
    for field, value in ((condition.left, condition.right), (condition.right, condition.left)):
        if contains(value, (UnknownReference, Aggregate)):
            continue
        match field:
            case UnknownReference(name=name, rank=Rank.SCALAR):
                yield ValueData(name, value, None, condition)
            case UnknownReference(name=name):
                for axis, component in enumerate(names[name].components):
                    yield ValueData(component, value, axis, condition)
            case Component(operand=UnknownReference(name=name), axis=axis):
                yield ValueData(names[name].components[axis], value, None, condition)
            case _:
                pass


def _sample_edge(domain: Domain, time: TimeInterval | None, a: Piece, b: Piece) -> np.ndarray:
    """Return points where two pieces of different sides meet, with times, ``(n, d)``."""
    points = _grid(domain.box, {a.side, b.side})
    beside_a = _nudge(points, domain.box, b.side)
    beside_b = _nudge(points, domain.box, a.side)
    both = select(a, beside_a, domain.coordinates) & select(b, beside_b, domain.coordinates)
    return _with_times(points[both], time)


def _sample_start(domain: Domain, time: TimeInterval, piece: Piece) -> np.ndarray:
    points = _grid(domain.box, {piece.side})
    points = points[select(piece, points, domain.coordinates)]
    return np.column_stack([points, np.full(points.shape[0], time.bounds.low_value)])


def _grid(box: Box, sides: set[Side]) -> np.ndarray:
    """Return a tensor grid of the box, its points on all of ``sides``; few points per axis."""
    free = box.d - len({side.axis for side in sides})
    count = max(2, min(_SAMPLES * 5, int(4096 ** (1 / max(1, free)))))
    if free > 12:
        # A tensor grid would be too large: both ends of one diagonal and its middle stand for it.
        t = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
        points = np.asarray(box.low) + t * box.lengths
    else:
        axes = {side.axis for side in sides}
        points = box.grid(tuple(1 if axis in axes else count for axis in range(box.d)))
    for side in sides:
        points[:, side.axis] = box.side_value(side)
    return points


def _nudge(points: np.ndarray, box: Box, side: Side) -> np.ndarray:
    """Move points of a side a little into the box."""
    moved = points.copy()
    step = _NUDGE * float(box.lengths[side.axis])
    moved[:, side.axis] += -step if side.upper else step
    return moved


def _with_times(points: np.ndarray, time: TimeInterval | None) -> np.ndarray:
    if time is None or points.shape[0] == 0:
        return points if time is None else np.zeros((0, points.shape[1] + 1))
    times = np.linspace(time.bounds.low_value, time.bounds.high_value, _SAMPLES)
    return np.column_stack([np.repeat(points, _SAMPLES, axis=0), np.tile(times, points.shape[0])])


def _find_clash(
    a: ValueData, b: ValueData, points: np.ndarray, coordinates: tuple[str, ...]
) -> tuple[np.ndarray, float, float] | None:
    """Return the point where the data differ most, and both values; None if they agree."""
    if points.shape[0] == 0:
        return None
    try:
        first, second = a.evaluate(points, coordinates), b.evaluate(points, coordinates)
    except NotEvaluableError:
        return None
    size = max(np.max(np.abs(first), initial=0.0), np.max(np.abs(second), initial=0.0))
    difference = np.abs(first - second)
    if not np.all(np.isfinite(difference)):
        return None
    worst = int(np.argmax(difference))
    if difference[worst] <= max(_SMALLEST, _ROUNDING * size):
        return None
    return points[worst], float(first[worst]), float(second[worst])


def _report(
    code: str,
    a: ValueData,
    b: ValueData,
    where: str,
    clash: tuple[np.ndarray, float, float],
    coordinates: tuple[str, ...],
    faults: Faults,
) -> None:
    point, first, second = clash
    at = ", ".join(f"{name} = {value:g}" for name, value in zip(coordinates, point, strict=True))
    ordered = sorted(
        [(a.condition, first), (b.condition, second)],
        key=lambda entry: (entry[0].span.source.name, entry[0].span.start),
    )
    (earlier, earlier_value), (later, later_value) = ordered
    faults.add(
        code,
        f"`{a.component}` is given two values {where}",
        later.span,
        f"gives {later_value:.6g} at {at}",
        related=[Related(earlier.span, f"gives {earlier_value:.6g} there")],
        notes=["no smooth solution takes both; the error will be largest near that point"],
        help=f'if the jump is meant, write `allow {code}: "the reason"`',
    )


def _name(side: Side, domain: Domain) -> str:
    return name_side(side, domain.coordinates)
