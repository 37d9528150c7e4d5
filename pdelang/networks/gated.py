"""Networks whose layers blend two encodings of the input: the modified perceptron and PirateNets."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.activation import ACTIVATIONS
from pdelang.networks.dense import dense_series, draw_layer
from pdelang.networks.series import Series, add_series, compose_series, multiply_series


@dataclass(frozen=True, slots=True)
class ModifiedMLP:
    """Hidden layers ``H ← (1 − Z) U + Z V``, ``Z = φ(H W + b)``, with ``U, V = φ(z W + b)`` of the input.

    The first of ``depth`` hidden layers is not blended, the last layer is linear. Source: Wang, Teng
    and Perdikaris, "Understanding and mitigating gradient flow pathologies in physics-informed neural
    networks", SIAM J. Sci. Comput. 43 (2021), section 2.6.
    """

    inputs: int
    outputs: int
    width: int = 64
    depth: int = 4
    activation: str = "tanh"
    bias_scale: float = 0.0
    parametrization: str = "standard"

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen) parameters: two ``gates`` and ``layers`` of weight and bias."""
        widths = (self.inputs, *([self.width] * self.depth), self.outputs)
        fans = [*itertools.pairwise(widths), *[(self.inputs, self.width)] * 2]
        layers = _draw(key, fans, dtype, self)
        return {"layers": layers[:-2], "gates": layers[-2:]}, {}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        first, second = (_activate(self, series, gate) for gate in trained["gates"])
        *hidden, last = trained["layers"]
        for number, layer in enumerate(hidden):
            series = _activate(self, series, layer)
            if number:
                series = _blend(series, second, first)
        return dense_series(series, last, self.parametrization)


@dataclass(frozen=True, slots=True)
class PirateNetwork:
    """``depth`` blocks ``x ← a h + (1 − a) x`` of three layers, the first two blended with U and V.

    The shares a are trained from 0, so that the network starts as a linear one of its input and grows
    deep where that helps; the input, an embedding of ``width`` features, is as wide as the blocks. Source:
    Wang, Li, Chen and Perdikaris, "PirateNets: physics-informed deep learning with residual adaptive
    networks", J. Mach. Learn. Res. 25 (2024), section 4.
    """

    width: int
    outputs: int
    depth: int = 3
    activation: str = "tanh"
    bias_scale: float = 0.0
    parametrization: str = "standard"

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen) parameters: ``gates``, ``blocks``, and the last of ``layers``."""
        square = (self.width, self.width)
        drawn = _draw(
            key, [*[square] * (3 * self.depth + 2), (self.width, self.outputs)], dtype, self
        )
        blocks = [
            {"layers": drawn[3 * k : 3 * k + 3], "share": jnp.zeros((1,), dtype)}
            for k in range(self.depth)
        ]
        return {"gates": drawn[-3:-1], "blocks": blocks, "layers": drawn[-1:]}, {}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        first, second = (_activate(self, series, gate) for gate in trained["gates"])
        for block in trained["blocks"]:
            inner = series
            for number, layer in enumerate(block["layers"]):
                inner = _activate(self, inner, layer)
                if number < 2:
                    inner = _blend(inner, first, second)
            share = block["share"][None, :]
            series = add_series(inner, series, share, 1.0 - share)
        return dense_series(series, trained["layers"][-1], self.parametrization)


_Gated = ModifiedMLP | PirateNetwork


def _draw(
    key: jax.Array, fans: list[tuple[int, int]], dtype: Any, network: _Gated
) -> list[dict[str, jax.Array]]:
    return [
        draw_layer(
            jax.random.fold_in(key, number),
            *fan,
            dtype,
            bias_scale=network.bias_scale,
            parametrization=network.parametrization,
        )
        for number, fan in enumerate(fans)
    ]


def _activate(network: _Gated, series: Series, layer: dict[str, jax.Array]) -> Series:
    function = ACTIVATIONS[network.activation]
    return compose_series(function, dense_series(series, layer, network.parametrization))


def _blend(weight: Series, first: Series, second: Series) -> Series:
    """Return ``Z A + (1 − Z) B = B + Z (A − B)``."""
    return add_series(second, multiply_series(weight, add_series(first, second, 1.0, -1.0)))
