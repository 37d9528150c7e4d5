"""Points of every place: where they lie, how even they are, and that they are fresh."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hand_built import Builder, build_wave
from stages import lower_text

from pdelang.calculus.system import AtPoint, Interior
from pdelang.semantics.expression import AggregateKind
from pdelang.training.places import quadrature_nodes
from pdelang.training.sampling import build_sampler


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def draw(sampler, number, seed=0):
    return sampler.draw(sampler.seed(jax.random.key(seed)), jnp.asarray(number, jnp.int32))


@pytest.mark.parametrize("is_uniform", [False, True])
def test_points_lie_on_their_places_and_are_fresh(is_uniform):
    sampler = build_sampler(build_wave().program(), 30, is_uniform, jnp.float64)
    first, second, again = draw(sampler, 0), draw(sampler, 1), draw(sampler, 0)
    inside, left, right, start = first.points
    # The term u has three places and 10 points on each; u_t has 30 at the start, shared with u.
    assert [len(p) for p in first.points] == [30, 10, 10, 30]
    assert np.all(left[:, 0] == 0)
    assert np.all(right[:, 0] == 1)
    assert np.all(start[:, 1] == 0)
    for points in first.points:
        assert np.all((points >= 0) & (points <= 1))
    for a, b, c in zip(first.points, second.points, again.points, strict=True):
        assert not np.any(np.all(a == b, axis=1))
        assert np.all(a == c)
    other = draw(sampler, 0, seed=1)
    assert not np.any(inside == other.points[0])


def test_shifted_sets_stay_even():
    sampler = build_sampler(build_wave().program(), 256, False, jnp.float64)
    for number in range(3):
        points = np.asarray(draw(sampler, number).points[0])
        # x² t² over the unit square is 1/9. Sobol sets of 256 points miss it by about 1/256;
        # independent ones by 0.2/16.
        assert abs(np.mean(points[:, 0] ** 2 * points[:, 1] ** 2) - 1 / 9) < 4e-3


def test_successive_draws_fill_the_gaps_of_one_another():
    b = Builder((0.0,), (1.0,))
    b.add("r", b.jet("u", x=1), Interior())
    sampler = build_sampler(b.program(), 4, False, jnp.float64)
    together = np.sort(np.concatenate([draw(sampler, n).points[0][:, 0] for n in range(64)]))
    gaps = np.diff(together)
    # 256 points whose shifts follow the golden ratio: no gap above a few mean gaps.
    assert gaps.max() < 4 / 256


def test_a_point_condition_is_drawn_over_time():
    b = Builder((0.0, 0.0), (1.0, 1.0), time=(1.0, 3.0))
    b.add("r", b.jet("u", x=2), Interior())
    b.add("pin", b.jet("u"), AtPoint((0.25, 0.5)))
    sampler = build_sampler(b.program(), 16, False, jnp.float64)
    pinned = np.asarray(draw(sampler, 5).points[1])
    assert pinned.shape == (16, 3)
    assert np.all(pinned[:, :2] == [0.25, 0.5])
    assert pinned[:, 2].min() >= 1
    assert pinned[:, 2].max() <= 3
    assert len(np.unique(pinned[:, 2])) == 16


def test_steady_single_points_are_one_point_of_many_copies():
    b = Builder((0.0,), (1.0,))
    b.add("r", b.jet("u", x=2), Interior())
    b.add("ends", b.jet("u"), b.side(0, True))
    sampler = build_sampler(b.program(), 20, False, jnp.float64)
    assert np.asarray(draw(sampler, 3).points[1]).tolist() == [[1.0]]
    assert sampler.copies.points == (1, 20)


def test_nodes_integrate_polynomials_exactly_at_every_time():
    b = Builder((0.0, 0.0), (1.0, 2.0), fields=("p",), time=(0.0, 1.0))
    b.add("r", b.jet("p", x=1), Interior())
    b.functionals.append(("gauge", b.functional("gauge", AggregateKind.INTEGRAL, b.jet("p"))))
    program = b.program()
    sampler = build_sampler(program, 8, False, jnp.float64)
    (nodes,) = draw(sampler, 0).nodes
    aggregate = program.terms[1].functionals[0].aggregates[0].aggregate
    _, weights = quadrature_nodes(program.system.problem, aggregate)
    assert nodes.shape == (8, len(weights), 3)
    for row in np.asarray(nodes):
        assert len(np.unique(row[:, 2])) == 1
        # ∫∫ x³ y² = 1/4 · 8/3.
        np.testing.assert_allclose(weights @ (row[:, 0] ** 3 * row[:, 1] ** 2), 2 / 3, rtol=1e-13)


def test_the_aggregates_of_one_requirement_are_taken_at_the_same_times():
    program = lower_text(
        "domain line(x) = interval(0, 1)\ntime t in 0 .. 2\nunknown u, v\n"
        "in line: dxx(u) = t\nin line: dxx(v) = t\non left, right: dn(u) = t/2\n"
        "on left, right: dn(v) = t/2\nrequire mean(u) = t^2\nrequire mean(v) = mean(u) + t\n"
    )
    nodes = draw(build_sampler(program, 30, False, jnp.float64), 3).nodes
    # mean(u), t; mean(u), mean(v), t: every node of one row has the time of the row.
    times = [np.asarray(own[:, 0, 1]) for own in nodes]
    counts = [len(f.functional.aggregates) for term in program.terms for f in term.functionals]
    assert counts == [2, 3]
    for group in (times[:2], times[2:]):
        for other in group[1:]:
            np.testing.assert_array_equal(group[0], other)
    assert not np.any(times[0] == times[2])
