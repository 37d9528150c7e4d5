"""What is observed of a forward solution: residuals of data, surplus conditions, requirements.

A row of data is ``r(x, j, reading)`` over its standard deviation ``σ_r² = Σ_i (∂r/∂reading_i)² σ_i²``
where the noise is known, else over the scale of the residual. Surplus conditions and requirements
hold exactly; their rows are weighted as if their noise were a thousandth of their size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import AtData, Block, System
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.training.inverse.forward import State
from pdelang.training.inverse.functional_values import evaluate_functional
from pdelang.training.least_squares.collocation import draw_points

EXACT = 1e-3  # of their size: the noise that exact conditions are given
_POINTS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Misfit:
    """The residuals of one term: ``values (n,)`` as stated, ``deviations (n,)`` to divide by.

    ``is_measured`` tells readings from exact statements, ``has_noise`` known noise from a guess.
    """

    label: str
    values: np.ndarray
    deviations: np.ndarray
    is_measured: bool
    has_noise: bool

    @property
    def rows(self) -> np.ndarray:
        return self.values / self.deviations


def observe(state: State) -> tuple[Misfit, ...]:
    """Return the misfit of every block and functional that determines the fits, in order."""
    system = state.system
    found = []
    for term in system.observations:
        for block in term.blocks:
            found.append(_observe_block(term.label, block, state, system))
        for functional in term.functionals:
            values = np.atleast_1d(evaluate_functional(functional, state))
            size = np.full(len(values), EXACT * functional.scale)
            found.append(Misfit(term.label, values, size, False, True))
    return tuple(found)


def _observe_block(label: str, block: Block, state: State, system: System) -> Misfit:
    residual, place = block.residual, block.place
    symbols = dict(system.jet_symbols)
    names: list[sympy.Symbol] = list(system.coordinates)
    if isinstance(place, AtData):
        points = np.array(place.data.points)
        readings = np.array(place.data.values)
        known = {name: i for i, name in enumerate(place.data.columns)}
        extra = [readings[:, known[name]] for name, _ in place.columns]
        extra_names = [symbol for _, symbol in place.columns]
    else:
        points = draw_points(system, place, _POINTS, 31)
        d = len(system.coordinates)
        extra = list(points[:, d:].T)
        extra_names = list(system.normal[: len(extra)])
        points = points[:, :d]
    jets = state.jets(residual.jets, points)
    names += [*extra_names, *(symbols[jet] for jet in residual.jets)]
    columns = np.vstack([points.T, *(c[None] for c in extra), jets])
    values = evaluate_points([residual.expression], names, columns)[0]
    if not isinstance(place, AtData):
        size = np.full(len(values), EXACT * residual.scale)
        return Misfit(label, values, size * np.sqrt(len(values)), False, True)
    measured = [(n, s) for n, s in place.columns if n not in system.problem.coordinates]
    noise = place.data.deviations(name for name, _ in measured)
    if noise is None or not measured:
        return Misfit(label, values, np.full(len(values), residual.scale), True, False)
    slopes = evaluate_points(
        [partial_derivative(residual.expression, s) for _, s in measured], names, columns
    )
    deviations = np.sqrt(((slopes * np.array(noise).T) ** 2).sum(axis=0))
    least = 1e-12 * max(float(deviations.max()), 1e-300)
    return Misfit(label, values, np.maximum(deviations, least), True, True)
