"""What README shows is what the program does."""

import re
from pathlib import Path

import pytest

from tests.cli_samples import run_cli, write_spec

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def find_block(word: str) -> str:
    (block,) = (block for block in BLOCKS if block.startswith(word))
    return block


def test_the_example_is_the_spec_of_the_gallery() -> None:
    spec = (ROOT / "specs" / "burgers.pde").read_text("utf-8")
    assert spec.endswith("\n" + find_block("pde 1"))


def test_the_picture_is_there_and_small() -> None:
    (name,) = re.findall(r"!\[.*\]\((.*)\)", README)
    assert 10_000 < (ROOT / name).stat().st_size < 200_000


def test_the_mistake_is_answered_as_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = (ROOT / "specs" / "heat_1d.pde").read_text("utf-8")
    write_spec(tmp_path, spec.replace("on left, right as", "on left as"))
    monkeypatch.chdir(tmp_path)
    assert run_cli(["check", "heat.pde"]) == 2
    assert capsys.readouterr().out.startswith(find_block("error[E201]"))


def test_the_commands_exist(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["--help"])
    listed = set(re.findall(r"^  (\w+)  ", capsys.readouterr().out, re.MULTILINE))
    assert set(re.findall(r"^\| `pdelang (\w+) ", README, re.MULTILINE)) == listed
    contract = {
        "solve",
        "check",
        "eval",
        "show",
        "emit",
        "explain",
        "fmt",
        "ntk",
        "plot",
        "export",
        "new",
        "bench",
    }
    assert contract <= listed


def test_the_packages_exist() -> None:
    table = README[README.index("## How it works") : README.index("To add")]
    names = set(re.findall(r"`(\w+)`", table))
    packages = {path.parent.name for path in (ROOT / "pdelang").glob("*/__init__.py")}
    assert names == packages
