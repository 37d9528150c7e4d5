"""All residuals as one weighted vector, and its Jacobian row by row.

With weights λ_g per term and n rows in a block (or times of a functional) of term g, the
row of residual r is ``√(λ_g/n) r``, so that

    ‖ρ(θ)‖² = Σ_g λ_g L_g(θ),      J = ∂ρ/∂θ,      J Jᵀ = the weighted neural tangent kernel.

The Jacobian is made of gradients at single points (`vmap` of reverse mode over the few
residuals of one point): reverse mode over the stacked vector would cost a pass over all
points for every row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.kernels.gradient import count_parameters
from pdelang.networks.assembly import Assembly, Batch, evaluate_residual

# Numbers that the gradients of one chunk of points may hold together: 512 MB in float64.
_CHUNK_NUMBERS = 2**26


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of an assembly as functions of a flat vector of trained parameters ``(p,)``."""

    assembly: Assembly
    unravel: Callable[[jax.Array], Any]

    def scales(self, batch: Batch, weights: jax.Array) -> jax.Array:
        """Return ``√(λ_g/n)`` of every row, ``(n,)``, terms in order, blocks before functionals."""
        parts = []
        for g, term in enumerate(self.assembly.terms):
            counts = [batch.points[b.point_set].shape[0] for b in term.blocks]
            counts += [batch.nodes[f.node_sets[0]].shape[0] for f in term.functionals]
            parts += [jnp.broadcast_to(jnp.sqrt(weights[g] / n), (n,)) for n in counts]
        return jnp.concatenate(parts)

    def residual(self, theta: jax.Array, frozen: Any, batch: Batch) -> jax.Array:
        """Return the rows without their scales, ``(n,)``."""
        parameters = {"trained": self.unravel(theta), "frozen": frozen}
        terms = self.assembly.residuals(parameters, batch)
        return jnp.concatenate([part for parts in terms for part in parts])

    def jacobian(self, theta: jax.Array, frozen: Any, batch: Batch) -> jax.Array:
        """Return ``∂r/∂θ`` without the scales, ``(n, p)``."""
        trained = self.unravel(theta)
        blocks: dict[tuple[int, int], jax.Array] = {}
        for number in range(len(self.assembly.point_sets)):
            for key, part in self._point_set_jacobian(trained, frozen, batch, number).items():
                blocks[key] = part
        parts = []
        for g, term in enumerate(self.assembly.terms):
            parts += [blocks[g, b] for b in range(len(term.blocks))]
            parts += [
                self._functional_jacobian(trained, frozen, batch, placed)
                for placed in term.functionals
            ]
        return jnp.concatenate(parts)

    def term_sums(self, values: jax.Array, batch: Batch) -> jax.Array:
        """Return the sum of a number per row over the rows of every term, ``(terms,)``."""
        sums, start = [], 0
        for term in self.assembly.terms:
            count = sum(batch.points[b.point_set].shape[0] for b in term.blocks)
            count += sum(batch.nodes[f.node_sets[0]].shape[0] for f in term.functionals)
            sums.append(jnp.sum(values[start : start + count]))
            start += count
        return jnp.stack(sums)

    def _point_set_jacobian(
        self, trained: Any, frozen: Any, batch: Batch, number: int
    ) -> dict[tuple[int, int], jax.Array]:
        """Return ``(n, p)`` per (term, block) whose points are set ``number``: one pass for all."""
        members = [
            (g, b, placed.compiled.residual)
            for g, term in enumerate(self.assembly.terms)
            for b, placed in enumerate(term.blocks)
            if placed.point_set == number
        ]
        jets = self.assembly.point_sets[number].jets

        def at_point(trained: Any, point: jax.Array) -> jax.Array:
            parameters = {"trained": trained, "frozen": frozen}
            found = self.assembly.model.jets(parameters, point[None, :], jets)
            values = [evaluate_residual(r, point[None, :], found)[0] for _, _, r in members]
            return jnp.stack(values)

        gradients = _map_rows(at_point, trained, batch.points[number], len(members))
        return {(g, b): gradients[:, m] for m, (g, b, _) in enumerate(members)}

    def _functional_jacobian(
        self, trained: Any, frozen: Any, batch: Batch, placed: Any
    ) -> jax.Array:
        def at_time(trained: Any, nodes: tuple[jax.Array, ...]) -> jax.Array:
            parameters = {"trained": trained, "frozen": frozen}
            return self.assembly.functional(parameters, placed, tuple(n[None] for n in nodes))

        nodes = tuple(batch.nodes[a] for a in placed.node_sets)
        return _map_rows(at_time, trained, nodes, 1)[:, 0]


def _map_rows(function: Any, trained: Any, arguments: Any, outputs: int) -> jax.Array:
    """Return the Jacobian ``(n, outputs, p)`` of a function of single points."""

    def flat(argument: Any) -> jax.Array:
        leaves = jax.tree.leaves(jax.jacrev(function)(trained, argument))
        return jnp.concatenate([leaf.reshape(outputs, -1) for leaf in leaves], axis=1)

    count = jax.tree.leaves(arguments)[0].shape[0]
    chunk = max(1, _CHUNK_NUMBERS // max(1, outputs * count_parameters(trained)))
    if count <= chunk:
        return jax.vmap(flat)(arguments)
    return jax.lax.map(flat, arguments, batch_size=chunk)
