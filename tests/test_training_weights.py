"""Weight rules by hand, and what they measure against gradients taken one by one."""

from __future__ import annotations

import jax
import numpy as np
import pytest

import pdelang
from pdelang.kernels.trace import Copies
from pdelang.networks.assembly import PlacedBlock
from pdelang.semantics.settings import WEIGHTS, Choice
from pdelang.training.time_chunks import TimeChunks, weigh_chunks
from pdelang.training.weights import RULES, Past, build_rule, gradient_norms, kernel_sums
from tests.kernel_samples import SPECS, build_sample

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
        ("ntk_sum", [10 / 6, 10 / 3, 10.0]),
        ("gradnorm", [10 / 18, 10 / 9, 10 / 3]),  # mean 10/3
        ("fixed", [1.0, 1.0, 1.0]),
    ],
)
def test_weights_by_hand(rule, expected):
    np.testing.assert_allclose(RULES[rule].weigh(TRACES, ROWS), expected, rtol=1e-14)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_term_without_any_trace_weighs_one_and_leaves_the_rest_alone(rule):
    found = RULES[rule].weigh(np.array([2.0, 0.0, 2.0]), np.array([4, 4, 4]))
    share = {"gradnorm": 1.0, "fixed": 1.0}.get(rule, 2.0)
    np.testing.assert_allclose(found, [share, 1.0, share], rtol=1e-14)
    assert np.all(RULES[rule].weigh(np.zeros(3), np.array([4, 4, 4])) == 1)


def test_every_rule_says_what_it_is():
    assert set(WEIGHTS.choices) >= set(RULES)
    for name in WEIGHTS.choices:
        rule = build_rule(Choice(name), None)
        assert rule.description.partition(" (")[0] == name
    assert "sums over the points" in RULES["ntk"].description
    assert "means over the points" in RULES["ntk_mean"].description


def past_of(first, last, weights, refresh=1):
    return Past(np.array(first), np.array(last), np.array(weights), refresh, seed=0)


def test_self_adaptive_weights_rise_with_the_loss():
    weigh = build_rule(Choice("self_adaptive", (("rate", 0.5),)), None).weigh
    losses = np.array([4.0, 1.0, 0.0])
    assert np.all(weigh(losses, ROWS) == 1)
    found = weigh(losses, ROWS, past_of(losses, losses, [2.0, 1.0, 1.0]))
    np.testing.assert_allclose(found, [2.5, 1.125, 1.0], rtol=1e-14)
    zero = np.zeros(3)
    assert np.all(weigh(zero, ROWS, past_of(zero, zero, [2.0, 1.0, 1.0])) == [2, 1, 1])


@pytest.mark.parametrize("lookback", [0.0, 1.0])
def test_relobralo_by_hand(lookback):
    options = (("temperature", 0.5), ("memory", 0.75), ("lookback", lookback))
    weigh = build_rule(Choice("relobralo", options), None).weigh
    losses, first, last = np.array([2.0, 1.0]), np.array([4.0, 4.0]), np.array([2.0, 2.0])
    assert np.all(weigh(losses, ROWS[:2]) == 1)
    found = weigh(losses, ROWS[:2], past_of(first, last, [1.5, 0.5]))

    def softmax(a, b):
        return 2 * np.array([np.exp(a), np.exp(b)]) / (np.exp(a) + np.exp(b))

    longer = np.array([1.5, 0.5]) if lookback else softmax(1.0, 0.5)
    np.testing.assert_allclose(found, 0.75 * longer + 0.25 * softmax(2.0, 1.0), rtol=1e-13)
    assert found.sum() == pytest.approx(2.0)


def test_relobralo_leaves_a_term_that_is_zero_alone():
    weigh = build_rule(Choice("relobralo"), None).weigh
    found = weigh(
        np.array([1.0, 0.0, 1.0]), ROWS, past_of([1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [1.0] * 3)
    )
    np.testing.assert_allclose(found, 1.0)
    zero = np.zeros(3)
    assert np.all(weigh(zero, ROWS, past_of(zero, zero, [1.0] * 3)) == 1)
    # A loss that explodes overflows no exponential.
    assert np.all(
        np.isfinite(
            weigh(np.array([1e9, 1.0, 1.0]), ROWS, past_of([1.0] * 3, [1.0] * 3, [1.0] * 3))
        )
    )


def test_chunks_by_hand():
    # An equation over two chunks, and a condition that has rows in the first chunk only.
    means = np.array([[2.0, 4.0], [6.0, 0.0]])
    losses = np.array([[1.0, 3.0], [5.0, 0.0]])
    is_equation = np.array([[1.0, 1.0], [0.0, 0.0]])
    sizes = np.stack([means, losses, is_equation])
    without = weigh_chunks(sizes, 0.0, sizes)
    np.testing.assert_allclose(without, [[9 / 2, 9 / 4], [9 / 6, 1.0]], rtol=1e-14)
    # Before the second chunk stands a loss of 1, relative to the mean over time, 2.
    causal = weigh_chunks(sizes, 1.0, sizes)
    np.testing.assert_allclose(causal, [[9 / 2, 9 / 4 * np.exp(-0.5)], [9 / 6, 1.0]], rtol=1e-14)
    # Once the first chunk is learnt, the second is free.
    learnt = np.stack([means, losses * np.array([[0.0, 1.0], [1.0, 1.0]]), is_equation])
    np.testing.assert_allclose(weigh_chunks(learnt, 1.0, sizes), without, rtol=1e-14)
    assert np.all(weigh_chunks(np.zeros_like(sizes), 1.0, np.zeros_like(sizes)) == 1)


def test_what_rules_measure_equals_gradients_taken_one_by_one():
    rows, parameters, _, explicit = build_sample("wave_unscaled")
    assembly, batch = rows.assembly, rows.batch
    points = [0] * len(assembly.point_sets)
    for group in rows.groups:
        assert isinstance(group.placed, PlacedBlock)
        points[group.placed.point_set] = group.copies
    copies = Copies(tuple(points), 1)
    chunks = TimeChunks(3, 0.0, 1.0, axis=1)
    residuals = np.asarray(rows.residuals(parameters))

    @jax.jit
    def measure(p):
        return (
            gradient_norms(assembly, p, batch, copies),
            kernel_sums(assembly, p, batch, copies),
            chunks.measure(assembly, p, batch, copies),
            assembly.losses(p, batch),
        )

    norms, sums, sizes, losses = map(np.asarray, measure(parameters))
    own = [rows.terms == g for g in range(3)]
    squares = rows.mean_shares * residuals**2
    gradients = [2 * (rows.mean_shares * residuals)[o] @ explicit[o] for o in own]
    assert all(np.linalg.norm(g) > 0 for g in gradients)
    np.testing.assert_allclose(norms, [np.linalg.norm(g) for g in gradients], rtol=1e-11)
    totals = [np.sum((rows.copies[o] @ explicit[o]) ** 2) for o in own]
    np.testing.assert_allclose(sums, totals, rtol=1e-11)

    times = np.concatenate([np.asarray(rows.points_of(g))[:, -1] for g in rows.groups])
    number = np.minimum(np.floor(3 * times), 2)
    diagonal = np.sum(explicit**2, axis=1)
    for g in range(3):
        for c in range(3):
            here = own[g] & (number == c)
            mean = diagonal[here].mean() if here.any() else 0.0
            assert sizes[0, g, c] == pytest.approx(mean, rel=1e-11)
            assert sizes[1, g, c] == pytest.approx(squares[here].sum(), rel=1e-11)
    np.testing.assert_allclose(sizes[1].sum(axis=1), losses, rtol=1e-12)
    assert assembly.labels == ("r", "u", "u_t")
    assert sizes[2].tolist() == [[1.0] * 3, [0.0] * 3, [0.0] * 3]


@pytest.mark.parametrize("rule", ["ntk_pointwise(chunks = 3)", "relobralo"])
def test_weights_change_at_refreshes_only_and_training_goes_on(rule):
    solution = pdelang.compile(f"pde 1{SPECS['burgers']}").solve(
        method="adam(rate = 1e-2)",
        weights=rule,
        refresh_every=7,
        steps=60,
        points=12,
        tolerance=1e-12,
        precision="f64",
    )
    history = solution.history
    assert history.column("step").tolist() == list(range(60))
    for label in ("burgers", "ends", "start"):
        weights = history.column(f"weight.{label}")
        assert np.all(np.isfinite(weights))
        assert np.all(weights > 0)
        changed = np.flatnonzero(np.diff(weights)) + 1
        assert set(changed) <= set(range(7, 60, 7))
        assert len(changed) >= 3
    # Adam makes progress on what is weighed; the sum without weights can be compared over time.
    losses = [history.column(f"loss.{label}") for label in ("burgers", "ends", "start")]
    loss = np.sum(losses, axis=0)
    assert loss[-5:].mean() < 0.8 * loss[:5].mean()
