"""Steady problems in one space dimension: Newton's method on elements that follow the solution.

Elements that do not resolve the solution are halved until the highest derivative's jumps and the
residual between the points are within the tolerance: layers and corners get the features they need.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import System
from pdelang.training.journal import read_clock
from pdelang.training.splines.banded_rows import ElementRows, SingularRowsError, solve_element_rows
from pdelang.training.splines.kinks import find_kinks, find_missing, place_elements
from pdelang.training.splines.marched import Failure, Marched
from pdelang.training.splines.moments import Coefficients, steady_moments
from pdelang.training.splines.resolution import (
    MOST_ELEMENTS,
    PER_ELEMENT,
    SHORTEST_ELEMENT,
    SPACE_SHARE,
    Resolution,
)
from pdelang.training.splines.sites import place_blocks, prepare_sites
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.window import Piece, Window

_ITERATIONS = 40
_REFINEMENTS = 30
_SHORTEST_STEP = 2.0**-10


def settle(
    system: System,
    resolution: Resolution,
    deadline: float,
    on_level: Callable[[float, int, int], None] | None = None,
    rule: str = "ntk",
) -> Marched:
    """Solve a steady problem in one space dimension.

    ``on_level(0, level, elements)`` is called after every refinement. Raises NotFiniteError where a
    term has no finite value at the start.
    """
    box = system.problem.domain.box
    low, high = box.low[0], box.high[0]
    count = resolution.elements or max(resolution.fewest, 2 * resolution.degree + 2)
    kinks = np.zeros(0) if resolution.elements else find_kinks(system, 0, low, high)
    is_periodic = 0 in system.problem.periodic_axes
    space = place_elements(resolution.degree, low, high, count, kinks, is_periodic)
    moments = steady_moments(len(system.fields))
    placed = place_blocks(system, False)
    state = _guess(system, space)
    taken, weights = 0, {}
    failure: Failure | None = None
    for level in range(_REFINEMENTS):
        window = Window(system, space, moments, prepare_sites(system, placed, space, PER_ELEMENT))
        try:
            state, weights, iterations, converged = _newton(window, state, resolution, rule)
        except SingularRowsError:
            failure = Failure.UNDETERMINED
            break
        taken += iterations
        failure = None if converged else Failure.DIVERGED
        if on_level is not None:
            on_level(0.0, level, space.elements)
        marked = np.zeros(space.elements, bool)
        bound = SPACE_SHARE * resolution.tolerance
        for c, size in zip(state, _sizes(system, state), strict=True):
            marked |= space.roughness(c).max(axis=1) > bound * size
        if len(kinks):
            marked |= find_missing(window, state, resolution.tolerance)
        marked &= np.diff(space.breakpoints) > SHORTEST_ELEMENT * (high - low)
        if not converged and not marked.any():
            marked[:] = True
        if not marked.any() or resolution.elements is not None:
            break
        if space.elements + marked.sum() > MOST_ELEMENTS:
            failure = failure or Failure.TOO_FINE
            break
        if read_clock() > deadline:
            failure = failure or Failure.OUT_OF_TIME
            break
        finer = space.refined(marked)
        state = tuple(space.carry(c, finer) for c in state)
        space = finer
    piece = Piece(space, moments, state)
    sizes = tuple(_sizes(system, state))
    return Marched((piece,), 0.0, 0, taken, weights, sizes, failure)


def _newton(
    window: Window, state: Coefficients, resolution: Resolution, rule: str
) -> tuple[Coefficients, dict[str, float], int, bool]:
    bound = max(1e-13, 1e-3 * resolution.tolerance)
    weights: dict[str, float] = {}
    for iteration in range(_ITERATIONS):
        linearised = window.residuals(state)
        change, weights = window.correct(linearised, rule)
        target = tuple(c + d for c, d in zip(state, change, strict=True))
        if window.is_linear:
            return target, weights, iteration + 1, True
        sizes = _sizes(window.system, target)
        moved = max(float(np.abs(d).max()) / s for d, s in zip(change, sizes, strict=True))
        if moved <= bound:
            return target, weights, iteration + 1, True
        merit, step = window.merit(linearised, weights), 1.0
        while True:
            trial = tuple(c + step * d for c, d in zip(state, change, strict=True))
            found = window.merit(window.residuals(trial), weights)
            if found <= (1.0 - 0.1 * step) * merit:
                break
            step /= 2.0
            if step < _SHORTEST_STEP:
                # No way down: the least-squares solution itself, or a failure.
                return state, weights, iteration + 1, moved < 1e-6
        state = trial
    return state, weights, _ITERATIONS, False


def _guess(system: System, space: SplineSpace) -> Coefficients:
    """Return the spec's guess as splines; zero for a field without one."""
    guesses = dict(system.guess)
    x, elements, weights = space.gauss_points(space.degree + 1)
    splines = space.values(x, elements, 0) * np.sqrt(weights)[:, None]
    state = []
    for name in system.fields:
        if name not in guesses:
            state.append(np.zeros((space.count, 1)))
            continue
        values = evaluate_points([guesses[name]], system.coordinates, x[None])[0]
        rows = np.concatenate([splines, (values * np.sqrt(weights))[:, None]], axis=1)
        rows = rows.reshape(space.elements, -1, space.degree + 2)
        state.append(solve_element_rows(ElementRows(space.degree, 1, space.is_periodic, rows, {})))
    return tuple(state)


def _sizes(system: System, state: Coefficients) -> list[float]:
    scales = system.scaling.field_scale
    return [float(np.abs(c).max()) or scale for c, scale in zip(state, scales, strict=True)]
