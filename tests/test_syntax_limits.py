"""Too large, too deep, too many: an answer, never an exhausted stack (E020)."""

from __future__ import annotations

import sys

import pytest

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.limits import (
    BRACKET_LIMIT,
    FAULT_LIMIT,
    NESTING_LIMIT,
    SIZE_LIMIT,
    TREE_DEPTH_LIMIT,
)
from pdelang.syntax.parser import parse, parse_value
from pdelang.syntax.printing import print_expression


def codes(text: str) -> list[str]:
    return [d.code for d in parse(Source("<spec>", text))[1]]


DEEP = {
    "brackets": "(" * 20_000 + "x" + ")" * 20_000,
    "open brackets": "(" * 20_000,
    "lists": "[" * 20_000,
    "calls": "sin(" * 300 + "x" + ")" * 300,
    "minus": "-" * 20_000 + "x",
    "spaced minus": "- " * 20_000 + "x",
    "not": "if " + "not " * 20_000 + "a then 1 else 2",
    "powers": "2^" * 20_000 + "x",
    "negative powers": "2^-" * 20_000 + "x",
    "else if": "if a then b else " * 20_000 + "c",
    "then if": "if a then " * 20_000,
    "members": "x" + ".x" * 20_000,
    "sum": " + ".join(["x"] * 20_000),
    "product": "*".join(["x"] * 20_000),
    "sum of products": " - ".join(["x*y"] * 20_000),
    "sums of sums": "(" * 199 + "x" + (" + x" * 300 + ")") * 199,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_text_is_refused(name: str) -> None:
    spec, diagnostics = parse(Source("<spec>", f"pde 1\nlet a = {DEEP[name]}\n"))
    assert [d.code for d in diagnostics] == ["E020"]
    assert diagnostics[0].help == "name parts of it with `let`"
    assert len(spec.broken) == 1


@pytest.mark.parametrize("name", DEEP)
def test_deep_values_are_refused(name: str) -> None:
    value, diagnostics = parse_value(Source("--set", DEEP[name]))
    assert value is None
    assert [d.code for d in diagnostics] == ["E020"]


def test_what_is_allowed_stays_within_the_limits_told_to_later_stages() -> None:
    deepest = "1 + sin(" * (BRACKET_LIMIT - 1) + "x" + ")" * (BRACKET_LIMIT - 1)
    longest = " - ".join(["x"] * TREE_DEPTH_LIMIT)
    for text in (deepest, longest, "(" * BRACKET_LIMIT + "x" + ")" * BRACKET_LIMIT):
        value, diagnostics = parse_value(Source("--set", text))
        assert diagnostics == ()
        assert value is not None
        depth, nesting = measure(value)
        assert depth <= TREE_DEPTH_LIMIT
        assert nesting <= NESTING_LIMIT
        assert len(print_expression(value)) > 0
    assert TREE_DEPTH_LIMIT >= 2_000


def measure(root: tree.Node) -> tuple[int, int]:
    """Return the longest path, and the longest with runs of left operands counted once."""
    longest = deepest = 0
    stack = [(root, 0, 0)]
    while stack:
        node, depth, nesting = stack.pop()
        longest, deepest = max(longest, depth), max(deepest, nesting)
        for child in tree.children(node):
            run = isinstance(node, tree.Argument) or (
                isinstance(node, tree.Binary) and node.operator != "^" and child is node.left
            )
            stack.append((child, depth + 1, nesting + (not run)))
    return longest, deepest


def test_a_list_may_be_long() -> None:
    points = ", ".join(["(0, 1)"] * 5_000)
    assert codes(f"pde 1\nshape s = polygon([{points}])") == []


def test_many_products_make_no_long_product() -> None:
    products = " + ".join(["a*b*c*d*e*f"] * (TREE_DEPTH_LIMIT - 10))
    assert codes(f"pde 1\nlet a = {products}") == []


def test_depth_of_one_statement_does_not_count_for_the_next() -> None:
    assert codes("pde 1\n" + "let a = (x\n" * (FAULT_LIMIT // 2)) == ["E002"] * (FAULT_LIMIT // 2)
    assert codes("pde 1\n" + "".join(f"let a{i} = ((x))\n" for i in range(300))) == []


@pytest.mark.parametrize("filler", ["a", "é", "(", '"', "\n", "pde 1\n"])
def test_large_text_is_refused_without_being_read(filler: str) -> None:
    size = len(filler.encode())
    assert codes(filler * (SIZE_LIMIT // size + 1)) == ["E020"]


def test_size_is_counted_in_bytes() -> None:
    comment = "pde 1\n#"
    room = SIZE_LIMIT - len(comment)
    assert codes(comment + "a" * room) == []
    assert codes(comment + "a" * (room + 1)) == ["E020"]
    assert codes(comment + "é" * (room // 2)) == []
    assert codes(comment + "é" * (room // 2 + 1)) == ["E020"]


def test_many_faults_end_with_a_note() -> None:
    for text in ("let a = 2 b\n" * 300, "unknwon u\n" * 300):
        spec, diagnostics = parse(Source("<spec>", "pde 1\n" + text))
        assert len(diagnostics) == FAULT_LIMIT
        assert "the first 100 faults" in diagnostics[-1].notes[0]
        assert spec.broken[-1].span.end == len(spec.source.text)


@pytest.mark.parametrize("unit", ["m^101", "m^" + "9" * 5_000, "m^(1/0)", "m^1e400", "m^-101"])
def test_absurd_units_are_refused(unit: str) -> None:
    assert codes(f"pde 1\nparam a = 3 [{unit}]") == ["E020"]


def test_towers_of_powers_are_text_to_the_parser() -> None:
    assert codes("pde 1\nparam a = 9^9^9^9") == []
    assert codes("pde 1\nparam a = 3 [m^9^9^9]") == ["E019"]


def test_recursion_limit_is_left_alone() -> None:
    before = sys.getrecursionlimit()
    codes(f"pde 1\nlet a = {DEEP['sum']}")
    assert sys.getrecursionlimit() == before
