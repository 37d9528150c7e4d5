"""Weights per chunk of time: `ntk_pointwise`, what came before first.

The time is cut into C equal chunks; row i of term g lies in chunk c(i). With the mean of the
kernel's diagonal ``k_gc`` over the rows of a term in a chunk, the loss ``L_gc`` of those rows, and
``L̄_c`` the mean over the equations of ``L_gc`` relative to the mean over time of the first ``L_g``,

    λ_gc = ω_gc Σ_h k̄_h / k_gc,   k̄_h = mean_c k_hc,
    ω_gc = exp(−causality Σ_{b<c} L̄_b)  for equations, 1 for conditions.

So every part of every term converges at one rate, and an equation is not fitted at a time before
the equations at earlier times are; once they are, ω is 1. A steady problem has one chunk, and no causality.
Sources: Wang, Yu, Perdikaris, J. Comput. Phys. 449 (2022) 110768; Wang, Sankaran, Perdikaris,
"Respecting causality for training physics-informed neural networks", Comput. Methods Appl. Mech.
Engrg. 421 (2024) 116813; the combination is that of arXiv 2308.08468, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.system import TermKind
from pdelang.kernels.trace import Copies, block_squares, functional_squares
from pdelang.networks.assembly import Assembly, Batch
from pdelang.semantics.domain import TimeInterval


@dataclass(frozen=True, slots=True)
class TimeChunks:
    """``count`` equal parts of ``start .. start + duration``; one, without a time.

    ``axis`` is the column of points that holds the time.
    """

    count: int
    start: float
    duration: float
    axis: int = 0

    @classmethod
    def over(cls, time: TimeInterval | None, count: int, axis: int) -> TimeChunks:
        """Return the chunks of a problem's time interval; the time stands in column ``axis``."""
        if time is None:
            return cls(1, 0.0, 1.0)
        low, high = time.bounds.low_value, time.bounds.high_value
        return cls(count, low, high - low, axis)

    def membership(self, times: jax.Array) -> jax.Array:
        """Return 1 where a row at ``times (n,)`` lies in a chunk, else 0, ``(n, count)``."""
        if self.count == 1:
            return jnp.ones((times.shape[0], 1), times.dtype)
        share = (times - self.start) / self.duration
        number = jnp.clip(jnp.floor(share * self.count), 0, self.count - 1)
        chunks = jnp.arange(self.count, dtype=times.dtype)
        return (number[:, None] == chunks[None, :]).astype(times.dtype)

    def losses(self, assembly: Assembly, parameters: Any, batch: Batch) -> jax.Array:
        """Return ``L_gc``, ``(terms, count)``; over the chunks they add up to ``L_g``."""
        members = self._memberships(assembly, batch)
        return jnp.stack(
            [
                sum(
                    (jnp.square(r) @ m / r.shape[0] for r, m in zip(rows, own, strict=True)),
                    jnp.zeros(self.count, rows[0].dtype),
                )
                for rows, own in zip(assembly.residuals(parameters, batch), members, strict=True)
            ]
        )

    def shares(self, assembly: Assembly, batch: Batch) -> jax.Array:
        """Return which share of a term's rows lies in every chunk, ``(terms, count)``."""
        counts = [
            jnp.sum(jnp.concatenate(own), axis=0) for own in self._memberships(assembly, batch)
        ]
        return jnp.stack([c / jnp.sum(c) for c in counts])

    def measure(
        self, assembly: Assembly, parameters: Any, batch: Batch, copies: Copies
    ) -> jax.Array:
        """Return ``k_gc``, ``L_gc`` and whether g is an equation, ``(3, terms, count)``.

        A mean needs no copies: a row that stands twice counts twice in sum and number.
        """
        members = self._memberships(assembly, batch)
        means = []
        for term, own in zip(assembly.terms, members, strict=True):
            squares = [block_squares(assembly, parameters, b, batch) for b in term.blocks]
            squares += [
                functional_squares(assembly, parameters, f, batch) for f in term.functionals
            ]
            total = sum((s @ m for s, m in zip(squares, own, strict=True)), jnp.zeros(self.count))
            number = sum((jnp.sum(m, axis=0) for m in own), jnp.zeros(self.count))
            means.append(total / jnp.maximum(number, 1))
        losses = self.losses(assembly, parameters, batch)
        is_equation = jnp.array(
            [
                [float(t.compiled.term.kind is TermKind.EQUATION)] * self.count
                for t in assembly.terms
            ],
            losses.dtype,
        )
        return jnp.stack([jnp.stack(means).astype(losses.dtype), losses, is_equation])

    def _memberships(self, assembly: Assembly, batch: Batch) -> list[list[jax.Array]]:
        return [
            [self.membership(batch.points[b.point_set][:, self.axis]) for b in term.blocks]
            + [
                self.membership(batch.nodes[f.node_sets[0]][:, 0, self.axis])
                for f in term.functionals
            ]
            for term in assembly.terms
        ]


def weigh_chunks(sizes: np.ndarray, causality: float, first: np.ndarray) -> np.ndarray:
    """Return ``λ_gc`` from what `TimeChunks.measure` found, now and at first, ``(terms, count)``.

    A chunk without rows, or whose rows do not act on the parameters, gets 1.
    """
    means, losses, is_equation = sizes.astype(np.float64)
    acting = means > 0
    totals = np.array(
        [row[own].mean() if own.any() else 0.0 for row, own in zip(means, acting, strict=True)]
    )
    weights = np.where(acting, totals.sum() / np.where(acting, means, 1.0), 1.0)
    averages = first[1].astype(np.float64).mean(axis=1, keepdims=True)
    equations = (is_equation > 0) & (averages > 0)
    if equations.any():
        relative = np.where(equations, losses / np.where(averages > 0, averages, 1.0), 0.0)
        before = np.cumsum(relative.sum(axis=0) / equations[:, 0].sum())
        earlier = np.concatenate([[0.0], before[:-1]])
        weights = np.where(
            equations & acting, weights * np.exp(-causality * earlier)[None, :], weights
        )
    return weights.astype(sizes.dtype)
