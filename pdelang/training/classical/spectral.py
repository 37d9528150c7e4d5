"""A spectral solution of a problem on a box: more points until two grids agree."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.classical.collocation import collocate
from pdelang.training.classical.lines import Lines
from pdelang.training.classical.solution import ClassicalSolution
from pdelang.training.classical.spectral_grid import SpectralGrid
from pdelang.training.classical.statement import BoxStatement, NotClassicalError
from pdelang.training.norms import compare_fields
from pdelang.training.places import sample_domain

# Points per axis, by the number of space coordinates.
_COUNTS = {1: (16, 24, 32, 48, 64, 96, 128, 192, 256), 2: (12, 18, 24, 32, 40)}
_AGREED = 1e-9  # of two grids, relative: finer ones are not worth their time
_FINEST = 1e-11
_USELESS = 1e-1
_TIMES = 41
_POINTS = 2000
_SEED = 88_007
_TIME_SHARE = 1e-3  # of what a comparison is to resolve, for the steps in time


def solve_spectrally(system: System, tolerance: float, seconds: float) -> ClassicalSolution:
    """Solve a problem on a box in one or two space coordinates, steady or (in one) in time.

    ``tolerance`` is what a comparison is to resolve, ``seconds`` what it may take.

    Raises:
        NotClassicalError: it cannot take the problem; the text says why.
    """
    problem = system.problem
    d = problem.domain.box.d
    if d not in _COUNTS or (d == 2 and problem.time is not None):
        raise NotClassicalError(
            "spectral collocation here takes one or two space coordinates, and time with one"
        )
    statement = BoxStatement.of(system)
    accuracy = max(_FINEST, _TIME_SHARE * tolerance)
    agreed = _AGREED if problem.time is None else 10.0 * accuracy
    points, solve = _prepare(statement, accuracy)
    before: dict[str, np.ndarray] | None = None
    best: ClassicalSolution | None = None
    failure: NotClassicalError | None = None
    began = time.monotonic()
    for count in _COUNTS[d]:
        started = time.monotonic()
        try:
            values = solve(count)
        except NotClassicalError as error:
            failure = error  # a finer grid may do
            if time.monotonic() - began > seconds / 4.0:
                break
            continue
        own = time.monotonic() - started
        if before is not None:
            agreement = max(compare_fields(problem.unknowns, before, values).values())
            total = time.monotonic() - began
            name = f"spectral collocation, {count} points per axis"
            if problem.time is not None:
                name += ", method of lines"
            if best is None or agreement < best.agreement:
                best = ClassicalSolution(name, points, values, agreement, own, total)
            if agreement <= agreed:
                break
        before = values
        if time.monotonic() - began + 4.0 * own > seconds:
            break
    if best is None and failure is not None:
        raise failure
    if best is None or not best.agreement <= _USELESS:
        raise NotClassicalError("its grids do not come to an agreement in the time there is")
    return best


def _prepare(
    statement: BoxStatement, accuracy: float
) -> tuple[np.ndarray, Callable[[int], dict[str, np.ndarray]]]:
    """Return the points of the comparison, and what solves on a grid and interpolates to them."""
    system = statement.system
    problem = system.problem
    if problem.time is None:
        points = sample_domain(problem, _POINTS, _SEED)

        def solve_steady(count: int) -> dict[str, np.ndarray]:
            grid = SpectralGrid.over(problem, count)
            found = collocate(statement, grid)
            return {
                name: grid.interpolate(own, points)
                for name, own in zip(system.fields, found, strict=True)
            }

        return points, solve_steady

    bounds = problem.time.bounds
    times = np.linspace(bounds.low_value, bounds.high_value, _TIMES)
    low, high = problem.domain.box.low[0], problem.domain.box.high[0]
    x = low + (high - low) * (np.arange(_TIMES) + 0.5) / _TIMES
    points = np.column_stack([np.tile(x, _TIMES), np.repeat(times, _TIMES)])

    def solve_in_time(count: int) -> dict[str, np.ndarray]:
        grid = SpectralGrid.over(problem, count)
        found = Lines.of(statement, grid).solve(times, accuracy)
        return {
            name: np.concatenate([grid.axes[0].interpolate(own, x) for own in found[:, k]])
            for k, name in enumerate(system.fields)
        }

    return points, solve_in_time
