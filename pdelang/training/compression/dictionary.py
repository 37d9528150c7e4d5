"""The last layer of a solution as a dictionary of features, and the same network with some of them.

Every field is ``u_k = lift_k + cutoff_k s_k Σ_m c_mk φ_m(ξ_k)`` with the features φ of the last layer:
frozen ones, or the last hidden neurons of a trained network, whose gates then stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.networks.features import FeatureNetwork
from pdelang.networks.fourier import FourierNetwork
from pdelang.networks.mlp import MLP
from pdelang.networks.model import FieldModel
from pdelang.networks.periodic import PeriodicNetwork
from pdelang.networks.polynomials import PolynomialNetwork
from pdelang.networks.series import coordinate_series
from pdelang.networks.singular import SingularNetwork
from pdelang.semantics.settings import NETWORKS, Choice


class UnsuitedNetworkError(ValueError):
    """The network has no last layer of features that could be left out; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """The features of one solution. ``count`` of them; ``parameters`` are those of the model, in float64."""

    model: FieldModel
    choice: Choice
    parameters: dict[str, Any]

    @property
    def count(self) -> int:
        trained = self.parameters["trained"]
        if "coefficients" in trained:
            return int(trained["coefficients"].shape[0])
        return int(trained["layers"][-1]["weight"].shape[0])

    @property
    def coefficients(self) -> np.ndarray:
        """Return those of the features as `features_at` gives them, ``(count, fields)``."""
        trained = self.parameters["trained"]
        if "coefficients" in trained:
            return trained["coefficients"]
        return trained["layers"][-1]["weight"] / self._unit

    @property
    def _unit(self) -> float:
        """Return what the last layer divides its weights by."""
        return math.sqrt(self.count) if self._inner.parametrization == "ntk" else 1.0

    @property
    def kept_always(self) -> tuple[int, ...]:
        """Features that the network cannot be without: it has one of each kind at least."""
        match self.model.network:
            case SingularNetwork(count=count):
                return (0, count)
            case _:
                return ()

    def features_at(self, k: int, points: np.ndarray) -> np.ndarray:
        """Return ``cutoff_k s_k φ_m`` at points ``(n, d)``, ``(n, count)``; call it with float64 enabled."""
        model, zero = self.model, (0,) * self.model.dimension
        frame, ansatz = model.scaling.frame(k), model.ansatz[k]
        centre = np.asarray(frame.centre)[None, :]
        width = np.asarray(frame.half_width)[None, :]

        @jax.jit
        def compute(unit: Any, frozen: Any, points: jax.Array) -> jax.Array:
            inputs = coordinate_series((points - centre) / width, (zero,))
            values = model.network.apply(unit, frozen, inputs).coefficients[zero]
            values = values * model.scaling.field_scale[k]
            if ansatz.is_trivial:
                return values
            return ansatz.cutoff(points, (zero,))[0][:, None] * values

        unit = _put_unit_layer(self.parameters["trained"], self._unit)
        return np.asarray(compute(unit, self.parameters["frozen"], jnp.asarray(points)))

    def select(
        self, kept: np.ndarray, coefficients: np.ndarray
    ) -> tuple[Choice, dict[str, Any], dict[str, Any]]:
        """Return network and parameters (trained, frozen) with the features ``kept`` alone.

        ``coefficients (len(kept), fields)`` are those of the features as `features_at` gives them.
        """
        trained, frozen = self.parameters["trained"], dict(self.parameters["frozen"])
        options = dict(self.choice.options)
        match self.model.network:
            case FeatureNetwork():
                frozen["frequencies"] = frozen["frequencies"][:, kept]
                frozen["phases"] = frozen["phases"][kept]
                options |= {"count": len(kept)}
            case PolynomialNetwork(degree=degree):
                frozen["degrees"] = frozen["degrees"][:, kept]
                options |= {"count": len(kept), "degree": degree}
            case SingularNetwork(count=count, degree=degree):
                smooth, own = kept[kept < count], kept[kept >= count] - count
                frozen["degrees"] = frozen["degrees"][:, smooth]
                for name in frozen.keys() - {"degrees"}:
                    frozen[name] = frozen[name][..., own]
                options |= {"count": len(smooth), "degree": degree, "functions": len(own)}
            case _:
                layers = list(trained["layers"])
                inner = layers[-2]
                factor = 1.0
                if self._inner.parametrization == "ntk":
                    factor = math.sqrt(len(kept))
                layers[-2] = {"weight": inner["weight"][:, kept], "bias": inner["bias"][kept]}
                layers[-1] = {"weight": factor * coefficients, "bias": layers[-1]["bias"]}
                options |= {"last_width": len(kept)}
                return _order(self.choice, options), {**trained, "layers": layers}, frozen
        return _order(self.choice, options), {"coefficients": coefficients}, frozen

    @property
    def _inner(self) -> MLP:
        network = self.model.network
        while isinstance(network, PeriodicNetwork | FourierNetwork):
            network = network.inner
        # Frozen features have no inner network, and nobody asks what is in this one.
        return network if isinstance(network, MLP) else MLP(1, 1)


def read_dictionary(model: FieldModel, choice: Choice | None, parameters: Any) -> Dictionary:
    """Return the features of a solution's network.

    Raises UnsuitedNetworkError for splines, which have no feature over the whole domain, and for
    networks whose layers are blended with others.
    """
    trained = parameters["trained"]
    if choice is not None and "gates" in trained:
        raise UnsuitedNetworkError(
            f"the layers of `{choice.name}` are blended with gates of their own width, so no neuron can"
            " be left out"
        )
    known = isinstance(
        model.network,
        FeatureNetwork
        | PolynomialNetwork
        | SingularNetwork
        | MLP
        | PeriodicNetwork
        | FourierNetwork,
    )
    if choice is None or not known or ("layers" in trained and len(trained["layers"]) < 2):
        name = "it" if choice is None else f"`{choice.name}`"
        raise UnsuitedNetworkError(
            f"{name} is made of pieces, each with features of its own, of which none can be left out"
        )
    wide = jax.tree.map(_widen, parameters)
    return Dictionary(model, choice, wide)


def _widen(leaf: Any) -> np.ndarray:
    array = np.asarray(leaf)
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def _put_unit_layer(trained: dict[str, Any], unit: float) -> dict[str, Any]:
    """Return parameters with which the network's outputs are its features."""
    if "coefficients" in trained:
        return {**trained, "coefficients": jnp.eye(trained["coefficients"].shape[0])}
    layers = list(trained["layers"])
    width = layers[-1]["weight"].shape[0]
    layers[-1] = {"weight": unit * jnp.eye(width), "bias": jnp.zeros(width)}
    return {**trained, "layers": layers}


def _order(choice: Choice, options: dict[str, Any]) -> Choice:
    """Return a choice with these options in the order of the table of settings."""
    known = NETWORKS.choices[choice.name]
    return replace(choice, options=tuple((o, options[o]) for o in known if o in options))
