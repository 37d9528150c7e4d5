"""The solution on grids: what is plotted, and what people read off."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pdelang.artifacts.grid import Evaluate, read_bounds
from pdelang.semantics.problem import Problem

_CURVE_POINTS = 801
_MAP_POINTS = 161
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
        np.linspace(*read_bounds(problem, name), _count_points(problem, name, len(axes)))
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
    return Slice(
        axes,
        ticks,
        tuple(held.items()),
        {name: array.reshape(shape) for name, array in evaluate(points).items()},
        {name: array.reshape(shape) for name, array in exact(points).items()},
        len(axes) == 2 and set(axes) <= set(problem.domain.coordinates),
    )


def _count_points(problem: Problem, name: str, dimension: int) -> int:
    default = _CURVE_POINTS if dimension == 1 else _MAP_POINTS
    return _read_grid(problem, problem.coordinates.index(name)) or default


def _read_grid(problem: Problem, axis: int) -> int | None:
    grid = problem.output.grid
    return grid[min(axis, len(grid) - 1)] if grid else None
