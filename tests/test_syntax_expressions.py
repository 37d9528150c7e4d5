"""Expressions: what binds to what, their places, and parse after print."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.parser import parse, parse_value
from pdelang.syntax.printing import print_expression
from tests.expression_strategies import NOWHERE, expressions
from tests.tree_shapes import read_value, shape_of

# The same expression without and with all its brackets.
PRECEDENCE = [
    ("a + b - c", "(a + b) - c"),
    ("a - b * c", "a - (b * c)"),
    ("a / b * c", "(a / b) * c"),
    ("-x^2", "-(x^2)"),
    ("-a * b", "(-a) * b"),
    ("a * -b", "a * (-b)"),
    ("a - -b", "a - (-b)"),
    ("2^-x", "2^(-x)"),
    ("2^-x^2", "2^(-(x^2))"),
    ("a^b^c", "a^(b^c)"),
    ("a**b", "a^b"),
    ("a^b.x", "a^(b.x)"),
    ("a - b & c", "a - (b & c)"),
    ("a + b < c * d", "(a + b) < (c * d)"),
    ("not a < b and c", "(not (a < b)) and c"),
    ("a or b and c", "a or (b and c)"),
    ("if a then b else c + 1", "if a then b else (c + 1)"),
    ("if a then b else if c then d else e", "if a then b else (if c then d else e)"),
    ("if a then if b then c else d else e", "if a then (if b then c else d) else e"),
    ("f(x).y.z", "((f(x)).y).z"),
    ("plate.low(x).y", "(plate.low(x)).y"),
    ("+-x", "+(-x)"),
]


@pytest.mark.parametrize(("plain", "bracketed"), PRECEDENCE)
def test_precedence(plain: str, bracketed: str) -> None:
    assert shape_of(read_value(plain)) == shape_of(read_value(bracketed))


def test_left_association_is_not_right_association() -> None:
    assert shape_of(read_value("a - b - c")) != shape_of(read_value("a - (b - c)"))
    assert shape_of(read_value("a^b^c")) != shape_of(read_value("(a^b)^c"))
    assert shape_of(read_value("-x^2")) != shape_of(read_value("(-x)^2"))


def test_forms_of_values() -> None:
    assert shape_of(read_value("(a, 1)")) == ("Tuple", (("Name", "a"), ("Number", "1")))
    assert shape_of(read_value("[]")) == ("List", ())
    assert shape_of(read_value("0 .. 1")) == ("Range", ("Number", "0"), ("Number", "1"))
    assert shape_of(read_value('"a"')) == ("String", "a")
    assert shape_of(read_value("f()")) == ("Call", ("Name", "f"), (), None)
    assert shape_of(read_value("u(x = s)")) == (
        "Call",
        ("Name", "u"),
        (("Argument", ("Name", "x"), ("Name", "s")),),
        None,
    )


def test_no_digit_of_a_number_is_lost() -> None:
    for text in ("0.10", "1e-3", "1.", ".5", "1E+05", "123456789012345678901234567890"):
        assert shape_of(read_value(text)) == ("Number", text)


def test_brackets_belong_to_the_place_of_what_they_hold() -> None:
    product = read_value("( a + b )*c")
    assert isinstance(product, tree.Binary)
    assert product.left.span.text == "( a + b )"
    assert product.span.text == "( a + b )*c"


# ---------------------------------------------------------------- generated expressions


@settings(max_examples=400, deadline=None)
@given(expressions)
def test_parse_after_print_is_the_identity(expression: tree.Expression) -> None:
    assert shape_of(read_value(print_expression(expression))) == shape_of(expression)


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_brackets_are_minimal(expression: tree.Expression) -> None:
    """Taking any pair of grouping brackets away changes the meaning or breaks the text."""
    text = print_expression(expression)
    value = read_value(text)
    for start, end in _groups(value):
        without = text[:start] + text[start + 1 : end - 1] + text[end:]
        other, diagnostics = parse_value(Source("<value>", without))
        assert diagnostics or shape_of(other) != shape_of(value)


def _groups(node: tree.Node) -> list[tuple[int, int]]:
    """Return the places of nodes that stand in brackets of their own.

    Numbers are left out: `(0.5).x` keeps its brackets for the reader, `(2).x` for the scanner.
    """
    found: list[tuple[int, int]] = []
    for child in tree.children(node):
        text = child.span.text
        brackets = (
            text.startswith("(")
            and text.endswith(")")
            and not isinstance(child, tree.Tuple | tree.Number)
        )
        first = next(iter(tree.children(child)), None)
        if brackets and (first is None or first.span.start > child.span.start):
            found.append((child.span.start, child.span.end))
        found += _groups(child)
    return found


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_every_place_reads_back_as_its_node(expression: tree.Expression) -> None:
    stack: list[tree.Node] = [read_value(print_expression(expression))]
    while stack:
        node = stack.pop()
        stack += tree.children(node)
        if not isinstance(node, tree.Argument) and node.span.text not in ("in", "on"):
            assert shape_of(read_value(node.span.text)) == shape_of(node)


def test_places_inside_statements() -> None:
    text = "pde 1\nin line as a: dt(u) + (u)*dx(u) = nu*dxx(u)"
    spec, _ = parse(Source("<spec>", text))
    statement = spec.statements[1]
    assert isinstance(statement, tree.In)
    assert statement.equation.span.text == "dt(u) + (u)*dx(u) = nu*dxx(u)"
    assert [region.span.text for region in statement.regions] == ["line"]
    stack: list[tree.Node] = [statement.equation.left, statement.equation.right]
    while stack:
        node = stack.pop()
        stack += tree.children(node)
        if not isinstance(node, tree.Argument):
            assert shape_of(read_value(node.span.text)) == shape_of(node)


def test_a_thing_that_is_no_expression_is_not_printed() -> None:
    with pytest.raises(TypeError, match="Equation is no expression"):
        print_expression(tree.Equation(NOWHERE, read_value("a"), read_value("b")))  # type: ignore[arg-type]
