"""Initial data against the data on the boundary and against `periodic` (W211)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.box import Side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.clash import find_clash, find_worst, grid, name_on, report_clash
from pdelang.semantics.congruence import outline
from pdelang.semantics.derivative_words import write_derivative
from pdelang.semantics.domain import Domain, TimeInterval
from pdelang.semantics.evaluate import NotEvaluableError
from pdelang.semantics.faults import Faults
from pdelang.semantics.identification import Identification
from pdelang.semantics.pieces import scan_piece, select
from pdelang.semantics.start_data import GivenData

# Rates come from difference quotients, which may be off by 1e-4: see `start_data`.
_RATE_ROUNDING = 1e-3
_MOST_POINTS = 200
_NEGLIGIBLE = 0.1  # times the tolerance: a jump that the error need not show


def warn_at_start(
    domain: Domain,
    time: TimeInterval,
    boundary: Sequence[tuple[GivenData, Piece]],
    initial: Sequence[GivenData],
    tolerance: float,
    faults: Faults,
) -> None:
    """Compare initial values with those on the boundary, and initial rates with their change.

    A pulse that has not quite died out at the edge is no jump: what is far below the relative
    ``tolerance`` of the solution counts as none.
    """
    coordinates = (*domain.coordinates, time.name)
    told: set[tuple[int, int]] = set()
    for a, piece in boundary:
        for b in initial:
            key = (id(a.condition), id(b.condition))
            if a.component != b.component or a.is_rate > b.is_rate or key in told:
                continue
            points = _sample_start(domain, time, piece)
            if a.is_rate == b.is_rate:
                negligible = _NEGLIGIBLE * tolerance * _measure(b, domain, time)
                clash = find_clash(a, b, points, coordinates, negligible)
            else:
                clash = _find_rate_clash(a, b, points, coordinates, time)
            if clash is not None:
                told.add(key)
                where = f"on {name_on(piece.side, domain)} at the start"
                what = write_derivative((time.name,) * b.is_rate, a.component)
                report_clash("W211", what, a, b, where, clash, coordinates, faults)


def _measure(data: GivenData, domain: Domain, time: TimeInterval) -> float:
    """Return the largest size of initial data over the domain's box; 0 where they have none there."""
    points = grid(domain.box, set())
    starts = np.column_stack([points, np.full(len(points), time.bounds.low_value)])
    try:
        values = np.abs(data.evaluate(starts, (*domain.coordinates, time.name)))
    except NotEvaluableError:
        return 0.0
    return float(values[np.isfinite(values)].max(initial=0.0))


def warn_unperiodic(
    domain: Domain,
    time: TimeInterval,
    initial: Sequence[GivenData],
    periodic: Iterable[int],
    faults: Faults,
) -> None:
    """Compare initial data on the two sides that `periodic` makes one."""
    coordinates = (*domain.coordinates, time.name)
    for axis in sorted(periodic):
        for data in initial:
            lower = _sample_start(domain, time, Piece(Side(axis, upper=False)))
            jump = find_jump(data, data, lower, axis, domain, coordinates)
            if jump is None:
                continue
            what = write_derivative((time.name,) * data.is_rate, data.component)
            faults.add(
                "W211",
                f"`{what}` is periodic in {coordinates[axis]}, and its initial data are not",
                data.condition.span,
                f"gives {jump[0]} and {jump[1]}",
                notes=["the solution starts with a jump there; the error will be largest near it"],
                help='if the jump is meant, write `allow W211: "the reason"`',
            )


def warn_unlike_pairs(
    domain: Domain,
    time: TimeInterval,
    initial: Sequence[GivenData],
    identified: Sequence[Identification],
    faults: Faults,
) -> None:
    """Compare initial data of scalars on two parts that `periodic` makes one."""
    coordinates = (*domain.coordinates, time.name)
    for one in identified:
        points = outline(domain, one.first).points
        points = points[:: max(1, len(points) // _MOST_POINTS)]
        start = np.full(len(points), time.bounds.low_value)
        here, there = (np.column_stack([p, start]) for p in (points, one.motion.apply(points)))
        for data in initial:
            if data.axis is not None and not one.motion.is_shift:
                continue  # a component that turns
            try:
                first, second = (data.evaluate(p, coordinates) for p in (here, there))
            except NotEvaluableError:
                continue
            worst = find_worst(first, second, float(np.abs(first).max(initial=0.0)))
            if worst is None:
                continue
            places = [
                ", ".join(
                    f"{n} = {v:.4g}" for n, v in zip(domain.coordinates, p[worst], strict=False)
                )
                for p in (here, there)
            ]
            what = write_derivative((time.name,) * data.is_rate, data.component)
            faults.add(
                "W211",
                f"`{one.first.name}` and `{one.second.name}` are one, and the initial data of "
                f"`{what}` differ on them",
                data.condition.span,
                f"gives {first[worst]:.6g} at {places[0]} and {second[worst]:.6g} at {places[1]}",
                related=[Related(one.statement.span, "made one here")],
                notes=["the solution starts with a jump there; the error will be largest near it"],
                help='if the jump is meant, write `allow W211: "the reason"`',
            )


def find_jump(
    low: GivenData,
    high: GivenData,
    lower: np.ndarray,
    axis: int,
    domain: Domain,
    coordinates: tuple[str, ...],
) -> tuple[str, str] | None:
    """Say what data give on the low side of ``axis`` and on the high one; None if they agree.

    ``lower (n, d)`` are points of the low side; ``low`` holds there and ``high`` across.
    """
    upper = lower.copy()
    upper[:, axis] = domain.box.high[axis]
    try:
        here, there = low.evaluate(lower, coordinates), high.evaluate(upper, coordinates)
    except NotEvaluableError:
        return None
    worst = find_worst(here, there, np.abs(here).max(initial=0.0)) if len(lower) else None
    if worst is None:
        return None
    name = coordinates[axis]
    return (
        f"{here[worst]:.6g} at {name} = {lower[worst, axis]:g}",
        f"{there[worst]:.6g} at {name} = {upper[worst, axis]:g}",
    )


def _sample_start(domain: Domain, time: TimeInterval, piece: Piece) -> np.ndarray:
    if isinstance(piece.side, Side):
        points = grid(domain.box, {piece.side})
        points = points[select(piece, points, domain.coordinates)]
    else:
        points = scan_piece(piece, domain)
        points = points[:: max(1, len(points) // _MOST_POINTS)]
    return np.column_stack([points, np.full(points.shape[0], time.bounds.low_value)])


def _find_rate_clash(
    values: GivenData,
    rate: GivenData,
    points: np.ndarray,
    coordinates: tuple[str, ...],
    time: TimeInterval,
) -> tuple[np.ndarray, float, float] | None:
    """Return where the time derivative of ``values`` differs most from ``rate``, and both."""
    if points.shape[0] == 0:
        return None
    try:
        first = values.evaluate_rate(points, coordinates, time)
        second = rate.evaluate(points, coordinates)
        size = float(np.max(np.abs(values.evaluate(points, coordinates)), initial=0.0))
    except NotEvaluableError:
        return None
    if first is None:
        return None
    largest = max(np.max(np.abs(first), initial=0.0), np.max(np.abs(second), initial=0.0))
    length = time.bounds.high_value - time.bounds.low_value
    worst = find_worst(first, second, max(largest, size / length), _RATE_ROUNDING)
    return None if worst is None else (points[worst], float(first[worst]), float(second[worst]))
