"""Damped Gauss–Newton steps without a matrix, for many parameters and many rows.

    (JᵀJ + λ) d = −Jᵀρ

by conjugate gradients. J acts by forward mode and Jᵀ by one reverse pass over all rows, so
memory is that of the network's own passes; all dampings of a call share those passes, as
columns of one product. The iteration is cut short: a step that follows the large singular
values only is a damped step too.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.sparse.linalg import cg

from pdelang.networks.assembly import Batch
from pdelang.training.gauss_newton.rows import RowStack
from pdelang.training.gauss_newton.step import Attempt, Step, choose_trial

KRYLOV_TRIALS = (10.0, 1.0, 0.1)
# Random signs that estimate Tr(J Jᵀ), which only sets the unit of the damping.
_PROBES = 8
_REDUCTION = 1e-6


def build_krylov_step(stack: RowStack, iterations: int) -> Step:
    """Return the step by at most ``iterations`` conjugate-gradient iterations per damping."""

    def step(
        flat: jax.Array, frozen: Any, batch: Batch, weights: jax.Array, damping: jax.Array
    ) -> Attempt:
        def rows(theta: jax.Array) -> jax.Array:
            return stack.values(theta, frozen, batch, weights)

        residual, push_forward = jax.linearize(rows, flat)
        pull_back = jax.linear_transpose(push_forward, flat)
        (slope,) = pull_back(residual)
        unit = estimate_trace(pull_back, residual) / flat.size

        def solve(mu: jax.Array) -> jax.Array:
            def normal(d: jax.Array) -> jax.Array:
                return pull_back(push_forward(d))[0] + mu * unit * d

            return cg(normal, slope, tol=_REDUCTION, maxiter=iterations)[0]

        dampings = damping * jnp.asarray(KRYLOV_TRIALS, flat.dtype)
        directions = jax.vmap(solve)(dampings)

        def move(mu: jax.Array) -> jax.Array:
            return flat - directions[jnp.argmin(jnp.abs(dampings - mu))]

        return choose_trial(flat, residual, jnp.isfinite(unit), dampings, move, rows, push_forward)

    return step


def estimate_trace(pull_back: Any, residual: jax.Array) -> jax.Array:
    """Return Hutchinson's estimate of ``Tr(J Jᵀ) = E ‖Jᵀ s‖²`` over random signs s."""
    signs = jax.random.rademacher(jax.random.key(0), (_PROBES, residual.shape[0]), residual.dtype)
    (gradients,) = jax.vmap(pull_back)(signs)
    return jnp.sum(jnp.square(gradients)) / _PROBES
