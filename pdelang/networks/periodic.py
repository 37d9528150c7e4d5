"""Exact periodicity: given axes enter a network through sines and cosines only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.activation import taylor_cosine, taylor_sine
from pdelang.networks.series import (
    Series,
    affine_series,
    compose_series,
    concatenate_series,
    select_columns,
)


@dataclass(frozen=True, slots=True)
class PeriodicAxis:
    """Input ``axis`` is identified with itself after ``period``, in the network's coordinate."""

    axis: int
    period: float


@dataclass(frozen=True, slots=True)
class PeriodicNetwork:
    """``N(…, cos(2πk z/period), sin(2πk z/period), …)``, k = 1 … ``harmonics``, per periodic axis.

    Every function of these features, and each of its derivatives, is periodic to rounding.
    Source: Dong and Ni, "A method for representing periodic functions and enforcing exactly
    periodic boundary conditions with deep neural networks", J. Comput. Phys. 435 (2021).
    """

    inputs: int
    axes: tuple[PeriodicAxis, ...]
    harmonics: int
    inner: Any  # a Network with `count_periodic_features(...)` inputs

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        return self.inner.initialise(key, dtype)

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        periodic = {axis.axis for axis in self.axes}
        others = [i for i in range(self.inputs) if i not in periodic]
        parts = [select_columns(series, others)] if others else []
        dtype = series.value.dtype
        for axis in self.axes:
            wave_numbers = jnp.array(
                [[2 * math.pi * k / axis.period for k in range(1, self.harmonics + 1)]], dtype
            )
            phase = affine_series(select_columns(series, [axis.axis]), wave_numbers, None)
            parts += [compose_series(taylor_cosine, phase), compose_series(taylor_sine, phase)]
        return self.inner.apply(trained, frozen, concatenate_series(parts))


def count_periodic_features(inputs: int, axes: int, harmonics: int) -> int:
    """Return how many inputs the network behind the embedding has."""
    return inputs - axes + 2 * harmonics * axes
