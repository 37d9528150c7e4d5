"""What a network is, and how a `Choice` becomes one."""

from __future__ import annotations

from typing import Any, Protocol

import jax

from pdelang.networks.activation import ACTIVATIONS
from pdelang.networks.features import FeatureNetwork
from pdelang.networks.fourier import FourierNetwork
from pdelang.networks.gated import ModifiedMLP, PirateNetwork
from pdelang.networks.mlp import MLP
from pdelang.networks.periodic import PeriodicAxis, PeriodicNetwork, count_periodic_features
from pdelang.networks.polynomials import PolynomialNetwork
from pdelang.networks.series import Series
from pdelang.networks.singular import SingularNetwork
from pdelang.networks.splines import SplineNetwork
from pdelang.networks.windows import WindowNetwork
from pdelang.semantics.settings import Choice

DEFAULT_NETWORK = Choice("mlp")


class Network(Protocol):
    """A map from ``inputs`` numbers to ``outputs`` numbers that acts on Taylor series."""

    def initialise(self, key: jax.Array, dtype: Any) -> tuple[dict, dict]:
        """Return (trained, frozen) parameters: dicts and lists of arrays with stable names."""
        ...

    def apply(self, trained: dict, frozen: dict, series: Series) -> Series:
        """Return the series of the outputs."""
        ...


MLP_OPTIONS = (
    "width",
    "depth",
    "activation",
    "bias_scale",
    "parametrization",
    "input_scale",
    "last_width",
)
GATED_OPTIONS = ("width", "depth", "activation", "bias_scale", "parametrization", "harmonics")
NETWORK_OPTIONS = {
    "mlp": (*MLP_OPTIONS, "harmonics"),
    "modified_mlp": GATED_OPTIONS,
    "pirate": (*GATED_OPTIONS, "scale"),
    "fourier": (*MLP_OPTIONS, "harmonics", "count", "scale"),
    "splines": ("degree", "elements", "windows", "time_degree"),
    "features": ("kind", "count", "scale", "degree", "functions"),
}


def build_network(
    choice: Choice | None,
    inputs: int,
    outputs: int,
    periodic_axes: tuple[PeriodicAxis, ...] = (),
    has_space: bool = True,
) -> Network:
    """Return the network that ``choice`` names, behind the embedding of ``periodic_axes``.

    ``mlp(width = 64, depth = 4, activation = tanh, bias_scale = 0, parametrization =
    standard, input_scale = Glorot's, last_width = width)``; ``fourier`` adds ``count = 64`` frequencies of size
    ``scale = 1``; ``modified_mlp`` blends its layers with two encodings of the input, and so do the ``depth = 3``
    blocks of ``pirate``, behind ``width/2`` frequencies of size ``scale = 1``; ``harmonics`` is the number of sines and cosines per periodic axis.
    ``features(kind = sine, count = 1000, scale = 4)`` has frozen random plane waves,
    ``features(kind = chebyshev, count = 1000, degree = …)`` polynomials, by default of the least
    degree that gives as many, ``features(kind = singular, count, degree, functions)`` polynomials
    and functions that are singular at corners and in holes, ``splines(degree = 7, elements = 24, windows = 1, time_degree = 4)``
    frozen local features in one space coordinate, polynomials in windows of time where the
    problem does not have ``has_space``. Raises
    ValueError for a network, option or value outside this table; the checker says the same
    with a place (E106).
    """
    choice = choice or DEFAULT_NETWORK
    if choice.name not in NETWORK_OPTIONS:
        raise ValueError(f"unknown network {choice.name!r}")
    options = dict(choice.options)
    unknown = set(options) - set(NETWORK_OPTIONS[choice.name])
    if unknown:
        raise ValueError(f"network {choice.name!r} has no option {sorted(unknown)[0]!r}")

    if choice.name == "features":
        count, scale = int(options.get("count", 1000)), float(options.get("scale", 4.0))
        if options.get("kind") == "singular":
            if inputs != 2 or periodic_axes or not {"degree", "functions"} <= set(options):
                raise ValueError("singular features need a degree, a number and a plane")
            degree, functions = int(options["degree"]), int(options["functions"])
            return SingularNetwork(outputs, count, degree, functions)
        if options.get("kind", "chebyshev" if "degree" in options else "sine") == "chebyshev":
            least = next(k for k in range(1, count + 1) if (k + 1) ** inputs >= count)
            degree = int(options.get("degree", least))
            count = min(count, (degree + 1) ** inputs)
            return PolynomialNetwork(inputs, outputs, count, degree, periodic_axes)
        return FeatureNetwork(inputs, outputs, count, scale, periodic_axes)
    if choice.name == "splines" and not has_space:
        windows = int(options.get("windows", 1))
        return WindowNetwork(inputs, outputs, windows, int(options.get("time_degree", 4)))
    if choice.name == "splines":
        return SplineNetwork(
            inputs,
            outputs,
            degree=int(options.get("degree", 7)),
            elements=int(options.get("elements", 24)),
            windows=int(options.get("windows", 1)),
            time_degree=int(options.get("time_degree", 4 if inputs == 2 else 0)),
            is_periodic=bool(periodic_axes),
        )
    harmonics = int(options.get("harmonics", 1))
    features = inputs
    if periodic_axes:
        features = count_periodic_features(inputs, len(periodic_axes), harmonics)
    count = int(options.get("count", 64))
    scale = float(options.get("scale", 1.0))
    network: Network
    match choice.name:
        case "fourier":
            mlp = _build_mlp(options, 2 * count, outputs)
            network = FourierNetwork(features, count, scale, mlp)
        case "modified_mlp":
            network = ModifiedMLP(features, outputs, **_gated_options(options, 4))
        case "pirate":
            own = _gated_options(options, 3)
            # A cosine and a sine of each frequency.
            half = -(-own.pop("width") // 2)
            network = FourierNetwork(features, half, scale, PirateNetwork(2 * half, outputs, **own))
        case _:
            network = _build_mlp(options, features, outputs)
    if periodic_axes:
        network = PeriodicNetwork(inputs, periodic_axes, harmonics, network)
    return network


def _gated_options(options: dict, depth: int) -> dict[str, Any]:
    activation, parametrization = _check_words(options)
    return {
        "width": int(options.get("width", 64)),
        "depth": int(options.get("depth", depth)),
        "activation": activation,
        "bias_scale": float(options.get("bias_scale", 0.0)),
        "parametrization": parametrization,
    }


def _check_words(options: dict) -> tuple[str, str]:
    """Return activation and parametrisation; raise ValueError for words that name none."""
    activation = str(options.get("activation", "tanh"))
    if activation not in ACTIVATIONS:
        raise ValueError(f"unknown activation {activation!r}; there are {', '.join(ACTIVATIONS)}")
    parametrization = str(options.get("parametrization", "standard"))
    if parametrization not in ("standard", "ntk"):
        raise ValueError(f"parametrization is standard or ntk, not {parametrization!r}")
    return activation, parametrization


def _build_mlp(options: dict, inputs: int, outputs: int) -> MLP:
    activation, parametrization = _check_words(options)
    return MLP(
        inputs=inputs,
        outputs=outputs,
        width=int(options.get("width", 64)),
        depth=int(options.get("depth", 4)),
        activation=activation,
        bias_scale=float(options.get("bias_scale", 0.0)),
        parametrization=parametrization,
        input_scale=float(options["input_scale"]) if "input_scale" in options else None,
        last_width=int(options["last_width"]) if "last_width" in options else None,
    )
