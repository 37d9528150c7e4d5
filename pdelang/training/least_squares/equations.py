"""The weighted least-squares equations of a system on one set of points.

Each block of residuals is linearised at the current jets, ``r + ∂r/∂j (j_new − j) = 0``,
and written as rows over the features' coefficients. Rows of term g are multiplied by √λ_g; see
`balance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.least_squares.balance import LabelledRows, balance
from pdelang.training.least_squares.collocation import PointGroup
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.factorisation import RowFactor
from pdelang.training.least_squares.functionals import FunctionalRows, prepare_functionals
from pdelang.training.least_squares.jet_basis import JetBasis, prepare_jets
from pdelang.training.least_squares.nonlocal_rows import NonlocalBasis, PlannedNonlocal
from pdelang.training.least_squares.planned_residual import PlannedResidual

# Rows are assembled for this many points at a time: bounded memory for any number of points.
_POINTS_AT_ONCE = 4096
# Up to this many bytes of rows are kept until their weights are known; beyond, the weights
# are taken from every so-many-th point first.
_BYTES_KEPT = 1 << 30
_TRACE_POINTS = 512
# Of a column's length: what keeps the coefficients of dependent features short.
_DAMPING = 1e-14


class NotFiniteError(ArithmeticError):
    """A residual without a finite value; ``label`` is its term's."""

    def __init__(self, label: str) -> None:
        super().__init__(f"the term `{label}` has no finite value")
        self.label = label


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Some points of a group with the blocks that hold there, each with its term's label.

    ``nearness`` is the group's ρ at these points, ``weights`` those of the points.
    """

    basis: JetBasis | NonlocalBasis
    blocks: tuple[tuple[str, PlannedResidual | PlannedNonlocal], ...]
    nearness: np.ndarray | None = None
    weights: np.ndarray | None = None

    def root(self, some: slice = slice(None)) -> np.ndarray | float:
        """Return the square roots of the weights, ``(n,)`` or 1."""
        return 1.0 if self.weights is None else np.sqrt(self.weights[some])

    def share(
        self, block: PlannedResidual | PlannedNonlocal, some: slice = slice(None)
    ) -> np.ndarray | float:
        """Return what the rows of a block are multiplied by, ``(n,)`` or 1."""
        if self.nearness is None:
            return 1.0
        order = max((sum(jet.orders) for jet in block.residual.jets), default=0)
        return self.nearness[some] ** order


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """All terms of a system on given points. A state is one array of jets per basis."""

    system: System
    stretches: tuple[Stretch, ...]
    functionals: tuple[tuple[str, FunctionalRows], ...]
    rule: str = "ntk"

    @property
    def bases(self) -> tuple[JetBasis | NonlocalBasis, ...]:
        """The sets of points, in the order of the states: stretches, then functionals."""
        return tuple(s.basis for s in self.stretches) + tuple(
            basis for _, f in self.functionals for basis in f.bases
        )

    @property
    def shares(self) -> list[np.ndarray | float]:
        """Return, per basis, what its jets ``(jets, n)`` are to be multiplied by to be of one size."""
        found: list[np.ndarray | float] = []
        for stretch in self.stretches:
            orders = np.array([[sum(jet.orders)] for jet in stretch.basis.jets])
            found.append(1.0 if stretch.nearness is None else stretch.nearness**orders)
        return [*found, *[1.0 for _, f in self.functionals for _ in f.bases]]

    def states(self, dictionary: FeatureDictionary, coefficients: np.ndarray) -> list[np.ndarray]:
        """Return the model's jets on every basis."""
        return [b.values(dictionary, coefficients, b.tables(dictionary)) for b in self.bases]

    def residuals(self, states: list[np.ndarray]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Yield (label, residual, size of its summands) block by block.

        The size is ``Σ_j |∂r/∂j · j| + |rest|``, how large the residual would be if nothing
        cancelled; at least 1, the size for fields of unit size, since `dn(u) = 0` has no
        second summand to be compared with.
        """
        for stretch, state in zip(self.stretches, states, strict=False):
            for label, block in stretch.blocks:
                residual, derivatives = block.linearise(stretch.basis, state)
                parts = derivatives * state
                size = np.abs(parts).sum(axis=0) + np.abs(residual - parts.sum(axis=0))
                share, root = stretch.share(block), stretch.root()
                yield label, root * share * residual, root * np.maximum(share * size, 1.0)
        for label, functional, own in self._functional_states(states):
            residual, size = functional.residual(own)
            yield label, residual, size

    def rows(
        self, states: list[np.ndarray], dictionary: FeatureDictionary, stride: int = 1
    ) -> Iterator[LabelledRows]:
        """Yield (label, rows over the coefficients, right-hand side), every ``stride``-th point.

        Only the new model is sought, so the current state need not be built from the same
        features.
        """
        for stretch, full_state in zip(self.stretches, states, strict=False):
            some = slice(None, None, stride)
            basis = stretch.basis if stride == 1 else stretch.basis.restricted(some)
            state = full_state[:, some]
            tables = basis.tables(dictionary)
            for label, block in stretch.blocks:
                residual, derivatives = block.linearise(basis, state)
                target = np.einsum("jn,jn->n", derivatives, state - basis.lift) - residual
                if not (np.isfinite(target).all() and np.isfinite(derivatives).all()):
                    raise NotFiniteError(label)
                root = stretch.root(some)
                share = root * stretch.share(block, some)
                yield label, basis.rows(share * derivatives, dictionary, tables), share * target
        for label, functional, own in self._functional_states(states):
            rows, target = functional.rows(own, dictionary)
            yield label, rows, target

    def solve(
        self, states: list[np.ndarray], dictionary: FeatureDictionary, seed: int | None = None
    ) -> tuple[np.ndarray, dict[str, float], float]:
        """Return coefficients ``(M, fields)`` of the linearised equations, the weights λ_g, and ‖r‖.

        ``seed`` picks one of many solutions where there are many; None picks the short one.
        """
        fields = len(self.system.fields)
        columns = fields * dictionary.count
        total_rows = sum(len(s.basis.points) * len(s.blocks) for s in self.stretches)
        graded = dictionary.is_graded
        if total_rows * columns * 8 <= _BYTES_KEPT:
            kept = list(self.rows(states, dictionary))
            weights = balance(kept, self.rule, graded)
            factor = RowFactor(columns, sum(len(rows) for _, rows, _ in kept))
            while kept:
                label, rows, target = kept.pop(0)
                factor.add(rows, target, np.sqrt(weights[label]))
        else:
            longest = max(len(s.basis.points) for s in self.stretches)
            stride = max(1, longest // _TRACE_POINTS)
            weights = balance(self.rows(states, dictionary, stride), self.rule, graded)
            factor = RowFactor(columns)
            for label, rows, target in self.rows(states, dictionary):
                factor.add(rows, target, np.sqrt(weights[label]))
        if graded and not dictionary.is_independent:
            absent = [k * dictionary.count + dictionary.list_absent(k) for k in range(fields)]
            factor.damp(_DAMPING, np.concatenate(absent))
        solution, left = factor.solve(dictionary.is_independent, seed)
        return solution.reshape(fields, dictionary.count).T, weights, left

    def merit(self, states: list[np.ndarray], weights: dict[str, float]) -> float:
        """Return ``√Σ λ_g r²`` over all rows: what the least-squares problem makes small."""
        return float(np.sqrt(sum(weights[g] * float(r @ r) for g, r, _ in self.residuals(states))))

    def relative_residual(
        self, states: list[np.ndarray], weights: dict[str, float]
    ) -> tuple[float, dict[str, float]]:
        """Return ``‖r‖/‖size‖`` over all terms (weighted), and per term.

        1 means that nothing cancels, rounding error that all of it does.
        """
        squares: dict[str, float] = {}
        sizes: dict[str, float] = {}
        for label, residual, size in self.residuals(states):
            squares[label] = squares.get(label, 0.0) + float(residual @ residual)
            sizes[label] = sizes.get(label, 0.0) + float(size @ size)
        total = sum(weights[g] * squares[g] for g in squares)
        size = sum(weights[g] * sizes[g] for g in squares)
        by_term = {g: float(np.sqrt(squares[g] / sizes[g])) if sizes[g] else 0.0 for g in squares}
        for label, missed in self._miss_beside_layers(states).items():
            by_term[label] = max(by_term[label], missed)
        return (float(np.sqrt(total / size)) if size > 0.0 else 0.0), by_term

    def _miss_beside_layers(self, states: list[np.ndarray]) -> dict[str, float]:
        """Return, per term with layers, the integral of the residual relative to that of what is given.

        Large terms that cancel, as the second derivatives of waves, make any residual small beside them; what is
        given in a layer is to be met all the same, and nothing beside it.
        """
        missed: dict[str, float] = {}
        given: dict[str, float] = {}
        for stretch, state in zip(self.stretches, states, strict=False):
            if stretch.weights is None:
                continue
            for label, block in stretch.blocks:
                residual, derivatives = block.linearise(stretch.basis, state)
                rest = np.abs(residual - (derivatives * state).sum(axis=0))
                own = stretch.weights @ np.abs(stretch.share(block) * residual)
                missed[label] = missed.get(label, 0.0) + float(own)
                size = float(stretch.weights @ np.maximum(rest, 1.0))
                given[label] = given.get(label, 0.0) + size
        return {label: missed[label] / given[label] for label in missed}

    def _functional_states(
        self, states: list[np.ndarray]
    ) -> Iterator[tuple[str, FunctionalRows, list[np.ndarray]]]:
        at = len(self.stretches)
        for label, functional in self.functionals:
            own = states[at : at + len(functional.bases)]
            at += len(functional.bases)
            yield label, functional, own


def prepare_equations(
    system: System, groups: list[PointGroup], rule: str = "ntk", nodes: int = 24
) -> Equations:
    """Evaluate the ansatz on all points; groups on lower-dimensional parts come first.

    Their rows are the heaviest, and Householder QR is row-wise stable when rows come in
    the order of falling weight (Cox, Higham 1998). ``nodes`` counts those of every integral inside
    a residual.
    """
    stretches = []
    for group in sorted(groups, key=lambda g: len(g.points)):
        jets = tuple(sorted({j for _, block in group.blocks for j in block.residual.jets}))
        far = [term for _, block in group.blocks for term in block.residual.nonlocals]
        planner = PlannedNonlocal if far else PlannedResidual
        blocks = tuple((label, planner.of(block.residual, jets)) for label, block in group.blocks)
        for start in range(0, len(group.points), _POINTS_AT_ONCE):
            some = slice(start, start + _POINTS_AT_ONCE)
            points = group.points[some]
            if far:
                basis = NonlocalBasis.of(system, jets, points, far, nodes)
            else:
                basis = prepare_jets(system, jets, points)
            nearness = None if group.nearness is None else group.nearness[some]
            weights = None if group.weights is None else group.weights[some]
            stretches.append(Stretch(basis, blocks, nearness, weights))
    return Equations(system, tuple(stretches), prepare_functionals(system, nodes), rule)
