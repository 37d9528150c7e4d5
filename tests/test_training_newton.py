"""When Newton's iteration over frozen features has converged."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from pdelang.calculus.jet import Jet
from pdelang.training.least_squares.iteration import iterate


@dataclass
class Curve:
    """Equations ``c₀² = 2`` and ``floor = 0`` over (c₀, c₁), where c₁ is left to rounding.

    Each solve puts c₁ somewhere else, by ``noise``, as features that depend on each other do. c₀ is
    a field, c₁ the derivative of ``order`` of one.
    """

    floor: float
    noise: float
    order: int = 0
    shares: list = field(default_factory=lambda: [1.0])
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))

    @property
    def bases(self):
        return [SimpleNamespace(jets=(Jet("u", (0,)), Jet("v", (self.order,))))]

    def states(self, dictionary, coefficients):
        return [coefficients]

    def solve(self, states, dictionary, seed):
        c = states[0][0, 0]
        free = 1.0 + self.noise * self.rng.uniform(-1.0, 1.0)
        return np.array([[0.5 * (c + 2.0 / c)], [free]]), {"all": 1.0}, self.floor

    def merit(self, states, weights):
        return float(np.hypot(states[0][0, 0] ** 2 - 2.0, self.floor))


def run(curve: Curve, iterations: int = 30, enough: float = 1e-12):
    return iterate(curve, None, np.array([[3.0], [1.0]]), iterations, 0, enough)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("noise", [0.0, 3e-3])
def test_what_the_features_leave_counts_as_converged(noise):
    """What c₀² − 2 leaves is below a hundredth of the floor, though c₁ still moves by the noise."""
    coefficients, _, taken, converged = run(Curve(1e-4, noise))
    assert converged
    assert taken < 10
    assert coefficients[0, 0] == pytest.approx(np.sqrt(2.0), abs=1e-2 * 1e-4)


def test_rounding_alone_counts_as_converged():
    """Without a floor the iteration goes on to the last digits, c₀ to those of √2."""
    coefficients, _, _, converged = run(Curve(0.0, 0.0))
    assert converged
    assert coefficients[0, 0] == pytest.approx(np.sqrt(2.0), rel=1e-15)


def test_coefficients_that_go_far_have_not_converged():
    """A direction that hardly matters for the residual may still lead to another solution."""
    assert not run(Curve(1e-4, 0.5))[3]
    assert not run(Curve(1e-4, 0.5), enough=1e-3)[3]


def test_derivatives_that_nothing_determines_do_not_keep_the_fields_from_converging():
    """Functions that nearly cancel at a corner leave its derivatives to rounding."""
    _, _, taken, converged = run(Curve(1e-4, 0.5, order=1), enough=1e-3)
    assert converged
    assert taken < 10


def test_too_few_iterations_have_not_converged():
    """From 3 one step leads to 11/6, whose residual is far above the floor."""
    assert not run(Curve(1e-4, 0.0), iterations=2)[3]
