"""One layer of neurons: how its numbers are drawn, and how it acts on series."""

from __future__ import annotations

import math
from typing import Any

import jax

from pdelang.networks.series import Series, affine_series


def draw_layer(
    key: jax.Array,
    fan_in: int,
    fan_out: int,
    dtype: Any,
    *,
    bias_scale: float,
    parametrization: str,
    deviation: float | None = None,
) -> dict[str, jax.Array]:
    """Return ``weight (fan_in, fan_out)`` and ``bias (fan_out,)``.

    Weights are Glorot-normal, or standard normal where the parametrisation is ``ntk``, unless their
    ``deviation`` is given; biases come from ``N(0, bias_scale²)``.
    """
    weight_key, bias_key = jax.random.split(key)
    if deviation is None:
        glorot = math.sqrt(2.0 / (fan_in + fan_out))
        deviation = 1.0 if parametrization == "ntk" else glorot
    return {
        "weight": deviation * jax.random.normal(weight_key, (fan_in, fan_out), dtype),
        "bias": bias_scale * jax.random.normal(bias_key, (fan_out,), dtype),
    }


def dense_series(series: Series, layer: dict[str, jax.Array], parametrization: str) -> Series:
    """Return ``z W + b``, or ``z W/√fan_in + b`` where the parametrisation is ``ntk``."""
    weight = layer["weight"]
    if parametrization == "ntk":
        weight = weight / math.sqrt(weight.shape[0])
    return affine_series(series, weight, layer["bias"])
