"""Kernels are formed in float64, whatever the precision of training.

The eigenvalues of a kernel fall by a factor at every mode; float32 would lose all but the first
few to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp


@contextmanager
def float64_context() -> Iterator[None]:
    """Hold this thread at float64 with exact matrix products; JAX's own flags stay as they are."""
    with jax.enable_x64(True), jax.default_matmul_precision("highest"):
        yield


def widen(tree: Any) -> Any:
    """Return a pytree with every floating-point leaf in float64; call it in `float64_context`."""

    def convert(leaf: Any) -> Any:
        array = jnp.asarray(leaf)
        return array.astype(jnp.float64) if jnp.issubdtype(array.dtype, jnp.floating) else array

    return jax.tree.map(convert, tree)
