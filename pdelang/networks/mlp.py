"""The multilayer perceptron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from pdelang.networks.activation import ACTIVATIONS
from pdelang.networks.dense import dense_series, draw_layer
from pdelang.networks.series import Series, compose_series


@dataclass(frozen=True, slots=True)
class MLP:
    """``depth`` hidden layers of ``width`` neurons and a linear last layer.

    Parametrisation ``standard``: Glorot-normal weights and biases from
    ``N(0, bias_scale²)``. Parametrisation ``ntk``: ``z W/√fan_in + b`` with all entries of
    W standard normal, as in Jacot, Gabriel and Hongler, "Neural tangent kernel", NeurIPS
    2018, and in the Poisson example of arXiv 2007.14527 (with ``bias_scale = 1``).
    ``input_scale`` replaces the deviation of the first layer's weights: with sine activations
    it is the size of the frequencies that the network starts with. ``last_width`` is the number of
    neurons of the last hidden layer, those of a compressed network.
    """

    inputs: int
    outputs: int
    width: int = 64
    depth: int = 4
    activation: str = "tanh"
    bias_scale: float = 0.0
    parametrization: str = "standard"
    input_scale: float | None = None
    last_width: int | None = None  # of the last hidden layer, where it is another

    @property
    def widths(self) -> tuple[int, ...]:
        last = self.width if self.last_width is None else self.last_width
        return (self.inputs, *([self.width] * (self.depth - 1)), last, self.outputs)

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen) parameters: ``layers`` of ``weight (in, out)``, ``bias (out,)``."""
        layers = [
            draw_layer(
                jax.random.fold_in(key, number),
                *fan,
                dtype,
                bias_scale=self.bias_scale,
                parametrization=self.parametrization,
                deviation=self.input_scale if number == 0 else None,
            )
            for number, fan in enumerate(zip(self.widths[:-1], self.widths[1:], strict=True))
        ]
        return {"layers": layers}, {}

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs, ``(n, outputs)`` per coefficient."""
        function = ACTIVATIONS[self.activation]
        last = len(trained["layers"]) - 1
        for number, layer in enumerate(trained["layers"]):
            series = dense_series(series, layer, self.parametrization)
            if number < last:
                series = compose_series(function, series)
        return series


def count_parameters(trained: dict) -> int:
    """Return the number of trained numbers."""
    return sum(int(jnp.size(leaf)) for leaf in jax.tree.leaves(trained))
