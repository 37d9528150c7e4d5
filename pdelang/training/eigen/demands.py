"""What zero does not meet: the conditions, requirements and readings that give a mode its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pdelang.calculus.homogeneity import split_observed
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import AtData, Block, System, Term
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.training.eigen.discretisation import Discretisation, name_apart
from pdelang.training.least_squares.collocation import draw_groups
from pdelang.training.least_squares.equations import Equations, prepare_equations
from pdelang.training.least_squares.jet_basis import prepare_jets

_POINTS = 100  # of a demand on a boundary part
_KEPT = 16  # values of the fits


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """How a mode and constants meet their demands.

    ``residual`` is the largest of the exact ones, over their sizes; ``misfit`` the root mean square of what is left of
    the readings, per label; ``deviations`` the standard errors of the fits, and ``spread`` those of
    the fields, relative; both are empty where nothing is measured. ``is_loose`` says that another mode or other
    constants would do as well, ``has_sign`` that the opposite mode would not, ``bound`` which fit ended
    at its bound.
    """

    residual: float
    misfit: dict[str, float] = field(default_factory=dict)
    deviations: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)
    is_loose: bool = False
    has_sign: bool = True
    bound: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DemandRows:
    """Residuals of demands with their slopes by the coefficients, ``(n,)`` and ``(n, columns)``.

    Rows of readings are over their deviations, or, where the noise is not known, over their size.
    """

    exact: np.ndarray
    exact_rows: np.ndarray
    readings: np.ndarray
    reading_rows: np.ndarray
    labels: tuple[
        tuple[str, int, float], ...
    ]  # of the readings: label, count, root mean square as stated
    has_noise: bool


@dataclass(slots=True, eq=False)
class Demands:
    """The demands of a discretised eigenproblem; ``kept`` are their equations at some values of the fits."""

    own: Discretisation
    kept: dict[tuple[float, ...], tuple[Equations | None, tuple[tuple[str, Block], ...]]] = field(
        default_factory=dict
    )

    def at(self, values: Mapping[str, float], coefficients: np.ndarray) -> DemandRows:
        """Return rows and residuals for fits ``values`` and coefficients ``(columns,)``."""
        system = self.own.system_at(values)
        dictionary = self.own.dictionary
        equations, measured = self._prepare(values, system)
        table = coefficients.reshape(len(system.fields), dictionary.count).T
        exact, exact_rows = [np.zeros(0)], [np.zeros((0, len(coefficients)))]
        if equations is not None:
            states = equations.states(dictionary, table)
            for _, rows, target in equations.rows(states, dictionary):
                share = 1.0 / np.sqrt(len(target))
                exact.append(share * (rows @ coefficients - target))
                exact_rows.append(share * rows)
        found = [self._observe(system, block, table) for _, block in measured]
        labels = tuple(
            (label, len(residual), left)
            for (label, _), (residual, _, left, _) in zip(measured, found, strict=True)
        )
        return DemandRows(
            np.concatenate(exact),
            np.concatenate(exact_rows),
            np.concatenate([np.zeros(0), *(residual for residual, *_ in found)]),
            np.concatenate([np.zeros((0, len(coefficients))), *(rows for _, rows, *_ in found)]),
            labels,
            all(has_noise for *_, has_noise in found),
        )

    def _prepare(
        self, values: Mapping[str, float], system: System
    ) -> tuple[Equations | None, tuple[tuple[str, Block], ...]]:
        """Return the demands on fields, and readings with their labels."""
        key = tuple(values.values())
        if key not in self.kept:
            _, unmet = split_observed(system.observations, dict(system.jet_symbols))
            if len(self.kept) >= _KEPT:
                self.kept.pop(next(iter(self.kept)))
            self.kept[key] = (
                self._equations(system, unmet),
                tuple((t.label, b) for t in unmet for b in t.blocks if isinstance(b.place, AtData)),
            )
        return self.kept[key]

    def _equations(self, system: System, unmet: tuple[Term, ...]) -> Equations | None:
        terms = []
        for term in unmet:
            blocks = tuple(b for b in term.blocks if not isinstance(b.place, AtData))
            if blocks or term.functionals:
                terms.append(replace(name_apart(term), blocks=blocks))
        if not terms:
            return None
        system = replace(system, terms=tuple(terms))
        return prepare_equations(system, draw_groups(system, _POINTS, 31))

    def _observe(
        self, system: System, block: Block, table: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, float, bool]:
        """Return residuals, rows, the root mean square as stated, and whether the noise is known."""
        residual, place = block.residual, block.place
        assert isinstance(place, AtData)
        points, readings = np.array(place.data.points), np.array(place.data.values)
        basis = prepare_jets(system, residual.jets, points)
        tables = basis.tables(self.own.dictionary)
        jets = basis.values(self.own.dictionary, table, tables)
        columns = [readings[:, place.data.columns.index(name)] for name, _ in place.columns]
        symbols = dict(system.jet_symbols)
        names = [
            *system.coordinates,
            *(symbol for _, symbol in place.columns),
            *(symbols[jet] for jet in residual.jets),
        ]
        numbers = np.vstack([points.T, *(c[None] for c in columns), jets])
        values = evaluate_points([residual.expression, *residual.derivatives], names, numbers)
        measured = [(n, s) for n, s in place.columns if n not in system.problem.coordinates]
        noise = place.data.deviations(name for name, _ in measured)
        deviations = np.full(len(points), residual.scale)
        if noise is not None and measured:
            gains = [partial_derivative(residual.expression, s) for _, s in measured]
            slopes = evaluate_points(gains, names, numbers)
            deviations = np.sqrt(((slopes * np.array(noise).T) ** 2).sum(axis=0))
            deviations = np.maximum(deviations, 1e-12 * max(float(deviations.max()), 1e-300))
        rows = basis.rows(values[1:] / deviations, self.own.dictionary, tables)
        left = float(np.sqrt(np.mean(values[0] ** 2)))
        return values[0] / deviations, rows, left, noise is not None and bool(measured)
