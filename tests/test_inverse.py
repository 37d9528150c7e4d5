"""Inverse problems: fits against closed forms, standard errors against linear regression."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import pdelang

pytestmark = pytest.mark.usefixtures("without_pictures")

DECAY = """pde 1
domain rod(x) = interval(0, 1)
time t in 0 .. 1
data probes = csv("probes.csv", x = "x", t = "t", u = "u", noise = 0.01)
fit D = 0.05 within 0.01 .. 1
unknown u
in rod: dt(u) = D*dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
at probes as readings: u = probes.u
exact D = 0.12
exact u = exp(-0.12*pi^2*t)*sin(pi*x)
report twice = 2*D
"""


@pytest.fixture(scope="module")
def decay(tmp_path_factory: pytest.TempPathFactory):
    """Return the solution of DECAY, its folder and the readings (x, t, u); seed 5."""
    folder = tmp_path_factory.mktemp("decay")
    rng = np.random.default_rng(5)
    x, t = rng.uniform(0.1, 0.9, 200), rng.uniform(0.1, 1.0, 200)
    u = np.exp(-0.12 * np.pi**2 * t) * np.sin(np.pi * x) + 0.01 * rng.standard_normal(200)
    lines = [
        f"{a!r},{b!r},{c!r}" for a, b, c in zip(x.tolist(), t.tolist(), u.tolist(), strict=True)
    ]
    (folder / "probes.csv").write_text("x,t,u\n" + "\n".join(lines) + "\n")
    (folder / "decay.pde").write_text(DECAY)
    solution = pdelang.compile(folder / "decay.pde").solve(tolerance=1e-4)
    return solution, folder, x, t, u


def test_a_constant_is_the_least_squares_fit_of_the_closed_form(decay) -> None:
    solution, _, x, t, u = decay
    # Gauss-Newton on u = exp(-D pi^2 t) sin(pi x), written out.
    d = 0.1
    model = slope = np.zeros(len(u))
    for _ in range(50):
        model = np.exp(-d * np.pi**2 * t) * np.sin(np.pi * x)
        slope = -(np.pi**2) * t * model
        d += slope @ (u - model) / (slope @ slope)
    deviation = 0.01 / np.sqrt(slope @ slope)
    fitted = solution.fitted["D"]
    assert solution.status == "solved"
    # The tolerance of the solve bounds both.
    assert fitted.value == pytest.approx(d, rel=1e-4)
    assert fitted.standard_error == pytest.approx(deviation, rel=2e-2)
    assert abs(fitted.value - 0.12) < 3 * fitted.standard_error
    assert abs(fitted.value - 0.12) < 0.01 * 0.12
    assert solution.misfit["readings"] == pytest.approx(
        float(np.sqrt(np.mean((u - model) ** 2))), rel=1e-3
    )
    assert solution.reports["twice"] == pytest.approx(2 * fitted.value, rel=1e-12)
    assert solution.error["D"] == pytest.approx(abs(fitted.value / 0.12 - 1), rel=1e-6)


def test_the_noise_of_the_readings_is_told_for_the_unknown_too(decay) -> None:
    solution, *_ = decay
    found = solution.standard_error
    d, sigma = solution.fitted["D"].value, solution.fitted["D"].standard_error
    assert found["D"] == pytest.approx(sigma / d, rel=1e-9)
    # du/dD = -pi^2 t u, and the integrals over x divide out.
    t = np.linspace(0.0, 1.0, 2001)
    decay_of = np.exp(-2 * d * np.pi**2 * t)
    slope = np.sqrt(np.mean((np.pi**2 * t) ** 2 * decay_of) / np.mean(decay_of))
    assert found["u"] == pytest.approx(sigma * slope, rel=0.05)
    assert solution.error["u"] < 3 * found["u"]


def test_an_artifact_keeps_what_was_fitted(decay) -> None:
    solution, folder, *_ = decay
    solution.save(folder / "out")
    loaded = pdelang.load(folder / "out")
    assert loaded.fitted == solution.fitted
    assert loaded.misfit == solution.misfit
    assert loaded.standard_error == solution.standard_error
    point = {"x": 0.3, "t": 0.7}
    assert loaded["u"](**point) == pytest.approx(float(solution["u"](**point)), rel=1e-12)
    assert loaded["D"](**point) == pytest.approx(solution.fitted["D"].value, rel=1e-12)


def test_a_surplus_condition_determines_a_constant() -> None:
    problem = pdelang.compile(
        "pde 1\ndomain line(x) = interval(0, 1)\nfit q = 1\nunknown u\n"
        "in line as law: -dxx(u) = q*sin(pi*x)\non left, right: u = 0\non left as flux: dx(u) = 2\n"
    )
    # The forward problem does not know of it: with the first guess it has no solution otherwise.
    assert problem.terms == ("law",)
    solution = problem.solve()
    # u = q sin(pi x)/pi^2 has the slope q/pi at 0.
    assert solution.fitted["q"].value == pytest.approx(2 * np.pi, rel=1e-8)
    assert solution.fitted["q"].standard_error is None


LOAD = """pde 1
domain line(x) = interval(0, 1)
fit q = 1{bounds}
fit c = 0
unknown u
in line: -dxx(u) = q
on left: u = 0
on right: u = c
require mean(u) = 1
require value(u, (0.5)) = 1.25
"""


def test_fits_leave_a_guess_that_has_no_size() -> None:
    """The size of a condition goes with the guess: over a size that grows, no step led downhill."""
    solution = pdelang.compile(LOAD.format(bounds="")).solve()
    assert solution.status == "solved"
    # u = q x (1 - x)/2 + c x has the mean q/12 + c/2, and q/8 + c/2 in the middle.
    assert solution.fitted["q"].value == pytest.approx(6.0, rel=1e-6)
    assert solution.fitted["c"].value == pytest.approx(1.0, rel=1e-6)


def test_a_load_that_is_guessed_to_be_zero_makes_no_eigenproblem() -> None:
    text = "pde 1\ndomain line(x) = interval(0, 1)\nfit q = 0\nunknown u\nin line: -dxx(u) = q\n"
    solution = pdelang.compile(text + "on left, right: u = 0\nrequire mean(u) = 0.5\n").solve()
    assert solution.status == "solved"
    assert solution.fitted["q"].value == pytest.approx(6.0, rel=1e-6)


def test_a_start_that_is_guessed_to_be_zero_is_fitted(tmp_path: Path) -> None:
    t = np.linspace(0, 2, 30)
    rows = zip(t.tolist(), (2.5 * np.exp(-1.5 * t)).tolist(), strict=True)
    (tmp_path / "m.csv").write_text("t,y\n" + "\n".join(f"{a!r},{b!r}" for a, b in rows) + "\n")
    spec = tmp_path / "decay.pde"
    spec.write_text(
        'pde 1\ntime t in 0 .. 2\ndata m = csv("m.csv", t = "t", y = "y", noise = 0.02)\n'
        "fit a = 1 within 0.1 .. 10\nfit s = 0\nunknown y\nin t: dt(y) = -a*y\n"
        "at t = 0: y = s\nat m: y = m.y\n"
    )
    solution = pdelang.compile(spec).solve()
    assert solution.status == "solved"
    assert solution.fitted["a"].value == pytest.approx(1.5, rel=1e-4)
    assert solution.fitted["s"].value == pytest.approx(2.5, rel=1e-4)


def test_a_requirement_that_no_fit_meets_is_told() -> None:
    solution = pdelang.compile(LOAD.format(bounds=" within 0.5 .. 3")).solve()
    assert solution.status == "tolerance_not_reached"
    assert any("is not met, whatever the fits" in message for message in solution.messages)


def test_the_solution_gets_what_the_fits_leave_of_the_tolerance(tmp_path: Path) -> None:
    x = np.linspace(0.0, 1.0, 20_001)
    slope = np.cumsum(-np.exp(-(((x - 0.63) / 0.1) ** 2))) * x[1]
    u = np.cumsum(slope) * x[1]
    u -= u[-1] * x
    lines = [f"{x[k]:.17g},{u[k]:.17g}" for k in range(1000, 20_000, 1000)]
    (tmp_path / "r.csv").write_text("x,u\n" + "\n".join(lines) + "\n")
    (tmp_path / "source.pde").write_text(
        "pde 1\ndomain rod(x) = interval(0, 1)\nunknown u\nfit s = 0.4 within 0.1 .. 0.9\n"
        "in rod: dxx(u) = -exp(-((x - s)/0.1)^2)\non left, right: u = 0\n"
        'data r = csv("r.csv", x = "x", u = "u")\nat r as readings: u = r.u\n'
    )
    solution = pdelang.compile(tmp_path / "source.pde").solve(tolerance=1e-4)
    assert solution.status == "solved"
    assert max(solution.error_estimate.values()) <= 1e-4
    # The readings are sums of 20,000 rectangles.
    assert solution.fitted["s"].value == pytest.approx(0.63, abs=2e-4)


def test_data_that_say_nothing_of_a_constant_are_told(tmp_path: Path) -> None:
    # Before t = 1/2 nobody can know what is switched on later.
    (tmp_path / "probes.csv").write_text("t,u\n0.1,0.9\n0.2,0.82\n0.4,0.67\n")
    (tmp_path / "silent.pde").write_text(
        'pde 1\ntime t in 0 .. 1\ndata probes = csv("probes.csv", t = "t", u = "u")\n'
        "fit a = 1\nunknown u\nin t: dt(u) = -u + a*max(t - 1/2, 0)\nat t = 0: u = 1\n"
        "at probes: u = probes.u\n"
    )
    solution = pdelang.compile(tmp_path / "silent.pde").solve(tolerance=1e-3)
    assert solution.status == "singular"
    assert any("do not determine `a`" in message for message in solution.messages)


def test_readings_of_several_members_determine_a_constant_of_the_family(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    t, k = rng.uniform(0.1, 1.0, 40), rng.uniform(1.0, 2.0, 40)
    y = np.exp(-0.7 * k * t) + 0.01 * rng.standard_normal(40)
    rows = [",".join(map(repr, row)) for row in np.column_stack([t, k, y]).tolist()]
    (tmp_path / "probes.csv").write_text("t,k,y\n" + "\n".join(rows) + "\n")
    (tmp_path / "family.pde").write_text(
        "pde 1\ntime t in 0 .. 1\nvary k in 1 .. 2\nfit a = 1 within 0.1 .. 10\nunknown y\n"
        'data probes = csv("probes.csv", t = "t", k = "k", y = "y", noise = 0.01)\n'
        "in t: dt(y) = -a*k*y\nat t = 0: y = 1\nat probes: y = probes.y\n"
    )
    solution = pdelang.compile(tmp_path / "family.pde").solve()
    # Gauss-Newton on y = exp(-a k t), written out.
    a, slope = 1.0, np.zeros(40)
    for _ in range(30):
        model = np.exp(-a * k * t)
        slope = -k * t * model
        a += slope @ (y - model) / (slope @ slope)
    fitted = solution.fitted["a"]
    assert solution.status == "solved"
    assert fitted.value == pytest.approx(a, rel=1e-4)  # the tolerance of the solve
    assert fitted.standard_error == pytest.approx(0.01 / np.sqrt(slope @ slope), rel=2e-2)
    own = solution["y"](t=1.0, k=np.array([1.0, 2.0]))
    np.testing.assert_allclose(own, np.exp(-a * np.array([1.0, 2.0])), rtol=1e-3)


LOOSE = """pde 1
domain line(x) = interval(0, 1)
fit q = 1
unknown u
in line: -dxx(u) = q
on left, right: u = 0
require mean(u) = q/12
"""


@pytest.mark.parametrize(
    ("setting", "methods"),
    [
        ("steps = 100", ("adam", "lbfgs", "gauss_newton")),
        ("weights = self_adaptive", ("adam", "lbfgs")),
        ("noise = 0.1", ("adam",)),
    ],
)
def test_a_setting_of_training_beside_a_fit_names_the_methods_that_use_it(
    setting: str, methods: tuple[str, ...]
) -> None:
    for method in ("", "method = auto  "):
        with pytest.raises(pdelang.SpecError) as caught:
            pdelang.compile(LOOSE + f"solver {{ {method}{setting} }}\n")
        (told,) = caught.value.diagnostics
        assert told.code == "E106"
        assert f"no use for `{setting.split(' ')[0]}" in told.message
        assert told.help is not None
        named = re.findall(r"`method = (\w+)`", told.help)
        assert named == list(methods)
    with pytest.raises(pdelang.SpecError) as caught:
        pdelang.compile(LOOSE + f"solver {{ method = least_squares  {setting} }}\n")
    assert [d.code for d in caught.value.diagnostics] == ["E106"]
