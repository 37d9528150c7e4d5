"""The residuals of a program as functions of parameters and points.

Blocks that hold at one place share its points, and point sets whose blocks need the same
derivatives share one pass of the network: momentum and mass in the interior, u and u_t at
the start, values on all the walls.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import Place, place_key
from pdelang.lowering.program import (
    CompiledBlock,
    CompiledFunctional,
    CompiledNonlocal,
    CompiledResidual,
    CompiledTerm,
    Program,
)
from pdelang.networks.model import FieldModel
from pdelang.networks.nonlocal_values import nonlocal_values
from pdelang.networks.series import IndexSet, close_downward
from pdelang.semantics.expression import AggregateKind


class Batch(NamedTuple):
    """``points[s]`` is ``(n, d)`` for point set s, ``nodes[a]`` is ``(times, q, d)`` for aggregate a.

    Where the normal varies both have its components as further columns.
    """

    points: tuple[jax.Array, ...]
    nodes: tuple[jax.Array, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PointSet:
    """One place, and every jet that some block needs there."""

    place: Place
    jets: tuple[Jet, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedBlock:
    """A block and the number of its point set."""

    compiled: CompiledBlock
    point_set: int


@dataclass(frozen=True, slots=True, eq=False)
class PlacedFunctional:
    """A functional, the numbers of its aggregates' node sets, and their weights ``(q,)``."""

    compiled: CompiledFunctional
    node_sets: tuple[int, ...]
    weights: tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedTerm:
    compiled: CompiledTerm
    blocks: tuple[PlacedBlock, ...]
    functionals: tuple[PlacedFunctional, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """All terms of a program on a model. Parameters are the model's ``{"trained", "frozen"}``."""

    model: FieldModel
    terms: tuple[PlacedTerm, ...]
    point_sets: tuple[PointSet, ...]
    passes: tuple[tuple[IndexSet, tuple[int, ...]], ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(term.compiled.label for term in self.terms)

    def residuals(self, parameters: Any, batch: Batch) -> tuple[tuple[jax.Array, ...], ...]:
        """Return, per term, the residuals of its blocks ``(n,)`` and functionals ``(times,)``."""
        jets = self._jets(parameters, batch.points)
        results = []
        for term in self.terms:
            rows = [
                self._evaluate(
                    parameters,
                    placed.compiled,
                    batch.points[placed.point_set],
                    jets[placed.point_set],
                )
                for placed in term.blocks
            ]
            rows += [
                self.functional(parameters, placed, tuple(batch.nodes[a] for a in placed.node_sets))
                for placed in term.functionals
            ]
            results.append(tuple(rows))
        return tuple(results)

    def losses(self, parameters: Any, batch: Batch) -> jax.Array:
        """Return ``L_g = Σ_rows mean(r²)`` of every term, ``(terms,)``."""
        return jnp.stack(
            [
                sum((jnp.mean(jnp.square(r)) for r in rows[1:]), jnp.mean(jnp.square(rows[0])))
                for rows in self.residuals(parameters, batch)
            ]
        )

    def block(self, parameters: Any, compiled: CompiledBlock, points: jax.Array) -> jax.Array:
        """Return the residual of one block at points of its own, ``(n,)``."""
        jets = self.model.jets(
            parameters, points[:, : self.model.dimension], compiled.residual.jets
        )
        return self._evaluate(parameters, compiled, points, jets)

    def functional(
        self, parameters: Any, placed: PlacedFunctional, nodes: tuple[jax.Array, ...]
    ) -> jax.Array:
        """Return a functional at its times, ``(times,)``, from nodes ``(times, q, d)``."""
        values = []
        parts = zip(placed.compiled.aggregates, nodes, placed.weights, strict=True)
        for aggregate, points, weights in parts:
            times, count, columns = points.shape
            flat = points.reshape(times * count, columns)
            inputs = flat[:, : self.model.dimension]
            jets = self.model.jets(parameters, inputs, aggregate.integrand.jets)
            far = nonlocal_values(self.model, parameters, aggregate.integrand, flat)
            found = evaluate_residual(aggregate.integrand, flat, jets, far)
            integrand = found.reshape(times, count)
            values.append(_aggregate(aggregate.aggregate.kind, integrand, weights))
        return placed.compiled.combine(jnp.stack(values))

    def _evaluate(
        self,
        parameters: Any,
        compiled: CompiledBlock,
        points: jax.Array,
        jets: dict[Jet, jax.Array],
    ) -> jax.Array:
        far = nonlocal_values(self.model, parameters, compiled.residual, points)
        return evaluate_residual(compiled.residual, points, jets, far)

    def _jets(
        self, parameters: Any, points: tuple[jax.Array, ...]
    ) -> dict[int, dict[Jet, jax.Array]]:
        result: dict[int, dict[Jet, jax.Array]] = {}
        for _, members in self.passes:
            wanted = tuple(sorted({jet for s in members for jet in self.point_sets[s].jets}))
            inputs = [points[s][:, : self.model.dimension] for s in members]
            together = jnp.concatenate(inputs, axis=0)
            jets = self.model.jets(parameters, together, wanted)
            start = 0
            for s in members:
                stop = start + points[s].shape[0]
                result[s] = {jet: jets[jet][start:stop] for jet in self.point_sets[s].jets}
                start = stop
        return result


def build_assembly(
    program: Program,
    model: FieldModel,
    node_weights: dict[int, np.ndarray],
) -> Assembly:
    """Return the assembly of a program; ``node_weights[a]`` is the quadrature of aggregate a.

    Aggregates are counted through all terms' functionals in order.
    """
    keys: dict[Hashable, int] = {}
    places: list[Place] = []
    jets: list[set[Jet]] = []
    terms = []
    aggregate = 0
    for term in program.terms:
        blocks = []
        for compiled in term.blocks:
            key = place_key(compiled.block.place)
            if key not in keys:
                keys[key] = len(places)
                places.append(compiled.block.place)
                jets.append(set())
            jets[keys[key]].update(compiled.residual.jets)
            blocks.append(PlacedBlock(compiled, keys[key]))
        functionals = []
        for functional in term.functionals:
            numbers = tuple(range(aggregate, aggregate + len(functional.aggregates)))
            aggregate += len(numbers)
            weights = tuple(node_weights[a] for a in numbers)
            functionals.append(PlacedFunctional(functional, numbers, weights))
        terms.append(PlacedTerm(term, tuple(blocks), tuple(functionals)))

    point_sets = tuple(PointSet(p, tuple(sorted(j))) for p, j in zip(places, jets, strict=True))
    passes: dict[IndexSet, list[int]] = {}
    for number, point_set in enumerate(point_sets):
        indices = close_downward((jet.orders for jet in point_set.jets), model.dimension)
        passes.setdefault(indices, []).append(number)
    return Assembly(
        model,
        tuple(terms),
        point_sets,
        tuple((indices, tuple(members)) for indices, members in passes.items()),
    )


def evaluate_residual(
    residual: CompiledResidual,
    points: jax.Array,
    jets: dict[Jet, jax.Array],
    far: Mapping[CompiledNonlocal, jax.Array] = MappingProxyType({}),
) -> jax.Array:
    """Return ``r(x, j)`` at points ``(n, d)`` from tables of jets and nonlocal parts ``(n,)``."""
    rows = [jets[jet] for jet in residual.jets] + [far[term] for term in residual.nonlocals]
    values = jnp.stack(rows) if rows else jnp.zeros((0, points.shape[0]), points.dtype)
    return residual.value(points, values)


def _aggregate(kind: AggregateKind, integrand: jax.Array, weights: np.ndarray) -> jax.Array:
    """Return ``(times,)`` from values ``(times, q)`` and quadrature weights ``(q,)``."""
    match kind:
        case AggregateKind.INTEGRAL:
            return integrand @ jnp.asarray(weights, integrand.dtype)
        case AggregateKind.MEAN:
            return integrand @ jnp.asarray(weights / weights.sum(), integrand.dtype)
        case AggregateKind.MAX:
            return integrand.max(axis=1)
        case AggregateKind.MIN:
            return integrand.min(axis=1)
        case AggregateKind.VALUE:
            return integrand[:, 0]
        case _:
            raise TypeError(f"no aggregate: {kind}")
