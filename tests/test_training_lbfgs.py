"""L-BFGS: its minimum against a linear solve, restarts, refusals, then solves end to end."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hand_built import build_poisson
from semantic_specs import find_codes
from stages import lower_text

from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.gauss_newton.rows import RowStack
from pdelang.training.lbfgs.method import prepare_lbfgs
from pdelang.training.lbfgs.options import read_lbfgs_options, resolve_lbfgs_settings
from pdelang.training.loop import Outcome, Run
from pdelang.training.precision import numeric_context
from pdelang.training.preparation import prepare_runs
from pdelang.training.solution import Status
from pdelang.training.solver import solve

TINY = Choice("mlp", (("width", 10), ("depth", 1), ("activation", "tanh"), ("input_scale", 2.0)))
SETTINGS = Settings(network=TINY, points=40, steps=100, tolerance=1e-12, method=Choice("lbfgs"))
LINE = "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = 1\non left, right: u = 0\n"


def change(**changes: Any) -> Settings:
    return replace(SETTINGS, **changes)


def method(**options: Any) -> Choice:
    return Choice("lbfgs", tuple(options.items()))


def prepare(settings: Settings) -> Run:
    """Return the first run of Poisson's equation on a line; call it in double precision."""
    program = build_poisson().program()
    settings = resolve_lbfgs_settings(program.system, settings)
    model = FieldModel.from_program(program, settings)
    run = prepare_lbfgs(program, settings, model, time.monotonic()).first
    assert isinstance(run, Run)
    return run


def advance(run: Run, target: int) -> Outcome:
    return run.advance_to(target, math.inf)


def test_on_frozen_features_it_finds_the_least_squares_solution() -> None:
    features = Choice("features", (("kind", "sine"), ("count", 6), ("scale", 2.0)))
    with numeric_context("f64"):
        run = prepare(change(network=features, weights=Choice("fixed"), steps=400))
        flat = jnp.asarray(run.state.flat)  # type: ignore[attr-defined]
        mover = run.stepper.mover
        outcome = advance(run, 400)
        batch = mover.read_batch(run.state)
        assert batch is not None
        stack = RowStack(run.stepper.assembly, mover.unravel)  # type: ignore[attr-defined]
        weights = jnp.ones(len(run.stepper.assembly.terms))
        residual, jacobian = map(np.asarray, stack.linearise(flat, run.frozen, batch, weights))
        step, *_ = np.linalg.lstsq(jacobian, -residual, rcond=None)
        least = float(np.sum(np.square(residual + jacobian @ step)))
        losses = np.sum(run.stepper.assembly.losses(run.parameters, batch))
    assert outcome in (Outcome.REACHED, Outcome.STALLED)
    assert losses == pytest.approx(least, rel=1e-6, abs=1e-18)


def test_the_loss_falls_at_every_step_on_the_same_points() -> None:
    with numeric_context("f64"):
        run = prepare(change(weights=Choice("fixed"), refresh_every=100))
        advance(run, 100)
    losses = [row[2] for row in run.rows]
    assert len(losses) == 100
    assert all(later <= before for before, later in pairwise(losses))
    assert losses[-1] < 1e-3 * losses[0]


def test_new_weights_and_new_points_start_the_memory_anew() -> None:
    with numeric_context("f64"):
        run = prepare(change(refresh_every=5))
        counts, batches = [], []
        for step in range(1, 11):
            advance(run, step)
            counts.append(int(run.state.memory.count))  # type: ignore[attr-defined]
            batches.append(np.asarray(run.state.batch.points[0]))  # type: ignore[attr-defined]
        assert counts == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
        assert np.array_equal(batches[0], batches[4])
        assert not np.array_equal(batches[4], batches[5])
        # Weights alone, between two draws.
        renewed = run.stepper.mover.renew(run.state)
        assert bool(renewed.is_new)
        run.state = renewed
        run.step = int(renewed.step)
        advance(run, 12)
        assert int(run.state.memory.count) <= 2  # type: ignore[attr-defined]


def test_at_a_minimum_it_stalls_and_stays() -> None:
    features = Choice("features", (("kind", "sine"), ("count", 3), ("scale", 2.0)))
    with numeric_context("f64"):
        run = prepare(change(network=features, weights=Choice("fixed"), refresh_every=10**6))
        run.steps = 10**6
        assert advance(run, 2000) is Outcome.STALLED
        assert run.step < 2000
        before = np.asarray(run.state.flat)  # type: ignore[attr-defined]
        assert advance(run, run.step + 5) is Outcome.STALLED
        after = np.asarray(run.state.flat)  # type: ignore[attr-defined]
        assert np.linalg.norm(after - before) <= 1e-6 * np.linalg.norm(before)


def test_a_solve_reaches_the_true_solution_and_repeats() -> None:
    settings = change(steps=400, tolerance=1e-6)
    program = lower_text(LINE + "exact u = x*(x - 1)/2\n")
    first, again = solve(program, settings), solve(program, settings)
    other = solve(program, change(steps=400, tolerance=1e-6, seed=1))
    assert first.status is Status.SOLVED
    assert first.error["u"] < 1e-6
    assert first.error["u"] < 10 * first.error_estimate["u"]
    assert first.precision == "f64"
    bytes_of = [
        [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(s.parameters)]
        for s in (first, again, other)
    ]
    assert bytes_of[0] == bytes_of[1]
    assert bytes_of[0] != bytes_of[2]


@pytest.mark.parametrize(
    "weights",
    [
        Choice("ntk_pointwise", (("chunks", 2),)),
        Choice("self_adaptive"),
        Choice("relobralo"),
        Choice("gradnorm"),
    ],
    ids=str,
)
def test_every_rule_of_weights_serves(weights: Choice) -> None:
    text = """\
domain line(x) = interval(0, 1)
time t in 0 .. 0.2
unknown u
in line: dt(u) = dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
exact u = exp(-pi^2*t)*sin(pi*x)
"""
    network = Choice("mlp", (("width", 16), ("depth", 2), ("activation", "tanh")))
    solution = solve(
        lower_text(text),
        change(weights=weights, network=network, points=120, steps=300, conditions="soft"),
    )
    assert solution.error["u"] < 3e-2


def test_it_begins_where_adam_ended() -> None:
    program = build_poisson().program()
    settings = resolve_lbfgs_settings(program.system, change(method=Choice("adam"), steps=50))
    model = FieldModel.from_program(program, settings)
    with numeric_context("f64"):
        adam = prepare_runs(program, settings, model, time.monotonic()).first
        adam.advance_to(50, math.inf)
        warm = prepare(change(method=method(warm_up=50)))
        for ours, theirs in zip(
            jax.tree.leaves(warm.trained),
            jax.tree.leaves(adam.parameters["trained"]),
            strict=True,
        ):
            np.testing.assert_array_equal(ours, theirs)


def test_a_value_that_is_not_finite_names_its_statement() -> None:
    program = lower_text(
        "domain line(x) = interval(0, 1)\nunknown u\n"
        "in line: dxx(u) = sqrt(u - 100)\non left, right: u = 0\n"
    )
    solution = solve(program, change(conditions="soft"))
    assert solution.status is Status.DIVERGED
    assert any(":4)" in message and "NaN" in message for message in solution.messages)


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("noise = 0.1", "E106"),
        ("decay = 0.1", "E106"),
        ("windows = 3", "E106"),
        ("network = splines()", "E106"),
        ("network = features(kind = singular)", "E106"),
    ],
)
def test_settings_of_other_methods_are_refused(setting: str, code: str) -> None:
    text = "pde 1\n" + LINE + f"solver {{ method = lbfgs  {setting} }}\n"
    assert code in find_codes(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": method(speed=1)}, "lbfgs has no option 'speed'"),
        ({"method": method(sampling="even")}, "sampling is residual, sobol, uniform"),
    ],
)
def test_unknown_options_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_lbfgs_options(change(**changes))
