"""Forecasts against gradient descent that was made, and drifts by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from pdelang.kernels.drift import (
    align_gradients,
    kernel_drift,
    linearisation_flag,
    motion_efficiency,
    relative_change,
)
from pdelang.kernels.forecast import Forecast, build_forecast, loss_scales
from pdelang.kernels.jacobian import ravel_parameters
from pdelang.kernels.spectrum import dense_spectrum, kernel_spectrum
from tests.kernel_samples import build_sample


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def descend(sample, weights, rate, steps):
    """Return parameters after ``steps`` of gradient descent on ``Σ λ_g L_g``."""
    assembly, batch = sample.rows.assembly, sample.rows.batch
    frozen = sample.parameters["frozen"]

    def loss(trained):
        return jnp.vdot(weights, assembly.losses({"trained": trained, "frozen": frozen}, batch))

    def step(_, trained):
        return jax.tree.map(lambda p, g: p - rate * g, trained, jax.grad(loss)(trained))

    run = jax.jit(lambda start: jax.lax.fori_loop(0, steps, step, start))
    return {**sample.parameters, "trained": run(sample.parameters["trained"])}


def forecast_of(sample, weights) -> Forecast:
    rows, parameters, jacobian, _ = sample
    spectrum = kernel_spectrum(jacobian, parameters, loss_scales(rows, weights))
    return build_forecast(rows, spectrum, jacobian.residuals(parameters), weights)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (0.02, 50.0)])
def test_a_model_linear_in_its_parameters_follows_the_forecast(weights):
    sample = build_sample("features")
    weights = np.array(weights)
    forecast = forecast_of(sample, weights)
    # So small a rate that (1 − ρμ)^k is exp(−ρμk): the relative difference is (ρμ)² k / 2.
    rate, steps = 1e-3 * forecast.largest_step, 400
    after = descend(sample, weights, rate, steps)
    found = sample.jacobian.residuals(after)
    terms = sample.rows.terms
    start = sample.jacobian.residuals(sample.parameters)
    expected = forecast.term_fractions(np.array([float(steps)]), rate)[:, 0]
    for g in range(2):
        fraction = np.linalg.norm(found[terms == g]) / np.linalg.norm(start[terms == g])
        assert fraction == pytest.approx(expected[g], rel=1e-3)
        assert abs(fraction - 1) > 0.01, "nothing moved, so nothing was tested"


def test_the_stable_step_is_where_descent_begins_to_diverge():
    sample = build_sample("features")
    weights = np.ones(2)
    forecast = forecast_of(sample, weights)
    first = np.linalg.norm(forecast.start)

    def size_after(rate):
        residuals = sample.jacobian.residuals(descend(sample, weights, rate, 2000))
        return np.linalg.norm(np.sqrt(loss_scales(sample.rows, weights)) * residuals)

    assert size_after(0.99 * forecast.largest_step) < first
    assert size_after(1.02 * forecast.largest_step) > 1e6 * first


def two_terms(*rates: float) -> Forecast:
    spectrum = dense_spectrum(np.diag(rates))
    return Forecast(spectrum, np.array([0, 1]), np.ones(2), spectrum.vectors.T @ np.ones(2))


def test_steps_to_a_fraction_by_hand():
    # Two rows that do not act on each other: rates 2 and 0.02, each a term of its own.
    forecast = two_terms(2.0, 0.02)
    assert forecast.largest_step == 1.0
    fast, slow = forecast.steps_to(np.exp(-4.0), 0.1)
    # exp(−0.2 k) and exp(−0.002 k) reach exp(−4) at 20 and 2,000; the grid is 16 per decade.
    assert 20 <= fast <= 20 * 10 ** (1 / 16)
    assert 2000 <= slow <= 2000 * 10 ** (1 / 16)


def test_what_no_parameter_moves_is_never_reached():
    assert two_terms(1.0, 0.0).steps_to(0.5, 1.0)[1] == np.inf


def test_the_linear_part_of_a_network_follows_the_forecast_and_the_flag_says_so():
    sample = build_sample("poisson_soft")
    weights = np.ones(2)
    forecast = forecast_of(sample, weights)
    # Width 5 leaves the linear regime at once, so few and small steps.
    rate, steps = 1e-4 * forecast.largest_step, 50
    after = descend(sample, weights, rate, steps)
    start, end = sample.jacobian.residuals(sample.parameters), sample.jacobian.residuals(after)
    moved = ravel_parameters(after["trained"]) - ravel_parameters(sample.parameters["trained"])
    flag = linearisation_flag(start, end, sample.explicit @ moved)
    assert 0 < flag < 0.02
    q = np.sqrt(loss_scales(sample.rows, weights)) * (end - start)
    leading = forecast.spectrum.vectors[:, :2].T @ q
    decay = forecast.decay(np.array([float(steps)]), rate)[:2, 0]
    np.testing.assert_allclose(leading, (decay - 1) * forecast.amplitudes[:2], rtol=0.05)
    far = descend(sample, weights, 0.5 * forecast.largest_step, 2000)
    moved = ravel_parameters(far["trained"]) - ravel_parameters(sample.parameters["trained"])
    assert linearisation_flag(start, sample.jacobian.residuals(far), sample.explicit @ moved) > 0.3
    before, later = sample.explicit, sample.jacobian.evaluate(far)
    assert kernel_drift(before, later) > 10 * kernel_drift(before, sample.jacobian.evaluate(after))


def test_drifts_by_hand():
    assert relative_change(np.array([3.0, 4.0]), np.array([3.0, 4.5])) == pytest.approx(0.1)
    # K = 1 and K' = 1.21.
    assert kernel_drift(np.array([[1.0]]), np.array([[1.1]])) == pytest.approx(0.21)
    cosines = align_gradients(np.array([[1.0, 0.0], [-1.0, 1.0], [0.0, 0.0]]))
    assert cosines[0, 1] == pytest.approx(-np.sqrt(0.5))
    assert cosines[0, 0] == 1.0
    assert np.all(cosines[2] == 0)
    # Ten equal steps of 0.1 along a line; then two steps there and back.
    assert motion_efficiency(1.0, 10 * 0.01, 10) == pytest.approx(1.0)
    assert motion_efficiency(0.0, 2.0, 2) == 0.0
    assert relative_change(np.zeros(2), np.zeros(2)) == 0.0
