"""The weighted rows of a problem: what Gauss–Newton makes small, and its derivative.

The loss ``Σ_g λ_g Σ_blocks mean(r²)`` is ``‖ρ‖²`` for the stacked rows

    ρ_i = √(λ_g / n) r_i,          n the number of points of the block,

in the order of the point sets (point by point, all blocks that hold there together), then
of the functionals. ``J = ∂ρ/∂θ``, and ``J Jᵀ`` is the weighted neural tangent kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.kernels.gradient import linearise_rows
from pdelang.networks.assembly import (
    Assembly,
    Batch,
    PlacedBlock,
    PlacedFunctional,
    evaluate_residual,
)
from pdelang.networks.nonlocal_values import nonlocal_values

Unravel = Callable[[jax.Array], Any]


@dataclass(frozen=True, slots=True, eq=False)
class RowStack:
    """The rows of an assembly as functions of flat parameters ``(p,)``.

    ``unravel`` turns them into all trained parameters; what it leaves out does not move.
    """

    assembly: Assembly
    unravel: Unravel

    def values(self, flat: jax.Array, frozen: Any, batch: Batch, weights: jax.Array) -> jax.Array:
        """Return ρ, ``(N,)``: one pass of the network, no derivative."""
        residuals = self.assembly.residuals(self._parameters(flat, frozen), batch)
        by_block: dict[int, list[jax.Array]] = {s: [] for s in range(len(batch.points))}
        tail = []
        for g, (term, rows) in enumerate(zip(self.assembly.terms, residuals, strict=True)):
            for placed, r in zip(term.blocks, rows[: len(term.blocks)], strict=True):
                by_block[placed.point_set].append(_scale(weights[g], r))
            tail += [_scale(weights[g], r) for r in rows[len(term.blocks) :]]
        parts = [jnp.stack(by_block[s], axis=1).reshape(-1) for s in sorted(by_block)]
        return jnp.concatenate([*parts, *tail])

    def linearise(
        self, flat: jax.Array, frozen: Any, batch: Batch, weights: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Return ρ and J, ``(N,)`` and ``(N, p)``."""
        values, jacobians = [], []
        for s, points in enumerate(batch.points):
            members = self.blocks_at(s)

            def at_point(
                theta: jax.Array,
                point: jax.Array,
                s: int = s,
                members: list[tuple[int, PlacedBlock]] = members,
            ) -> jax.Array:
                model = self.assembly.model
                inputs = point[None, : model.dimension]  # a varying normal stands behind
                parameters = self._parameters(theta, frozen)
                jets = model.jets(parameters, inputs, self.assembly.point_sets[s].jets)
                rows = [
                    evaluate_residual(
                        placed.compiled.residual,
                        point[None],
                        jets,
                        nonlocal_values(model, parameters, placed.compiled.residual, point[None]),
                    )
                    for _, placed in members
                ]
                return jnp.concatenate(rows)

            r, j = linearise_rows(at_point, flat, points)
            factors = jnp.sqrt(jnp.stack([weights[g] for g, _ in members]) / points.shape[0])
            values.append((r * factors[None, :]).reshape(-1))
            jacobians.append((j * factors[None, :, None]).reshape(-1, flat.size))
        for g, placed in self.functionals():
            nodes = tuple(batch.nodes[a] for a in placed.node_sets)

            def at_time(
                theta: jax.Array, node: tuple[jax.Array, ...], placed: PlacedFunctional = placed
            ) -> jax.Array:
                together = self._parameters(theta, frozen)
                return self.assembly.functional(together, placed, tuple(n[None] for n in node))

            r, j = linearise_rows(at_time, flat, nodes)
            factor = jnp.sqrt(weights[g] / r.shape[0])
            values.append(factor * r[:, 0])
            jacobians.append(factor * j[:, 0])
        return jnp.concatenate(values), jnp.concatenate(jacobians)

    def count(self, batch: Batch) -> int:
        """Return N for batches of these shapes."""
        blocks = sum(
            len(self.blocks_at(s)) * points.shape[0] for s, points in enumerate(batch.points)
        )
        return blocks + sum(batch.nodes[p.node_sets[0]].shape[0] for _, p in self.functionals())

    def _parameters(self, flat: jax.Array, frozen: Any) -> dict[str, Any]:
        return {"trained": self.unravel(flat), "frozen": frozen}

    def blocks_at(self, point_set: int) -> list[tuple[int, PlacedBlock]]:
        """Return the blocks at a point set with the numbers of their terms."""
        return [
            (g, placed)
            for g, term in enumerate(self.assembly.terms)
            for placed in term.blocks
            if placed.point_set == point_set
        ]

    def functionals(self) -> list[tuple[int, PlacedFunctional]]:
        """Return the functionals with the numbers of their terms."""
        return [(g, f) for g, term in enumerate(self.assembly.terms) for f in term.functionals]


def _scale(weight: jax.Array, rows: jax.Array) -> jax.Array:
    return jnp.sqrt(weight / rows.shape[0]) * rows
