"""Activations as Taylor functions: ``f^(m)(z)/m!`` for m = 0 … order, by recurrence."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jax.scipy.special import erf

from pdelang.networks.series import TaylorFunction


def taylor_tanh(z: jax.Array, order: int) -> list[jax.Array]:
    """``y' = 1 − y²`` gives ``(m+1) y_{m+1} = [m = 0] − Σ_i y_i y_{m−i}``."""
    return _riccati(jnp.tanh(z), order, constant=1.0, linear=0.0)


def taylor_sigmoid(z: jax.Array, order: int) -> list[jax.Array]:
    """``y' = y − y²`` gives ``(m+1) y_{m+1} = y_m − Σ_i y_i y_{m−i}``."""
    return _riccati(jax.nn.sigmoid(z), order, constant=0.0, linear=1.0)


def _riccati(value: jax.Array, order: int, constant: float, linear: float) -> list[jax.Array]:
    """Return the Taylor coefficients of the solution of ``y' = constant + linear·y − y²``."""
    y = [value]
    for m in range(order):
        pairs = [y[i] * y[m - i] for i in range(m // 2 + 1)]
        total = sum((2 * p for p in pairs[:-1]), pairs[-1] if m % 2 == 0 else 2 * pairs[-1])
        slope = (constant if m == 0 else 0.0) - total
        if linear:
            slope = slope + linear * y[m]
        y.append(slope / (m + 1))
    return y


def taylor_sine(z: jax.Array, order: int) -> list[jax.Array]:
    """The derivatives of the sine are sine, cosine, −sine, −cosine, and so on."""
    return _trigonometric(jnp.sin(z), jnp.cos(z) if order else z, order)


def taylor_cosine(z: jax.Array, order: int) -> list[jax.Array]:
    """The derivatives of the cosine are cosine, −sine, −cosine, sine, and so on."""
    return _trigonometric(jnp.cos(z), -jnp.sin(z) if order else z, order)


def _trigonometric(value: jax.Array, slope: jax.Array, order: int) -> list[jax.Array]:
    cycle = (value, slope, -value, -slope)
    return [cycle[m % 4] / math.factorial(m) for m in range(order + 1)]


def taylor_softplus(z: jax.Array, order: int) -> list[jax.Array]:
    """``y' = sigmoid(z)``."""
    slopes = taylor_sigmoid(z, order - 1) if order else []
    return [jax.nn.softplus(z)] + [slope / (m + 1) for m, slope in enumerate(slopes)]


def taylor_swish(z: jax.Array, order: int) -> list[jax.Array]:
    """``z · sigmoid(z)``, by Leibniz: ``y_m = z s_m + s_{m−1}``."""
    return _times_argument(z, taylor_sigmoid(z, order))


def taylor_gelu(z: jax.Array, order: int) -> list[jax.Array]:
    """``z Φ(z)`` with the normal distribution Φ; its density obeys ``φ' = −z φ``."""
    distribution = [0.5 * (1 + erf(z / math.sqrt(2.0)))]
    if order:
        density = [jnp.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)]
        for m in range(order - 1):
            below = density[m - 1] if m else 0.0
            density.append(-(z * density[m] + below) / (m + 1))
        distribution += [slope / (m + 1) for m, slope in enumerate(density)]
    return _times_argument(z, distribution)


def _times_argument(z: jax.Array, y: list[jax.Array]) -> list[jax.Array]:
    return [z * y[0]] + [z * y[m] + y[m - 1] for m in range(1, len(y))]


ACTIVATIONS: dict[str, TaylorFunction] = {
    "tanh": taylor_tanh,
    "sine": taylor_sine,
    "gelu": taylor_gelu,
    "swish": taylor_swish,
    "softplus": taylor_softplus,
}
