"""Weights that are renewed when they have moved: the looks by hand, and a run."""

from __future__ import annotations

import numpy as np
import pytest

import pdelang
from pdelang.training.refresh import Refresh, weight_drift
from tests.kernel_samples import SPECS


def test_drift_of_weights_by_hand():
    assert weight_drift(np.array([2.0, 4.0]), np.array([2.2, 3.0])) == pytest.approx(0.25)
    assert weight_drift(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0.0
    assert weight_drift(np.array([1.0, 0.0]), np.array([1.0, 1e-9])) == np.inf


def test_looks_become_rarer_while_nothing_moves_and_come_sooner_when_it_does():
    refresh, still, moved = Refresh(20, 0.1), np.array([1.0, 3.0]), np.array([1.0, 4.0])
    looks, step = [], 0
    for proposed in (still, still, still, moved, moved, moved):
        assert refresh.is_due(step)
        assert not refresh.is_due(step - 1)
        looks.append((step, refresh.decide(step, still, proposed)))
        step += refresh.steps_left(step)
    assert looks == [(0, True), (20, False), (60, False), (140, True), (180, True), (200, True)]
    assert refresh.next_step == 210
    # Not sooner than a tenth of the interval, nor later than 64 times it.
    for _ in range(9):
        refresh.decide(refresh.next_step, still, moved)
    assert refresh.interval == 2
    for _ in range(20):
        refresh.decide(refresh.next_step, still, still)
    assert refresh.interval == 64 * 20
    again = Refresh(20, 0.1)
    again.restore(refresh.snapshot())
    assert again.snapshot() == refresh.snapshot()


def test_without_a_drift_weights_are_renewed_every_so_many_steps():
    refresh, still = Refresh(7), np.ones(2)
    assert [step for step in range(30) if refresh.is_due(step)] == [0, 7, 14, 21, 28]
    assert refresh.steps_left(9) == 5
    assert refresh.decide(7, still, still)
    assert refresh.describe() is None


def test_a_run_renews_weights_only_where_one_moved_by_more_than_the_drift():
    drift = 0.02
    solution = pdelang.compile(f"pde 1{SPECS['burgers']}").solve(
        method="adam(rate = 3e-2, polish = off)",
        refresh_every=4,
        refresh_drift=drift,
        steps=60,
        points=12,
        tolerance=1e-12,
        precision="f64",
    )
    history = solution.history
    weights = np.stack([history.column(f"weight.{g}") for g in ("burgers", "ends", "start")])
    changed = np.flatnonzero(np.any(np.diff(weights, axis=1) != 0, axis=0))
    assert 2 <= changed.size < 59
    for step in changed:
        assert weight_drift(weights[:, step], weights[:, step + 1]) > drift
    (sentence,) = [m for m in solution.messages if "weights were renewed" in m]
    assert f"renewed {changed.size + 1} times" in sentence
