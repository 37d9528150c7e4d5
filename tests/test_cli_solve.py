"""``pdelang solve``: exit codes, streams, and what is written where."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pdelang.cli import main
from tests.cli_samples import HEAT, QUICK_ARGUMENTS, run_cli, write_spec

pytestmark = pytest.mark.usefixtures("without_pictures")


def test_a_solve_reports_and_writes_beside_the_spec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path)
    code = run_cli(["solve", spec, *QUICK_ARGUMENTS])
    out, err = capsys.readouterr()
    manifest = yaml.safe_load((tmp_path / "heat.solution" / "manifest.yaml").read_text("utf-8"))
    assert code == (0 if manifest["status"] == "solved" else 1)
    for fact in ("Heat in a rod", manifest["status"], "adam", "true error", "middle = "):
        assert fact in out
    assert str(tmp_path / "heat.solution") in out
    assert "linear, u over (x, t)" in err
    assert "\x1b" not in out + err, "no colour outside a terminal"


def test_json_is_one_object_and_nothing_else_on_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path)
    run_cli(["solve", spec, "--format", "json", "-o", tmp_path / "deep" / "out", *QUICK_ARGUMENTS])
    record = json.loads(capsys.readouterr().out)
    assert record["status"] in ("solved", "tolerance_not_reached", "unverified")
    assert record["method"].startswith("adam")
    assert record["seconds"] > 0
    assert set(record["error_estimate"]) == set(record["error"]) == {"u"}
    assert set(record["reports"]) == {"middle"}
    assert record["artifact"] == str(tmp_path / "deep" / "out")
    assert record["settings"]["network"] == "mlp(width = 6, depth = 1)"
    assert any("2007.14527" in reference for reference in record["cite"]), "ntk weights were used"
    assert (tmp_path / "deep" / "out" / "parameters.safetensors").is_file()


def test_quiet_prints_the_result_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["solve", write_spec(tmp_path), "--quiet", *QUICK_ARGUMENTS])
    out, err = capsys.readouterr()
    assert err == ""
    assert "Heat in a rod" in out


def test_the_tolerance_decides_between_0_and_1(tmp_path: Path) -> None:
    spec = write_spec(tmp_path)
    loose = [a.replace("tolerance=1", "tolerance=1e-9") for a in QUICK_ARGUMENTS]
    assert run_cli(["solve", spec, "--quiet", *loose]) == 1
    manifest = yaml.safe_load((tmp_path / "heat.solution" / "manifest.yaml").read_text("utf-8"))
    assert manifest["status"] == "tolerance_not_reached"
    assert manifest["tolerance"] == 1e-9


def test_options_are_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [a for a in QUICK_ARGUMENTS if "method" not in a and "tolerance" not in a]
    arguments = [
        a for i, a in enumerate(QUICK_ARGUMENTS) if "=" in a and not a.startswith(("method", "tol"))
    ]
    sets = [word for a in arguments for word in ("--set", a)]
    options = [
        "--tol",
        "0.5",
        "--method",
        "adam",
        "--seed",
        "3",
        "--precision",
        "f64",
        "--time-limit",
        "60",
    ]
    run_cli(["solve", write_spec(tmp_path), "--format=json", *options, *sets])
    record = json.loads(capsys.readouterr().out)
    assert (record["tolerance"], record["seed"], record["precision"]) == (0.5, 3, "f64")
    assert float(record["settings"]["time_limit"]) == 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tol", "much"], "E106"),
        (["--tol", "-1"], "E106"),
        (["--method", "adaam"], "did you mean `adam`"),
        (["--set", "stepz=5"], "did you mean `steps`"),
        (["--set", "steps"], "is not of the form key=value"),
        (["--set", "steps=5", "--set", "steps=6"], "'steps' is given twice by --set"),
        (["--tol", "1", "--set", "tolerance=2"], "'tolerance' is given by --tol and by --set"),
        (["--device", "tpu"], "JAX finds no tpu"),
        (["--device", "abacus"], "'abacus' is not one of"),
        (["--precision", "f16"], "'f16' is not one of"),
        (["extra.pde"], "unexpected extra argument"),
    ],
)
def test_wrong_arguments_exit_with_2(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert run_cli(["solve", write_spec(tmp_path), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message.lower() in err.lower()
    assert "error" in err
    assert "Traceback" not in err
    assert not (tmp_path / "heat.solution").exists()


def test_a_faulty_spec_exits_with_2_and_shows_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path, HEAT.replace("dxx(u)", "dxx(v)"))
    assert run_cli(["solve", spec]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[E101]" in err
    assert "heat.pde:7" in err


def test_a_faulty_spec_in_json_is_one_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path, HEAT.replace("dxx(u)", "dxx(v)"))
    assert run_cli(["solve", spec, "--format", "json"]) == 2
    record = json.loads(capsys.readouterr().out)
    assert [d["code"] for d in record["diagnostics"]] == ["E101"]


def test_a_foreign_folder_is_refused_before_anything_is_solved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "heat.solution").mkdir()
    (tmp_path / "heat.solution" / "thesis.tex").write_text("years of work")
    assert run_cli(["solve", write_spec(tmp_path), *QUICK_ARGUMENTS]) == 2
    err = capsys.readouterr().err
    assert "not an artifact" in err
    assert "choose another folder with -o" in err
    assert (tmp_path / "heat.solution" / "thesis.tex").read_text() == "years of work"


def test_our_own_fault_exits_with_3_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("lost a bracket")

    monkeypatch.setattr("pdelang.pipeline.compile", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run_cli(["solve", write_spec(tmp_path), "--quiet"]) == 3
    err = capsys.readouterr().err
    assert "fault of pdelang" in err
    assert "Traceback" not in err
    assert "lost a bracket" in next(tmp_path.glob("pdelang-*.txt")).read_text()
    monkeypatch.setenv("PDELANG_DEBUG", "1")
    assert run_cli(["solve", write_spec(tmp_path), "--quiet"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_while_training_writes_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pdelang.cli.progress import Silence

    def interrupt(self: Silence, event: object) -> None:
        if getattr(event, "stage", "") == "train":
            raise KeyboardInterrupt

    monkeypatch.setattr(Silence, "show_training", interrupt)
    arguments = [*QUICK_ARGUMENTS, "--device", "cpu"]
    assert run_cli(["solve", write_spec(tmp_path), "--quiet", *arguments]) == 1
    out, err = capsys.readouterr()
    assert "stopped" in out
    assert "--resume` goes on from here" in err
    # The command goes on with this solve only if it gives the same settings.
    hint = shlex.split(err[err.index("`pdelang") + 1 : err.rindex("`")])
    given = [word for word in QUICK_ARGUMENTS if "=" in word]
    assert given
    assert set(given) <= set(hint)
    assert hint[hint.index("--device") + 1] == "cpu"
    manifest = yaml.safe_load((tmp_path / "heat.solution" / "manifest.yaml").read_text("utf-8"))
    assert manifest["status"] == "stopped"
    monkeypatch.undo()
    assert run_cli([*hint[1:], "--quiet"]) in (0, 1)


def test_ctrl_c_before_training_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pdelang.pipeline.compile", interrupt)
    assert run_cli(["solve", write_spec(tmp_path), "--quiet"]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert run_cli(["solve", write_spec(tmp_path), "--format", "json"]) == 1
    assert "nothing was written" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert not (tmp_path / "heat.solution").exists()


def test_ctrl_c_while_importing_gives_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(arguments: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pdelang.cli.app.run", interrupt)
    with pytest.raises(SystemExit) as left:
        main(["check", "heat.pde"])
    assert left.value.code == 1
    assert capsys.readouterr().err == "stopped; nothing was written\n"


def test_the_module_is_the_same_program() -> None:
    for arguments, code in ((["--version"], 0), (["nonsense"], 2)):
        result = subprocess.run(
            [sys.executable, "-m", "pdelang", *arguments], capture_output=True, text=True
        )
        assert result.returncode == code
        assert "Traceback" not in result.stderr
