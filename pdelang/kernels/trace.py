"""Traces of the neural tangent kernel, term by term.

With ``J_g = ∂r_g/∂θ`` over all rows of term g (every point of every block, every time of
every functional), ``K_g = J_g J_gᵀ`` and

    Tr K_g = Σ_blocks Σ_points ‖∂r/∂θ‖²,

so that no kernel is ever formed. Frozen parameters are no θ.
Source: Wang, Yu, Perdikaris, J. Comput. Phys. 449 (2022) 110768, eqs. (6.3)-(6.5).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from pdelang.kernels.gradient import square_row_gradients
from pdelang.networks.assembly import Assembly, Batch, PlacedBlock, PlacedFunctional


class Copies(NamedTuple):
    """How often a row counts: each point of a set, each time of a global condition.

    A place that is a single point stands for as many equal rows as another place has
    points (the paper's 1-D Poisson has 50 copies of either end), and so does the one row of
    a steady global condition; else the number of points, which says nothing of the
    problem, would set the balance.
    """

    points: tuple[int, ...]
    times: int


def term_traces(assembly: Assembly, parameters: Any, batch: Batch, copies: Copies) -> jax.Array:
    """Return ``Tr K_g`` of every term, ``(terms,)``."""
    traces = []
    for term in assembly.terms:
        parts = [
            copies.points[placed.point_set]
            * jnp.sum(block_squares(assembly, parameters, placed, batch))
            for placed in term.blocks
        ]
        parts += [
            copies.times * jnp.sum(functional_squares(assembly, parameters, placed, batch))
            for placed in term.functionals
        ]
        traces.append(sum(parts[1:], parts[0]))
    return jnp.stack(traces)


def count_rows(assembly: Assembly, batch: Batch, copies: Copies) -> tuple[int, ...]:
    """Return the number of rows of every term's kernel, copies included."""
    return tuple(
        sum(copies.points[b.point_set] * batch.points[b.point_set].shape[0] for b in term.blocks)
        + sum(
            copies.times * batch.nodes[f.node_sets[0]].shape[0]
            for f in term.functionals
            if f.node_sets
        )
        for term in assembly.terms
    )


def block_squares(
    assembly: Assembly, parameters: Any, placed: PlacedBlock, batch: Batch
) -> jax.Array:
    """Return ``‖∂r/∂θ‖²`` of every point of a block, ``(n,)``."""

    def row(trained: Any, point: jax.Array) -> jax.Array:
        together = {**parameters, "trained": trained}
        return assembly.block(together, placed.compiled, point[None, :])[0]

    return square_row_gradients(row, parameters["trained"], batch.points[placed.point_set])


def functional_squares(
    assembly: Assembly, parameters: Any, placed: PlacedFunctional, batch: Batch
) -> jax.Array:
    """Return ``‖∂r/∂θ‖²`` of every time of a functional, ``(times,)``."""

    def row(trained: Any, nodes: tuple[jax.Array, ...]) -> jax.Array:
        together = {**parameters, "trained": trained}
        return assembly.functional(together, placed, tuple(n[None] for n in nodes))[0]

    nodes = tuple(batch.nodes[a] for a in placed.node_sets)
    return square_row_gradients(row, parameters["trained"], nodes)
