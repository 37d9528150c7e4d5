"""Did you mean …: near names are offered, far ones are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdelang.diagnostics.suggestion import similar
from pdelang.syntax.lexicon import STATEMENT_WORDS


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("unknwon", "unknown"),
        ("unkown", "unknown"),
        ("Unknown", "unknown"),
        ("domian", "domain"),
        ("boundry", "boundary"),
        ("parameter", None),
        ("solve", "solver"),
        ("eqn", None),
        ("u", None),
        ("letter", None),
    ],
)
def test_statement_words(name: str, wanted: str | None) -> None:
    assert similar(name, STATEMENT_WORDS) == wanted


def test_the_nearest_wins_and_ties_go_by_order() -> None:
    assert similar("tolerence", ["tolerances", "tolerance"]) == "tolerance"
    assert similar("walk", ["walt", "wall"]) == "wall"
    assert similar("walk", ["wall", "walt"]) == "wall"


def test_short_names_resemble_only_their_other_case() -> None:
    assert similar("re", ["Re", "ra", "r"]) == "Re"
    assert similar("u", ["v", "w"]) is None
    assert similar("U", ["v", "u"]) == "u"


def test_swapped_neighbours_are_one_slip() -> None:
    assert similar("abdc", ["abcd"]) == "abcd"
    assert similar("badc", ["abcd"]) is None


def test_the_name_itself_is_not_offered() -> None:
    assert similar("nu", ["nu"]) is None
    assert similar("nu", []) is None


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=5))
def test_answer_is_one_of_the_candidates(name: str, candidates: list[str]) -> None:
    answer = similar(name, candidates)
    assert answer is None or (answer in candidates and answer != name)


@given(
    st.text(st.characters(categories=["Ll"], max_codepoint=122), min_size=3, max_size=9), st.data()
)
def test_one_slip_is_always_found(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    slipped = name[:place] + name[place + 1 :]
    if slipped != name:
        assert similar(slipped, [name]) == name
