"""Gradients of single rows: one point of a residual, one time of a functional."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

# Numbers that the gradients of one chunk may hold together: 128 MB in float64.
_CHUNK_NUMBERS = 2**24

Row = Callable[[Any, Any], jax.Array]
Rows = Callable[[jax.Array, Any], jax.Array]


def square_row_gradients(row: Row, trained: Any, arguments: Any) -> jax.Array:
    """Return ``‖∂ row(θ, a_i)/∂θ‖²`` for every entry of ``arguments``, ``(n,)``.

    ``row(trained, argument)`` is a scalar; ``arguments`` is an array or a pytree of arrays
    whose first axis counts the rows. Reverse mode row by row, in chunks of bounded memory:
    the cost is n gradients, never a Jacobian of a stacked residual.
    """

    def square(argument: Any) -> jax.Array:
        gradient = jax.grad(row)(trained, argument)
        return sum((jnp.vdot(leaf, leaf) for leaf in jax.tree.leaves(gradient)), jnp.zeros(()))

    count = jax.tree.leaves(arguments)[0].shape[0]
    chunk = max(1, _CHUNK_NUMBERS // max(1, count_parameters(trained)))
    if count <= chunk:
        return jax.vmap(square)(arguments)
    return jax.lax.map(square, arguments, batch_size=chunk)


def linearise_rows(rows: Rows, flat: jax.Array, arguments: Any) -> tuple[jax.Array, jax.Array]:
    """Return ``rows(θ, a_i)`` and ``∂ rows(θ, a_i)/∂θ`` for all i: ``(n, b)`` and ``(n, b, p)``.

    ``rows(flat, argument)`` is ``(b,)`` for parameters ``flat (p,)``; the b rows of one argument
    share its forward pass. Reverse mode argument by argument, in chunks of bounded memory.
    """

    def linearise(argument: Any) -> tuple[jax.Array, jax.Array]:
        values, pull_back = jax.vjp(lambda theta: rows(theta, argument), flat)
        (gradients,) = jax.vmap(pull_back)(jnp.eye(values.shape[0], dtype=values.dtype))
        return values, gradients

    count = jax.tree.leaves(arguments)[0].shape[0]
    chunk = max(1, _CHUNK_NUMBERS // max(1, flat.size))
    if count <= chunk:
        return jax.vmap(linearise)(arguments)
    return jax.lax.map(linearise, arguments, batch_size=chunk)


def count_parameters(trained: Any) -> int:
    """Return how many numbers a pytree holds."""
    return sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(trained))
