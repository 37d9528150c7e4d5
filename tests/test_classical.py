"""Spectral collocation as a classical solver to compare with."""

import json
from pathlib import Path

import numpy as np
import pytest

from pdelang.training.classical.spectral import solve_spectrally
from pdelang.training.classical.spectral_grid import Axis, SpectralGrid
from pdelang.training.classical.statement import NotClassicalError
from tests.cli_samples import run_cli, write_spec
from tests.stages import derive_text


def test_grids_differentiate_and_interpolate_what_they_hold_exactly() -> None:
    x = np.linspace(-1.0, 2.0, 7)
    line = Axis.chebyshev(-1.0, 2.0, 9)
    assert np.allclose(line.derivative @ line.points**5, 5 * line.points**4, atol=1e-11)
    assert np.allclose(line.interpolate(line.points**5, x), x**5, atol=1e-12)
    ring = Axis.fourier(0.0, 3.0, 15)
    wave = 2 * np.pi / 3
    assert np.allclose(
        ring.derivative @ np.sin(2 * wave * ring.points), 2 * wave * np.cos(2 * wave * ring.points)
    )
    at = np.array([0.1, 1.7, ring.points[4]])
    assert np.allclose(ring.interpolate(np.sin(2 * wave * ring.points), at), np.sin(2 * wave * at))
    grid = SpectralGrid((line, Axis.chebyshev(0.0, 1.0, 5)))
    y = grid.points
    assert np.allclose(grid.matrix((1, 2)) @ (y[:, 0] ** 2 * y[:, 1] ** 3), 12 * y[:, 0] * y[:, 1])


PROBLEMS = {
    "Robin, steady": (
        "domain l(x) = interval(0, 1)\nunknown u\nin l: dxx(u) - u = 0\non left: u = 1\n"
        "on right: dn(u) + u = 2*exp(1)\n",
        lambda p: np.exp(p[:, 0]),
    ),
    "nonlinear, plane": (
        "domain s(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\n"
        "in s: lap(u) = u^3 + 2*exp(x + y) - exp(3*x + 3*y)\non edge: u = exp(x + y)\n",
        lambda p: np.exp(p[:, 0] + p[:, 1]),
    ),
    "heat with a moving end": (
        "domain l(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\nin l: dt(u) = dxx(u)\n"
        "on left: u = exp(t)\non right: dn(u) = exp(1 + t)\nat t = 0: u = exp(x)\n",
        lambda p: np.exp(p[:, 0] + p[:, 1]),
    ),
    "periodic wave": (
        "domain l(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\nperiodic left, right\n"
        "in l: dtt(u) = dxx(u)\nat t = 0: u = sin(2*pi*x)\nat t = 0: dt(u) = 0\n",
        lambda p: np.sin(2 * np.pi * p[:, 0]) * np.cos(2 * np.pi * p[:, 1]),
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_known_solution_is_found(name: str) -> None:
    text, exact = PROBLEMS[name]
    found = solve_spectrally(derive_text(text), 1e-3, 20.0)
    error = np.abs(found.values["u"] - exact(found.points)).max()
    # The steps in time resolve a thousandth of what was asked for.
    assert error < (1e-4 if "t in" in text else 1e-8)
    assert found.agreement < 1e-4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "domain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = 1\n"
            "on edge: u = 0\n",
            "needs a box",
        ),
        (
            "domain l(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\nin l: dt(u) = dx(u)\n"
            "on right: u = 0\nat t = 0: u = 0\n",
            "stand 0 conditions",
        ),
        (
            "domain l(x) = interval(0, 1)\nunknown u\nin l: dxx(u) = 1\non edge: dn(u) = 0.5\n"
            "require mean(u) = 0\n",
            "no equation at a point",
        ),
    ],
)
def test_what_it_cannot_take_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotClassicalError, match=reason):
        solve_spectrally(derive_text(text), 1e-3, 20.0)


def test_the_command_prints_both_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = write_spec(tmp_path, "pde 1\n" + PROBLEMS["Robin, steady"][0], "robin.pde")
    assert run_cli(["verify", spec, "--against", "spectral", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "spectral collocation" in out
    assert "times faster here" in out
    assert run_cli(["verify", spec, "--against", "spectral", "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["agrees"] is True
    assert 0 < record["difference"]["u"] < 1e-6
    disk = "pde 1\ndomain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = 1\non edge: u = 0\n"
    assert run_cli(["verify", write_spec(tmp_path, disk), "--against", "spectral"]) == 2
    assert "it needs a box" in capsys.readouterr().err
