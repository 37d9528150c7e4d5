"""Weights that are renewed when they have moved: the looks by hand, and a run."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from pdelang.training.adam import AdamMover, AdamOptions
from pdelang.training.gauss_newton.run import GaussNewtonRun
from pdelang.training.loop import Run
from pdelang.training.refresh import Refresh, weight_drift
from pdelang.training.weights import RULES


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


def follow_traces(
    drift: float | None, traces_at: Callable[[int], tuple[float, ...]], kind: type = Run
) -> tuple[list[int], np.ndarray]:
    """Return the looks of a run of 400 steps whose kernel has these traces, and its weights at every step."""
    looks: list[int] = []

    def measure(parameters, seeds, number):
        looks.append(run.step)
        return np.array(traces_at(run.step))

    stepper = SimpleNamespace(
        measure=measure,
        rule=RULES["ntk"],
        rows=np.array([10, 10, 10]),
        chunk_shares=None,
        number_draw=lambda step: step,
        mover=AdamMover(AdamOptions()),
        seed=0,
        refresh_every=10,
        refresh_drift=drift,
        weight_shape=(3,),
        sampler=SimpleNamespace(dtype=np.float32),
        assembly=SimpleNamespace(terms=("r", "u", "silent")),
        # What only Gauss–Newton asks for: points that are drawn once, and losses that say nothing.
        options=SimpleNamespace(damping=1.0, redraw_every=10**6),
        stack=SimpleNamespace(unravel=lambda flat: flat),
        survey=lambda *_: SimpleNamespace(losses=np.ones(3), batch=object()),
    )
    start: Any = {"trained": np.zeros(1, np.float32), "frozen": {}}
    run: Any = cast(Any, kind).start(stepper, start, None, 400, 0.0)
    weights = []
    for step in range(400):
        run.step = step
        if kind is GaussNewtonRun:
            run._renew()
        elif run.refresh.is_due(step):
            run._refresh_weights()
        weights.append(run.weights)
    return looks, np.array(weights)


def jump(step: int) -> tuple[float, float, float]:
    # Two terms act; the trace of the second rises fourfold at step 200. The third never acts.
    return (4.0, 1.0 if step < 200 else 4.0, 0.0)


@pytest.mark.parametrize("kind", [Run, GaussNewtonRun])
def test_a_run_renews_weights_only_where_one_has_moved_by_more_than_the_drift(kind):
    looks, weights = follow_traces(0.1, jump, kind)
    assert looks == [0, 10, 30, 70, 150, 310, 390]
    np.testing.assert_allclose(weights[:310], np.tile([1.25, 5.0, 1.0], (310, 1)))
    np.testing.assert_allclose(weights[310:], np.tile([2.0, 2.0, 1.0], (90, 1)))
    # A drift that nothing exceeds keeps the first weights.
    looks, weights = follow_traces(100.0, jump, kind)
    assert len(looks) == 6
    assert np.all(weights == weights[0])


def test_a_kernel_that_drifts_all_the_time_is_looked_at_more_often():
    looks, weights = follow_traces(0.1, lambda step: (1.0, 1.03**step, 0.0))
    gaps = np.diff(looks)
    # 0.03 a step: the drift is exceeded after about four, and the looks come to that pace.
    assert np.all(gaps[2:] <= 10)
    assert np.median(gaps) in range(3, 9)
    for step in np.flatnonzero(np.any(np.diff(weights, axis=0) != 0, axis=1)):
        assert weight_drift(weights[step], weights[step + 1]) > 0.1


def test_without_a_drift_adam_renews_always_and_gauss_newton_at_first():
    every, _ = follow_traces(None, jump)
    assert every == list(range(0, 400, 10))
    first, _ = follow_traces(None, jump, GaussNewtonRun)
    assert first == list(range(0, 100, 10))
