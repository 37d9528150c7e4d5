"""Weight rules by hand, and gradient norms against gradients taken one by one."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hand_built import build_wave
from jax.flatten_util import ravel_pytree

from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.sampling import build_sampler
from pdelang.training.weights import RULES, gradient_norms

TRACES = np.array([6.0, 3.0, 1.0])
ROWS = np.array([60, 30, 5])


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ntk", [10 / 6, 10 / 3, 10.0]),  # Tr K = 10
        ("ntk_mean", [4.0, 4.0, 2.0]),  # means 0.1, 0.1, 0.2, their sum 0.4
        ("gradnorm", [10 / 18, 10 / 9, 10 / 3]),  # mean 10/3
        ("fixed", [1.0, 1.0, 1.0]),
    ],
)
def test_weights_by_hand(rule, expected):
    np.testing.assert_allclose(RULES[rule].weigh(TRACES, ROWS), expected, rtol=1e-14)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_term_without_any_trace_weighs_one_and_leaves_the_rest_alone(rule):
    found = RULES[rule].weigh(np.array([2.0, 0.0, 2.0]), np.array([4, 4, 4]))
    share = {"ntk": 2.0, "ntk_mean": 2.0, "gradnorm": 1.0, "fixed": 1.0}[rule]
    np.testing.assert_allclose(found, [share, 1.0, share], rtol=1e-14)
    assert np.all(RULES[rule].weigh(np.zeros(3), np.array([4, 4, 4])) == 1)


def test_every_rule_says_what_it_is():
    for name, rule in RULES.items():
        assert rule.description.partition(" (")[0] == name
    assert "sums over the points" in RULES["ntk"].description
    assert "means over the points" in RULES["ntk_mean"].description


def test_gradient_norms_equal_those_of_single_gradients():
    program = build_wave().program()
    settings = Settings(network=Choice("mlp", (("width", 6), ("depth", 2))))
    model = FieldModel.from_program(program, settings)
    sampler = build_sampler(program, 8, False, jnp.float64)
    assembly = build_assembly(program, model, {})
    parameters = model.initialise(jax.random.key(0), jnp.float64)
    batch = sampler.draw(sampler.seed(jax.random.key(1)), jnp.asarray(0))
    found = jax.jit(lambda p, b: gradient_norms(assembly, p, b, sampler.copies))(parameters, batch)

    flat, unravel = ravel_pytree(parameters["trained"])

    def losses(theta):
        return assembly.losses({"trained": unravel(theta), "frozen": {}}, batch)

    expected = np.linalg.norm(np.asarray(jax.jit(jax.jacfwd(losses))(flat)), axis=1)
    assert np.all(expected > 0)
    np.testing.assert_allclose(found, expected, rtol=1e-11)
