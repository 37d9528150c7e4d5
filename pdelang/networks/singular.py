"""Polynomials and functions that are singular at given points: only the last layer is determined."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.polynomials import PolynomialNetwork
from pdelang.networks.series import (
    Series,
    add_series,
    affine_series,
    compose_series,
    concatenate_series,
    multiply_series,
)

_NEAREST = 1e-8  # |z| below this is taken for this: nearer, rounding times 1/|z| would be seen
_APEX = 1e-14


@dataclass(frozen=True, slots=True)
class SingularNetwork:
    """``N_k(ξ) = Σ_m c_mk φ_m(ξ)``: Chebyshev polynomials, then ``Re`` or ``Im`` of ``z^a z̄^b (log z)^c``.

    Each of the ``functions`` has its own frozen ``z = μ·ξ + ν``, exponents and part; where its pole κ is
    not 0, ``z/(1 − κz)`` stands for z, whose branch cut ends at 1/κ. Least squares
    determines the coefficients ``(count + functions, outputs)``. Two inputs, none periodic.
    Source: Fox, Henrici and Moler, SIAM J. Numer. Anal. 4 (1967) 89-102.
    """

    outputs: int
    count: int
    degree: int
    functions: int

    @property
    def polynomials(self) -> PolynomialNetwork:
        return PolynomialNetwork(2, self.outputs, self.count, self.degree)

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen); the functions are logarithms until somebody places them."""
        total, n = self.count + self.functions, self.functions
        deviation = math.sqrt(1.0 / total)
        coefficients = deviation * jax.random.normal(key, (total, self.outputs), dtype)
        _, frozen = self.polynomials.initialise(key, dtype)
        frozen |= {
            "map_real": jnp.ones((2, n), dtype),
            "map_imaginary": jnp.zeros((2, n), dtype),
            "offset_real": jnp.full((n,), 2.0, dtype),
            "offset_imaginary": jnp.zeros((n,), dtype),
            "exponents": jnp.zeros((3, n), dtype).at[2].set(1.0),
            "parts": jnp.zeros((n,), dtype),
            "poles": jnp.zeros((n,), dtype),
        }
        return {"coefficients": coefficients}, frozen

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        smooth = self.polynomials.features(frozen, series)
        singular = self._singular(frozen, series)
        return affine_series(concatenate_series([smooth, singular]), trained["coefficients"], None)

    def _singular(self, frozen: dict, series: Series) -> Series:
        linear = frozen["map_real"] + 1j * frozen["map_imaginary"]
        offset = frozen["offset_real"] + 1j * frozen["offset_imaginary"]
        z = affine_series(series, linear, offset)
        size = jnp.abs(z.value)
        # At the apex itself the direction is rounding: the middle of the corner is taken.
        near = z.value * (_NEAREST / jnp.where(size > _APEX, size, 1.0))
        near = jnp.where(size > _APEX, near, _NEAREST)
        value = jnp.where(size < _NEAREST, near, z.value)
        z = Series(z.indices, {**z.coefficients, z.zero_index: value})
        kappa = frozen["poles"][None, :]
        beside = {index: -kappa * e for index, e in z.coefficients.items()}
        beside[z.zero_index] = 1.0 + beside[z.zero_index]
        far = compose_series(_taylor_log, Series(z.indices, beside))
        logarithm = add_series(compose_series(_taylor_log, z), far, 1.0, -1.0)
        a, b, c = (row[None, :] for row in frozen["exponents"])
        # Differences along real coordinates: the conjugate's series is the series' conjugate.
        exponent = {index: a * e + b * jnp.conj(e) for index, e in logarithm.coefficients.items()}
        power = compose_series(_taylor_exp, Series(series.indices, exponent))
        result = power
        for times in (1, 2, 3):
            more = multiply_series(result, logarithm)
            chosen = {
                index: jnp.where(c >= times, e, result.coefficients.get(index, 0.0))
                for index, e in more.coefficients.items()
            }
            result = Series(series.indices, chosen)
        is_imaginary = frozen["parts"][None, :] > 0.5
        return Series(
            series.indices,
            {i: jnp.where(is_imaginary, e.imag, e.real) for i, e in result.coefficients.items()},
        )


def _taylor_log(z: jax.Array, order: int) -> list[jax.Array]:
    inverse = 1.0 / z
    return [jnp.log(z)] + [-((-inverse) ** m) / m for m in range(1, order + 1)]


def _taylor_exp(z: jax.Array, order: int) -> list[jax.Array]:
    value = jnp.exp(z)
    return [value / math.factorial(m) for m in range(order + 1)]
