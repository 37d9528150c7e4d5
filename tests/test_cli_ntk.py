"""``pdelang ntk``: one screen, one object, one picture."""

import json
from pathlib import Path

import pytest

from tests.cli_samples import run_cli, write_spec

POISSON = """\
pde 1
problem "A stiff rod"
domain rod(x) = interval(0, 1)
unknown u
in rod as poisson: dxx(u) = -sin(pi*x)
on left, right as ends: u = 0
solver { conditions = soft  weights = fixed  network = mlp(width = 5, depth = 1) }
"""


def test_a_spec_is_explained_on_one_screen_with_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, plot = write_spec(tmp_path, POISSON), tmp_path / "kernel.png"
    assert run_cli(["ntk", spec, "--points", "8", "-o", plot]) == 0
    out, err = capsys.readouterr()
    for fact in (
        "A stiff rod",
        "mlp(width = 5",
        "poisson",
        "ends",
        "conjugate",
        "verdict",
        "to 10 %",
    ):
        assert fact in out
    assert len(out.splitlines()) < 40
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert str(plot) in err


def test_json_of_a_trained_network_has_both_states_and_the_drift(
    heat_artifact: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["ntk", heat_artifact, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    record = json.loads(out)
    assert [state["state"] for state in record["states"]] == ["at the start", "after training"]
    assert record["points"] == 16
    assert record["parameters"] == 25
    for state in record["states"]:
        (term,) = state["terms"].values()
        assert len(term["eigenvalues"]) == term["rows"] == 16
        assert sum(term["eigenvalues"]) == pytest.approx(term["trace"], rel=1e-9)
        assert term["largest"] == pytest.approx(max(term["eigenvalues"]))
    assert record["drift"]["kernel_drift"] > 0
    # The last layer was fitted by least squares, as far away as that takes.
    assert record["drift"]["parameter_drift"] > 0
    assert record["verdict"]


def test_a_solution_in_frozen_features_has_one_kernel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = POISSON.replace("weights = fixed  network = mlp(width = 5, depth = 1)", "")
    spec = write_spec(tmp_path, text)
    options = ["--method", "least_squares", "--set", "network=features(count = 20)"]
    assert run_cli(["solve", spec, "--quiet", *options]) in (0, 1)
    capsys.readouterr()
    assert run_cli(["ntk", tmp_path / "heat.solution", "--format", "json", "--points", "9"]) == 0
    (state,) = json.loads(capsys.readouterr().out)["states"]
    assert state["whole"]["eigenvalues"] == pytest.approx(state["conjugate"]["eigenvalues"])
    assert state["whole"]["trace"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.pde"], "there is no file"),
        (["."], "is not an artifact"),
        ([".", "--set", "seed=1"], "does not apply"),
        (["heat.pde", "-o", "no/folder.png"], "no folder"),
        (["heat.pde", "-o", "."], "is a folder"),
        (["heat.pde", "--points", "0"], "--points"),
        (["heat.pde", "--set", "weights=nkt"], "did you mean `ntk`"),
    ],
)
def test_wrong_arguments_are_answered(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_spec(tmp_path, POISSON)
    monkeypatch.chdir(tmp_path)
    assert run_cli(["ntk", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words.lower() in err.lower()
