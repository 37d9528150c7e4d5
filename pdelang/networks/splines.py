"""Frozen local features: a tensor product of splines in space and polynomials in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.series import Series


@dataclass(frozen=True, slots=True)
class SplineNetwork:
    """``N_k(x, t) = Σ_m Σ_l c_wmlk P_m(2τ − 1) B_l(x)`` on the window w that holds t.

    B are the B-splines of ``degree`` over ``elements`` elements (frozen knots), P the Legendre
    polynomials up to ``time_degree``, τ in [0, 1] the place within the window. Without a time
    there is one window and P_0. A layer of B-splines is a layer of ``max(0, x − b)^degree``
    neurons with frozen biases, in a local basis; only the coefficients ``(windows,
    time_degree + 1, splines, outputs)`` are ever determined.
    Source: de Boor, "A Practical Guide to Splines", revised edition, Springer 2001, chapter IX.
    """

    inputs: int
    outputs: int
    degree: int
    elements: int
    windows: int = 1
    time_degree: int = 0
    is_periodic: bool = False

    @property
    def count(self) -> int:
        return self.elements if self.is_periodic else self.elements + self.degree

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen): ``coefficients``; ``knots``, ``edges`` of the windows.

        Uniform knots and windows; least squares chooses better ones.
        """
        shape = (self.windows, self.time_degree + 1, self.count, self.outputs)
        step = 2.0 / self.elements
        ends = jnp.arange(-self.degree, self.elements + self.degree + 1, dtype=dtype)
        knots = -1.0 + step * ends
        if not self.is_periodic:
            knots = jnp.clip(knots, -1.0, 1.0)
        edges = jnp.linspace(-1.0, 1.0, self.windows + 1, dtype=dtype)
        coefficients = jax.random.normal(key, shape, dtype)
        return {"coefficients": coefficients}, {"knots": knots, "edges": edges}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient.

        ``series`` is that of the coordinates themselves: no layer comes before this one.
        """
        points = series.value
        dtype = points.dtype
        knots = jnp.asarray(frozen["knots"], dtype)
        element, columns = self._locate(points[:, 0], knots)
        window, in_time = self._time_values(points, jnp.asarray(frozen["edges"], dtype), series)
        modes = jnp.arange(self.time_degree + 1)
        coefficients = jnp.asarray(trained["coefficients"], dtype)
        # (n, functions of time, splines, outputs)
        own = coefficients[window[:, None, None], modes[None, :, None], columns[:, None, :]]
        in_space = {
            k: spline_values(points[:, 0], element, knots, self.degree, k)
            for k in sorted({index[0] for index in series.indices})
        }
        result = {}
        for index in series.indices:
            later = index[1] if self.inputs == 2 else 0
            if index[0] > self.degree or later > self.time_degree:
                continue
            value = jnp.einsum("nm,np,nmpk->nk", in_time[later], in_space[index[0]], own)
            result[index] = value / math.prod(math.factorial(k) for k in index)
        return Series(series.indices, result)

    def _locate(self, x: jax.Array, knots: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Return the element of every point ``(n,)``, and the splines on it ``(n, degree + 1)``."""
        breaks = knots[self.degree : self.degree + self.elements + 1]
        element = jnp.clip(jnp.searchsorted(breaks, x, side="right") - 1, 0, self.elements - 1)
        return element, (element[:, None] + jnp.arange(self.degree + 1)[None, :]) % self.count

    def _time_values(
        self, points: jax.Array, edges: jax.Array, series: Series
    ) -> tuple[jax.Array, dict[int, jax.Array]]:
        """Return the window of every point ``(n,)``, and per derivative ``(n, functions)``."""
        if self.inputs == 1:
            ones = jnp.ones((points.shape[0], 1), points.dtype)
            return jnp.zeros(points.shape[0], jnp.int32), {0: ones}
        time = points[:, 1]
        window = jnp.clip(jnp.searchsorted(edges, time, side="right") - 1, 0, self.windows - 1)
        length = edges[window + 1] - edges[window]
        y = 2.0 * (time - edges[window]) / length - 1.0
        highest = max(index[1] for index in series.indices)
        return window, legendre_values(y, 2.0 / length, self.time_degree, highest)


def spline_values(
    x: jax.Array, element: jax.Array, knots: jax.Array, degree: int, order: int
) -> jax.Array:
    """Return ``∂^order B_l(x)`` of the splines on each point's element, ``(n, degree + 1)``.

    The recurrence of Cox and de Boor up to degree − order, then ``order`` differences.
    """
    n = x.shape[0]
    if order > degree:
        return jnp.zeros((n, degree + 1), x.dtype)
    none = jnp.zeros((n, 1), x.dtype)
    local = jnp.ones((n, 1), x.dtype)
    # The 2p knots around the element: p up to its left end, p from its right end on.
    around = knots[element[:, None] + jnp.arange(1, 2 * degree + 1)[None, :]]
    for k in range(1, degree + 1):
        left, right = around[:, degree - k : degree], around[:, degree : degree + k]
        share = local / (right - left)
        if k <= degree - order:
            before, after = (right - x[:, None]) * share, (x[:, None] - left) * share
        else:
            before, after = -k * share, k * share
        local = jnp.concatenate([before, none], axis=1) + jnp.concatenate([none, after], axis=1)
    return local


def legendre_values(
    y: jax.Array, rate: jax.Array, degree: int, highest: int
) -> dict[int, jax.Array]:
    """Return ``∂_t^m P_k(y)`` for k up to ``degree``, ``(n, degree + 1)`` per m up to ``highest``.

    ``rate`` is dy/dt. Bonnet's recurrence, differentiated:
    ``(k+1) P_{k+1}^(m) = (2k+1) (y P_k^(m) + m P_k^(m−1)) − k P_{k−1}^(m)``.
    """
    tables: dict[int, list[jax.Array]] = {}
    for m in range(highest + 1):
        row = [jnp.ones_like(y) if m == 0 else jnp.zeros_like(y)]
        for k in range(degree):
            following = (2 * k + 1) * (y * row[k] + (m * tables[m - 1][k] if m else 0.0))
            if k:
                following = following - k * row[k - 1]
            row.append(following / (k + 1))
        tables[m] = row
    return {m: jnp.stack(row, axis=1) * (rate**m)[:, None] for m, row in tables.items()}
