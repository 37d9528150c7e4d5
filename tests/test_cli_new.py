"""``pdelang new`` and ``pdelang bench``: templates that solve, solved as a table."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pdelang
from pdelang.cli.new import list_templates
from tests.cli_samples import run_cli, write_spec


def test_a_new_spec_is_the_template_and_has_no_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list_templates():
        assert run_cli(["new", f"my_{name}", "--from", name]) == 0
        assert capsys.readouterr().out.strip() == f"my_{name}.pde"
        assert [d for d in pdelang.check(Path(f"my_{name}.pde")) if d.level.value != "info"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine", "--from", "heet"], "did you mean 'heat'?"),
        (["mine"], "write pdelang new mine --from heat"),
        (["--from", "heat"], "no name is given"),
        (["taken", "--from", "heat"], "'taken.pde' exists, and is left alone"),
        (["no/folder", "--from", "heat"], "cannot be written"),
    ],
)
def test_wrong_arguments_exit_with_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken.pde").write_text("mine")
    assert run_cli(["new", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert Path("taken.pde").read_text() == "mine"


def test_the_templates_are_solved_to_their_tolerance(capsys: pytest.CaptureFixture[str]) -> None:
    """All as they stand; the wave has a known solution, so its error is true."""
    assert run_cli(["bench", "--format", "json"]) == 0
    results = {r["spec"]: r for r in json.loads(capsys.readouterr().out)["results"]}
    assert set(results) == set(list_templates())
    for name, result in results.items():
        tolerance = 1e-3 if name == "poisson" else 1e-4
        assert max(result["error_estimate"].values()) <= tolerance, name
    assert results["wave"]["error"]["u"] <= 1e-4


def test_a_wrong_spec_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = write_spec(tmp_path, "pde 1\nunknown u\n", "wrong.pde")
    line = "pde 1\ndomain d(x) = interval(0, 1)\nunknown u\nin d: dxx(u) = 1\non edge: u = 0\n"
    good = write_spec(tmp_path, line, "good.pde")
    assert run_cli(["bench", wrong, good]) == 2
    out, err = capsys.readouterr()
    assert "error[" in err
    lines = out.splitlines()
    assert lines[0].split()[:3] == ["spec", "method", "status"]
    assert lines[2].split() == ["wrong", "wrong"]
    assert lines[3].split()[:3] == ["good", "least_squares", "solved"]


def test_help_has_examples_that_parse() -> None:
    """Every example names a command and options that exist."""
    import typer

    from pdelang.cli.app import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        examples = [line for line in (command.epilog or "").splitlines() if "  pdelang" in line]
        assert examples, name
        for line in examples:
            words = line.split()
            assert words[:2] == ["pdelang", name]
            command.make_context(name, words[2:])


def test_the_shell_completes_commands() -> None:
    environment = {
        **os.environ,
        "_PDELANG_COMPLETE": "complete_bash",
        "COMP_WORDS": "pdelang ex",
        "COMP_CWORD": "1",
    }
    code = "import sys; sys.argv[0] = 'pdelang'; from pdelang.cli import main; main([])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["export", "explain"]
