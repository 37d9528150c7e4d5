"""Frozen features: rows against differences, weights by hand, solves against exact solutions."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from stages import derive_text, lower_text

from pdelang.calculus.jet import Jet
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.evaluation import evaluate
from pdelang.training.least_squares.balance import balance
from pdelang.training.least_squares.dictionary import draw_dictionary
from pdelang.training.least_squares.factorisation import RowFactor
from pdelang.training.least_squares.jet_basis import prepare_jets
from pdelang.training.solution import Status
from pdelang.training.solver import solve

POISSON = """
domain rod(x) = interval(0, 1)
unknown u
in rod: dxx(u) = -(4*pi)^2*sin(4*pi*x)
on edge: u = 0
exact u = sin(4*pi*x)
"""
WAVE = """
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in string: dtt(u) = 4*dxx(u)
on edge: u = 0
at t = 0: u = sin(pi*x) + 0.5*sin(4*pi*x)
at t = 0: dt(u) = 0
exact u = sin(pi*x)*cos(2*pi*t) + 0.5*sin(4*pi*x)*cos(8*pi*t)
"""
BRATU = """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
let s = sin(pi*x)*sin(pi*y)
unknown u
in square: lap(u) + exp(u) = -2*pi^2*s + exp(s)
on edge: u = 0
exact u = s
"""
NEUMANN = """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: -lap(u) = 2*pi^2*cos(pi*x)*cos(pi*y)
on edge: dn(u) = 0
"""
STOKES = """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
let vx = sin(pi*x)*cos(pi*y)
let vy = -cos(pi*x)*sin(pi*y)
unknown w: vector
unknown p
in square: grad(p) - lap(w) = (2*pi^2*vx + 1, 2*pi^2*vy)
in square: div(w) = 0
on edge: w = (vx, vy)
require mean(p) = 0
exact w = (vx, vy)
exact p = x - 0.5
"""


def solve_text(text: str, **changes) -> tuple:
    program = lower_text(text)
    settings = replace(Settings(method=Choice("least_squares"), tolerance=1e-8), **changes)
    return program, solve(program, settings)


@pytest.mark.parametrize("text", [POISSON, WAVE, BRATU], ids=["poisson", "wave", "bratu"])
def test_solves_to_the_tolerance_and_says_so_honestly(text: str) -> None:
    _, solution = solve_text(text)
    assert solution.status is Status.SOLVED
    assert solution.error["u"] <= solution.error_estimate["u"] * 10
    assert solution.error["u"] <= 1e-8
    assert solution.precision == "f64"


def test_vector_unknowns_and_a_gauge() -> None:
    # The features that serve Stokes' flow reach the tolerance for both unknowns at once.
    _, solution = solve_text(STOKES, tolerance=1e-6)
    assert solution.status is Status.SOLVED
    assert solution.error["w"] <= 1e-6
    assert solution.error["p"] <= 1e-5


def test_missing_gauge_is_singular() -> None:
    _, solution = solve_text(NEUMANN, tolerance=1e-6, time_limit=30.0)
    assert solution.status is Status.SINGULAR
    assert any("not unique" in message for message in solution.messages)


def test_gauge_makes_it_unique() -> None:
    text = NEUMANN + "require mean(u) = 0\nexact u = cos(pi*x)*cos(pi*y)\n"
    _, solution = solve_text(text)
    assert solution.status is Status.SOLVED
    assert solution.error["u"] <= 1e-8


def test_contradictory_conditions_are_never_solved() -> None:
    text = """
domain rod(x) = interval(0, 1)
unknown u
in rod: dxx(u) = 1
on edge: dn(u) = 0
require mean(u) = 0
"""
    _, solution = solve_text(text, tolerance=1e-2, time_limit=20.0)
    assert solution.status is not Status.SOLVED


def test_tolerance_below_rounding_is_not_reached() -> None:
    _, solution = solve_text(POISSON, tolerance=1e-30, time_limit=20.0)
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert solution.error["u"] < 1e-9


def test_no_finite_value_names_term_and_line() -> None:
    text = """
domain rod(x) = interval(0, 1)
unknown u
in rod as heat: dxx(u) = log(u - 5)
on edge: u = 0
"""
    _, solution = solve_text(text, time_limit=20.0)
    assert solution.status is Status.DIVERGED
    assert "`heat` (<spec>:5)" in " ".join(solution.messages)


def test_count_and_scale_are_followed_and_seeds_reproduce() -> None:
    network = Choice("features", (("count", 40), ("scale", 10.0)))
    program, first = solve_text(POISSON, network=network)
    second = solve(program, first.settings)
    other = solve(program, replace(first.settings, seed=1))
    points = np.linspace(0, 1, 7)[:, None]
    assert first.parameters["frozen"]["phases"].shape == (40,)
    # 40 normal frequencies of deviation 10: their root mean square is within a third of it.
    spread = float(np.sqrt(np.mean(first.parameters["frozen"]["frequencies"] ** 2)))
    assert spread == pytest.approx(10.0, rel=0.33)
    assert np.array_equal(evaluate(first, points)["u"], evaluate(second, points)["u"])
    assert not np.array_equal(evaluate(first, points)["u"], evaluate(other, points)["u"])


def test_auto_takes_least_squares_for_linear_problems_and_adam_for_networks() -> None:
    program = lower_text(POISSON)
    chosen = solve(program, Settings())
    assert chosen.method == "least_squares"
    assert "auto chose least_squares" in chosen.messages[0]
    trained = solve(
        program, Settings(network=Choice("mlp", (("width", 8), ("depth", 1))), steps=20)
    )
    assert trained.method == "adam"
    assert "auto chose adam" in trained.messages[0]


def test_time_limit_is_kept() -> None:
    began = time.monotonic()
    _, solution = solve_text(WAVE, tolerance=1e-14, time_limit=2.0)
    # One level that was begun in time may end after it; a minute would be no limit at all.
    assert time.monotonic() - began < 60
    assert solution.status in (Status.TOLERANCE_NOT_REACHED, Status.UNVERIFIED)


def test_rows_are_the_derivatives_of_the_jets() -> None:
    system = derive_text(WAVE)
    dictionary = draw_dictionary(5, np.array([3.0, 2.0]), {}, 0)
    points = np.random.default_rng(1).uniform(0.1, 0.9, (4, 2))
    jets = (Jet("u", (0, 0)), Jet("u", (2, 0)), Jet("u", (1, 1)))
    basis = prepare_jets(system, jets, points)
    tables = basis.tables(dictionary)
    zero = np.zeros((5, 1))
    for i in range(len(jets)):
        weights = np.zeros((len(jets), len(points)))
        weights[i] = 1.0
        rows = basis.rows(weights, dictionary, tables)
        for m in range(5):
            unit = zero.copy()
            unit[m] = 1.0
            moved = basis.values(dictionary, unit, tables) - basis.values(dictionary, zero, tables)
            # The model is linear in its coefficients: the difference is the derivative, to rounding.
            np.testing.assert_allclose(rows[:, m], moved[i], rtol=1e-11, atol=1e-11)


def test_jets_agree_with_the_jax_model() -> None:
    program, solution = solve_text(WAVE, network=Choice("features", (("count", 60),)))
    import jax.numpy as jnp

    from pdelang.training.precision import numeric_context

    points = np.random.default_rng(2).uniform(0.0, 1.0, (9, 2))
    jets = (Jet("u", (0, 0)), Jet("u", (2, 0)), Jet("u", (0, 2)), Jet("u", (1, 1)))
    frozen = solution.parameters["frozen"]
    from pdelang.training.least_squares.dictionary import Dictionary

    dictionary = Dictionary(frozen["frequencies"].T, frozen["phases"])
    basis = prepare_jets(program.system, jets, points)
    coefficients = solution.parameters["trained"]["coefficients"]
    ours = basis.values(dictionary, coefficients, basis.tables(dictionary))
    assert isinstance(solution.model, FieldModel)
    with numeric_context("f64"):
        theirs = solution.model.jets(solution.parameters, jnp.asarray(points), jets)
        for row, jet in zip(ours, jets, strict=True):
            # Coefficients near 1e3 cancel to fields near 1: three digits of rounding are lost.
            np.testing.assert_allclose(row, np.asarray(theirs[jet]), rtol=1e-9, atol=1e-8)


def test_periodic_features_are_periodic() -> None:
    dictionary = draw_dictionary(50, np.array([5.0, 5.0]), {0: 2.0}, 3)
    left, _ = dictionary.tables(np.array([[-1.0, 0.3]]))
    right, _ = dictionary.tables(np.array([[1.0, 0.3]]))
    np.testing.assert_allclose(left, right, atol=1e-12)


def test_weights_by_hand() -> None:
    rows = [
        ("a", np.array([[1.0, 2.0]]), np.array([1.0])),
        ("b", np.array([[3.0, 0.0], [0.0, 1.0]]), np.array([0.0, 2.0])),
    ]
    assert balance(rows, "ntk") == {"a": 15 / 5, "b": 15 / 10}
    assert balance(rows, "ntk_mean") == {"a": 10 / 5, "b": 10 / 5}
    assert balance(rows, "fixed") == {"a": 1.0, "b": 1.0}
    norms = {"a": math.sqrt(5.0), "b": 2.0 / 2}
    mean = sum(norms.values()) / 2
    assert balance(rows, "gradnorm") == pytest.approx({g: mean / n for g, n in norms.items()})


def test_rows_in_blocks_give_the_same_solution() -> None:
    rng = np.random.default_rng(0)
    matrix, values = rng.standard_normal((40, 6)), rng.standard_normal(40)
    whole, parts = RowFactor(6), RowFactor(6)
    whole.add(matrix, values)
    for start in range(0, 40, 7):
        parts.add(matrix[start : start + 7], values[start : start + 7])
        parts._fold()
    expected, residual, *_ = np.linalg.lstsq(matrix, values, rcond=None)
    for factor in (whole, parts):
        solution, norm = factor.solve()
        np.testing.assert_allclose(solution, expected, rtol=1e-10)
        assert norm == pytest.approx(math.sqrt(residual[0]))


def test_nearly_dependent_columns_give_a_short_solution() -> None:
    column, other = np.ones(3), np.array([0.0, 1.0, -1.0])
    factor = RowFactor(2)
    # Solved to the letter, the coefficients would be ±1e15 and rounding error all that is left.
    factor.add(np.stack([column, column + 1e-15 * other], axis=1), column + other)
    solution, residual = factor.solve()
    assert np.linalg.norm(solution) < 2.0
    assert residual == pytest.approx(math.sqrt(2.0), rel=1e-6)


def test_auto_goes_on_with_gauss_newton_and_counts_all_its_seconds() -> None:
    # A front of width 1/200 in the middle: no few smooth features follow it.
    text = """
domain line(x) = interval(-1, 1)
unknown u
in line: u*dx(u) = 0.005*dxx(u)
on left: u = 1
on right: u = -1
"""
    events = []
    program = lower_text(text)
    solution = solve(program, Settings(time_limit=8.0, tolerance=1e-12), events.append)
    assert solution.status is not Status.SOLVED
    # The second method reports that it compiles even where the limit leaves no time for a step.
    assert {"fit", "compile"} <= {event.stage for event in events}
    assert any("going on with gauss_newton" in message for message in solution.messages)
    assert set(solution.seconds) == {"compile", "solve"}


def test_a_field_that_is_zero_is_not_judged_by_its_rounding_errors() -> None:
    """A swirl that nothing drives: in the pipe's own flow it is rounding, and differs from solve to solve."""
    text = (
        "domain pipe(r, z) : cylindrical = box(r = 0 .. 1, z = 0 .. 2)\nunknown w: vector\n"
        "unknown p, s\nin pipe: adv(w, w) + grad(p) = lap(w)\nin pipe: div(w) = 0\n"
        "in pipe: w.r*dr(s) + w.z*dz(s) = lap(s) - s/r^2\n"
        "on pipe.high(r): w = (0, 0)\non pipe.low(z), pipe.high(z): w = (0, 1 - r^2)\n"
        "on edge: s = 0\nrequire mean(p) = 0\n"
    )
    _, solution = solve_text(text)
    assert solution.status is Status.SOLVED
    assert solution.error_estimate["s"] <= 1e-12
