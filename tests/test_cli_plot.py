"""``pdelang plot``: pictures by options."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

import pdelang
from pdelang.artifacts.residuals import evaluate_residuals
from tests.cli_samples import run_cli


@pytest.mark.parametrize("kind", ["solution", "residual", "losses", "spectra"])
def test_every_kind_is_a_picture_of_its_size(
    heat_artifact: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"
    assert run_cli(["plot", heat_artifact, "--kind", kind, "--size", "5x3", "-o", out]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    image = matplotlib.image.imread(out)
    assert image.shape[:2] == (330, 550), "110 dots per inch"
    assert image[..., :3].std() > 0.05, "the picture shows something"


def test_the_name_chooses_the_format(heat_artifact: Path, tmp_path: Path) -> None:
    options = ["--field", "u", "--time", "0,0.5"]
    for suffix, start in ((".svg", b"<?xml"), (".pdf", b"%PDF")):
        out = tmp_path / f"out{suffix}"
        assert run_cli(["plot", heat_artifact, *options, "-o", out]) == 0
        assert out.read_bytes().startswith(start)
    text = (tmp_path / "out.svg").read_text()
    assert run_cli(["plot", heat_artifact, *options, "-o", tmp_path / "again.svg"]) == 0
    assert "date" not in text.lower() or "<dc:date>" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--field", "v"], "no field 'v'"),
        (["--time", "9"], "t = 9 lies outside"),
        (["--slice", "x"], "not of the form x=0.5"),
        (["--size", "big"], "not of the form 8x5"),
        (["--format", "bmp"], "is no 'bmp'"),
        (["--kind", "animation"], "two space coordinates in time"),
        (["--kind", "animation", "-o", "x.png"], "is no 'png'"),
        (["--kind", "solution", "-o", "x.mp4"], "is no 'mp4'"),
        (["--kind", "spectra", "--field", "u"], "have no field, time or slice"),
    ],
)
def test_wrong_arguments_exit_with_2(
    heat_artifact: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run_cli(["plot", heat_artifact, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_residual_is_left_minus_right(heat_artifact: Path) -> None:
    """Against finite differences of the evaluated field, in single precision: 1e-2 of its size."""
    solution = pdelang.load(heat_artifact)
    x, t = np.meshgrid(np.linspace(0.2, 0.8, 5), np.linspace(0.2, 0.8, 5))
    points = np.stack([x.ravel(), t.ravel()], axis=1)
    (found,) = evaluate_residuals(solution._trained, points).values()
    h = 0.03
    rate = (solution.u(x=x, t=t + h) - solution.u(x=x, t=t - h)) / (2 * h)
    bend = (solution.u(x=x + h, t=t) - 2 * solution.u(x=x, t=t) + solution.u(x=x - h, t=t)) / h**2
    expected = (rate - 0.1 * bend).ravel()
    np.testing.assert_allclose(found, expected, atol=1e-2 * np.abs(expected).max())
