"""One damped Gauss–Newton step, several dampings tried in one compiled call.

With the rows ρ, their Jacobian J and the damping λ = μ Tr(J Jᵀ)/p, the step solves
``min_d ‖J d + ρ‖² + λ‖d‖²`` in whichever space is smaller,

    d = −(JᵀJ + λ)⁻¹ Jᵀρ          p parameters ≤ N rows
    d = −Jᵀ (J Jᵀ + λ)⁻¹ ρ        N < p: the neural tangent kernel itself

by Cholesky. A factorisation that breaks down, or a trial without a finite loss, counts as
an infinite loss; of the others the smallest loss wins. μ is relative to the mean eigenvalue,
so neither the units nor the weights change what it means.

How far the model was linear along the step that won says how far the next may go:

    flag = ‖ρ(θ + d) − ρ − J d‖ / ‖J d‖,

0 where it is linear, and 1 where the linear model says nothing of what happened. `trust` turns it into a
factor of the damping (Shilton, Gupta, Rana, Venkatesh, "Gradient descent in neural networks as sequential
learning in RKBS", arXiv 2302.00205).
Forming JᵀJ squares the condition number: at small residuals it hides the directions that
are left. `solve_accurately` takes the triangular factor of J instead,

    min_d ‖ [R; √λ] d + [Qᵀρ; 0] ‖,     J = Q R,

which costs about three times as much and is used when nothing else makes progress.
Sources: Levenberg 1944; Marquardt 1963; the sample space: Guzmán-Cordero et al., "Improving
energy natural gradient descent through Woodbury, momentum, and randomization",
arXiv 2505.12149.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy.linalg import cho_solve, solve_triangular

from pdelang.kernels.drift import LINEARISATION_LIMIT
from pdelang.networks.assembly import Batch
from pdelang.training.gauss_newton.rows import RowStack

# Dampings tried in one call, relative to the one that won the last time.
TRIALS = tuple(10.0**exponent for exponent in (1.5, 0.75, 0.0, -0.75, -1.5))
ACCURATE_TRIALS = (30.0, 1.0, 1.0 / 30.0)
# Blocks of columns in which the symmetric JᵀJ is formed: only those on and above the diagonal.
_COLUMN_BLOCKS = 4
_SMALLEST_BLOCK = 128
# What a step along which the model was linear, or not at all, does to the next damping.
_BOLDER = 3.0


class Attempt(NamedTuple):
    """The best trial: parameters ``(p,)``, the loss before and after, its damping μ and its ``flag``.

    Where no trial is better ``flat`` is what it was. ``is_finite`` says whether the rows and
    their derivatives had values at all.
    """

    flat: jax.Array
    before: jax.Array
    after: jax.Array
    damping: jax.Array
    is_finite: jax.Array
    flag: jax.Array


# (flat, frozen, batch, weights, damping) -> Attempt
Step = Callable[[jax.Array, Any, Batch, jax.Array, jax.Array], Attempt]
Direction = Callable[[jax.Array], jax.Array]  # λ -> d (p,)


def build_step(stack: RowStack, in_samples: bool, trials: tuple[float, ...] = TRIALS) -> Step:
    """Return the step by Cholesky, in sample space or in parameter space."""

    def prepare(residual: jax.Array, jacobian: jax.Array) -> Direction:
        if in_samples:
            kernel = form_gram(jacobian.T)
            return lambda damping: -jacobian.T @ _solve(kernel, residual, damping)
        gram, slope = form_gram(jacobian), jacobian.T @ residual
        return lambda damping: -_solve(gram, slope, damping)

    return _build(stack, prepare, trials)


def build_accurate_step(stack: RowStack) -> Step:
    """Return the step by orthogonal factors."""
    return _build(stack, solve_accurately, ACCURATE_TRIALS)


def solve_accurately(residual: jax.Array, jacobian: jax.Array) -> Direction:
    """Return the direction as a function of λ, without forming JᵀJ."""
    p = jacobian.shape[1]
    triangle = jnp.linalg.qr(jnp.concatenate([jacobian, residual[:, None]], axis=1), mode="r")

    def direction(damping: jax.Array) -> jax.Array:
        shift = jnp.concatenate(
            [
                jnp.sqrt(damping) * jnp.eye(p, dtype=triangle.dtype),
                jnp.zeros((p, 1), triangle.dtype),
            ],
            axis=1,
        )
        factor = jnp.linalg.qr(jnp.concatenate([triangle, shift]), mode="r")
        return -solve_triangular(factor[:p, :p], factor[:p, p])

    return direction


def form_gram(matrix: jax.Array) -> jax.Array:
    """Return ``AᵀA`` for ``A (n, m)``; the blocks below the diagonal are mirrored."""
    m = matrix.shape[1]
    if m < _COLUMN_BLOCKS * _SMALLEST_BLOCK:
        return matrix.T @ matrix
    edges = [round(m * k / _COLUMN_BLOCKS) for k in range(_COLUMN_BLOCKS + 1)]
    bands = []
    for low, high in itertools.pairwise(edges):
        band = matrix[:, low:high].T @ matrix[:, low:]
        bands.append(jnp.pad(band, ((0, 0), (low, 0))))
    upper = jnp.triu(jnp.concatenate(bands))
    return upper + jnp.triu(upper, 1).T


def _build(
    stack: RowStack,
    prepare: Callable[[jax.Array, jax.Array], Direction],
    trials: tuple[float, ...],
) -> Step:
    def step(
        flat: jax.Array, frozen: Any, batch: Batch, weights: jax.Array, damping: jax.Array
    ) -> Attempt:
        residual, jacobian = stack.linearise(flat, frozen, batch, weights)
        direction = prepare(residual, jacobian)
        unit = jnp.sum(jnp.square(jacobian)) / flat.size
        return choose_trial(
            flat,
            residual,
            jnp.isfinite(unit),
            damping * jnp.asarray(trials, flat.dtype),
            lambda mu: flat + direction(mu * unit),
            lambda theta: stack.values(theta, frozen, batch, weights),
            lambda d: jacobian @ d,
        )

    return step


def choose_trial(
    flat: jax.Array,
    residual: jax.Array,
    has_derivatives: jax.Array,
    dampings: jax.Array,
    move: Callable[[jax.Array], jax.Array],
    rows: Callable[[jax.Array], jax.Array],
    push: Callable[[jax.Array], jax.Array],
) -> Attempt:
    """Return the trial of the smallest loss; the old parameters where none is smaller.

    ``residual (N,)`` is ρ before the step, ``rows(θ)`` is ρ at θ, ``push(d)`` is ``J d``.
    """
    before = jnp.vdot(residual, residual)

    def try_damping(damping: jax.Array) -> tuple[jax.Array, jax.Array]:
        moved = move(damping)
        values = rows(moved)
        loss = jnp.vdot(values, values)
        return moved, jnp.where(jnp.isfinite(loss), loss, jnp.inf)

    moved, losses = jax.lax.map(try_damping, dampings)
    best = jnp.argmin(losses)
    is_better = losses[best] < before
    chosen = jnp.where(is_better, moved[best], flat)
    linear = push(chosen - flat)
    length = jnp.linalg.norm(linear)
    missed = jnp.linalg.norm(rows(chosen) - residual - linear)
    return Attempt(
        chosen,
        before,
        losses[best],
        dampings[best],
        jnp.isfinite(before) & has_derivatives,
        jnp.where(length > 0, missed / jnp.where(length > 0, length, 1.0), 0.0),
    )


def trust(flag: float) -> float:
    """Return the factor of the next damping: less where the step was linear, more where it was not."""
    if flag < LINEARISATION_LIMIT:
        return 1.0 / _BOLDER
    return _BOLDER if flag > 1.0 else 1.0


def _solve(matrix: jax.Array, right: jax.Array, damping: jax.Array) -> jax.Array:
    """Return ``(A + λ)⁻¹ b``, NaN where the matrix is not positive definite."""
    shifted = matrix + damping * jnp.eye(matrix.shape[0], dtype=matrix.dtype)
    factor = jax.lax.linalg.cholesky(shifted, symmetrize_input=False)
    return cho_solve((factor, True), right)
