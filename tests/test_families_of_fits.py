"""`vary` beside fits that every member determines: constants as functions, eigenvalues along a family."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root_scalar

import pdelang
from pdelang.training.members.nodes import Grid, unit_places

pytestmark = pytest.mark.usefixtures("without_pictures")

LINE = "pde 1\ndomain line(x) = interval(0, 1)\n"
RATE = (
    LINE
    + """vary k in 2 .. 3
fit c = 1
unknown u
in line: dxx(u) = c^2*u
on left: u = 1
on right: dn(u) = -c*u
at (1): u = 1/k
exact c = log(k)
exact u = exp(-log(k)*x)
report rate = c
"""
)
SOURCE = LINE + "fit c = 10\nunknown u\nin line: -dxx(u) = c\non left, right: u = 0\n"
STRING = (
    LINE
    + """vary k in 0 .. 20
unknown u
fit lam = 20
in line: -dxx(u) + k*u = lam*u
on left, right: u = 0
"""
)
PLATE = """pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
vary a in 0.8 .. 1.2
unknown u
fit lam = 50
in plate: -dxx(u) - a*dyy(u) = lam*u
on edge: u = 0
require integral(u^2) = 1
"""


@pytest.mark.parametrize("count", [1, 2])
def test_polynomials_through_nodes_are_exact_up_to_their_degree(count: int) -> None:
    grid = Grid(2, count)
    places = np.stack([unit_places(node) for node in grid.nodes])
    others = np.random.default_rng(0).uniform(-1, 1, (7, count))

    def values(z: np.ndarray) -> np.ndarray:
        return np.prod(z**4 - 2 * z**3 + 0.3, axis=1)

    found = grid.evaluate(grid.coefficients(values(places)), others)
    np.testing.assert_allclose(found, values(others), atol=1e-12)


def test_a_level_keeps_the_nodes_of_the_one_before() -> None:
    assert set(Grid(1, 2).nodes) < set(Grid(2, 2).nodes)


def test_a_condition_determines_a_constant_of_every_member(tmp_path) -> None:
    solution = pdelang.compile(RATE).solve(tolerance=1e-3)
    k = np.array([2.0, 2.3, 2.6, 3.0])
    assert solution.status == "solved"
    assert solution.fitted["c"].value is None
    np.testing.assert_allclose(solution["c"](x=0.5, k=k), np.log(k), rtol=1e-4)
    np.testing.assert_allclose(solution["u"](x=0.5, k=k), k**-0.5, rtol=1e-4)
    for name in ("c", "u"):
        assert solution.error[name] < 10 * solution.error_estimate[name]
    assert solution.reports["rate (k = 3)"] == pytest.approx(np.log(3), rel=1e-4)
    solution.save(tmp_path / "rate")
    loaded = pdelang.load(tmp_path / "rate")
    np.testing.assert_array_equal(loaded["c"](x=0.5, k=k), solution["c"](x=0.5, k=k))
    text = (tmp_path / "rate" / "manifest.yaml").read_text()
    assert "k = 3: 1.098" in text


def test_two_constants_along_a_family() -> None:
    text = (
        LINE
        + """vary k in 1 .. 2
fit a = 1
fit b = 1
unknown u
in line: -dxx(u) = a + 12*b*x^2
on left, right: u = 0
require mean(u) = k/12 + (3 - k)*3/10
at (0.5): u = k/8 + (3 - k)*7/16
"""
    )
    # u = a x(1 − x)/2 + b (x − x⁴), with the mean a/12 + 3 b/10 and a/8 + 7 b/16 in the middle.
    solution = pdelang.compile(text).solve()
    k = np.array([1.0, 1.3, 1.9])
    assert solution.status == "solved"
    np.testing.assert_allclose(solution["a"](x=0.5, k=k), k, atol=2e-4)
    np.testing.assert_allclose(solution["b"](x=0.5, k=k), 3 - k, atol=2e-4)


def test_a_kink_along_the_family_is_told() -> None:
    text = SOURCE + "vary k in -1 .. 2\nrequire mean(u) = abs(k)\nexact c = 12*abs(k)\n"
    solution = pdelang.compile(text).solve()
    assert solution.status == "tolerance_not_reached"
    assert 1e-3 < solution.error["c"] < 10 * solution.error_estimate["c"]


PEAK = "(1 + 0.5*exp(-((k - 0.32)/0.05)^2))"


@pytest.mark.parametrize(
    "text",
    [
        f"{SOURCE}vary k in 0 .. 1\nrequire mean(u) = {PEAK}\nexact c = 12*{PEAK}\n",
        STRING.replace("20\nunknown", "1\nunknown").replace("+ k*u", f"+ {PEAK}*u")
        + f"require integral(u^2) = 1/2\nexact lam = pi^2 + {PEAK}\n",
    ],
    ids=["condition", "coefficient"],
)
def test_a_peak_between_few_nodes_is_seen(text: str) -> None:
    solution = pdelang.compile(text).solve()
    (fit,) = solution.fitted
    assert solution.status == "tolerance_not_reached"
    assert 1e-3 < solution.error[fit] < 10 * solution.error_estimate[fit]


def test_a_member_that_meets_its_condition_nowhere_is_named() -> None:
    known = "vary k in 1 .. 2\nrequire mean(u) = k\nreport own = c\n"
    text = SOURCE.replace("c = 10", "c = 10 within 1 .. 18") + known
    solution = pdelang.compile(text).solve()
    assert solution.status == "tolerance_not_reached"
    assert solution.error_estimate == {}
    assert solution.reports == {}
    assert any("is not met, whatever the fits, at k = " in m for m in solution.messages)


def test_a_network_is_trained_with_the_fits_of_the_members() -> None:
    text = SOURCE + "vary k in 1 .. 2\nrequire mean(u) = k\n"
    solution = pdelang.compile(text).solve(
        method="adam", steps=2, tolerance=1e-2, weights="fixed", network="mlp(width = 8, depth = 1)"
    )
    assert solution.method.startswith("adam")
    k = np.array([1.0, 1.3, 2.0])
    np.testing.assert_allclose(solution["c"](x=0.5, k=k), 12 * k, rtol=1e-3)


def test_true_values_vary_only_where_the_fits_do() -> None:
    text = RATE.replace("exact c = log(k)", "exact c = x")
    with pytest.raises(pdelang.SpecError, match="cannot stand in the true value"):
        pdelang.compile(text)


def test_an_eigenvalue_along_two_parameters() -> None:
    text = STRING.replace("unknown", "vary q in 1 .. 1.5\nunknown").replace("-dxx", "-q*dxx")
    known = "exact lam = q*pi^2 + k\nexact u = sin(pi*x)\nreport first = lam\n"
    solution = pdelang.compile(f"{text}at (0.5): u = 1\n{known}").solve()
    assert solution.status == "solved"
    assert max(solution.error.values()) < 1e-9
    middle = 1.25 * np.pi**2 + 10
    assert solution.reports["first (k = 10, q = 1.25)"] == pytest.approx(middle, rel=1e-9)


def test_eigenvalues_of_a_spring_at_the_end_are_those_of_its_equation(tmp_path) -> None:
    text = (
        LINE
        + "vary h in 0.5 .. 5\nunknown u\nfit lam = 20\nin line: -dxx(u) = lam*u\non left: u = 0\n"
        "on right: dn(u) = -h*u\nrequire integral(u^2) = 1\n"
    )
    solution = pdelang.compile(text).solve()
    assert solution.status == "solved"
    h = np.linspace(0.5, 5, 8)
    # The second mode: √λ cos √λ + h sin √λ = 0 between 3π/2 and 2π.
    roots = [
        root_scalar(
            lambda s, b=b: s * np.cos(s) + b * np.sin(s), bracket=(1.5 * np.pi, 2 * np.pi)
        ).root
        for b in h
    ]
    own = solution["lam"](x=0.5, h=h)
    np.testing.assert_allclose(own, np.square(roots), rtol=10 * solution.error_estimate["lam"])
    solution.save(tmp_path / "spring")
    np.testing.assert_array_equal(pdelang.load(tmp_path / "spring")["lam"](x=0.5, h=h), own)


def test_a_mode_goes_through_a_crossing_as_itself() -> None:
    """Of a plate: 4π² + aπ² and π² + 4aπ² are equal at a = 1, the middle of the family."""
    solution = pdelang.compile(PLATE).solve(tolerance=1e-2)
    assert solution.status == "solved"
    a = np.array([0.8, 0.93, 1.0, 1.2])
    found = np.asarray(solution["lam"](x=0.3, y=0.3, a=a)) / np.pi**2
    one, other = 4 + a, 1 + 4 * a
    assert min(np.abs(found - one).max(), np.abs(found - other).max()) < 1e-2


def test_an_eigenvalue_that_leaves_its_bounds_is_told() -> None:
    text = (
        STRING.replace("lam = 20", "lam = 20 within 12 .. 100")
        + "require integral(u^2) = 1\nreport first = lam\n"
    )
    solution = pdelang.compile(text).solve()
    assert solution.status == "tolerance_not_reached"
    assert solution.error_estimate == solution.reports == {}
    assert any("no mode was found for every member" in m for m in solution.messages)


def test_an_eigenproblem_of_a_family_is_not_trained() -> None:
    text = STRING + "require integral(u^2) = 1\nsolver { method = adam }\n"
    with pytest.raises(pdelang.SpecError, match="not supported yet by `adam`"):
        pdelang.compile(text)
