"""The solution on a tensor grid over all coordinates: what is exported as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.semantics.problem import Problem

# Values of fields at points: (n, d) -> component name to (n,).
Evaluate = Callable[[np.ndarray], Mapping[str, np.ndarray]]

# About this many points in any dimension, unless the spec or the user says otherwise.
_POINTS = 30_000
_MOST_PER_AXIS = 801
_TIMES = 21
_MEMBERS = 5  # values of a varied parameter
_FEWEST = 3
_LINE_COUNTS = [401, 81]  # one space coordinate and time


@dataclass(frozen=True, slots=True, eq=False)
class FieldGrid:
    """Every component on the tensor product of ``ticks``, one array per coordinate.

    An array in ``values`` has one index per coordinate: those of space, the time, then the
    ``varied`` parameters; NaN outside the domain. ``time`` is the name of the time coordinate, None
    in steady problems.
    """

    title: str
    coordinates: tuple[str, ...]
    time: str | None
    ticks: tuple[np.ndarray, ...]
    values: Mapping[str, np.ndarray]
    unknowns: tuple[tuple[str, tuple[str, ...]], ...]  # name, components
    varied: tuple[str, ...] = ()

    @property
    def space(self) -> tuple[str, ...]:
        """The space coordinates."""
        return tuple(n for n in self.coordinates if n != self.time and n not in self.varied)


def tabulate_grid(
    problem: Problem,
    evaluate: Evaluate,
    counts: Sequence[int] | None = None,
    times: Sequence[float] | None = None,
) -> FieldGrid:
    """Return all fields on a grid.

    ``counts`` are points per coordinate and ``times`` the times; None takes those of the
    ``output`` block, else a grid of some 30,000 points, the time in 21 steps where space has
    two coordinates or more.
    """
    ticks = _choose_ticks(problem, counts or problem.output.grid, times or problem.output.times)
    points = np.stack([c.ravel() for c in np.meshgrid(*ticks, indexing="ij")], axis=1)
    shape = tuple(len(tick) for tick in ticks)
    return FieldGrid(
        problem.title,
        problem.coordinates,
        problem.time.name if problem.time is not None else None,
        ticks,
        {name: array.reshape(shape) for name, array in evaluate(points).items()},
        tuple((unknown.name, unknown.components) for unknown in problem.unknowns),
        tuple(v.name for v in problem.varied),
    )


def write_csv(grid: FieldGrid) -> str:
    """Return the grid as CSV: a column per coordinate and component, every digit kept."""
    columns = [c.ravel() for c in np.meshgrid(*grid.ticks, indexing="ij")]
    columns += [array.ravel() for array in grid.values.values()]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*grid.coordinates, *grid.values])
    writer.writerows(zip(*(column.tolist() for column in columns), strict=True))
    return text.getvalue()


def read_bounds(problem: Problem, name: str) -> tuple[float, float]:
    """Return the least and the largest value of a coordinate in the domain."""
    if problem.time is not None and name == problem.time.name:
        return problem.time.bounds.low_value, problem.time.bounds.high_value
    for varied in problem.varied:
        if name == varied.name:
            return varied.bounds.low_value, varied.bounds.high_value
    axis = problem.domain.coordinates.index(name)
    return problem.domain.box.low[axis], problem.domain.box.high[axis]


def _choose_ticks(
    problem: Problem, counts: Sequence[int] | None, times: Sequence[float] | None
) -> tuple[np.ndarray, ...]:
    names = problem.coordinates
    if counts is None:
        own = len(names) - len(problem.varied)
        counts = _choose_counts(own, problem.time is not None)
        members = _MEMBERS ** len(problem.varied)
        counts = [max(_FEWEST, round(c / members ** (1 / own))) for c in counts]
        counts += [_MEMBERS] * len(problem.varied)
    elif len(counts) < len(names):
        counts = [*counts, *[counts[-1]] * (len(names) - len(counts))]
    ticks = [
        np.linspace(*read_bounds(problem, name), count)
        for name, count in zip(names, counts, strict=False)
    ]
    if problem.time is not None and times:
        ticks[len(problem.domain.coordinates)] = np.array(times, float)
    return tuple(ticks)


def _choose_counts(dimension: int, has_time: bool) -> list[int]:
    if has_time and dimension == 2:
        return _LINE_COUNTS
    if has_time and dimension > 2:
        space = dimension - 1
        return [_count(_POINTS * 2 / _TIMES, space)] * space + [_TIMES]
    return [_count(_POINTS, dimension)] * dimension


def _count(points: float, dimension: int) -> int:
    return max(_FEWEST, min(_MOST_PER_AXIS, round(points ** (1 / dimension))))
