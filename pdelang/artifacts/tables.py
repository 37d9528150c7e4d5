"""The solution on grids: what is plotted, and what people read off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pdelang.artifacts.bending import Bend, find_bend
from pdelang.artifacts.grid import Evaluate, read_bounds
from pdelang.artifacts.view import Cut
from pdelang.semantics.problem import Problem

_CURVE_POINTS = 801
_MAP_POINTS = 181


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Fields on a grid over one or two coordinates, the others held.

    ``ticks`` has the grid values per axis; every array in ``values`` and ``known`` has one
    index per axis. ``known`` holds the exact solution of the components that have one.
    ``is_plane`` says that both axes are lengths, so that a picture should not stretch one; a plane
    over r and an angle has a ``bend``. ``labels`` are the names that have a unit, with it.
    """

    axes: tuple[str, ...]
    ticks: tuple[np.ndarray, ...]
    held: tuple[tuple[str, float], ...]
    values: Mapping[str, np.ndarray]
    known: Mapping[str, np.ndarray]
    is_plane: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    bend: Bend | None = None

    def label(self, name: str) -> str:
        """Return the name of an axis or a component with its unit."""
        return self.labels.get(name, name)


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One component beside its reference values at scattered points, (n, d) and (n,) each."""

    component: str
    coordinates: tuple[str, ...]
    points: np.ndarray
    values: np.ndarray
    known: np.ndarray


def tabulate_slices(
    problem: Problem,
    evaluate: Evaluate,
    exact: Evaluate,
    cuts: Sequence[Cut],
    count: int | None = None,
) -> tuple[Slice, ...]:
    """Return the fields on every cut, with the exact solution where it is known.

    ``count`` are points per axis; None takes those of ``output { grid }``, else enough for the eye.
    """
    return tuple(
        _tabulate(problem, cut.axes, dict(cut.held), evaluate, exact, count) for cut in cuts
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


def _tabulate(
    problem: Problem,
    axes: tuple[str, ...],
    held: dict[str, float],
    evaluate: Evaluate,
    exact: Evaluate,
    count: int | None,
) -> Slice:
    ticks = tuple(
        np.linspace(*read_bounds(problem, name), count or _count_points(problem, name, len(axes)))
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
    values = {name: array.reshape(shape) for name, array in evaluate(points).items()}
    outside = np.logical_and.reduce([np.isnan(array) for array in values.values()])
    known = {name: array.reshape(shape) for name, array in exact(points).items()}
    return Slice(
        axes,
        ticks,
        tuple(held.items()),
        values,
        {name: np.where(outside, np.nan, array) for name, array in known.items()},
        len(axes) == 2 and set(axes) <= set(problem.domain.coordinates),
        {name: problem.label(name) for name in (*axes, *problem.components)},
        find_bend(problem, axes),
    )


def _count_points(problem: Problem, name: str, dimension: int) -> int:
    default = _CURVE_POINTS if dimension == 1 else _MAP_POINTS
    return _read_grid(problem, problem.coordinates.index(name)) or default


def _read_grid(problem: Problem, axis: int) -> int | None:
    grid = problem.output.grid
    return grid[min(axis, len(grid) - 1)] if grid else None
