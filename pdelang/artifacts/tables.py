"""The solution on grids: what is plotted, and what people read off."""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pdelang.semantics.problem import Problem

# Values of fields at points: (n, d) -> component name to (n,).
Evaluate = Callable[[np.ndarray], Mapping[str, np.ndarray]]

_CURVE_POINTS = 801
_MAP_POINTS = 161
# Points on the edge are inside.
_ROUNDING = 1e-12
_DEFAULT_TIMES = (0.0, 0.5, 1.0)  # fractions of the interval


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Fields on a grid over one or two coordinates, the others held.

    ``ticks`` has the grid values per axis; every array in ``values`` and ``known`` has one
    index per axis. ``known`` holds the exact solution of the components that have one.
    ``is_plane`` says that both axes are lengths, so that a picture should not stretch one.
    """

    axes: tuple[str, ...]
    ticks: tuple[np.ndarray, ...]
    held: tuple[tuple[str, float], ...]
    values: Mapping[str, np.ndarray]
    known: Mapping[str, np.ndarray]
    is_plane: bool


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One component beside its reference values at scattered points, (n, d) and (n,) each."""

    component: str
    coordinates: tuple[str, ...]
    points: np.ndarray
    values: np.ndarray
    known: np.ndarray


def tabulate_slices(problem: Problem, evaluate: Evaluate, exact: Evaluate) -> tuple[Slice, ...]:
    """Return the slices that show a solution.

    One dimension in all: a curve. Two (space–time or plane): the whole map. A plane with time: a map
    per time of ``output { times }``, else start, middle and end. Three: the mid-planes, at the end
    of time. More: a line through the middle along each coordinate.
    """
    return tuple(
        _tabulate(problem, axes, held, evaluate, exact) for axes, held in _choose_slices(problem)
    )


def tabulate_grid(problem: Problem, evaluate: Evaluate) -> str:
    """Return all fields on a grid over all coordinates, as CSV; ``output { times }`` are its times."""
    low_high = [_read_bounds(problem, name) for name in problem.coordinates]
    # About 30,000 rows in any dimension, unless the spec says otherwise.
    count = max(3, min(_CURVE_POINTS, round(30_000 ** (1 / len(low_high)))))
    ticks = [
        np.linspace(low, high, _read_grid(problem, axis) or count)
        for axis, (low, high) in enumerate(low_high)
    ]
    if problem.time is not None and problem.output.times:
        ticks[-1] = np.array(problem.output.times)
    points = np.stack([c.ravel() for c in np.meshgrid(*ticks, indexing="ij")], axis=1)
    fields = _empty_outside(problem, points, evaluate(points))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*problem.coordinates, *fields])
    for row in np.column_stack([points, *fields.values()]).tolist():
        writer.writerow("" if math.isnan(value) else repr(value) for value in row)
    return text.getvalue()


def tabulate_readings(problem: Problem, evaluate: Evaluate) -> tuple[Readings, ...]:
    """Return the solution at the points of every ``compare`` table, component by component."""
    readings = []
    components = {unknown.name: unknown.components for unknown in problem.unknowns}
    for reference in problem.references:
        points = np.array(reference.points)
        values = evaluate(points)
        names = components[reference.unknown]
        if reference.component is not None:
            names = (names[reference.component],)
        for name, known in zip(names, np.array(reference.values).T, strict=True):
            readings.append(Readings(name, problem.coordinates, points, values[name], known))
    return tuple(readings)


def _choose_slices(problem: Problem) -> list[tuple[tuple[str, ...], dict[str, float]]]:
    space = problem.domain.coordinates
    middle = {
        name: (low + high) / 2
        for name, low, high in zip(
            space, problem.domain.box.low, problem.domain.box.high, strict=True
        )
    }
    time = problem.time
    if len(problem.coordinates) <= 2:
        # Time runs to the right, space upwards.
        return [(tuple(reversed(problem.coordinates)) if time else space, {})]
    end = {time.name: time.bounds.high_value} if time else {}
    match len(space):
        case 2 if time:
            low, high = time.bounds.low_value, time.bounds.high_value
            times = problem.output.times or [low + f * (high - low) for f in _DEFAULT_TIMES]
            return [(space, {time.name: float(t)}) for t in times]
        case 3:
            planes = itertools.combinations(space, 2)
            return [
                (plane, {n: v for n, v in (middle | end).items() if n not in plane})
                for plane in planes
            ]
        case _:
            held = middle | end
            return [((name,), {n: v for n, v in held.items() if n != name}) for name in held]


def _tabulate(
    problem: Problem,
    axes: tuple[str, ...],
    held: dict[str, float],
    evaluate: Evaluate,
    exact: Evaluate,
) -> Slice:
    ticks = tuple(
        np.linspace(*_read_bounds(problem, name), _count_points(problem, name, len(axes)))
        for name in axes
    )
    mesh = np.meshgrid(*ticks, indexing="ij")
    shape = mesh[0].shape
    columns = dict(zip(axes, mesh, strict=True))
    points = np.stack(
        [
            columns[n].ravel() if n in columns else np.full(mesh[0].size, held[n])
            for n in problem.coordinates
        ],
        axis=1,
    )

    def shaped(function: Evaluate) -> Mapping[str, np.ndarray]:
        fields = _empty_outside(problem, points, function(points))
        return {name: array.reshape(shape) for name, array in fields.items()}

    return Slice(
        axes,
        ticks,
        tuple(held.items()),
        shaped(evaluate),
        shaped(exact),
        len(axes) == 2 and set(axes) <= set(problem.domain.coordinates),
    )


def _empty_outside(
    problem: Problem, points: np.ndarray, fields: Mapping[str, np.ndarray]
) -> Mapping[str, np.ndarray]:
    """Return fields that are NaN at grid points outside a domain that is no box."""
    domain = problem.domain
    if domain.body is None:
        return fields
    inside = domain.body.contains(points[:, : domain.box.d], _ROUNDING)
    return {name: np.where(inside, array, np.nan) for name, array in fields.items()}


def _read_bounds(problem: Problem, name: str) -> tuple[float, float]:
    if problem.time is not None and name == problem.time.name:
        return problem.time.bounds.low_value, problem.time.bounds.high_value
    axis = problem.domain.coordinates.index(name)
    return problem.domain.box.low[axis], problem.domain.box.high[axis]


def _count_points(problem: Problem, name: str, dimension: int) -> int:
    default = _CURVE_POINTS if dimension == 1 else _MAP_POINTS
    return _read_grid(problem, problem.coordinates.index(name)) or default


def _read_grid(problem: Problem, axis: int) -> int | None:
    grid = problem.output.grid
    return grid[min(axis, len(grid) - 1)] if grid else None
