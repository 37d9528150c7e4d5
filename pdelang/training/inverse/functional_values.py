"""Requirements and global quantities of a solution whose jets are known, in NumPy."""

from __future__ import annotations

import numpy as np

from pdelang.calculus.jet import Jet
from pdelang.calculus.nonlocal_values import far_values
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import AggregateIntegrand, Functional
from pdelang.semantics.expression import AggregateKind
from pdelang.training.inverse.forward import State
from pdelang.training.least_squares.functionals import aggregate_times
from pdelang.training.places import add_times, quadrature_nodes
from pdelang.training.reports import find_maximum

_ORDER = {1: 64, 2: 32, 3: 16}
_FAR_ORDER = 32


def evaluate_functional(functional: Functional, state: State) -> np.ndarray:
    """Return ``F(I_1, …)`` at each of its times, ``(times,)``; one value in steady problems."""
    columns = [evaluate_aggregate(a, state) for a in functional.aggregates]
    if not columns:
        return np.array([float(functional.expression)])
    times = max(len(c) for c in columns)
    values = np.stack([np.broadcast_to(c, (times,)) for c in columns])
    symbols = [a.symbol for a in functional.aggregates]
    return evaluate_points([functional.expression], symbols, values)[0]


def evaluate_aggregate(aggregate: AggregateIntegrand, state: State) -> np.ndarray:
    """Return an aggregate at its times, ``(times,)``; one value in steady problems."""
    problem = state.system.problem
    d = problem.domain.box.d
    times = aggregate_times(state.system, aggregate)
    if aggregate.kind in (AggregateKind.MAX, AggregateKind.MIN):
        sign = 1.0 if aggregate.kind is AggregateKind.MAX else -1.0

        def extreme(moment: np.ndarray | None) -> float:
            def values(space: np.ndarray) -> np.ndarray:
                points = space if moment is None else add_times(space, moment, d)
                return sign * _integrand(aggregate, state, points)

            return sign * find_maximum(problem, aggregate, values)

        return np.array([extreme(None if t is None else np.array([t])) for t in _list(times)])
    nodes, weights = quadrature_nodes(problem, aggregate, _ORDER.get(d))
    if aggregate.kind is AggregateKind.MEAN:
        weights = weights / weights.sum()
    points = nodes if times is None else add_times(nodes, times, d)
    return _integrand(aggregate, state, points).reshape(-1, len(weights)) @ weights


def _list(times: np.ndarray | None) -> list[float | None]:
    return [None] if times is None else [float(t) for t in times]


def _integrand(aggregate: AggregateIntegrand, state: State, points: np.ndarray) -> np.ndarray:
    """Return the integrand at points ``(n, d)``, the normal after the coordinates where it varies."""
    system, residual = state.system, aggregate.integrand
    count = len(system.coordinates)
    symbols = dict(system.jet_symbols)
    names = (
        *system.coordinates,
        *system.normal[: points.shape[1] - count],
        *(symbols[jet] for jet in residual.jets),
    )
    columns = np.vstack([points.T, state.jets(residual.jets, points[:, :count])])
    if residual.nonlocals:
        places = names[: points.shape[1]]

        def jets(jet: Jet, at: np.ndarray) -> np.ndarray:
            return state.jets((jet,), at.T)[0]

        far = [
            far_values(term, places, system.coordinates, points.T, jets, _FAR_ORDER)
            for term in residual.nonlocals
        ]
        names = (*names, *(term.symbol for term in residual.nonlocals))
        columns = np.vstack([columns, *far])
    return evaluate_points([residual.expression], names, columns)[0]
