"""One page for every code, with a wrong text that is wrong and a right one that reads."""

from __future__ import annotations

import pytest

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.explain import UnknownCode, explain
from pdelang.diagnostics.span import Source
from pdelang.syntax.parser import parse

# The table of the language reference.
CODES = [
    *(f"E{number:03}" for number in range(1, 21)),
    *[
        "E030",
        "E101",
        "E102",
        "W103",
        "E104",
        "E105",
        "E106",
        "E107",
        "E110",
        "W111",
        "E120",
        "E190",
    ],
    *["E201", "E202", "E203", "W204", "W205", "E206", "E210", "W211", "E212", "E220"],
    *["W221", "W222", "W230", "I231", "W240", "E250", "E260", "I270"],
]


def _dated(text: str) -> Source:
    return Source("page", text if text.startswith("pde 1") else f"pde 1\n{text}")


def test_catalogue_is_complete_and_in_order() -> None:
    assert list(CATALOGUE) == CODES


@pytest.mark.parametrize("code", CODES)
def test_page(code: str) -> None:
    entry = CATALOGUE[code]
    page = explain(code)
    level = {"E": "error", "W": "warning", "I": "info"}[code[0]]
    assert page.splitlines()[0] == f"{code}: {entry.title} ({level})"
    assert page.endswith("\n")
    assert all(len(line) <= 100 for line in page.splitlines())
    for line in (*entry.bad.splitlines(), *entry.good.splitlines()):
        assert f"    {line}" in page
    assert entry.meaning.endswith(".")
    assert not entry.title.endswith(".")


@pytest.mark.parametrize("code", CODES)
def test_right_text_has_no_syntax_fault(code: str) -> None:
    assert parse(_dated(CATALOGUE[code].good))[1] == ()


@pytest.mark.parametrize("code", CODES)
def test_wrong_text_is_wrong_in_its_way(code: str) -> None:
    bad = CATALOGUE[code].bad
    is_whole_file = code in ("E009", "E010")
    source = Source("page", bad) if is_whole_file else _dated(bad)
    found = {d.code for d in parse(source)[1]}
    is_syntax = code in CODES[:19] or code == "E102"
    assert found == ({code} if is_syntax else set())


def test_explain_takes_any_case() -> None:
    assert explain(" e201 ") == explain("E201")


@pytest.mark.parametrize(("wrong", "near"), [("E20", "E201"), ("W201", "E201"), ("E2O1", "E201")])
def test_unknown_code_names_a_near_one(wrong: str, near: str) -> None:
    with pytest.raises(UnknownCode, match=f"There is no code `{wrong}`; did you mean `") as caught:
        explain(wrong)
    assert caught.value.code == wrong
    assert caught.value.similar is not None
    assert isinstance(caught.value, KeyError)
    assert near in CATALOGUE


def test_unknown_code_without_a_near_one() -> None:
    with pytest.raises(UnknownCode) as caught:
        explain("tolerance")
    assert str(caught.value) == "There is no code `TOLERANCE`"
