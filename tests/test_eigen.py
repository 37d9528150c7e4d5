"""Eigenproblems against closed forms and the published value of the L-shaped membrane."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.special import jn_zeros

import pdelang
from pdelang.training.eigen import method

pytestmark = pytest.mark.usefixtures("without_pictures")

STRING = """pde 1
domain line(x) = interval(0, 1)
unknown u
fit lam = {guess}
in line: -dxx(u) = lam*u
on left: u = 0
on right: dn(u) = 0
require max(u) = 2
"""


@pytest.mark.parametrize(("guess", "k"), [(1, 0), (26, 1), (60, 2)])
def test_the_eigenvalue_nearest_to_the_guess_is_found(guess: float, k: int) -> None:
    solution = pdelang.compile(STRING.format(guess=guess)).solve()
    root = (k + 0.5) * np.pi
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(root**2, rel=1e-6)
    x = np.linspace(0, 1, 7)
    # The mode is scaled to its largest value, 2; its mean is positive.
    np.testing.assert_allclose(solution["u"](x=x), 2 * np.sin(root * x), atol=2e-5)


def test_a_drum_has_the_zeros_of_bessel() -> None:
    solution = pdelang.compile(
        "pde 1\nshape drum = disk(center = (0, 0), radius = 2)\ndomain plate(x, y) = drum\n"
        "unknown u\nfit lam = 1.2\nin plate: -lap(u) = lam*u\non edge: u = 0\n"
        "require integral(u^2) = 1\n"
    ).solve()
    assert solution.fitted["lam"].value == pytest.approx((jn_zeros(0, 1)[0] / 2) ** 2, rel=1e-6)


def test_no_eigenvalue_within_the_bounds_is_told() -> None:
    text = STRING.format(guess="12 within 10 .. 15")
    solution = pdelang.compile(text).solve()
    assert solution.status == "tolerance_not_reached"
    assert solution.fitted["lam"].value is None
    assert any("no eigenvalue" in message for message in solution.messages)


LINE = """pde 1
domain line(x) = interval(0, 1)
unknown u
fit lam = 9
in line: -dxx(u) = lam*u
on left, right: u = 0
"""


def test_a_high_eigenvalue_is_found_though_few_features_show_another() -> None:
    solution = pdelang.compile(LINE.replace("9", "1000") + "require integral(u^2) = 1\n").solve()
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(100 * np.pi**2, rel=1e-6)


def test_an_eigenvalue_that_was_not_resolved_is_not_called_the_nearest() -> None:
    """A potential that jumps: polynomials leave the first mode, at 14.25, less exact than the second."""
    text = LINE.replace("= lam*u", "+ (if x < 0.5 then 0 else 10)*u = lam*u").replace("9", "12")
    solution = pdelang.compile(text + "require integral(u^2) = 1\n").solve()
    value = solution.fitted["lam"].value
    assert value is not None
    if abs(value - 14.24769) > 0.1:
        assert solution.status != "solved"
        assert any("may be missed" in message for message in solution.messages)


def test_complex_eigenvalues_are_none() -> None:
    """u'' and v'' with a turn between u and v: n² π² ± i, which is nearly real for large n."""
    solution = pdelang.compile(
        "pde 1\ndomain line(x) = interval(0, 1)\nunknown u, v\nfit lam = 9\n"
        "in line: -dxx(u) + v = lam*u\nin line: -dxx(v) - u = lam*v\n"
        "on left, right: u = 0\non left, right: v = 0\nrequire integral(u^2) = 1\n"
    ).solve()
    assert solution.status != "solved"


def test_an_orthogonality_chooses_the_next_mode() -> None:
    text = LINE + "require integral(u^2) = 1\nrequire integral(u*sin(pi*x)) = 0\n"
    solution = pdelang.compile(text).solve()
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(4 * np.pi**2, rel=1e-6)


@pytest.mark.parametrize("demand", ["at (0.25): u = 2", "on left: dn(u) = -2*sqrt(2)*pi"])
def test_a_condition_gives_a_mode_its_size_and_sign(demand: str) -> None:
    solution = pdelang.compile(LINE + demand + "\n").solve()
    x = np.linspace(0, 1, 7)
    size = 2 * np.sqrt(2)
    np.testing.assert_allclose(solution["u"](x=x), size * np.sin(np.pi * x), atol=1e-8)


def test_a_second_requirement_fixes_one_of_two_modes() -> None:
    solution = pdelang.compile(
        "pde 1\ndomain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\nfit lam = 48\n"
        "in plate: -lap(u) = lam*u\non edge: u = 0\n"
        "require integral(u^2) = 1\nrequire value(u, (0.25, 0.5)) = 1.5\n"
    ).solve()
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(5 * np.pi**2, rel=1e-6)
    # a sin(2πx) sin(πy) + b sin(πx) sin(2πy) with (a² + b²)/4 = 1 and a = 1.5, b either sign.
    a, b = 1.5, np.sqrt(4 - 1.5**2)
    p, q = np.array([0.3, 0.8, 0.6]), np.array([0.2, 0.7, 0.1])
    first, second = (np.sin(k * np.pi * p) * np.sin(m * np.pi * q) for k, m in ((2, 1), (1, 2)))
    own = solution["u"](x=p, y=q)
    assert min(np.abs(own - a * first - s * b * second).max() for s in (1, -1)) < 1e-5


def test_demands_that_no_mode_meets_are_told() -> None:
    text = LINE + "require integral(u^2) = 1\nrequire value(u, (0.5)) = 3\n"
    solution = pdelang.compile(text).solve()
    assert solution.status == "tolerance_not_reached"
    assert any("meets all conditions" in message for message in solution.messages)


def test_two_constants_follow_from_two_requirements() -> None:
    solution = pdelang.compile(
        "pde 1\ndomain line(x) = interval(0, 1)\nunknown u\nfit lam = 9\nfit h = 1\n"
        "in line: -dxx(u) = lam*u\non left: u = 0\non right: dn(u) + h*u = 0\n"
        "require integral(u^2) = 1\nrequire value(u, (1)) = 1.2\n"
    ).solve()
    assert solution.status == "solved"
    lam, h = (solution.fitted[name].value for name in ("lam", "h"))
    assert lam is not None
    assert h is not None
    # u = A sin(kx): the condition on the right, the size, and the value there.
    k = np.sqrt(lam)
    size = 1 / np.sqrt(0.5 - np.sin(2 * k) / (4 * k))
    assert k * np.cos(k) + h * np.sin(k) == pytest.approx(0, abs=1e-9)
    assert size * np.sin(k) == pytest.approx(1.2, abs=1e-9)


def test_an_extreme_value_may_stand_beside_another_demand() -> None:
    text = LINE + "fit a = 1\nrequire max(u) = 2\nrequire value(u, (0.25)) = a\n"
    solution = pdelang.compile(text).solve()
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(np.pi**2, rel=1e-6)
    assert solution.fitted["a"].value == pytest.approx(np.sqrt(2), rel=1e-6)


def test_coupled_constants_have_a_mode_each() -> None:
    solution = pdelang.compile(
        "pde 1\ndomain line(x) = interval(0, 1)\nunknown u, v\nfit lam = 9\nfit mu = 1\n"
        "in line: -dxx(u) = (lam + mu*x)*u\nin line: -dxx(v) = 4*(lam - mu*x)*v\n"
        "on left, right: u = 0\non left, right: v = 0\n"
        "require integral(u^2) = 1\nrequire integral(v^2) = 1\n"
    ).solve()
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(np.pi**2, rel=1e-6)
    assert solution.fitted["mu"].value == pytest.approx(0, abs=1e-6)


def test_a_constant_that_enters_squared_is_exact() -> None:
    text = LINE.replace("lam*u", "lam^2*u").replace("9", "3") + "require integral(u^2) = 1\n"
    solution = pdelang.compile(text).solve()
    assert solution.fitted["lam"].value == pytest.approx(np.pi, rel=1e-10)


def test_a_measured_mode_gives_constants_with_standard_errors(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(0.02, 0.98, 60)
    # u = A sin(kx), of a string whose right end is held by a spring of stiffness h.
    k = 2.1746267
    u = 1.3 * np.sin(k * x) + 0.02 * rng.standard_normal(60)
    rows = "\n".join(f"{a!r},{b!r}" for a, b in zip(x.tolist(), u.tolist(), strict=True))
    (tmp_path / "mode.csv").write_text(f"x,u\n{rows}\n")
    spec = tmp_path / "spring.pde"
    spec.write_text(
        'pde 1\ndomain line(x) = interval(0, 1)\ndata m = csv("mode.csv", x = "x", u = "u", '
        "noise = 0.02)\nunknown u\nfit lam = 4\nfit h = 1\nin line: -dxx(u) = lam*u\n"
        "on left: u = 0\non right: dn(u) + h*u = 0\nat m as readings: u = m.u\n"
    )
    solution = pdelang.compile(spec).solve()
    assert solution.status == "solved"
    found = least_squares(lambda q: (q[0] * np.sin(q[1] * x) - u) / 0.02, [1.3, k])
    own = found.x[1]
    deviation = np.sqrt(np.linalg.inv(found.jac.T @ found.jac)[1, 1])
    lam, h = solution.fitted["lam"], solution.fitted["h"]
    assert lam.value == pytest.approx(own**2, rel=1e-6)
    assert lam.standard_error == pytest.approx(2 * own * deviation, rel=1e-3)
    assert h.value == pytest.approx(-own / np.tan(own), rel=1e-6)
    slope = 1 / np.tan(own) - own / np.sin(own) ** 2
    assert h.standard_error == pytest.approx(abs(slope) * deviation, rel=1e-3)
    left = found.x[0] * np.sin(own * x) - u
    assert solution.misfit["readings"] == pytest.approx(np.sqrt(np.mean(left**2)), rel=1e-5)


def test_two_materials_have_one_mode() -> None:
    solution = pdelang.compile(
        "pde 1\nshape a = box(x = 0 .. 0.5)\ndomain line(x) = interval(0, 1)\nshape b = line - a\n"
        "boundary weld = interface(a, b)\nunknown u\nfit lam = 12\nfit k = 1 within 0.1 .. 10\n"
        "in a: -dxx(u) = lam*u\nin b: -k*dxx(u) = lam*u\non weld: jump(u) = 0\n"
        "on weld: side(dx(u), a) = k*side(dx(u), b)\non left, right: u = 0\n"
        "require integral(u^2) = 1\nrequire value(u, (0.25)) = 1.2\n"
    ).solve()
    assert solution.status == "solved"
    lam, k = (solution.fitted[name].value for name in ("lam", "k"))
    assert lam is not None
    assert k is not None
    p, q = np.sqrt(lam), np.sqrt(lam / k)
    ratio = np.sin(p / 2) / np.sin(q / 2)
    assert p * np.cos(p / 2) == pytest.approx(-k * ratio * q * np.cos(q / 2), abs=1e-7)
    a = 1.2 / np.sin(p / 4)
    whole = 0.25 - np.sin(p) / (4 * p) + ratio**2 * (0.25 - np.sin(q) / (4 * q))
    assert a**2 * whole == pytest.approx(1, abs=1e-7)
    assert solution.error_estimate["u"] < 1e-4


@pytest.mark.parametrize(
    ("method", "steps", "rel"), [("gauss_newton", 60, 1e-6), ("adam", 400, 1e-3)]
)
def test_a_mode_is_trained_with_its_eigenvalue(
    method: str, steps: int, rel: float, tmp_path: Path
) -> None:
    solution = pdelang.compile(
        LINE + "require integral(u^2) = 1\n"
        f"solver {{ method = {method}  network = mlp(width = 16, depth = 2)  points = 64 }}\n"
    ).solve(steps=steps)
    assert solution.method == method
    value = solution.fitted["lam"].value
    assert value == pytest.approx(np.pi**2, rel=rel)
    assert value is not None
    assert abs(value / np.pi**2 - 1) <= solution.error_estimate["lam"]
    x = np.linspace(0, 1, 7)
    own = solution["u"](x=x)
    off = np.abs(own - np.sqrt(2) * np.sin(np.pi * x)).max()
    assert off <= 3 * max(solution.error_estimate["u"], 1e-12)
    solution.save(tmp_path / "mode")
    loaded = pdelang.load(tmp_path / "mode")
    assert loaded.fitted == solution.fitted
    np.testing.assert_allclose(loaded["u"](x=x), own, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "more",
    ["", "require max(u) = 1.4\nfit a = 1\n", "vary b in 1 .. 2\n"],
    ids=["one", "two", "family"],
)
def test_a_guess_beside_which_nothing_is_finite_is_told(more: str) -> None:
    factor = (
        "(3 + sqrt(lam - 9)"
        + (" + a*x" if "fit a" in more else " + b" if "vary" in more else "")
        + ")"
    )
    text = LINE.replace("lam*u", f"{factor}*u") + more + "require integral(u^2) = 1\n"
    solution = pdelang.compile(text).solve()
    assert solution.status != "solved"
    assert solution.fitted["lam"].value is None
    assert solution.reports == {}
    assert any("`interior`" in message for message in solution.messages)
    assert any("no finite value" in message for message in solution.messages)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("time t in 0 .. 1\nat t = 0: u = 0\nrequire integral(u^2) = 1\n", "than zero"),
        ("require mean(u) = 0\n", "zero meets every equation"),
    ],
)
def test_what_only_zero_solves_is_refused(more: str, word: str) -> None:
    text = LINE if "time" not in more else LINE.replace("-dxx(u) = lam*u", "dt(u) = lam*dxx(u)")
    with pytest.raises(pdelang.SpecError) as caught:
        pdelang.compile(text + more)
    (told,) = caught.value.diagnostics
    assert told.code == "E260"
    assert word in told.message


@pytest.mark.parametrize("radii", [(6, 7), (7, 8), (8, 9)])
def test_few_features_that_agree_by_chance_are_not_believed(
    radii: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the equations leave says how far an eigenvalue may be off, though two sets agree."""
    monkeypatch.setitem(method._RADII, 2, radii)
    solution = pdelang.compile(
        "pde 1\ndomain plate(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\n"
        "fit lam = 14\nin plate: -lap(u) = lam*u\non edge: u = 0\nrequire integral(u^2) = 1\n"
        "require integral(u*x) = 0\n"
    ).solve()
    found = solution.fitted["lam"].value
    # Seven degrees hardly resolve the mode of j₁₁ and find that of j₀₁ at best.
    true = min((jn_zeros(0, 1)[0] ** 2, jn_zeros(1, 1)[0] ** 2), key=lambda v: abs(v - found))
    assert abs(found / true - 1) <= solution.error_estimate["lam"]
