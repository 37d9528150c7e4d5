"""Frozen features with corner singularities: polynomials times singular functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.corner_functions import ROWS, SIZE, corner_derivative
from pdelang.networks.polynomials import PolynomialNetwork
from pdelang.networks.series import Series, affine_series, multiply_series


@dataclass(frozen=True, slots=True)
class CornerNetwork:
    """``N_k(z) = Σ_m c_mk T_{m1}(z_1) T_{m2}(z_2) C_m(x)`` with ``count`` frozen products.

    ``C_m`` is singular at a corner of the region, or 1: see `corner_functions`. It lives in
    physical coordinates, which the frozen ``map (2, 2)``, centre and half-widths, gives back.
    """

    inputs: int
    outputs: int
    count: int
    degree: int

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen): without a region of its own, all singular parts are 1."""
        shape = (self.count, self.outputs)
        trained = {"coefficients": jax.random.normal(key, shape, dtype) / math.sqrt(self.count)}
        rest = jnp.arange(self.count) % (self.degree + 1) ** 2
        degrees = jnp.stack([rest % (self.degree + 1), rest // (self.degree + 1)])
        corners = jnp.zeros((ROWS, self.count), dtype).at[SIZE].set(1.0)
        unit = jnp.stack([jnp.zeros(2, dtype), jnp.ones(2, dtype)])
        return trained, {"degrees": degrees.astype(jnp.int32), "corners": corners, "map": unit}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        identity = {"coefficients": jnp.eye(self.count, dtype=series.value.dtype)}
        polynomials = PolynomialNetwork(self.inputs, self.count, self.count, self.degree)
        features = polynomials.apply(identity, {"degrees": frozen["degrees"]}, series)
        products = multiply_series(features, self._singular(frozen, series))
        return affine_series(products, trained["coefficients"], None)

    def _singular(self, frozen: dict, series: Series) -> Series:
        """Return the series of every ``C_m`` in the scaled coordinates."""
        centre, width = frozen["map"]
        points = centre[None, :] + width[None, :] * series.value
        corners = frozen["corners"]
        coefficients = {}
        for index in series.indices:
            m, n = index
            factor = width[0] ** m * width[1] ** n / (math.factorial(m) * math.factorial(n))
            coefficients[index] = factor * corner_derivative(
                jnp, points[:, 0], points[:, 1], corners, (m, n)
            )
        return Series(series.indices, coefficients)
