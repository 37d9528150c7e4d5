"""Messages as text and as records: the words, the marks under their words, the counts."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest

from pdelang.diagnostics.message import Diagnostic, Related, SpecError
from pdelang.diagnostics.render import count_levels, render_json, render_text, should_color
from pdelang.diagnostics.span import Source, Span

KEYS = [
    "code",
    "level",
    "message",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "label",
    "related",
    "notes",
    "help",
]


def mark(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return Span(source, start, start + len(words))


HEAT = Source("heat.pde", "pde 1\nlet a = 2x\nparam b = 3\n\n\n\nlet a = 4\n")


def test_one_message() -> None:
    missing = Diagnostic(
        "E005",
        "An operator is missing between `2` and `x`",
        mark(HEAT, "x"),
        label="a product is written with `*`",
        help="write `2*x`",
    )
    assert render_text([missing], color=False) == (
        """\
error[E005]: An operator is missing between `2` and `x`
  --> heat.pde:2:10
   |
 2 | let a = 2x
   |          ^ a product is written with `*`
   |
   = help: write `2*x`

1 error
"""
    )


def test_second_place_notes_and_counts() -> None:
    twice = Diagnostic(
        "E102",
        "`a` is declared twice",
        Span(HEAT, HEAT.text.rindex("a"), HEAT.text.rindex("a") + 1),
        label="again here",
        related=(Related(mark(HEAT, "a"), "first here"),),
        notes=("names are unique in a file", "a second line\nof a note"),
    )
    unused = Diagnostic("W103", "`b` is never used", mark(HEAT, "b"))
    assert render_text([twice, unused], color=False) == (
        """\
error[E102]: `a` is declared twice
  --> heat.pde:7:5
   |
 2 | let a = 2x
   |     - first here
...
 7 | let a = 4
   |     ^ again here
   |
   = note: names are unique in a file
   = note: a second line
           of a note

warning[W103]: `b` is never used
  --> heat.pde:3:7
   |
 3 | param b = 3
   |       ^

1 error, 1 warning
"""
    )


def test_second_place_in_another_file() -> None:
    other = Source("materials.pde", "pde 1\n" * 11 + "param k = 1\n")
    message = Diagnostic(
        "E102",
        "`b` is declared twice",
        mark(HEAT, "b"),
        related=(Related(mark(other, "k"), "first here"),),
    )
    assert render_text([message], color=False) == (
        """\
error[E102]: `b` is declared twice
   --> heat.pde:3:7
    |
  3 | param b = 3
    |       ^
   ::: materials.pde:12:7
    |
 12 | param k = 1
    |       - first here

1 error
"""
    )


def test_message_without_a_place() -> None:
    missing = Diagnostic("E030", "There is no file `a.pde`", None, help="look for it")
    assert render_text([missing], color=False) == (
        "error[E030]: There is no file `a.pde`\n = help: look for it\n\n1 error\n"
    )


def test_no_messages_are_no_text() -> None:
    assert render_text([], color=False) == ""


def test_color_is_put_around_the_same_text() -> None:
    message = Diagnostic("W103", "`b` is never used", mark(HEAT, "b"), label="here", help="use it")
    plain = render_text([message], color=False)
    colored = render_text([message], color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;33mwarning[W103]\x1b[0m" in colored
    assert "\x1b[1;33m^ here\x1b[0m" in colored
    for sequence in ("\x1b[1;33m", "\x1b[1m", "\x1b[34m", "\x1b[0m"):
        colored = colored.replace(sequence, "")
    assert colored == plain


def _columns(text: str) -> int:
    """Return the width on a terminal: wide letters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


@pytest.mark.parametrize(
    "before",
    ["", "\t", "  \t", "\t\t x\t", "温度 = ", "é = ", "e\u0301 = ", "ν\t温", "ｆｕｌｌ "],
)
@pytest.mark.parametrize("word", ["word", "温度", "e\u0301x"])
def test_mark_stands_under_its_word(before: str, word: str) -> None:
    source = Source("wide.pde", f"pde 1\n{before}{word} after\n")
    message = Diagnostic("E001", "Wrong", mark(source, word), label="here")
    lines = render_text([message], color=False).splitlines()
    (shown,) = (line for line in lines if "after" in line)
    (marked,) = (line for line in lines if "^" in line)
    assert "\t" not in shown
    assert _columns(shown[: shown.index(word)]) == marked.index("^")
    assert marked.count("^") == _columns(word)
    assert marked.endswith("^ here")


def test_tabs_go_to_stops_of_four() -> None:
    source = Source("tabs.pde", "ab\tword\n")
    lines = render_text(
        [Diagnostic("E001", "Wrong", mark(source, "word"))], color=False
    ).splitlines()
    assert lines[3:5] == [" 1 | ab  word", "   |     ^^^^"]


def test_place_over_several_lines() -> None:
    source = Source("long.pde", "solver {\n  a = 1\n  b = 2\n}\n")
    whole = Span(source, 7, len(source.text) - 1)
    assert render_text([Diagnostic("E106", "Wrong", whole, label="this block")], color=False) == (
        """\
error[E106]: Wrong
  --> long.pde:1:8
   |
 1 | solver {
   |        ^
...
 4 | }
   | ^ this block

1 error
"""
    )


def test_empty_place_at_the_end_has_a_mark() -> None:
    source = Source("end.pde", "let a =")
    end = Span(source, 7, 7)
    lines = render_text(
        [Diagnostic("E018", "Ends", end, label="a value")], color=False
    ).splitlines()
    assert lines[3:5] == [" 1 | let a =", "   |        ^ a value"]


def test_empty_file_has_a_mark() -> None:
    empty = Span(Source("empty.pde", ""), 0, 0)
    assert "   | ^\n" in render_text([Diagnostic("E010", "Empty", empty)], color=False)


def test_windows_lines_and_byte_order_mark() -> None:
    source = Source("win.pde", "\ufeffpde 2\r\nlet a = 2x\r\n")
    two = Diagnostic("E010", "Wrong", mark(source, "2"))
    cross = Diagnostic("E005", "Wrong", mark(source, "x"))
    lines = render_text([two, cross], color=False).splitlines()
    assert lines[1] == "  --> win.pde:1:5"
    assert lines[3:5] == [" 1 | pde 2", "   |     ^"]
    assert " 2 | let a = 2x" in lines
    assert "   |          ^" in lines


def test_long_lines_are_cut_around_the_mark() -> None:
    source = Source("long.pde", "let a = " + "x + " * 500 + "WRONG" + " + x" * 500)
    lines = render_text(
        [Diagnostic("E001", "Wrong", mark(source, "WRONG"))], color=False
    ).splitlines()
    shown, marked = lines[3], lines[4]
    assert len(shown) < 180
    assert shown.index("WRONG") == marked.index("^^^^^")


def test_control_characters_do_not_reach_the_terminal() -> None:
    source = Source("evil\x1b.pde", "let \x1b[31m a\x07 = 2\n")
    text = render_text([Diagnostic("E012", "Wrong", mark(source, "a"), label="\x1b")], color=False)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_records_have_the_keys_of_the_contract() -> None:
    source = Source("two.pde", "pde 1\nlet a = (1,\n 2]\n")
    message = Diagnostic(
        "E004",
        "Mismatch",
        Span(source, source.text.index("("), source.text.index("]") + 1),
        label="here",
        related=(Related(mark(source, "("), "opened"),),
        notes=("a fact",),
        help="close it",
    )
    (record,) = render_json([message])
    assert list(record) == KEYS
    assert record == {
        "code": "E004",
        "level": "error",
        "message": "Mismatch",
        "file": "two.pde",
        "line": 2,
        "column": 9,
        "end_line": 3,
        "end_column": 4,
        "label": "here",
        "related": [
            {
                "file": "two.pde",
                "line": 2,
                "column": 9,
                "end_line": 2,
                "end_column": 10,
                "label": "opened",
            }
        ],
        "notes": ["a fact"],
        "help": "close it",
    }
    assert json.loads(json.dumps(record)) == record


def test_record_without_a_place() -> None:
    (record,) = render_json([Diagnostic("I231", "Elliptic", None)])
    assert list(record) == KEYS
    assert record["level"] == "info"
    assert [record[key] for key in KEYS[3:8]] == [None] * 5
    assert record["help"] is None


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        (["E001"], "1 error"),
        (["E001", "E002", "W103"], "2 errors, 1 warning"),
        (["W103", "W204", "I231"], "2 warnings, 1 remark"),
        ([], "no messages"),
    ],
)
def test_counts(codes: list[str], text: str) -> None:
    assert count_levels([Diagnostic(code, "", None) for code in codes]) == text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_color_only_on_terminals_without_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert should_color(Terminal())
    assert not should_color(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not should_color(Terminal())
    monkeypatch.setenv("NO_COLOR", "")  # no-color.org: an empty value counts as unset
    assert should_color(Terminal())


def test_an_error_says_what_is_wrong() -> None:
    error = SpecError([Diagnostic("E001", "Wrong", mark(HEAT, "b"))])
    assert "error[E001]: Wrong" in str(error)
    assert "\x1b" not in str(error)
