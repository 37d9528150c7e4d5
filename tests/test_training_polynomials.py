"""Polynomial features: values against NumPy's, degrees against known series, solves, bad input."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.polynomial import chebyshev
from stages import analyse_text, lower_text

import pdelang
from pdelang.calculus.jet import Jet
from pdelang.networks.network import build_network
from pdelang.networks.periodic import PeriodicAxis
from pdelang.networks.series import close_downward, coordinate_series
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.evaluation import evaluate
from pdelang.training.least_squares import factorisation
from pdelang.training.least_squares.balance import balance
from pdelang.training.least_squares.degrees import DegreeSet
from pdelang.training.least_squares.factorisation import RowFactor
from pdelang.training.least_squares.jet_basis import prepare_jets
from pdelang.training.least_squares.polynomials import PolynomialDictionary
from pdelang.training.precision import numeric_context
from pdelang.training.solution import Status
from pdelang.training.solver import solve

pytestmark = pytest.mark.usefixtures("without_pictures")

PLATE = """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 2)
let k = exp(x)*sin(3*y + x*y)
unknown u
in square: lap(u) + x*dx(u) = lap(k) + x*dx(k)
on edge: u = k
exact u = k
"""
SHOCK = """
domain line(x) = interval(-1, 1)
unknown u
in line: u*dx(u) = 0.1*dxx(u)
on left: u = tanh(5)
on right: u = -tanh(5)
exact u = -tanh(5*x)
"""


def solve_text(text: str, **changes):
    program = lower_text(text)
    settings = replace(Settings(method=Choice("least_squares"), tolerance=1e-8), **changes)
    return program, solve(program, settings)


def kind_of(solution) -> str:
    """Return the kind of features that a solution is made of."""
    assert solution.settings.network is not None
    return dict(solution.settings.network.options)["kind"]


def known_feature(degrees: tuple[int, ...], orders: tuple[int, ...], points: np.ndarray):
    """Return ``∂^orders`` of a product of Chebyshev polynomials by NumPy's own series."""
    result = np.ones(len(points))
    for axis, (degree, order) in enumerate(zip(degrees, orders, strict=True)):
        series = np.zeros(degree + 1)
        series[degree] = 1.0
        result *= chebyshev.chebval(points[:, axis], chebyshev.chebder(series, order))
    return result


@pytest.mark.parametrize("orders", [(0, 0), (1, 0), (0, 2), (2, 1), (0, 4)])
def test_features_are_products_of_chebyshev_polynomials(orders: tuple[int, int]) -> None:
    degrees = np.array([[0, 0], [3, 1], [7, 12], [1, 5]])
    dictionary = PolynomialDictionary(degrees, {})
    points = np.random.default_rng(0).uniform(-1, 1, (11, 2))
    tables = dictionary.tables(points)
    weight = np.random.default_rng(1).uniform(1, 2, 11)
    rows = np.zeros((11, 4), order="F")
    dictionary.combine(tables, {orders: weight, (1, 1): 2 * weight}, rows)
    for m, degree in enumerate(degrees):
        own = known_feature(tuple(degree), orders, points)
        mixed = known_feature(tuple(degree), (1, 1), points)
        # Fourth derivatives of degree 12 are near 1e5, and both sides round.
        np.testing.assert_allclose(rows[:, m], weight * (own + 2 * mixed), rtol=1e-10, atol=1e-9)
        unit = np.eye(4)[m]
        np.testing.assert_allclose(
            dictionary.apply(tables, orders, unit), own, rtol=1e-10, atol=1e-9
        )


def test_the_network_gives_the_same_features_with_all_derivatives() -> None:
    axes = (PeriodicAxis(1, 2.0),)
    choice = Choice("features", (("kind", "chebyshev"), ("count", 15), ("degree", 6)))
    network = build_network(choice, 2, 3, axes)
    points = np.random.default_rng(3).uniform(-1, 1, (5, 2))
    orders = [(0, 0), (2, 0), (1, 1), (0, 3)]
    with jax.enable_x64(True):
        trained, frozen = network.initialise(jax.random.key(0), jnp.float64)
        series = network.apply(
            trained, frozen, coordinate_series(jnp.asarray(points), close_downward(orders, 2))
        )
        degrees = np.asarray(frozen["degrees"]).T
        assert degrees.sum(axis=1).tolist() == sorted(degrees.sum(axis=1).tolist())
        dictionary = PolynomialDictionary(degrees, {1: 2.0})
        tables = dictionary.tables(points)
        factorial = {0: 1, 1: 1, 2: 2, 3: 6}
        for alpha in orders:
            ours = dictionary.apply(tables, alpha, np.asarray(trained["coefficients"]).T[0])
            scale = factorial[alpha[0]] * factorial[alpha[1]]
            theirs = np.asarray(series.coefficients[alpha])[:, 0] * scale
            np.testing.assert_allclose(theirs, ours, rtol=1e-10, atol=1e-10)


def test_fourier_factors_are_periodic_and_differentiate() -> None:
    dictionary = PolynomialDictionary(np.array([[0], [1], [2], [5], [6]]), {0: 2.0})
    points = np.array([[-1.0], [1.0], [0.3]])
    tables = dictionary.tables(points)
    s = np.pi * points[:, 0]
    known = np.stack([1 + 0 * s, np.sin(s), np.cos(s), np.sin(3 * s), np.cos(3 * s)])
    slopes = np.pi * np.stack([0 * s, np.cos(s), -np.sin(s), 3 * np.cos(3 * s), -3 * np.sin(3 * s)])
    for m in range(5):
        unit = np.eye(5)[m]
        np.testing.assert_allclose(dictionary.apply(tables, (0,), unit), known[m], atol=1e-14)
        np.testing.assert_allclose(dictionary.apply(tables, (1,), unit), slopes[m], atol=1e-13)


def test_sets_of_degrees_hold_what_they_say() -> None:
    euclidean = DegreeSet(np.array([6.0, 3.0]), (None, None)).list_degrees()
    counted = {(i, j) for i in range(7) for j in range(4) if (i / 6) ** 2 + (j / 3) ** 2 <= 1}
    assert {tuple(m) for m in euclidean} == counted
    total = DegreeSet(np.full(4, 3.0), (None,) * 4).list_degrees()
    assert len(total) == 35  # binomial(7, 3)
    odd = DegreeSet(np.array([6.0, 3.0]), (1, 0)).list_degrees()
    assert {tuple(m) for m in odd} == {(i, j) for i, j in counted if i % 2 == 1 and j % 2 == 0}
    harmonics = DegreeSet(np.array([2.0]), (None,), frozenset({0})).list_degrees()
    assert sorted(harmonics[:, 0]) == [0, 1, 2, 3, 4]


def test_growth_follows_the_decay_of_the_coefficients() -> None:
    # 10^-k along x and 2^-k along y: one decade, respectively 0.3, per degree.
    chosen = DegreeSet(np.array([12.0, 12.0]), (None, None))
    degrees = chosen.list_degrees()
    coefficients = (10.0 ** -degrees[:, :1]) * (2.0 ** -degrees[:, 1:])
    grown, excess = chosen.grow(degrees, coefficients, 1e-6)
    # 0.03 of the tolerance is reached at degree 8 along x, with 3 to spare, and at 25 along y,
    # which is more than the factor 1.7 that one step may take.
    assert grown.radii[0] == pytest.approx(11.0)
    assert grown.radii[1] == pytest.approx(1.7 * 12)
    assert 1.0 < excess < 1.6


def test_parity_is_seen_through_noise_and_given_up_where_it_is_none() -> None:
    chosen = DegreeSet(np.array([8.0, 8.0]), (None, None))
    degrees = chosen.list_degrees()
    size = 2.0 ** -degrees.sum(axis=1, keepdims=True).astype(float)
    size[degrees[:, 0] % 2 == 1] *= 1e-7
    assert chosen.with_parity(degrees, size, 1e-6).parity == (0, None)
    assert chosen.with_parity(degrees, size, 1e-12).parity == (None, None)


def test_an_asymmetric_problem_is_solved_by_polynomials_and_matches_the_model() -> None:
    program, solution = solve_text(PLATE, tolerance=1e-10)
    assert solution.status is Status.SOLVED
    assert solution.error["u"] <= 1e-10
    assert kind_of(solution) == "chebyshev"
    degrees = solution.parameters["frozen"]["degrees"].T
    points = np.random.default_rng(2).uniform(0.0, 1.0, (7, 2))
    jets = (Jet("u", (0, 0)), Jet("u", (2, 0)), Jet("u", (1, 1)))
    dictionary = PolynomialDictionary(degrees, {})
    basis = prepare_jets(program.system, jets, points)
    coefficients = solution.parameters["trained"]["coefficients"]
    ours = basis.values(dictionary, coefficients, basis.tables(dictionary))
    with numeric_context("f64"):
        theirs = solution.model.jets(solution.parameters, jnp.asarray(points), jets)
        for row, jet in zip(ours, jets, strict=True):
            np.testing.assert_allclose(row, np.asarray(theirs[jet]), rtol=1e-9, atol=1e-9)


def test_hard_and_soft_conditions_agree() -> None:
    answers = []
    for conditions in ("hard", "soft"):
        text = PLATE + f"solver {{ conditions = {conditions} }}\n"
        _, solution = solve_text(text)
        assert solution.status is Status.SOLVED
        answers.append(evaluate(solution, np.array([[0.3, 0.4], [0.9, 1.7]]))["u"])
    # Both are within the tolerance 1e-8 of the solution, which is near 3.
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-7)


def test_a_shock_at_rest_needs_steps_that_raise_the_residual() -> None:
    _, solution = solve_text(SHOCK)
    assert solution.status is Status.SOLVED
    assert solution.error["u"] <= 1e-8
    assert kind_of(solution) == "chebyshev"


@pytest.mark.parametrize("kind", ["sine", "chebyshev"])
def test_a_fixed_number_of_features_is_kept(kind: str) -> None:
    network = Choice("features", (("kind", kind), ("count", 50)))
    _, solution = solve_text(PLATE, network=network)
    assert len(solution.parameters["trained"]["coefficients"]) == 50
    assert kind_of(solution) == kind


def test_a_saved_solution_is_read_back(tmp_path) -> None:
    solution = pdelang.compile(f"pde 1\n{PLATE}").solve(tolerance=1e-6)
    solution.save(tmp_path / "plate")
    loaded = pdelang.load(tmp_path / "plate")
    assert float(loaded.u(x=0.4, y=1.1)) == float(solution.u(x=0.4, y=1.1))


@pytest.mark.parametrize(
    ("equation", "status"),
    [
        # The sine is a solution of the homogeneous problem: many solutions.
        ("dxx(u) + pi^2*u = 0", Status.SINGULAR),
        ("dxx(u) + pi^2*u = sin(2*pi*x)", Status.SINGULAR),
        # Its own load has no solution at all.
        ("dxx(u) + pi^2*u = sin(pi*x)", Status.TOLERANCE_NOT_REACHED),
        # Beyond the fold, at 3.51, Bratu's equation has none.
        ("dxx(u) + 10*exp(u) = 0", Status.TOLERANCE_NOT_REACHED),
    ],
)
def test_no_solution_and_many_solutions_are_told(equation: str, status: Status) -> None:
    text = f"domain rod(x) = interval(0, 1)\nunknown u\nin rod: {equation}\non edge: u = 0\n"
    network = Choice("features", (("kind", "chebyshev"),))
    _, solution = solve_text(text, network=network, time_limit=20.0)
    assert solution.status is status


def test_a_tolerance_below_rounding_is_told_and_no_other_method_is_tried() -> None:
    text = "domain rod(x) = interval(0, 1)\nunknown u\nin rod: dxx(u) = -pi^2*sin(pi*x)\n"
    _, solution = solve_text(f"{text}on edge: u = 0\nexact u = sin(pi*x)\n", tolerance=1e-30)
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert solution.error["u"] <= 1e-14
    assert any("what is left is rounding error" in message for message in solution.messages)
    assert kind_of(solution) == "chebyshev"


def test_data_that_disagree_at_a_corner_are_not_called_solved() -> None:
    text = """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = 0
on left: u = 1
on right, top, bottom: u = 0
"""
    network = Choice("features", (("kind", "chebyshev"), ("degree", 20)))
    _, solution = solve_text(text, network=network)
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    # The jump of 1 at two corners leaves an error of the order of the distance of two points.
    assert solution.error_estimate["u"] > 1e-3


@pytest.mark.parametrize(
    "options", ["count = 0", "degree = 0", "kind = sine, degree = 4", "kind = chebyshev, scale = 2"]
)
def test_wrong_features_are_refused(options: str) -> None:
    with pytest.raises(pdelang.SpecError) as caught:
        pdelang.compile(f"pde 1\n{PLATE}solver {{ network = features({options}) }}\n")
    assert [d.code for d in caught.value.diagnostics] == ["E106"]


def test_folding_a_full_buffer_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    matrix, values = rng.standard_normal((97, 6)), rng.standard_normal(97)
    # Room for 16 rows of seven numbers: six folds.
    monkeypatch.setattr(factorisation, "_BUFFER_BYTES", 16 * 7 * 8)
    factor = RowFactor(6)
    for start in range(0, 97, 13):
        factor.add(matrix[start : start + 13], values[start : start + 13], weight=2.0)
    solution, norm = factor.solve()
    expected, residual, *_ = np.linalg.lstsq(2 * matrix, 2 * values, rcond=None)
    np.testing.assert_allclose(solution, expected, rtol=1e-10)
    assert norm == pytest.approx(np.sqrt(residual[0]))


def test_of_many_solutions_a_seed_picks_one() -> None:
    matrix = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    values = np.array([2.0, 3.0, 2.0])
    found = []
    for seed in (None, 0, 1):
        factor = RowFactor(3)
        factor.add(matrix, values)
        found.append(factor.solve(independent=True, seed=seed)[0])
        np.testing.assert_allclose(matrix @ found[-1], values, atol=1e-12)
    np.testing.assert_allclose(found[0], [1.0, 1.0, 3.0], atol=1e-12)  # the shortest
    assert np.linalg.norm(found[1] - found[2]) > 0.1


def test_weights_of_graded_features_by_hand() -> None:
    rows = [
        ("a", np.array([[3.0, 0.0]]), np.array([1.0])),
        ("b", np.array([[4.0, 100.0]]), np.array([1.0])),
    ]
    # Columns of length 1: a has 9/25, b has 16/25 + 1; together 2.
    assert balance(rows, "ntk", unit_columns=True) == pytest.approx({"a": 2 / 0.36, "b": 2 / 1.64})


def test_settings_of_features_are_read() -> None:
    problem = analyse_text(PLATE + "solver { network = features(kind = chebyshev, degree = 7) }\n")
    assert problem.settings.network is not None
    assert dict(problem.settings.network.options) == {"kind": "chebyshev", "degree": 7}
