"""Global conditions as rows: ``require mean(p) = 0`` at one time, or at several.

A functional is ``F(I_1, …, I_a)`` of aggregates ``I = Σ_q w_q e(x_q)``; its row is
``Σ_a ∂F/∂I_a Σ_q w_q ∂e/∂c``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.nonlocal_terms import has_hidden_kinks
from pdelang.calculus.numeric import Plan, evaluate, numpy_functions, plan
from pdelang.calculus.system import AggregateIntegrand, Functional, System
from pdelang.geometry.box import sample_unit_cube
from pdelang.semantics.expression import AggregateKind
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.jet_basis import JetBasis, prepare_jets
from pdelang.training.least_squares.nonlocal_rows import NonlocalBasis, PlannedNonlocal
from pdelang.training.places import add_times, quadrature_nodes

_TIMES = 24
_NODES = 16  # of integrals inside, for the first features: there the usual order does


@dataclass(frozen=True, slots=True, eq=False)
class AggregateRows:
    """One aggregate at all times: points of time i are ``[i·q, (i+1)·q)``."""

    aggregate: AggregateIntegrand
    basis: JetBasis | NonlocalBasis
    weights: np.ndarray  # (q,)
    planned: Plan | PlannedNonlocal

    def linearise(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the aggregate per time ``(times,)`` and its integrand's ``∂e/∂j (jets, n)``."""
        basis, n = self.basis, len(self.basis.points)
        if isinstance(self.planned, PlannedNonlocal):
            found, derivatives = self.planned.linearise(basis, state)
            return found.reshape(-1, len(self.weights)) @ self.weights, derivatives
        symbols = dict(basis.system.jet_symbols)
        values = basis.place_values
        for jet, value in zip(basis.jets, state, strict=True):
            values[symbols[jet]] = value
        with np.errstate(all="ignore"):
            results = evaluate(self.planned, values, numpy_functions(), zero_slope_at_kinks=True)
        integrand = np.broadcast_to(np.asarray(results[0], float), (n,))
        derivatives = (
            np.stack([np.broadcast_to(np.asarray(r, float), (n,)) for r in results[1:]])
            if basis.jets
            else np.zeros((0, n))
        )
        return integrand.reshape(-1, len(self.weights)) @ self.weights, derivatives


@dataclass(frozen=True, slots=True, eq=False)
class FunctionalRows:
    """One requirement at all its times."""

    functional: Functional
    aggregates: tuple[AggregateRows, ...]
    planned: Plan  # F, then ∂F/∂I per aggregate

    @property
    def bases(self) -> tuple[JetBasis | NonlocalBasis, ...]:
        return tuple(a.basis for a in self.aggregates)

    def _combine(self, states: list[np.ndarray]) -> tuple[list, list, list[np.ndarray]]:
        pairs = [a.linearise(s) for a, s in zip(self.aggregates, states, strict=True)]
        values = {a.aggregate.symbol: v for a, (v, _) in zip(self.aggregates, pairs, strict=True)}
        times = max(len(v) for v, _ in pairs)
        combined = [
            np.broadcast_to(np.asarray(r, float), (times,)) / self.functional.scale
            for r in evaluate(self.planned, values, numpy_functions())
        ]
        return pairs, combined[1:], [combined[0]]

    def residual(self, states: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return F per time and the size of its summands, each ``(times,)``."""
        pairs, slopes, (value,) = self._combine(states)
        parts = [slope * integral for slope, (integral, _) in zip(slopes, pairs, strict=True)]
        size = sum(np.abs(p) for p in parts) + np.abs(value - sum(parts))
        return value, np.maximum(size, 1.0)

    def rows(
        self, states: list[np.ndarray], dictionary: FeatureDictionary
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return rows ``(times, fields · M)`` and the right-hand side ``(times,)``."""
        pairs, slopes, (value,) = self._combine(states)
        rows, target = None, -value
        for a, (_, derivatives), slope, state in zip(
            self.aggregates, pairs, slopes, states, strict=True
        ):
            tables = a.basis.tables(dictionary)
            pointwise = a.basis.rows(derivatives, dictionary, tables)
            q = len(a.weights)
            summed = np.einsum("q,tqc->tc", a.weights, pointwise.reshape(-1, q, pointwise.shape[1]))
            known = np.einsum("jn,jn->n", derivatives, state - a.basis.lift).reshape(-1, q)
            target = target + slope * (known @ a.weights)
            contribution = slope[:, None] * summed
            rows = contribution if rows is None else rows + contribution
        assert rows is not None
        return rows, target


def prepare_functionals(system: System, nodes: int = 24) -> tuple[tuple[str, FunctionalRows], ...]:
    """Return every requirement of a system with its quadrature, each with its term's label.

    ``nodes`` counts those of every integral inside an integrand; a third of what is above the usual, of all
    for integrands with kinks, adds to the order of its own.
    """
    return tuple(
        (term.label, _prepare(system, functional, nodes))
        for term in system.terms
        for functional in term.functionals
    )


def is_kinked(system: System, aggregate: AggregateIntegrand) -> bool:
    """Say whether the fields, or what varies beside the place, decide where an integrand has kinks or jumps."""
    fields = {symbol for _, symbol in system.jet_symbols}
    beside = set(system.coordinates[system.problem.domain.box.d :])
    own = aggregate.integrand
    return has_hidden_kinks(own.expression, own.nonlocals, fields | beside)


def _prepare(system: System, functional: Functional, nodes: int) -> FunctionalRows:
    symbols = [a.symbol for a in functional.aggregates]
    slopes = [sympy.diff(functional.expression, s) for s in symbols]
    aggregates = tuple(_prepare_aggregate(system, a, nodes) for a in functional.aggregates)
    return FunctionalRows(functional, aggregates, plan((functional.expression, *slopes)))


def _prepare_aggregate(system: System, aggregate: AggregateIntegrand, nodes: int) -> AggregateRows:
    # Other nodes for fresh points too: what the rule misses is to show in the residual.
    more = nodes if is_kinked(system, aggregate) else max(0, nodes - _NODES)
    space, weights = quadrature_nodes(system.problem, aggregate, more=more // 3)
    if aggregate.kind is AggregateKind.MEAN:
        weights = weights / weights.sum()
    times = aggregate_times(system, aggregate)
    points = space if times is None else add_times(space, times, system.problem.domain.box.d)
    residual = aggregate.integrand
    if residual.nonlocals:
        basis = NonlocalBasis.of(system, residual.jets, points, residual.nonlocals, nodes)
        planned = PlannedNonlocal.of(residual, residual.jets)
        return AggregateRows(aggregate, basis, weights, planned)
    return AggregateRows(
        aggregate,
        prepare_jets(system, residual.jets, points),
        weights,
        plan((residual.expression, *residual.derivatives)),
    )


def aggregate_times(system: System, aggregate: AggregateIntegrand) -> np.ndarray | None:
    """Return where an aggregate is required beside space, ``(times, m)``; None where nowhere else.

    The columns are the time and the varied parameters.
    """
    problem = system.problem
    bounds = problem.extra_bounds
    if not bounds:
        return None
    if len(bounds) == 1:
        unit = np.linspace(0.0, 1.0, _TIMES)[:, None]
    else:
        unit = sample_unit_cube(_TIMES * len(bounds), len(bounds), seed=0)
    low, high = (
        np.array(ends) for ends in zip(*((b.low_value, b.high_value) for b in bounds), strict=True)
    )
    times = low + (high - low) * (0.5 - 0.5 * np.cos(np.pi * unit))
    if aggregate.time is not None:
        times[:, 0] = aggregate.time
        times = np.unique(times, axis=0)
    return times
