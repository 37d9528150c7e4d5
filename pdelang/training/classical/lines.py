"""Evolution in one space coordinate by the method of lines: spectral in space, SciPy's Radau IIA (stiff) or DOP853 in time.

Unknown are the fields at the inner points, and their rates where time enters twice. The values at the ends
follow from the conditions there at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from pdelang.training.classical.spectral_grid import SpectralGrid
from pdelang.training.classical.statement import (
    BoxStatement,
    NotClassicalError,
    PointwiseResidual,
)

_ITERATIONS = 12


@dataclass(slots=True, eq=False)
class Lines:
    """The ordinary differential equations of a statement on a grid; ``order`` is that of time."""

    statement: BoxStatement
    grid: SpectralGrid
    order: int
    inner: np.ndarray

    @classmethod
    def of(cls, statement: BoxStatement, grid: SpectralGrid) -> Lines:
        """Return the lines.

        Raises:
            NotClassicalError: the unknowns are not all of one time order.
        """
        orders = dict.fromkeys(statement.system.fields, 0)
        for equation in statement.equations:
            for jet in equation.residual.jets:
                orders[jet.field] = max(orders[jet.field], jet.orders[-1])
                if jet.orders[-1] and any(jet.orders[:-1]):
                    raise NotClassicalError("it has derivatives in space and time at once")
        (first, *others) = set(orders.values())
        if others or first not in (1, 2):
            raise NotClassicalError("its unknowns do not all have the time order 1, or all 2")
        kept = np.ones(len(grid.points), bool)
        for side in statement.sides:
            kept[grid.side(*side)] = False
        return cls(statement, grid, first, np.flatnonzero(kept))

    @property
    def is_stiff(self) -> bool:
        """Whether an implicit method is due: a first rate against second or higher derivatives."""
        jets = (jet for equation in self.statement.equations for jet in equation.residual.jets)
        return self.order == 1 and any(jet.orders[0] > 1 for jet in jets)

    def solve(self, times: np.ndarray, tolerance: float) -> np.ndarray:
        """Return every field at ``times (q,)`` and all points, ``(q, fields, n)``."""
        system = self.statement.system
        assert system.problem.time is not None
        bounds = system.problem.time.bounds
        found = solve_ivp(
            self._rates,
            (bounds.low_value, bounds.high_value),
            self._start(bounds.low_value).ravel(),
            method="Radau" if self.is_stiff else "DOP853",
            t_eval=times,
            rtol=tolerance,
            atol=tolerance * 1e-3,
        )
        if not found.success or found.y.shape[1] != len(times):
            raise NotClassicalError(f"the method of lines failed: {found.message}")
        m, inner = len(system.fields), self.inner
        states = found.y.T.reshape(len(times), self.order, m, len(inner))
        return np.array([self._complete(t, s[0]) for t, s in zip(times, states, strict=True)])

    def _start(self, t: float) -> np.ndarray:
        """Return fields and rates at the start, ``(order, fields, inner)``."""
        system, inner = self.statement.system, self.inner
        state = np.zeros((self.order, len(system.fields), len(inner)))
        for residual in self.statement.start:
            jets = residual.residual.jets
            if len(jets) != 1 or any(jets[0].orders[:-1]) or not residual.residual.is_linear:
                raise NotClassicalError("an initial condition gives no field or rate by itself")
            (jet,) = jets
            name = dict(system.jet_symbols)[jet].name
            own, (slope,) = residual.linearise(self._points(t)[inner], {name: np.zeros(len(inner))})
            state[jet.orders[-1], system.fields.index(jet.field)] = -own / slope
        return state

    def _rates(self, t: float, flat: np.ndarray) -> np.ndarray:
        system, inner = self.statement.system, self.inner
        m = len(system.fields)
        state = flat.reshape(self.order, m, len(inner))
        fields = self._complete(t, state[0])
        points = self._points(t)[inner]
        names = dict(system.jet_symbols)
        matrix, rest = np.zeros((len(inner), m, m)), np.zeros((len(inner), m))
        for row, equation in enumerate(self.statement.equations):
            values = {}
            for jet in equation.residual.jets:
                k, rate = system.fields.index(jet.field), jet.orders[-1]
                if rate == 0:
                    values[names[jet].name] = (self._matrix(jet.orders[0]) @ fields[k])[inner]
                else:
                    known = state[rate][k] if rate < self.order else np.zeros(len(inner))
                    values[names[jet].name] = known
            own, slopes = equation.linearise(points, values)
            rest[:, row] = own
            for jet, slope in zip(equation.residual.jets, slopes, strict=True):
                if jet.orders[-1] == self.order:
                    matrix[:, row, system.fields.index(jet.field)] += slope
        highest = np.linalg.solve(matrix, -rest[..., None])[..., 0].T
        return np.concatenate([state[1:], highest[None]]).ravel()

    def _complete(self, t: float, inside: np.ndarray) -> np.ndarray:
        """Return all points' values, ``(fields, n)``: those at the ends from the conditions there."""
        system, inner = self.statement.system, self.inner
        m, n = len(system.fields), len(self.grid.points)
        fields = np.zeros((m, n))
        fields[:, inner] = inside
        ends = [(self.grid.side(*side)[0], own) for side, own in self.statement.sides.items()]
        if not ends:
            return fields
        places = np.array([place for place, _ in ends])
        names = dict(system.jet_symbols)
        points = self._points(t)
        size = m * len(ends)
        for _ in range(_ITERATIONS):
            matrix, defect, row = np.zeros((size, size)), np.zeros(size), 0
            for place, residuals in ends:
                for residual in residuals:
                    own, slopes = self._at_end(residual, points, place, fields, names)
                    defect[row] = own
                    for jet, slope in zip(residual.residual.jets, slopes, strict=True):
                        k = system.fields.index(jet.field)
                        along = self._matrix(jet.orders[0])[place, places]
                        matrix[row, k * len(ends) : (k + 1) * len(ends)] += slope * along
                    row += 1
            change = np.linalg.solve(matrix, -defect).reshape(m, len(ends))
            fields[:, places] += change
            if np.abs(change).max() <= 1e-13 * (1.0 + np.abs(fields).max()):
                break
        return fields

    def _at_end(
        self,
        residual: PointwiseResidual,
        points: np.ndarray,
        place: int,
        fields: np.ndarray,
        names: dict,
    ) -> tuple[float, list[float]]:
        values = {}
        for jet in residual.residual.jets:
            if jet.orders[-1]:
                raise NotClassicalError("a condition at an end contains a rate")
            k = self.statement.system.fields.index(jet.field)
            values[names[jet].name] = self._matrix(jet.orders[0])[place : place + 1] @ fields[k]
        own, slopes = residual.linearise(points[place : place + 1], values)
        return float(own[0]), [float(slope[0]) for slope in slopes]

    def _points(self, t: float) -> np.ndarray:
        points = self.grid.points
        return np.column_stack([points, np.full(len(points), t)])

    def _matrix(self, order: int) -> np.ndarray:
        return self.grid.matrix((order,))
