"""Rows of residuals that look elsewhere: integrals as sums over quadrature nodes.

With nodes ``s_q`` and weights ``w_q`` of every point (`node_rule`) an integral is
``Σ_q w_q e(x, s_q, u_α(σ(x, s_q)))``, so a linearised row over the features gains

    ∂r/∂q Σ_q w_q Σ_m ∂e/∂m ∂^α φ(σ_m(x, s_q)),

and a linear problem stays one least-squares solve. The state of a set of points is the jets at
the points, then those at the nodes: one row per moved jet and node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.moved_jets import Place
from pdelang.calculus.node_rule import (
    Nodes,
    integrate_values,
    nodes_of_inner,
    place_nodes,
    share_out,
)
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.nonlocal_values import evaluate_nodes
from pdelang.calculus.numeric import Plan, evaluate, numpy_functions
from pdelang.calculus.system import Residual, System
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.jet_basis import JetBasis, prepare_jets
from pdelang.training.least_squares.planned_residual import plan_of

# Rows at nodes are summed in portions of about this many numbers.
_NUMBERS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class NodeJets:
    """The jets that one term needs at one place: a basis at all nodes of all points.

    Node q of point i is row ``q · n + i``; nodes that are the same for all points stand once, ``n = 1``.
    ``symbols`` are those of the basis' jets.
    """

    basis: JetBasis
    symbols: tuple[sympy.Symbol, ...]
    nodes: int

    @property
    def rows(self) -> int:
        return len(self.symbols) * self.nodes

    @property
    def is_fixed(self) -> bool:
        return len(self.basis.points) == self.nodes

    def spread(self, values: np.ndarray, n: int) -> np.ndarray:
        """Return values of the basis' jets ``(len(symbols), points)`` as rows of a state, ``(rows, n)``."""
        own = values.reshape(self.rows, -1)
        return np.broadcast_to(own, (self.rows, n))


@dataclass(frozen=True, slots=True, eq=False)
class FarTerm:
    """A nonlocal part of some residual with its nodes, the jets it needs at them, and what stands inside.

    ``columns`` counts the points at which it was placed, 1 for one that is the same at all. Inside another
    term these are the nodes of that one, or its points; ``shape`` says which, ``(q, n)``.
    """

    term: Nonlocal
    nodes: Nodes
    jets: tuple[NodeJets, ...]
    inner: tuple[FarTerm, ...]
    shape: tuple[int, int]

    @property
    def columns(self) -> int:
        return self.nodes.weights.shape[1]

    def groups(self) -> Iterator[NodeJets]:
        """Yield its jets, then those of what stands inside."""
        yield from self.jets
        for far in self.inner:
            yield from far.groups()

    def linearise(self, states: Iterator[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return its value ``(columns,)`` and the slopes by the states of its groups, ``(rows, columns)`` each.

        ``states`` yields those of the groups, ``(rows, n)``.
        """
        q, columns = self.nodes.weights.shape
        moved: dict[sympy.Symbol, np.ndarray] = {}
        for group in self.jets:
            own = next(states)[:, : 1 if group.is_fixed else None]
            own = own.reshape(len(group.symbols), q, columns)
            moved.update(zip(group.symbols, own, strict=True))
        inside: list[list[np.ndarray]] = []
        for far in self.inner:
            value, slopes = far.linearise(states)
            moved[far.term.symbol] = _spread(value, far.shape)
            inside.append(slopes)
        term = self.term
        integrand, *found = evaluate_nodes(
            (term.integrand, *term.derivatives, *term.inner_slopes), self.nodes, moved
        )
        total = integrate_values(self.nodes, integrand, numpy_functions())
        weights = share_out(self.nodes, integrand)
        shares = [np.where(weights == 0, 0.0, weights * slope) for slope in found]
        by_symbol = dict(zip((s for s, _ in term.moved), shares, strict=False))
        result = [
            np.concatenate([by_symbol[s] for s in group.symbols], axis=0) for group in self.jets
        ]
        for far, slopes, share in zip(self.inner, inside, shares[len(term.moved) :], strict=True):
            if far.shape[0] == 1:
                # The same at all nodes of a point.
                result += [slope * share.sum(axis=0) for slope in slopes]
                continue
            result += [(slope * share.reshape(-1)).reshape(-1, columns) for slope in slopes]
        return total, result


def _spread(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.broadcast_to(values, (shape[0] * shape[1],)).reshape(shape)


@dataclass(frozen=True, slots=True, eq=False)
class NonlocalBasis:
    """A `JetBasis` at points together with those at their nodes; it serves in its place."""

    local: JetBasis
    terms: tuple[FarTerm, ...]
    order: int
    first_rows: dict[sympy.Symbol, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        system: System,
        jets: tuple[Jet, ...],
        points: np.ndarray,
        terms: Sequence[Nonlocal],
        order: int,
    ) -> NonlocalBasis:
        """Place the nodes of ``terms`` for every point, ``order`` per integral."""
        local = prepare_jets(system, jets, points)
        unique = {term.symbol: term for term in terms}
        known = {s: np.asarray(v) for s, v in local.place_values.items()}
        n = len(points)
        placed = tuple(
            _place_term(system, term, known, order, (1, n), n) for term in unique.values()
        )
        first_rows, at = {}, len(jets)
        for far in placed:
            first_rows[far.term.symbol] = at
            at += sum(group.rows for group in far.groups())
        return cls(local, placed, order, first_rows)

    @property
    def system(self) -> System:
        return self.local.system

    @property
    def jets(self) -> tuple[Jet, ...]:
        return self.local.jets

    @property
    def points(self) -> np.ndarray:
        return self.local.points

    @property
    def place_values(self) -> dict[sympy.Symbol, np.ndarray]:
        return self.local.place_values

    @property
    def lift(self) -> np.ndarray:
        """Return the ansatz's own part of the whole state, ``(rows, n)``."""
        n = len(self.points)
        parts = [group.spread(group.basis.lift, n) for group in self._groups()]
        return np.concatenate([self.local.lift, *parts])

    def tables(self, dictionary: FeatureDictionary) -> Any:
        """Return what the features' derivatives share, at the points and at every node."""
        groups = [group.basis.tables(dictionary) for group in self._groups()]
        return self.local.tables(dictionary), groups

    def values(
        self, dictionary: FeatureDictionary, coefficients: np.ndarray, tables: Any
    ) -> np.ndarray:
        """Return the state of the model with ``coefficients``, ``(rows, n)``."""
        n = len(self.points)
        parts = [self.local.values(dictionary, coefficients, tables[0])]
        for group, own in zip(self._groups(), tables[1], strict=True):
            parts.append(group.spread(group.basis.values(dictionary, coefficients, own), n))
        return np.concatenate(parts)

    def rows(self, weights: np.ndarray, dictionary: FeatureDictionary, tables: Any) -> np.ndarray:
        """Return ``∂(Σ weights · state)/∂c``, ``(n, fields · M)``; ``weights`` is ``(rows, n)``."""
        n, at = len(self.points), len(self.jets)
        result = self.local.rows(weights[:at], dictionary, tables[0])
        per_portion = max(1, _NUMBERS_AT_ONCE // max(1, result.size))
        for group in self._groups():
            own = weights[at : at + group.rows].reshape(len(group.symbols), -1)
            at += group.rows
            if not own.any():
                continue
            if group.is_fixed and n > 1:
                for k, columns in enumerate(own.reshape(len(group.symbols), group.nodes, n)):
                    # Of an extreme value few places count.
                    some = np.flatnonzero(columns.any(axis=1))
                    basis = group.basis.restricted(some)
                    unit = np.zeros((len(group.symbols), len(some)))
                    unit[k] = 1.0
                    table = basis.rows(unit, dictionary, basis.tables(dictionary))
                    result += columns[some].T @ table
                continue
            for first in range(0, group.nodes, per_portion):
                some = slice(first * n, min(first + per_portion, group.nodes) * n)
                if not own[:, some].any():
                    continue
                basis = group.basis.restricted(some)
                part = basis.rows(own[:, some], dictionary, basis.tables(dictionary))
                result += part.reshape(-1, n, part.shape[1]).sum(axis=0)
        return result

    def restricted(self, some: slice) -> NonlocalBasis:
        """Return the same basis on some of its points."""
        points = np.column_stack([self.local.points, self.local.normals])[some]
        terms = [far.term for far in self.terms]
        return NonlocalBasis.of(self.system, self.jets, points, terms, self.order)

    def _groups(self) -> Iterator[NodeJets]:
        for far in self.terms:
            yield from far.groups()


@dataclass(frozen=True, slots=True, eq=False)
class PlannedNonlocal:
    """A residual, with or without nonlocal parts, over the state of a `NonlocalBasis`."""

    residual: Residual
    chosen: tuple[int, ...]
    planned: Plan

    @classmethod
    def of(cls, residual: Residual, basis_jets: tuple) -> PlannedNonlocal:
        chosen = tuple(basis_jets.index(j) for j in residual.jets)
        return cls(residual, chosen, plan_of(residual))

    def linearise(self, basis: Any, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the scaled residual ``(n,)`` and its derivatives ``(rows of the state, n)``."""
        assert isinstance(basis, NonlocalBasis)
        n, functions = len(basis.points), numpy_functions()
        symbols = dict(basis.system.jet_symbols)
        values = basis.place_values
        values.update({symbols[jet]: v for jet, v in zip(basis.jets, state, strict=False)})
        slopes: dict[sympy.Symbol, list[np.ndarray]] = {}
        for far in basis.terms:
            at = basis.first_rows[far.term.symbol]
            values[far.term.symbol], slopes[far.term.symbol] = far.linearise(
                _read_states(far, state, at)
            )
        with np.errstate(all="ignore"):
            results = evaluate(self.planned, values, functions, zero_slope_at_kinks=True)
        derivatives = np.zeros_like(state)
        for position, value in zip(self.chosen, results[1:], strict=False):
            derivatives[position] = value
        far_results = results[1 + len(self.chosen) :]
        for term, value in zip(self.residual.nonlocals, far_results, strict=True):
            at = basis.first_rows[term.symbol]
            for slope in slopes[term.symbol]:
                derivatives[at : at + len(slope)] = value * slope
                at += len(slope)
        scale = self.residual.scale
        return np.broadcast_to(np.asarray(results[0], float), (n,)) / scale, derivatives / scale


def nodes_for(dictionary: FeatureDictionary) -> int:
    """Return how many nodes an integral takes to be exact for features times smooth kernels."""
    return 12 + round(dictionary.sharpness / 2)


def _read_states(far: FarTerm, state: np.ndarray, at: int) -> Iterator[np.ndarray]:
    for group in far.groups():
        yield state[at : at + group.rows]
        at += group.rows


def _place_term(
    system: System,
    term: Nonlocal,
    known: Mapping[sympy.Symbol, np.ndarray],
    order: int,
    shape: tuple[int, int],
    n: int,
    is_fixed: bool = False,
) -> FarTerm:
    """Place the nodes of a term where ``known`` has the coordinates; ``n`` counts the points of its residual.

    ``is_fixed``: what it stands in is the same at all of these.
    """
    nodes = place_nodes(term, known, order)
    is_fixed = is_fixed or nodes.weights.shape[1] == 1
    groups: dict[Place, list[tuple[sympy.Symbol, Jet]]] = {}
    for symbol, moved in term.moved:
        groups.setdefault(moved.place, []).append((symbol, moved.jet))
    jets = []
    for place, members in groups.items():
        at = evaluate_nodes(place, nodes, {})
        points = at.reshape(len(place), -1).T
        ordered = sorted(members, key=lambda member: member[1])
        basis = prepare_jets(system, tuple(jet for _, jet in ordered), points)
        per_point = len(points) if is_fixed else len(points) // n
        jets.append(NodeJets(basis, tuple(s for s, _ in ordered), per_point))
    inner = []
    for deeper in term.inner:
        own, needed = nodes_of_inner(deeper, term, known, nodes, np)
        inner.append(_place_term(system, deeper, own, order, needed, n, is_fixed))
    return FarTerm(term, nodes, tuple(jets), tuple(inner), shape)
