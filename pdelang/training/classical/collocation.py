"""Steady problems on boxes by spectral collocation: one equation per unknown and point, Newton's method."""

from __future__ import annotations

import numpy as np

from pdelang.training.classical.spectral_grid import SpectralGrid
from pdelang.training.classical.statement import (
    BoxStatement,
    NotClassicalError,
    PointwiseResidual,
)

_ITERATIONS = 40
_CONVERGED = 1e-12


def collocate(statement: BoxStatement, grid: SpectralGrid) -> np.ndarray:
    """Return every field at the points of a grid, ``(fields, n)``.

    Points of a side carry its conditions, all others the equations; where sides meet the first counts.

    Raises:
        NotClassicalError: Newton's method does not converge, or a matrix is singular.
    """
    system = statement.system
    points = grid.points
    m, n = len(system.fields), len(points)
    jets = {jet for jet, _ in system.jet_symbols}
    orders = {grid.space_orders(jet) for jet in jets}
    matrices = {order: grid.matrix(order) for order in orders}
    groups = _assign(statement, grid)
    state = np.zeros((m, n))
    for _ in range(_ITERATIONS):
        matrix, defect = np.zeros((m * n, m * n)), np.zeros(m * n)
        row = 0
        for numbers, residuals in groups:
            for residual in residuals:
                own, slopes = _linearise(residual, points, matrices, state, grid, numbers)
                rows = slice(row, row + len(numbers))
                defect[rows] = own
                for jet, slope in zip(residual.residual.jets, slopes, strict=True):
                    k = system.fields.index(jet.field)
                    block = matrices[grid.space_orders(jet)][numbers]
                    matrix[rows, k * n : (k + 1) * n] += slope[:, None] * block
                row += len(numbers)
        try:
            change = np.linalg.solve(matrix, -defect).reshape(m, n)
        except np.linalg.LinAlgError:
            raise NotClassicalError("its collocation matrix is singular") from None
        if not np.isfinite(change).all():
            raise NotClassicalError("a term has no finite value on the way")
        state = state + change
        size = float(np.abs(state).max()) or 1.0
        if system.is_linear or float(np.abs(change).max()) <= _CONVERGED * size * n:
            return state
    raise NotClassicalError("Newton's method from zero does not converge")


def _assign(
    statement: BoxStatement, grid: SpectralGrid
) -> list[tuple[np.ndarray, tuple[PointwiseResidual, ...]]]:
    free = np.ones(int(np.prod(grid.shape)), bool)
    groups = []
    for (axis, upper), residuals in statement.sides.items():
        numbers = grid.side(axis, upper)
        numbers = numbers[free[numbers]]
        free[numbers] = False
        groups.append((numbers, residuals))
    groups.append((np.flatnonzero(free), statement.equations))
    return groups


def _linearise(
    residual: PointwiseResidual,
    points: np.ndarray,
    matrices: dict[tuple[int, ...], np.ndarray],
    state: np.ndarray,
    grid: SpectralGrid,
    numbers: np.ndarray,
) -> tuple[np.ndarray, list[np.ndarray]]:
    system = residual.system
    names = dict(system.jet_symbols)
    values = {
        names[jet].name: matrices[grid.space_orders(jet)][numbers]
        @ state[system.fields.index(jet.field)]
        for jet in residual.residual.jets
    }
    return residual.linearise(points[numbers], values)
