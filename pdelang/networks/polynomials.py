"""Frozen Chebyshev polynomials: a network of which only the last layer is ever determined."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.networks.activation import taylor_sine
from pdelang.networks.periodic import PeriodicAxis
from pdelang.networks.series import (
    Series,
    TaylorFunction,
    affine_series,
    compose_series,
    multiply_series,
    select_columns,
)


@dataclass(frozen=True, slots=True)
class PolynomialNetwork:
    """``N_k(z) = Σ_m c_mk Π_i T_{m_i}(z_i)`` with ``count`` frozen degrees up to ``degree``.

    Along a periodic axis the Chebyshev polynomials ``T_0, T_1, …`` are replaced by
    ``1, sin ωz, cos ωz, sin 2ωz, …`` with ω = 2π/period. Least squares determines the
    coefficients ``(count, outputs)``; a gradient method may train them too.
    Source: Trefethen, "Approximation Theory and Approximation Practice" (2013), chapter 3.
    """

    inputs: int
    outputs: int
    count: int
    degree: int
    periodic: tuple[PeriodicAxis, ...] = ()

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen): ``coefficients``; ``degrees (inputs, count)``, lowest first."""
        deviation = math.sqrt(1.0 / self.count)
        coefficients = deviation * jax.random.normal(key, (self.count, self.outputs), dtype)
        degrees = jnp.asarray(_lowest_degrees(self.inputs, self.count, self.degree), jnp.int32)
        return {"coefficients": coefficients}, {"degrees": degrees}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        return affine_series(self.features(frozen, series), trained["coefficients"], None)

    def features(self, frozen: dict, series: Series) -> Series:
        """Return the series of the polynomials, ``(n, count)`` per coefficient."""
        periods = {axis.axis: axis.period for axis in self.periodic}
        features: Series | None = None
        for axis in range(self.inputs):
            column = select_columns(series, [axis])
            if axis in periods:
                factors = _fourier_series(column, self.degree + 1, 2.0 * math.pi / periods[axis])
            else:
                factors = compose_series(_taylor_chebyshev(self.degree + 1), column)
            chosen = frozen["degrees"][axis]
            own = Series(
                factors.indices, {i: c[:, chosen] for i, c in factors.coefficients.items()}
            )
            features = own if features is None else multiply_series(features, own)
        assert features is not None
        return features


def _taylor_chebyshev(size: int) -> TaylorFunction:
    """Return the Taylor function of ``T_0 … T_{size−1}`` of a column ``(n, 1)``, each ``(n, size)``.

    With ``t_{k,j} = T_k^(j)(z)/j!`` the three-term recurrence becomes
    ``t_{k+1,j} = 2z t_{k,j} + 2 t_{k,j−1} − t_{k−1,j}``.
    """

    def taylor(z: jax.Array, order: int) -> list[jax.Array]:
        column = z[:, 0]
        zero = jnp.zeros_like(column)
        first = jnp.stack([jnp.ones_like(column)] + [zero] * order)
        second = jnp.stack([column] + [zero + 1.0] * (order > 0) + [zero] * max(0, order - 1))

        def step(pair: tuple, _: None) -> tuple:
            before, last = pair
            below = jnp.concatenate([zero[None, :], last[:-1]])
            return (last, 2.0 * column[None, :] * last + 2.0 * below - before), before

        _, table = jax.lax.scan(step, (first, second), None, length=size)
        return [table[:, j].T for j in range(order + 1)]

    return taylor


def _fourier_series(column: Series, size: int, unit: float) -> Series:
    k = np.arange(size)
    dtype = column.value.dtype
    frequencies = jnp.asarray(unit * ((k + 1) // 2), dtype)[None, :]
    phases = jnp.asarray(np.where(k % 2 == 0, 0.5 * math.pi, 0.0), dtype)
    return compose_series(taylor_sine, affine_series(column, frequencies, phases))


def _lowest_degrees(inputs: int, count: int, degree: int) -> np.ndarray:
    """Return the ``count`` multi-indices of the lowest total degree, ``(inputs, count)``.

    Raises ValueError where degrees up to ``degree`` do not give as many.
    """
    if (degree + 1) ** inputs < count:
        raise ValueError(f"degree {degree} gives fewer than {count} polynomials")
    found: list[tuple[int, ...]] = []
    for total in range(inputs * degree + 1):
        for bars in itertools.combinations(range(total + inputs - 1), inputs - 1):
            edges = (-1, *bars, total + inputs - 1)
            index = tuple(b - a - 1 for a, b in itertools.pairwise(edges))
            if max(index) <= degree:
                found.append(index)
                if len(found) == count:
                    return np.array(found).T
    raise AssertionError("the count was checked")
