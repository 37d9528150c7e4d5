"""Random Fourier features before a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax

from pdelang.networks.activation import taylor_cosine, taylor_sine
from pdelang.networks.gated import PirateNetwork
from pdelang.networks.mlp import MLP
from pdelang.networks.series import Series, affine_series, compose_series, concatenate_series


@dataclass(frozen=True, slots=True)
class FourierNetwork:
    """``N(cos(zB), sin(zB))`` with ``count`` fixed random frequencies ``B ~ N(0, scale²)``.

    The frequencies act on scaled coordinates; they are frozen parameters: saved, not
    trained. Source: Tancik et al., "Fourier features let networks learn high frequency
    functions in low dimensional domains", NeurIPS 2020.
    """

    inputs: int
    count: int
    scale: float
    inner: MLP | PirateNetwork

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        frequency_key, inner_key = jax.random.split(key)
        trained, frozen = self.inner.initialise(inner_key, dtype)
        shape = (self.inputs, self.count)
        frequencies = self.scale * jax.random.normal(frequency_key, shape, dtype)
        return trained, {**frozen, "frequencies": frequencies}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        phase = affine_series(series, frozen["frequencies"], None)
        features = concatenate_series(
            [compose_series(taylor_cosine, phase), compose_series(taylor_sine, phase)]
        )
        return self.inner.apply(trained, frozen, features)
