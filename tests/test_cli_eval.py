"""``pdelang eval`` and ``pdelang show``: reading an artifact on the command line."""

import csv
import io
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

import pdelang
from tests.cli_samples import run_cli, write_spec


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_point(heat_artifact: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["eval", heat_artifact, "--at", "t=0.5,x=0.25"]) == 0
    out, err = capsys.readouterr()
    (row,) = read_csv(out)
    assert err == ""
    assert list(row) == ["x", "t", "u"]
    expected = pdelang.load(heat_artifact).u(x=0.25, t=0.5)
    assert float(row["u"]) == float(expected)


def test_a_table_in_and_a_table_out(
    heat_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("t,name,x\n0.5,a,0.25\n0.5,b,7\n1,c,0.5\n")
    arguments = ["eval", heat_artifact, "--points", tmp_path / "in.csv", "-o", tmp_path / "out.csv"]
    assert run_cli(arguments) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("warning") == 1
    assert "1 of 3 points lie outside the domain" in err
    rows = read_csv((tmp_path / "out.csv").read_text())
    assert list(rows[0]) == ["t", "name", "x", "u"]
    assert [row["name"] for row in rows] == ["a", "b", "c"]
    assert np.isnan(float(rows[1]["u"]))
    solution = pdelang.load(heat_artifact)
    assert float(rows[2]["u"]) == float(solution.u(x=0.5, t=1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either --at or --points"),
        (["--at", "x=1"], "no value for 't'"),
        (["--at", "x=1,t=1,y=2"], "no coordinate 'y'"),
        (["--at", "x=1,t=soon"], "'soon' is not a number"),
        (["--points", "none.csv"], "there is no file 'none.csv'"),
    ],
)
def test_wrong_points_exit_with_2(
    heat_artifact: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert run_cli(["eval", heat_artifact, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("manifest.yaml", None, "has no manifest.yaml"),
        ("manifest.yaml", b"format: [", "manifest.yaml is damaged"),
        ("manifest.yaml", b"\xff", "manifest.yaml is damaged"),
        ("parameters.safetensors", None, "parameters.safetensors is missing"),
        ("parameters.safetensors", b"\x00" * 64, "parameters.safetensors is not the file"),
        ("spec.pde", b"pde 1\n", "spec.pde is not the file"),
        ("history.csv", b"step\nmany\n", "history.csv is damaged: line 2"),
    ],
)
def test_damage_is_named(
    heat_artifact: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    fault: str,
) -> None:
    broken = tmp_path / "broken.solution"
    shutil.copytree(heat_artifact, broken)
    if content is None:
        (broken / name).unlink()
    else:
        (broken / name).write_bytes(content)
    assert run_cli(["eval", broken, "--at", "x=0,t=0"]) == 2
    assert fault in capsys.readouterr().err
    with pytest.raises(pdelang.ArtifactError, match=fault):
        pdelang.load(broken)


def test_show_says_what_and_how_well(
    heat_artifact: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["show", heat_artifact]) == 0
    out = capsys.readouterr().out
    for fact in ("Heat in a rod", "method     adam", "estimated error", "true error", "middle = "):
        assert fact in out
    assert run_cli(["show", heat_artifact, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["method"].startswith("adam")


def test_show_of_no_artifact_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["show", tmp_path]) == 2
    assert "is not an artifact" in capsys.readouterr().err
    assert run_cli(["show", tmp_path / "none"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_the_files_are_readable_without_us(heat_artifact: Path) -> None:
    import matplotlib.image
    import yaml
    from safetensors.numpy import load_file

    manifest = yaml.safe_load((heat_artifact / "manifest.yaml").read_text("utf-8"))
    written = {
        path.relative_to(heat_artifact).as_posix()
        for path in heat_artifact.rglob("*")
        if path.is_file()
    }
    assert written == set(manifest["files"]) | {"manifest.yaml"}
    assert load_file(heat_artifact / "parameters.safetensors")
    assert read_csv((heat_artifact / "history.csv").read_text())
    for name in ("solution", "losses"):
        picture = matplotlib.image.imread(heat_artifact / "plots" / f"{name}.png")
        assert picture[..., :3].std() > 0.05, "the picture shows something"


@pytest.mark.parametrize("method", ["auto", "least_squares"])
def test_what_a_direct_solve_wrote_can_be_read(
    method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, target = write_spec(tmp_path), tmp_path / "out"
    assert run_cli(["solve", spec, "-o", target, "--method", method, "--quiet"]) == 0
    capsys.readouterr()
    assert run_cli(["eval", target, "--at", "x=0.5,t=1"]) == 0
    (row,) = read_csv(capsys.readouterr().out)
    # The exact solution of the spec; solved to its default tolerance of 1e-4.
    assert float(row["u"]) == pytest.approx(math.exp(-0.1 * math.pi**2), rel=1e-4)
    assert pdelang.load(target).status == "solved"
