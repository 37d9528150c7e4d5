"""The tutorial, followed to the letter: its commands run and print what it shows."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from tests.cli_samples import run_cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tutorial.md"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]\d+)?")


def read_numbers_off(line: str) -> str:
    """Return a line with every number replaced: the last digits differ between machines."""
    return NUMBER.sub("#", line.rstrip())


def split_session(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a session, each with the lines shown below it."""
    parts = re.split(r"^\$ pdelang ", text, flags=re.MULTILINE)[1:]
    return [(part.splitlines()[0], part.splitlines()[1:]) for part in parts]


def test_the_tutorial_can_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    output = ""
    for info, text in FENCE.findall(PAGE.read_text("utf-8")):
        language, _, name = info.partition(" ")
        if name:
            (tmp_path / name).write_text(text, "utf-8")
        if language != "console":
            continue
        for command, shown in split_session(text):
            code = run_cli(command.split())
            assert code == (2 if shown[0].startswith("error") else 0), command
            printed = capsys.readouterr().out
            output += printed
            lines = [read_numbers_off(line) for line in printed.splitlines()]
            missing = [line for line in shown if read_numbers_off(line) not in lines]
            assert missing == [], command
    assert (tmp_path / "fin.png").stat().st_size > 5000
    # A fin with an insulated tip: T = 80 cosh(m (L - x))/cosh(m L), m = sqrt(h/k), L = 10.
    m = math.sqrt(0.05 / 2)
    tip = re.search(r"tip = (\S+)", output)
    middle = re.search(r"^x,T\n5,(\S+)$", output, re.MULTILINE)
    assert tip is not None
    assert middle is not None
    assert float(tip[1]) == pytest.approx(80 / math.cosh(10 * m), rel=1e-8)
    expected = 80 * math.cosh(5 * m) / math.cosh(10 * m)
    assert float(middle[1]) == pytest.approx(expected, rel=1e-8)
    # What the page shows are these numbers too.
    assert f"tip = {80 / math.cosh(10 * m):.8f}" in PAGE.read_text("utf-8")
    assert f"5,{expected:.8f}"[:-1] in PAGE.read_text("utf-8")
