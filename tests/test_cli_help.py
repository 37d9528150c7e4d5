"""Help and completion: every command shows examples that it would take."""

import re
import shlex
import subprocess
import sys

import pytest
import typer

from pdelang.cli.app import app
from pdelang.cli.examples import EXAMPLES
from tests.cli_samples import run_cli

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_ends_with_examples_whose_arguments_are_right(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli([name, "--help"]) == 0
    shown = capsys.readouterr().out
    lines = re.findall(r"^    pdelang (.+)$", shown.partition("Examples:")[2], re.MULTILINE)
    assert lines
    assert all(f"pdelang {line}" in EXAMPLES[name] for line in lines)
    for line in lines:
        command, *arguments = shlex.split(line)
        assert command == name
        # Raises for an option, a choice or a number of arguments that it does not know.
        COMMANDS[name].make_context(name, arguments)


@pytest.mark.parametrize(
    ("typed", "place", "offered"),
    [
        ("pdelang ver", 1, {"verify"}),
        ("pdelang verify --against ", 3, {"spectral", "fem"}),
        ("pdelang plot x.solution --ki", 3, {"--kind"}),
    ],
)
def test_the_shell_completes(typed: str, place: int, offered: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pdelang"],
        env={
            "_PDELANG_COMPLETE": "complete_bash",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(place),
            "PYTHONPATH": ":".join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == offered
