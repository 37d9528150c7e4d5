"""Every bad spec gives exactly the report that stands beside it; every good spec gives none.

To write the reports anew after a change of words: `PDELANG_WRITE_REPORTS=1 pytest
tests/test_semantics_golden.py`, then read every changed `.txt` before keeping it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pdelang import pipeline
from pdelang.diagnostics.render import render_text

CASES = Path(__file__).parent / "cases"
BAD = sorted((CASES / "bad").glob("*.pde"))
GOOD = sorted((CASES / "good").glob("*.pde"))
WRITES = os.environ.get("PDELANG_WRITE_REPORTS") == "1"

# Every code of the stages up to `calculus` that a spec can cause today.
EXPECTED_CODES = {
    *(f"E{number:03d}" for number in range(1, 21)),
    *("E030", "E101", "E102", "W103", "E104", "E105", "E106", "E107", "E110", "W111"),
    *("E120", "E190"),
    *("E201", "E202", "E203", "W204", "W205", "E206", "E210", "W211", "E212", "E220", "W221"),
    *("W222", "W230", "W240", "E250", "E260"),
}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_spec_gives_its_report(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    diagnostics = pipeline.check(path.name).diagnostics
    report = render_text(diagnostics, color=False).rstrip("\n") + "\n"
    expected = path.with_suffix(".txt")
    if WRITES:
        expected.write_text(report, encoding="utf-8")
    assert report == expected.read_text(encoding="utf-8")
    assert {d.code for d in diagnostics} >= {path.stem.split("_")[0]}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_spec_gives_no_diagnostics(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    result = pipeline.check(path.name)
    assert render_text(result.diagnostics, color=False).strip() == ""
    assert result.problem is not None


def test_every_code_has_a_bad_spec() -> None:
    assert {path.stem.split("_")[0] for path in BAD} == EXPECTED_CODES


@pytest.mark.parametrize("code", sorted(EXPECTED_CODES))
def test_a_code_has_two_bad_specs_and_one_that_nearly_is(code: str) -> None:
    assert sum(path.stem.startswith(code) for path in BAD) >= 2
    assert any(path.stem.startswith(code) for path in GOOD)


def test_every_report_has_its_spec() -> None:
    reports = {path.stem for path in (CASES / "bad").glob("*.txt")}
    assert reports == {path.stem for path in BAD}
