"""The table of syntax messages is its own test: every wrong text gives its row, at its place."""

from __future__ import annotations

import re

import pytest

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.span import Source
from pdelang.syntax.messages.row import Row
from pdelang.syntax.messages.table import ROWS
from pdelang.syntax.parser import parse, parse_value

EXAMPLES = [
    pytest.param(row, example, id=f"{row.code}-{example}")
    for row in ROWS
    for example in row.examples
]


def _pattern(template: str) -> str:
    """Return a regular expression for a template with any words in its fields."""
    literal = [re.escape(part) for part in re.split(r"(?<!\{)\{\w+\}(?!\})", template)]
    return ".*".join(literal).replace(r"\{\{", r"\{").replace(r"\}\}", r"\}")


@pytest.mark.parametrize(("row", "example"), EXAMPLES)
def test_wrong_text_gives_its_row_at_its_place(row: Row, example: str) -> None:
    prefix = "" if row.is_whole_file else "pde 1\n"
    start = len(prefix) + example.index("‹")
    end = len(prefix) + example.index("›") - 1
    text = prefix + example.replace("‹", "").replace("›", "")

    _, diagnostics = parse(Source("wrong.pde", text))

    assert [d.code for d in diagnostics] == [row.code]
    (diagnostic,) = diagnostics
    assert re.fullmatch(_pattern(row.message), diagnostic.message, re.DOTALL)
    assert diagnostic.help is not None
    assert re.fullmatch(_pattern(row.help), diagnostic.help, re.DOTALL)
    assert diagnostic.span is not None
    assert (diagnostic.span.start, diagnostic.span.end) == (start, end)


def test_every_row_has_examples_and_a_page() -> None:
    for row in ROWS:
        assert row.code in CATALOGUE
        assert row.examples or row.message == "A value is missing"  # of `parse_value` alone


def test_every_syntax_code_has_a_row() -> None:
    codes = {f"E{number:03}" for number in range(1, 20)}
    assert {row.code for row in ROWS} == codes | {"E102"}


def test_sentences_are_plain() -> None:
    for row in ROWS:
        assert not row.message.endswith((".", "!", "?"))
        assert row.message[0].isupper() or row.message.startswith(("`", "{"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.message}")
def test_catalogue_speaks_of_the_same_code(row: Row) -> None:
    assert CATALOGUE[row.code].code == row.code


def test_a_missing_value_is_its_own_message() -> None:
    value, (diagnostic,) = parse_value(Source("--set", "  # nothing"))
    assert value is None
    assert (diagnostic.code, diagnostic.message) == ("E018", "A value is missing")


def test_help_names_the_product_that_was_meant() -> None:
    _, (diagnostic,) = parse(Source("wrong.pde", "pde 1\nlet a = 2 pi"))
    assert diagnostic.help == "write `2*pi`"


def test_help_writes_the_range_that_was_meant() -> None:
    _, (diagnostic,) = parse(Source("wrong.pde", "pde 1\ntime t in [0, 2*pi]"))
    assert diagnostic.help == "write `0 .. 2*pi`"


def test_mismatched_bracket_shows_both_places() -> None:
    text = "pde 1\nlet a = sin(pi*x]"
    _, (diagnostic,) = parse(Source("wrong.pde", text))
    assert diagnostic.code == "E004"
    (related,) = diagnostic.related
    assert (related.span.start, related.span.text) == (text.index("("), "(")


@pytest.mark.parametrize(
    ("sign", "advice"),
    [("²", "`^2`"), ("∂", "`dt(u)`"), ("·", "`*`"), ("−", "`-`"), ("⁷", "`^7`"), ("≤", "`<=`")],
)
def test_unknown_character_says_what_to_write(sign: str, advice: str) -> None:
    _, (diagnostic,) = parse(Source("wrong.pde", f"pde 1\nlet a = x{sign}y"))
    assert diagnostic.code == "E012"
    assert advice in (diagnostic.help or "")


def test_an_invisible_character_is_named_by_its_number() -> None:
    _, (diagnostic,) = parse(Source("wrong.pde", "pde 1\nlet a = x\u200b"))
    assert (diagnostic.code, diagnostic.label) == ("E012", "zero width space")
    assert "U+200B" in diagnostic.message


def test_long_words_are_cut_in_sentences() -> None:
    _, (diagnostic,) = parse(Source("wrong.pde", "pde 1\nlet a = 2" + "x" * 1000))
    assert diagnostic.code == "E005"
    assert len(diagnostic.message) < 120
