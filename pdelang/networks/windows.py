"""Frozen features of the time alone: polynomials on windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.series import Series
from pdelang.networks.splines import legendre_values


@dataclass(frozen=True, slots=True)
class WindowNetwork:
    """``N_k(t) = Σ_m c_wmk P_m(2τ − 1)`` on the window w that holds t: a piecewise polynomial.

    P are the Legendre polynomials up to ``time_degree``, τ in [0, 1] the place within the window.
    What a `SplineNetwork` is over space and time, without the space.
    """

    inputs: int
    outputs: int
    windows: int = 1
    time_degree: int = 4

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen): ``coefficients (windows, time_degree + 1, outputs)``; ``edges``."""
        shape = (self.windows, self.time_degree + 1, self.outputs)
        edges = jnp.linspace(-1.0, 1.0, self.windows + 1, dtype=dtype)
        return {"coefficients": jax.random.normal(key, shape, dtype)}, {"edges": edges}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        time = series.value[:, 0]
        edges = jnp.asarray(frozen["edges"], time.dtype)
        coefficients = jnp.asarray(trained["coefficients"], time.dtype)
        window = jnp.clip(jnp.searchsorted(edges, time, side="right") - 1, 0, self.windows - 1)
        length = edges[window + 1] - edges[window]
        y = 2.0 * (time - edges[window]) / length - 1.0
        highest = max(index[0] for index in series.indices)
        in_time = legendre_values(y, 2.0 / length, self.time_degree, highest)
        result = {}
        for index in series.indices:
            if index[0] > self.time_degree:
                continue
            value = jnp.einsum("nm,nmk->nk", in_time[index[0]], coefficients[window])
            result[index] = value / math.factorial(index[0])
        return Series(series.indices, result)
