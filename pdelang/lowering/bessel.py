"""Bessel functions of constant order in JAX, computed by SciPy on the host.

JAX has no Bessel functions of any order. They stand in the data of a problem, not in its solution,
so a call to the host per batch of points costs little. Their derivative is the recurrence
``2 C_m'(x) = C_{m-1}(x) - C_{m+1}(x)`` (Abramowitz and Stegun 1964, 9.1.27).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike


def bessel_j(order: float, x: ArrayLike) -> jax.Array:
    """Return ``J_order(x)``, element by element."""
    return _bessel("jv", float(order), jnp.asarray(x))


def bessel_y(order: float, x: ArrayLike) -> jax.Array:
    """Return ``Y_order(x)``, element by element; NaN for negative ``x``."""
    return _bessel("yv", float(order), jnp.asarray(x))


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _bessel(name: str, order: float, x: jax.Array) -> jax.Array:
    # Where a callback runs, JAX's 64-bit switch of this thread does not hold: numbers cross over as
    # pairs of 32-bit words.
    words = jax.lax.bitcast_convert_type(x, jnp.uint32)
    result = jax.ShapeDtypeStruct(words.shape, words.dtype)
    values = jax.pure_callback(
        _on_host(name, order, x.dtype), result, words, vmap_method="expand_dims"
    )
    return jax.lax.bitcast_convert_type(values, x.dtype)


def _on_host(name: str, order: float, dtype: np.dtype) -> Callable[[np.ndarray], np.ndarray]:
    def compute(words: np.ndarray) -> np.ndarray:
        from scipy import special

        given = np.ascontiguousarray(np.asarray(words))
        values = getattr(special, name)(order, given.view(dtype).astype(np.float64))
        return values.astype(dtype).view(np.uint32).reshape(given.shape)

    return compute


@_bessel.defjvp
def _slope(
    name: str, order: float, primals: tuple[jax.Array], tangents: tuple[jax.Array]
) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    slope = (_bessel(name, order - 1.0, x) - _bessel(name, order + 1.0, x)) / 2.0
    return _bessel(name, order, x), slope * dx


_SOURCE = """def {name}(order, x):
    import numpy
    from scipy import special

    x = jnp.asarray(x)
    words = jax.lax.bitcast_convert_type(x, jnp.uint32)

    def compute(words):
        words = numpy.ascontiguousarray(words)
        values = special.{scipy}(order, words.view(x.dtype).astype(float))
        return values.astype(x.dtype).view(numpy.uint32).reshape(words.shape)

    shape = jax.ShapeDtypeStruct(words.shape, words.dtype)
    values = jax.pure_callback(compute, shape, words, vmap_method="expand_dims")
    return jax.lax.bitcast_convert_type(values, x.dtype)
"""

BESSEL_SOURCE = {
    name: _SOURCE.format(name=name, scipy=scipy)
    for name, scipy in (("besselj", "jv"), ("bessely", "yv"))
}
"""The same as functions of an emitted module, by the names that the function table gives them."""
