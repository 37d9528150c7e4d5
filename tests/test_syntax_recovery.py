"""One fault spoils one statement: the others are kept, and all faults are told in one run."""

from __future__ import annotations

import pytest

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.parser import parse


def read(text: str) -> tuple[tree.Tree, list[tuple[str, int]]]:
    """Return the tree, and code and line of every message."""
    source = Source("<spec>", text)
    spec, diagnostics = parse(source)
    places = [(d.code, source.position(d.span.start)[0]) for d in diagnostics if d.span]
    assert len(places) == len(diagnostics)
    return spec, places


def kinds(spec: tree.Tree) -> list[str]:
    return [type(statement).__name__ for statement in spec.statements]


def test_several_faults_in_one_run() -> None:
    spec, places = read(
        """pde 1
domain line(x) = interval(-1, 1)
time t in [0, 1]
param nu = 0.01/pi
unknwon u
in line: dt(u) + u dx(u) = nu*dxx(u)
on left right: u = 0
at t = 0: u = -sin(pi*x
solver { tolerance = 1e-3
output { grid = 101 }
"""
    )
    assert places == [("E006", 3), ("E014", 5), ("E005", 6), ("E017", 7), ("E002", 8), ("E002", 9)]
    assert kinds(spec) == ["Edition", "Domain", "Param", "Output"]
    assert [node.word for node in spec.broken] == ["time", "unknown", "in", "on", "at", "solver"]


def test_broken_stretches_know_the_names_in_them() -> None:
    spec, _ = read("pde 1\nparam a = 2 b\nlet c = a")
    (broken,) = spec.broken
    assert broken.span.text == "param a = 2 b"
    assert broken.names == {"a", "b"}


@pytest.mark.parametrize(
    "first",
    ["let a = (2", "let a = [2, (3", "let a = ", "let a = 2 +", "let", 'let a = "b', "let a = ∂"],
)
@pytest.mark.parametrize(
    "second", ["param b = 4", "in line: u = 0", "at t = 0: u = 0", "on a: u = 0"]
)
def test_a_fault_ends_where_the_next_statement_begins(first: str, second: str) -> None:
    spec, places = read(f"pde 1\n{first}\n{second}\n")
    assert [line for _, line in places] == [2]
    assert [statement.span.text for statement in spec.statements] == ["pde 1", second]


def test_misspelt_words_are_all_found() -> None:
    spec, places = read("pde 1\nparam a = 3\nunknwon u\nparma b = 4\nparam c = 5\n")
    assert places == [("E014", 3), ("E014", 4)]
    assert [s.span.text for s in spec.statements] == ["pde 1", "param a = 3", "param c = 5"]


def test_a_forgotten_colon_does_not_eat_the_statement_before() -> None:
    spec, places = read("pde 1\nunknown u\nin line dt(u) = 0\n")
    assert places == [("E017", 3)]
    assert kinds(spec) == ["Edition", "Unknown"]


def test_semicolons_cost_one_message_and_no_statement() -> None:
    spec, places = read("pde 1;\nparam a = 3;\nparam b = 4;\n")
    assert places == [("E015", 1)]
    assert kinds(spec) == ["Edition", "Param", "Param"]


def test_reserved_names_leave_other_statements_alone() -> None:
    spec, places = read("pde 1\nparam in = 3\nunknown u, time\nin line: u = 0\nlet a = 2*on\n")
    assert places == [("E102", 2), ("E102", 3), ("E102", 5)]
    assert kinds(spec) == ["Edition", "In"]


def test_a_foreign_file_costs_one_message() -> None:
    for text in ("TITLE 'a'\nVARIABLES u\nEQUATIONS\nEND", "import numpy\nx = 3\ndef f(): pass"):
        spec, places = read(text)
        assert [code for code, _ in places] == ["E009"]
        assert spec.statements == ()


def test_capital_names_do_not_make_a_foreign_file() -> None:
    _, places = read("pde 1\nparam TITLE = 3\nlet b =\nTITLE\n")
    assert places == []


def test_edition_is_checked_with_the_rest() -> None:
    _, places = read("pde 2\nlet a = 2 b\npde 1\n")
    assert places == [("E010", 1), ("E005", 2), ("E010", 3)]


def test_a_misspelt_edition_is_told_once() -> None:
    _, places = read("PDE 1\nparam a = 3\n")
    assert places == [("E014", 1)]


def test_order_of_messages_is_that_of_places() -> None:
    source = Source("<spec>", "param a = 2 b;\nlet c = 1.2.3\n")
    _, diagnostics = parse(source)
    starts = [d.span.start for d in diagnostics if d.span]
    assert starts == sorted(starts)
    assert {d.code for d in diagnostics} == {"E010", "E005", "E015", "E016"}


def test_a_line_without_a_statement_word_leaves_the_one_before_whole() -> None:
    for line in ("for i in 1 .. 3", "x = ∂u", 'y = "a', "z = (3", "while time"):
        spec, places = read(f"pde 1\nlet a = 3\n{line}\nlet b = 4\n")
        assert places == [("E014", 3)]
        assert [s.span.text for s in spec.statements] == ["pde 1", "let a = 3", "let b = 4"]


def test_words_of_a_title_without_quotation_marks_are_no_statements() -> None:
    _, places = read("pde 1\nproblem Heat in a rod\nlet b = 4\n")
    assert places == [("E001", 2)]
