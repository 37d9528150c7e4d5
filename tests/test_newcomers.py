"""The page on first attempts that fail: its specs are those of the folder, its words those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pdelang import pipeline
from pdelang.artifacts.kernel_text import format_diagnosis
from pdelang.diagnostics.message import has_errors

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "newcomers"
PAGE = (FOLDER.parent / "newcomers.md").read_text("utf-8")
SPECS = sorted(FOLDER.glob("*.pde"))


def read_section(name: str) -> str:
    """Return what the page says of a spec."""
    return next(part for part in PAGE.split("\n## ")[1:] if f"newcomers/{name}.pde" in part)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_page_shows_the_spec_and_a_diagnosis_of_one_screen(path: Path) -> None:
    section = read_section(path.stem)
    assert path.read_text("utf-8").strip() in section
    assert not has_errors(pipeline.check(path).diagnostics)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert len(shown.splitlines()) <= 40
    assert "  advice     write `weights = ntk`" in shown
    # The errors before and after, as `benchmarks/newcomers.py` printed them.
    before, after = map(
        float, re.findall(r"true error (?:is )?(\d\.\de[+-]?\d+|\d\.\d)", section)[:2]
    )
    assert before > 0.3
    assert after < 0.05


def test_the_program_says_what_the_page_shows() -> None:
    diagnosis = pipeline.diagnose(FOLDER / "ripple.pde", points=64)
    said = format_diagnosis(diagnosis).splitlines()
    (shown,) = re.findall(r"^```text\n(.*?)^```$", read_section("ripple"), re.DOTALL | re.MULTILINE)
    lines = shown.rstrip("\n").splitlines()
    assert len(lines) == len(said)
    for line, other in zip(lines, said, strict=True):
        # Numbers are of one machine; the words and the order of things are everywhere the same.
        assert re.sub(r"[\d.e+%⁰-⁹∞ ?-]+|never", "", line) == re.sub(
            r"[\d.e+%⁰-⁹∞ ?-]+|never", "", other
        )
