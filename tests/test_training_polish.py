"""The last layer by least squares: against the normal equations, and kept only where it helps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hand_built import build_poisson

from pdelang.networks.assembly import build_assembly
from pdelang.networks.last_layer import split_last_layer
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.descent import Training
from pdelang.training.polish import Polished, Polisher, solve_rows
from pdelang.training.precision import numeric_context
from pdelang.training.sampling import build_sampler
from pdelang.training.true_error import measure_error

NETWORK = Choice(
    "mlp",
    (
        ("width", 24),
        ("depth", 1),
        ("activation", "sine"),
        ("bias_scale", 1.0),
        ("input_scale", 3.0),
    ),
)


@pytest.fixture(autouse=True)
def _strict():
    with jax.numpy_rank_promotion("raise"):
        yield


def test_an_untrained_network_of_sines_solves_a_linear_problem_and_a_second_polish_changes_nothing():
    program = build_poisson(False, frequency=1).program()
    with numeric_context("f64"):
        model = FieldModel.from_program(program, Settings(network=NETWORK))
        sampler = build_sampler(program, 50, False, jnp.float64)
        assembly = build_assembly(program, model, {})
        parameters = model.initialise(jax.random.key(0), jnp.float64)
        seeds = sampler.seed(jax.random.key(1))
        weights = np.array([1.0, 30.0])
        polisher = Polisher(assembly, sampler, is_linear=True)
        found = polisher.polish(parameters, weights, seeds)
        assert found.is_better
        assert found.after < 1e-8 * found.before
        error = measure_error(program, model, found.parameters, "f64")
        # 24 random sines follow one half wave to about this; untrained they are at order 1.
        assert error["u"] < 1e-4
        # Inner layers are as they were.
        inner = found.parameters["trained"]["layers"][0]
        for name, array in parameters["trained"]["layers"][0].items():
            np.testing.assert_array_equal(inner[name], array)
        # The minimum has no slope: least squares has nothing left to gain on these points.
        again = polisher.polish(found.parameters, weights, seeds)
        assert again.after > 0.5 * found.after


def test_the_rows_are_solved_as_by_the_normal_equations():
    rng = np.random.default_rng(0)
    jacobian, residual = rng.standard_normal((30, 4)), rng.standard_normal(30)
    parts = [(residual[:11], jacobian[:11]), (residual[11:], jacobian[11:])]
    found = solve_rows(parts)  # pyright: ignore[reportArgumentType] - NumPy arrays do as well
    expected = np.linalg.solve(jacobian.T @ jacobian, -jacobian.T @ residual)
    assert found is not None
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    # A column that is there twice: the shortest solution shares it equally.
    twice = np.concatenate([jacobian, jacobian[:, :1]], axis=1)
    shared = solve_rows([(residual, twice)])  # pyright: ignore[reportArgumentType]
    assert shared is not None
    np.testing.assert_allclose(shared[[0, 4]], expected[[0, 0]] / 2, rtol=1e-8)
    jacobian[0, 0] = np.nan
    assert solve_rows([(residual, jacobian)]) is None  # pyright: ignore[reportArgumentType]


def test_every_network_has_a_last_layer():
    trained = {"layers": [{"weight": 1, "bias": 2}, {"weight": 3, "bias": 4}]}
    last, join = split_last_layer(trained)
    assert last == {"weight": 3, "bias": 4}
    assert join({"weight": 5, "bias": 6})["layers"] == [
        trained["layers"][0],
        {"weight": 5, "bias": 6},
    ]
    last, join = split_last_layer({"coefficients": 7})
    assert (last, join(8)) == (7, {"coefficients": 8})
    with pytest.raises(TypeError, match="no last layer among knots"):
        split_last_layer({"knots": 0})


@pytest.mark.parametrize(("trained", "polished", "is_near"), [(0.1, 5.0, True), (3.0, 0.1, False)])
def test_a_polish_is_near_by_the_larger_of_both(trained, polished, is_near):
    """Training may have ended near zero; a polish that leads there from afar is another solution."""

    class Numbers:
        def compare(self, first, second):
            return {"u": abs(second - first) / abs(first)}

    estimate = {"u": 0.6 if is_near else 0.2}
    nothing = cast(Any, None)
    training = Training(nothing, nothing, None, 0.0, 1.0, estimate=estimate)
    run = SimpleNamespace(parameters=trained)
    prepared = SimpleNamespace(estimator=Numbers())
    result = Polished(polished, 1.0, 0.1)
    assert training._is_near(cast(Any, run), result, cast(Any, prepared)) is is_near
