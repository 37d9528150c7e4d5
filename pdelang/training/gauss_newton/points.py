"""Points drawn where the residual is large.

Of a pool of low-discrepancy points, ``n`` are chosen without replacement with probability

    p_i ∝ ½ s_i / mean(s) + ½,        s_i = ( Σ_blocks λ_g r(x_i)² )^½,

so that half of them stay spread evenly. The choice is Gumbel's top-n trick: the n largest of
``log p_i + G_i`` with independent Gumbel G_i.
Source: Wu, Zhu, Tan, Kartha, Lu, "A comprehensive study of non-adaptive and residual-based
adaptive sampling for physics-informed neural networks", CMAME 403 (2023), eq. (2) with k = c = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from pdelang.networks.assembly import Assembly, Batch
from pdelang.training.estimate import mean_square
from pdelang.training.sampling import Sampler, Seeds

# Points of the pool per point drawn.
POOL = 4


class Survey(NamedTuple):
    """New points, and the losses ``(terms,)`` on even ones that no step has seen."""

    batch: Batch
    losses: jax.Array


@dataclass(frozen=True, slots=True, eq=False)
class ResidualSampler:
    """Draws batches of the shapes of ``sampler`` from the larger ones of ``pool``.

    ``pool`` None draws the sampler's own points, whatever the residual.
    """

    assembly: Assembly
    sampler: Sampler
    pool: Sampler | None

    def survey(
        self, parameters: Any, weights: jax.Array, seeds: Seeds, number: jax.Array
    ) -> Survey:
        """Return the batch of draw ``number`` for the residuals at ``parameters``."""
        pool = (self.pool or self.sampler).draw(seeds, number)
        residuals = self.assembly.residuals(parameters, pool)
        losses = jnp.stack([mean_square(rows) for rows in residuals])
        if self.pool is None:
            return Survey(pool, losses)
        squares = [jnp.zeros(points.shape[0], points.dtype) for points in pool.points]
        for g, (term, rows) in enumerate(zip(self.assembly.terms, residuals, strict=True)):
            for placed, r in zip(term.blocks, rows, strict=False):
                squares[placed.point_set] += weights[g] * jnp.square(r)
        key = jax.random.fold_in(seeds.key, number)
        points = tuple(
            choose_points(jax.random.fold_in(key, s), candidates, jnp.sqrt(squares[s]), source.unit)
            for s, (candidates, source) in enumerate(
                zip(pool.points, self.sampler.points, strict=True)
            )
        )
        return Survey(Batch(points, pool.nodes), losses)


def choose_points(key: jax.Array, candidates: jax.Array, sizes: jax.Array, unit: Any) -> jax.Array:
    """Return as many of ``candidates (m, d)`` as ``unit`` has rows, by ``sizes (m,)``."""
    count = len(unit)
    if count >= candidates.shape[0]:
        return candidates
    sizes = jnp.where(jnp.isfinite(sizes), sizes, 0.0)
    mean = jnp.mean(sizes)
    density = 0.5 + 0.5 * jnp.where(mean > 0, sizes / jnp.where(mean > 0, mean, 1.0), 1.0)
    lots = jnp.log(density) + jax.random.gumbel(key, sizes.shape, sizes.dtype)
    return candidates[jax.lax.top_k(lots, count)[1]]
