"""Jets of networks against SymPy, against nested forward mode, and rank promotion forbidden."""

from __future__ import annotations

import functools
import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from pdelang.networks.activation import ACTIVATIONS
from pdelang.networks.fourier import FourierNetwork
from pdelang.networks.mlp import MLP
from pdelang.networks.network import build_network
from pdelang.networks.periodic import PeriodicAxis
from pdelang.networks.series import (
    Series,
    close_downward,
    compose_series,
    coordinate_series,
    multiply_series,
)
from pdelang.semantics.settings import Choice

SYMPY_ACTIVATIONS = {
    "tanh": sympy.tanh,
    "sine": sympy.sin,
    "softplus": lambda z: sympy.log(1 + sympy.exp(z)),
    "swish": lambda z: z / (1 + sympy.exp(-z)),
    "gelu": lambda z: z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
}


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def derivative(series, alpha):
    """Return ∂^α of the first output at every point."""
    value = series.coefficients[alpha][:, 0] * math.prod(map(math.factorial, alpha))
    return np.asarray(value)


def test_closure_holds_exactly_what_lies_below():
    assert close_downward([(2, 0), (0, 1)], 2) == ((0, 0), (0, 1), (1, 0), (2, 0))
    assert (1, 1) not in close_downward([(2, 0), (0, 2)], 2)
    assert len(close_downward([(2, 2)], 2)) == 9


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activation_coefficients_match_sympy(name):
    assert set(SYMPY_ACTIVATIONS) == set(ACTIVATIONS)
    z = sympy.Symbol("z")
    expression = SYMPY_ACTIVATIONS[name](z)
    points = np.array([-1.7, -0.3, 0.0, 0.8, 2.1])
    order = 6
    found = ACTIVATIONS[name](jnp.asarray(points), order)
    for m in range(order + 1):
        derivative_m = sympy.diff(expression, z, m)
        expected = [float(sympy.N(derivative_m.subs(z, p), 30)) / math.factorial(m) for p in points]
        # Recurrences of six steps lose a few units in the last place.
        np.testing.assert_allclose(np.asarray(found[m]), expected, rtol=1e-12, atol=1e-13)


def sympy_mlp(trained, activation, inputs):
    """Return the same network as one SymPy expression."""
    h = list(inputs)
    layers = trained["layers"]
    for number, layer in enumerate(layers):
        weight, bias = np.asarray(layer["weight"]), np.asarray(layer["bias"])
        h = [
            sum(
                (sympy.Float(float(weight[i, j]), 25) * h[i] for i in range(len(h))),
                sympy.Float(float(bias[j]), 25),
            )
            for j in range(weight.shape[1])
        ]
        if number < len(layers) - 1:
            h = [SYMPY_ACTIVATIONS[activation](z) for z in h]
    return h[0]


@pytest.mark.parametrize("activation", ["tanh", "sine"])
def test_network_jets_match_sympy_to_fourth_order_and_mixed(activation):
    network = MLP(2, 1, width=2, depth=2, activation=activation, bias_scale=0.5)
    trained, frozen = network.initialise(jax.random.key(3), jnp.float64)
    wanted = [(4, 0), (2, 2), (1, 3), (0, 1)]
    points = np.array([[0.3, -0.7], [-0.9, 0.4]])
    series = network.apply(
        trained, frozen, coordinate_series(jnp.asarray(points), close_downward(wanted, 2))
    )
    x, y = sympy.symbols("x y")
    expression = sympy_mlp(trained, activation, (x, y))
    for alpha in wanted:
        exact = expression
        for symbol, count in zip((x, y), alpha, strict=True):
            exact = sympy.diff(exact, symbol, count) if count else exact
        expected = [float(exact.subs({x: p[0], y: p[1]}).evalf(30)) for p in points]
        # Fourth derivatives are sums of about a hundred terms of size 1: rounding in float64.
        np.testing.assert_allclose(derivative(series, alpha), expected, rtol=1e-11, atol=1e-12)


def nested_jvp(function, axes):
    """Return the derivative of a scalar function of a point along ``axes``, by nested forward mode."""

    def differentiate(inner, axis):
        def along(point):
            direction = jnp.zeros_like(point).at[axis].set(1)
            return jax.jvp(inner, (point,), (direction,))[1]

        return along

    return functools.reduce(differentiate, axes, function)


NETWORKS = {
    "mlp": Choice("mlp", (("width", 20), ("depth", 3), ("bias_scale", 0.3))),
    "ntk mlp": Choice(
        "mlp", (("width", 20), ("depth", 1), ("parametrization", "ntk"), ("bias_scale", 1.0))
    ),
    "gelu": Choice("mlp", (("width", 16), ("depth", 2), ("activation", "gelu"))),
    "fourier": Choice("fourier", (("width", 16), ("depth", 2), ("count", 8), ("scale", 2.0))),
    "modified_mlp": Choice("modified_mlp", (("width", 12), ("depth", 3), ("bias_scale", 0.2))),
    "pirate": Choice("pirate", (("width", 12), ("depth", 2), ("scale", 1.5))),
}


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize("periodic", [(), (PeriodicAxis(1, 2.0),)])
def test_jets_match_nested_forward_mode(name, periodic):
    network = build_network(NETWORKS[name], 3, 2, periodic)
    trained, frozen = network.initialise(jax.random.key(1), jnp.float64)
    for block in trained.get("blocks", []):
        block["share"] += 0.7  # from 0, where nothing of the block shows
    points = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, (5, 3)))
    wanted = [(3, 0, 0), (0, 2, 1), (1, 1, 1), (0, 0, 2)]
    indices = close_downward(wanted, 3)

    @jax.jit
    def jets(points):
        return network.apply(trained, frozen, coordinate_series(points, indices)).coefficients

    series = Series(indices, jets(points))

    def value(point):
        zero = close_downward([], 3)
        return network.apply(trained, frozen, coordinate_series(point[None], zero)).value[0, 0]

    for alpha in wanted:
        axes = [axis for axis, count in enumerate(alpha) for _ in range(count)]
        expected = np.asarray(jax.jit(jax.vmap(nested_jvp(value, axes)))(points))
        # Both are float64 sums of a few hundred terms; frequencies up to about 5 are cubed.
        np.testing.assert_allclose(derivative(series, alpha), expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["mlp", "fourier"])
def test_periodic_embedding_is_exact_in_every_derivative(name):
    period = 1.3
    network = build_network(NETWORKS[name], 2, 1, (PeriodicAxis(0, period),))
    trained, frozen = network.initialise(jax.random.key(2), jnp.float64)
    indices = close_downward([(3, 1)], 2)
    left = jnp.array([[-0.4, 0.2], [-0.4, -0.9]])
    right = left + jnp.array([[period, 0.0]])
    a = network.apply(trained, frozen, coordinate_series(left, indices))
    b = network.apply(trained, frozen, coordinate_series(right, indices))
    for alpha in indices:
        # The phases of the two ends differ by one rounding of 2π.
        np.testing.assert_allclose(
            derivative(a, alpha), derivative(b, alpha), rtol=1e-11, atol=1e-11
        )
    # It is not merely constant along the axis.
    assert np.all(np.abs(derivative(a, (1, 0))) > 1e-3)


def test_product_obeys_leibniz():
    indices = close_downward([(2, 1)], 2)
    points = jnp.array([[0.4, -0.2]])
    coordinates = coordinate_series(points, indices)
    square = multiply_series(coordinates, coordinates)
    # (x²)_xx / 2! = 1, (x²)_x = 2x; the second column holds y².
    np.testing.assert_allclose(np.asarray(square.coefficients[(2, 0)]), [[1.0, 0.0]])
    np.testing.assert_allclose(np.asarray(square.coefficients[(1, 0)]), [[0.8, 0.0]])
    np.testing.assert_allclose(np.asarray(square.coefficients[(0, 1)]), [[0.0, -0.4]])


def test_only_what_is_wanted_is_computed():
    indices = close_downward([(2, 0), (0, 2)], 2)
    series = compose_series(ACTIVATIONS["tanh"], coordinate_series(jnp.zeros((1, 2)), indices))
    assert set(series.coefficients) <= set(indices)


def test_precision_follows_the_points_and_gradients_flow():
    network = MLP(2, 1, width=4, depth=2)
    for dtype in (jnp.float32, jnp.float64):
        trained, frozen = network.initialise(jax.random.key(0), dtype)
        indices = close_downward([(2, 1)], 2)

        def total(trained, dtype=dtype, frozen=frozen, indices=indices):
            series = network.apply(
                trained, frozen, coordinate_series(jnp.full((3, 2), 0.3, dtype), indices)
            )
            return sum(jnp.sum(c) for c in series.coefficients.values())

        total = jax.jit(total)
        gradient = jax.grad(total)(trained)
        for leaf in jax.tree.leaves(gradient):
            assert leaf.dtype == dtype
        # Central differences, step 1e-4: relative error about 1e-8 in float64.
        if dtype == jnp.float64:
            for sign, layer in itertools.product((1,), (0, 1)):
                moved = [jax.tree.map(lambda a: a, trained) for _ in range(2)]
                for step, copy in zip((1e-4, -1e-4), moved, strict=True):
                    weight = copy["layers"][layer]["weight"]
                    copy["layers"][layer]["weight"] = weight.at[0, 0].add(sign * step)
                slope = (total(moved[0]) - total(moved[1])) / 2e-4
                np.testing.assert_allclose(
                    slope, gradient["layers"][layer]["weight"][0, 0], rtol=1e-6
                )


def test_frequencies_are_frozen():
    network = build_network(NETWORKS["fourier"], 2, 1)
    assert isinstance(network, FourierNetwork)
    trained, frozen = network.initialise(jax.random.key(0), jnp.float64)
    assert set(frozen) == {"frequencies"}
    assert set(trained) == {"layers"}


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice("mpl"), "unknown network 'mpl'"),
        (Choice("mlp", (("count", 3),)), "has no option 'count'"),
        (Choice("mlp", (("activation", "tan"),)), "unknown activation 'tan'"),
        (Choice("mlp", (("parametrization", "mup"),)), "parametrization is standard or ntk"),
    ],
)
def test_unknown_choices_are_named(choice, message):
    with pytest.raises(ValueError, match=message):
        build_network(choice, 1, 1)


def test_a_modified_perceptron_blends_its_layers_with_two_encodings():
    network = build_network(Choice("modified_mlp", (("width", 5), ("depth", 2))), 2, 1)
    trained, frozen = network.initialise(jax.random.key(3), jnp.float64)
    x = np.random.default_rng(1).uniform(-1, 1, (4, 2))

    def layer(z, numbers):
        return np.tanh(z @ np.asarray(numbers["weight"]) + np.asarray(numbers["bias"]))

    u, v = (layer(x, gate) for gate in trained["gates"])
    h = layer(x, trained["layers"][0])
    z = layer(h, trained["layers"][1])
    last = trained["layers"][2]
    expected = ((1 - z) * u + z * v) @ np.asarray(last["weight"]) + np.asarray(last["bias"])
    found = network.apply(trained, frozen, coordinate_series(jnp.asarray(x), close_downward([], 2)))
    np.testing.assert_allclose(found.value, expected, rtol=1e-12)


def test_a_pirate_network_starts_as_a_linear_one_of_its_embedding():
    network = build_network(Choice("pirate", (("width", 6), ("depth", 2))), 2, 1)
    trained, frozen = network.initialise(jax.random.key(4), jnp.float64)
    x = np.random.default_rng(2).uniform(-1, 1, (4, 2))
    phase = x @ np.asarray(frozen["frequencies"])
    embedding = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    zero = close_downward([], 2)
    found = network.apply(trained, frozen, coordinate_series(jnp.asarray(x), zero)).value
    np.testing.assert_allclose(found, embedding @ np.asarray(trained["layers"][0]["weight"]))
    trained["blocks"][0]["share"] = jnp.ones(1)
    moved = network.apply(trained, frozen, coordinate_series(jnp.asarray(x), zero)).value
    assert np.abs(moved - found).max() > 1e-3
