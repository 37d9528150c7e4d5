"""Frozen random features: a network of which only the last layer is ever determined."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.activation import taylor_sine
from pdelang.networks.periodic import PeriodicAxis
from pdelang.networks.series import Series, affine_series, compose_series


@dataclass(frozen=True, slots=True)
class FeatureNetwork:
    """``N_k(z) = Σ_m c_mk sin(z·w_m + b_m)`` with ``count`` frozen frequencies and phases.

    Frequencies are normal with standard deviation ``scale``; along a periodic axis they are
    whole multiples of 2π/period, so that every feature is periodic exactly. Least squares
    determines the coefficients ``(count, outputs)``; a gradient method may train them too.
    Source: Rahimi and Recht, "Random features for large-scale kernel machines", NIPS 2007.
    """

    inputs: int
    outputs: int
    count: int
    scale: float = 4.0
    periodic: tuple[PeriodicAxis, ...] = ()

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen): ``coefficients``; ``frequencies (inputs, count)``, ``phases``."""
        frequency_key, phase_key, coefficient_key = jax.random.split(key, 3)
        shape = (self.inputs, self.count)
        frequencies = self.scale * jax.random.normal(frequency_key, shape, dtype)
        for axis in self.periodic:
            unit = 2.0 * math.pi / axis.period
            rounded = unit * jnp.round(frequencies[axis.axis] / unit)
            frequencies = frequencies.at[axis.axis].set(rounded)
        phases = 2.0 * math.pi * jax.random.uniform(phase_key, (self.count,), dtype)
        deviation = math.sqrt(1.0 / self.count)
        coefficients = deviation * jax.random.normal(
            coefficient_key, (self.count, self.outputs), dtype
        )
        return {"coefficients": coefficients}, {"frequencies": frequencies, "phases": phases}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        angles = affine_series(series, frozen["frequencies"], frozen["phases"])
        return affine_series(compose_series(taylor_sine, angles), trained["coefficients"], None)
