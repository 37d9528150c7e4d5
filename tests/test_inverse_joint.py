"""Fits trained in the same steps as the network: against regression on the closed form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pdelang

pytestmark = pytest.mark.usefixtures("without_pictures")

DECAY = """pde 1
time t in 0 .. 2
data probes = csv("probes.csv", t = "t", y = "y", noise = 0.01)
fit a = 1 within 0.1 .. 10
unknown y
in t: dt(y) = -a*y
at t = 0: y = 1
at probes as readings: y = probes.y
exact a = 1.5
report double = 2*a
solver { method = METHOD  network = mlp(width = 12, depth = 2)  points = 60 }
"""


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray, np.ndarray]:
    """Return the folder of the specs, and the readings (t, y) of exp(-1.5 t); seed 8."""
    folder = tmp_path_factory.mktemp("joint")
    rng = np.random.default_rng(8)
    t = rng.uniform(0.0, 2.0, 80)
    y = np.exp(-1.5 * t) + 0.01 * rng.standard_normal(80)
    rows = [f"{a!r},{b!r}" for a, b in zip(t.tolist(), y.tolist(), strict=True)]
    (folder / "probes.csv").write_text("t,y\n" + "\n".join(rows) + "\n")
    for method in ("adam", "lbfgs", "gauss_newton"):
        (folder / f"{method}.pde").write_text(DECAY.replace("METHOD", method))
    return folder, t, y


def regress(t: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return a and its standard error by Gauss-Newton on y = exp(-a t), written out."""
    a, slope = 1.0, np.zeros(len(t))
    for _ in range(50):
        slope = -t * np.exp(-a * t)
        a += slope @ (y - np.exp(-a * t)) / (slope @ slope)
    return float(a), 0.01 / float(np.sqrt(slope @ slope))


def test_gauss_newton_finds_a_constant_and_its_standard_error(readings) -> None:
    folder, t, y = readings
    spec = folder / "gauss_newton.pde"
    solution = pdelang.compile(spec).solve(steps=60, tolerance=1e-3)
    a, deviation = regress(t, y)
    fitted = solution.fitted["a"]
    # What noise leaves of the readings is the misfit, and no error of the solution.
    assert solution.status == "solved"
    assert fitted.value is not None
    # The steps end where another one is a hundredth of the standard error; a network of this
    # size satisfies the equation to 1e-3.
    assert fitted.value == pytest.approx(a, abs=0.3 * deviation)
    assert any("settled the fits" in message for message in solution.messages)
    # The tangent space of a small network holds the response of y to a to a few percent.
    assert fitted.standard_error == pytest.approx(deviation, rel=0.05)
    assert solution.reports["double"] == pytest.approx(2 * fitted.value, rel=1e-9)
    assert solution.error["a"] == pytest.approx(abs(fitted.value / 1.5 - 1), rel=1e-6)
    assert solution.error_estimate["a"] < 1e-2
    left = y - np.exp(-a * t)
    assert solution.misfit["readings"] == pytest.approx(float(np.sqrt(np.mean(left**2))), rel=0.02)
    times = np.linspace(0, 2, 9)
    np.testing.assert_allclose(solution["y"](t=times), np.exp(-fitted.value * times), atol=2e-3)


def test_lbfgs_finds_the_constant_and_names_itself(readings) -> None:
    folder, t, y = readings
    solution = pdelang.compile(folder / "lbfgs.pde").solve(steps=300, tolerance=1e-3)
    a, deviation = regress(t, y)
    fitted = solution.fitted["a"]
    assert fitted.value == pytest.approx(a, abs=0.3 * deviation)
    assert fitted.standard_error == pytest.approx(deviation, rel=0.05)
    assert solution.method == "lbfgs"


def test_an_artifact_of_trained_fits_loads(readings, tmp_path: Path) -> None:
    solution = pdelang.compile(readings[0] / "adam.pde").solve(steps=200)
    value = solution.fitted["a"].value
    assert value is not None
    a, deviation = regress(*readings[1:])
    # 200 steps of Adam only begin; those with the equations as constraints go the rest of the way.
    assert any("settled the fits" in message for message in solution.messages)
    assert value == pytest.approx(a, abs=0.3 * deviation)
    assert abs(value / a - 1) < 10 * solution.error_estimate["a"]
    solution.save(tmp_path / "out")
    loaded = pdelang.load(tmp_path / "out")
    assert loaded.fitted == solution.fitted
    times = np.linspace(0, 2, 9)
    np.testing.assert_allclose(loaded["y"](t=times), solution["y"](t=times), rtol=1e-5)


def test_a_constant_may_stand_beside_a_global_quantity() -> None:
    solution = pdelang.compile(
        "pde 1\ndomain line(x) = interval(0, 1)\nfit q = 1\nunknown u\nin line: -dxx(u) = q\n"
        "on left, right: u = 0\nrequire mean(u) = 0.3*(q - 1)\n"
        "solver { method = gauss_newton  network = mlp(width = 16, depth = 2)  points = 64  steps = 60 }\n"
    ).solve()
    # u = q x(1 − x)/2 has the mean q/12.
    q = 0.3 / (0.3 - 1 / 12)
    value = solution.fitted["q"].value
    assert solution.status == "solved"
    assert value == pytest.approx(q, rel=1e-5)
    assert value is not None
    assert solution.error_estimate["q"] >= abs(value / q - 1)
