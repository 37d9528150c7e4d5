"""A network for the unknowns with the fits beside it: all that is sought, in one vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.system import System
from pdelang.networks.network import Network
from pdelang.networks.polynomials import PolynomialNetwork
from pdelang.networks.series import Series, affine_series
from pdelang.semantics.measured import Departure, Fit, list_degrees
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class SoughtFit:
    """The polynomial of a fit: ``degrees (d, count)`` along all coordinates, 0 where it is constant."""

    name: str
    degrees: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class SoughtNetwork:
    """Outputs of ``inner`` for the unknowns, then ``p(ξ) = Σ_m c_m Π_i T_{m_i}(ξ_i)`` per fit.

    Trained parameters are ``{"fields": …, "fits": {name: c (count,)}}``, all c zero at first: the fits'
    first guesses. ``stretch`` and ``shift (d,)`` take the network's inputs to [-1, 1].
    """

    inner: Network
    fits: tuple[SoughtFit, ...]
    stretch: np.ndarray
    shift: np.ndarray

    @classmethod
    def around(cls, inner: Network, system: System) -> SoughtNetwork:
        """Return the network of a system with fits among its fields."""
        problem, scaling = system.problem, system.scaling
        bounds = problem.extra_bounds
        low = np.array([*problem.domain.box.low, *(b.low_value for b in bounds)])
        high = np.array([*problem.domain.box.high, *(b.high_value for b in bounds)])
        half, centre = (high - low) / 2, (high + low) / 2
        fits = {fit.name: fit for fit in problem.fits}
        return cls(
            inner,
            tuple(SoughtFit(n, spread_degrees(problem, fits[n])) for n in system.sought),
            np.array(scaling.half_width) / half,
            (np.array(scaling.centre) - centre) / half,
        )

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen) parameters."""
        trained, frozen = self.inner.initialise(key, dtype)
        fits = {fit.name: jnp.zeros(fit.degrees.shape[1], dtype) for fit in self.fits}
        return {"fields": trained, "fits": fits}, frozen

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        parts = [self.inner.apply(trained["fields"], frozen, series)]
        unit = self._to_unit(series)
        for fit in self.fits:
            coefficients = trained["fits"][fit.name][:, None]
            d, count = fit.degrees.shape
            highest = int(fit.degrees.max())
            if highest == 0:
                rows = jnp.broadcast_to(coefficients[0], (series.value.shape[0], 1))
                parts.append(Series(series.indices, {series.zero_index: rows}))
                continue
            polynomials = PolynomialNetwork(d, 1, count, highest)
            features = polynomials.features({"degrees": jnp.asarray(fit.degrees)}, unit)
            parts.append(affine_series(features, coefficients, None))
        rows = series.value.shape[0]
        found: dict[tuple[int, ...], jax.Array] = {}
        widths = [part.value.shape[1] for part in parts]
        for index in series.indices:
            if any(index in part.coefficients for part in parts):
                found[index] = jnp.concatenate(
                    [
                        jnp.broadcast_to(part.coefficients[index], (rows, width))
                        if index in part.coefficients
                        else jnp.zeros((rows, width), series.value.dtype)
                        for part, width in zip(parts, widths, strict=True)
                    ],
                    axis=1,
                )
        return Series(series.indices, found)

    def _to_unit(self, series: Series) -> Series:
        dtype = series.value.dtype
        stretch = jnp.asarray(self.stretch[None, :], dtype)
        shift = jnp.asarray(self.shift[None, :], dtype)
        moved = {
            i: c * stretch + (shift if i == series.zero_index else 0.0)
            for i, c in series.coefficients.items()
        }
        return Series(series.indices, moved)


def spread_degrees(problem: Problem, fit: Fit) -> np.ndarray:
    """Return the degrees of a fit's departure along all coordinates, ``(d, count)``."""
    assert isinstance(fit.value, Departure)
    own = list_degrees(len(fit.coordinates), fit.value.degree)
    degrees = np.zeros((len(problem.coordinates), len(own)), np.int32)
    for position, name in enumerate(fit.coordinates):
        degrees[problem.coordinates.index(name)] = [degree[position] for degree in own]
    return degrees
