"""From the rules of ``pde.lark`` to the nodes of ``tree``; builds, never diagnoses.

One method per rule or alias, called by the parser with the rule's children in order: lexemes,
nodes, tuples of nodes, and None for an absent optional part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from pdelang.diagnostics.span import Span
from pdelang.syntax import tree
from pdelang.syntax.lexeme import Lexeme

Factor = tuple[str, int | float]


def normalize_name(text: str) -> str:
    """Return ``text`` in Unicode normal form C, so that one look has one spelling."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _span(children: Iterable[Any]) -> Span:
    """Return the place from the first to the last child that stands in the text."""
    present = [child for child in children if child is not None and child != ()]
    first, last = present[0], present[-1]
    first = first[0] if isinstance(first, tuple) else first
    last = last[-1] if isinstance(last, tuple) else last
    return first.span.to(last.span)


def _nodes(children: list[Any]) -> tuple[Any, ...]:
    return tuple(child for child in children if isinstance(child, tree.Node))


def _simple(make: Callable[..., Any], *positions: int) -> Callable[[Builder, list[Any]], Any]:
    """Return a rule method: ``make(span, children at positions)``."""

    def method(self: Builder, children: list[Any]) -> Any:
        return make(_span(children), *(children[i] for i in positions))

    return method


def _listed(self: Builder, children: list[Any]) -> tuple[Any, ...]:
    return _nodes(children)


class Builder:
    """The methods that lark calls; stateless."""

    # ------------------------------------------------------------ statements

    edition = _simple(tree.Edition, 1)
    title = _simple(tree.Title, 1)
    use = _simple(tree.Use, 1)
    domain = _simple(tree.Domain, 1, 3, 6, 8)
    time = _simple(tree.Time, 1, 2, 4)
    shape = _simple(tree.Shape, 1, 3)
    boundary = _simple(tree.Boundary, 1, 3, 5)
    periodic = _simple(tree.Periodic, 1, 3)
    param = _simple(tree.Param, 1, 3, 4)
    in_region = _simple(tree.In, 1, 3, 5)
    on_part = _simple(tree.On, 1, 3, 5)
    at_time = _simple(tree.AtTime, 1, 3, 5, 7)
    at_point = _simple(tree.AtPoint, 2, 5, 7)
    at_data = _simple(tree.AtData, 1, 3, 5)
    data = _simple(tree.Data, 1, 3)
    vary = _simple(tree.Vary, 1, 3, 4)
    guess = _simple(tree.Guess, 1, 3)
    require = _simple(tree.Require, 1)
    exact = _simple(tree.Exact, 1, 3)
    compare = _simple(tree.Compare, 1, 3)
    sweep = _simple(tree.Sweep, 1, 3, 4)
    report = _simple(tree.Report, 1, 3, 4)
    allow = _simple(tree.Allow, 1, 3)
    solver = _simple(tree.Solver, 2)
    output = _simple(tree.Output, 2)

    def let(self, children: list[Any]) -> tree.Let:
        _, name, _, formals, _, _, value, unit = children
        return tree.Let(_span(children), name, formals or (), value, unit)

    def unknown(self, children: list[Any]) -> tree.Unknown:
        _, names, _, kind, _, region, unit = children
        return tree.Unknown(_span(children), names, kind, region, unit)

    def fit(self, children: list[Any]) -> tree.Fit:
        _, name, _, coordinates, _, _, guess, unit, _, within = children
        return tree.Fit(_span(children), name, coordinates or (), guess, unit, within)

    # ------------------------------------------------------------ their pieces

    equation = _simple(tree.Equation, 0, 2)
    coordinate = _simple(tree.CoordinateName, 0, 1)
    setting = _simple(tree.Setting, 0, 2)
    range = _simple(tree.Range, 0, 2)
    names = coordinates = parts = expressions = settings = arguments = _listed

    def kind(self, children: list[Lexeme]) -> tree.Name:
        return tree.Name(children[0].span, children[0].value)

    rest = argument_word = kind

    # ------------------------------------------------------------ units

    def unit(self, children: list[Any]) -> tree.Unit:
        return tree.Unit(_span(children), _collect(children[1]))

    # Products are lists that grow in place: each is made here and used once.

    def unit_name(self, children: list[Lexeme]) -> list[Factor]:
        return [(normalize_name(children[0].value), 1)]

    def unit_number(self, children: list[Lexeme]) -> list[Factor]:
        # `1` is the empty product; any other number stays as written and `units` refuses it.
        return [] if children[0].value == "1" else [(children[0].value, 1)]

    def unit_group(self, children: list[Any]) -> list[Factor]:
        return children[1]

    def unit_times(self, children: list[Any]) -> list[Factor]:
        children[0].extend(children[-1])
        return children[0]

    def unit_over(self, children: list[Any]) -> list[Factor]:
        children[0].extend((name, -power) for name, power in children[2])
        return children[0]

    def unit_power(self, children: list[Any]) -> list[Factor]:
        atom, _, exponent = children
        return [(name, power * exponent) for name, power in atom]

    def unit_exponent(self, children: list[Any]) -> int | float:
        sign, number = children
        return _signed(sign, _exponent(number))

    def unit_exponent_group(self, children: list[Any]) -> int | float:
        _, sign, number, _, divisor, _ = children
        value = _exponent(number)
        if divisor is not None:
            below = _exponent(divisor)
            value = value / below if below else float("inf")
        return _signed(sign, int(value) if value == value // 1 and abs(value) < 1e6 else value)

    # ------------------------------------------------------------ expressions

    member = _simple(tree.Member, 0, 2)
    call = _simple(tree.Call, 0, 2)

    def conditional(self, children: list[Any]) -> tree.Conditional:
        _, predicate, _, then, _, otherwise = children
        return tree.Conditional(_span(children), predicate, then, otherwise)

    def binary(self, children: list[Any]) -> tree.Binary:
        left, operator, right = children
        sign = "^" if operator.value == "**" else operator.value
        return tree.Binary(_span(children), sign, left, right)

    def unary(self, children: list[Any]) -> tree.Unary:
        operator, operand = children
        return tree.Unary(_span(children), operator.value, operand)

    def member_call(self, children: list[Any]) -> tree.Call:
        owner, _, function, _, arguments, _ = children
        return tree.Call(_span(children), function, arguments, owner)

    def argument(self, children: list[Any]) -> tree.Argument:
        name, _, value = children
        return tree.Argument(_span(children), name, value)

    def group(self, children: list[Any]) -> tree.Expression:
        # The brackets belong to the place, so that a span's text reads back as its node.
        return replace(children[1], span=_span(children))

    def tuple(self, children: list[Any]) -> tree.Tuple:
        return tree.Tuple(_span(children), _nodes(children))

    def list(self, children: list[Any]) -> tree.List:
        return tree.List(_span(children), _nodes(children))

    def number(self, children: list[Lexeme]) -> tree.Number:
        return tree.Number(children[0].span, children[0].value)

    def string(self, children: list[Lexeme]) -> tree.String:
        inner = children[0].value[1:-1]
        return tree.String(children[0].span, _unescape(inner) if "\\" in inner else inner)

    def name(self, children: list[Lexeme]) -> tree.Name:
        return tree.Name(children[0].span, normalize_name(children[0].value))


def _unescape(text: str) -> str:
    """Resolve ``\\"`` and ``\\\\``; any other backslash stands for itself, as in a path."""
    out: list[str] = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            out.append(following if following in '"\\' else "\\" + following)
        else:
            out.append(character)
    return "".join(out)


def _exponent(number: Lexeme) -> int | float:
    # Long digit strings go through float: int() of thousands of digits is refused by Python.
    text = number.value
    return int(text) if text.isdecimal() and len(text) < 10 else float(text)


def _signed(sign: Lexeme | None, value: int | float) -> int | float:
    return -value if sign is not None and sign.value == "-" else value


def _collect(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """Merge equal names, in the order of first appearance, and drop powers of zero."""
    powers: dict[str, int | float] = {}
    for name, power in factors:
        powers[name] = powers.get(name, 0) + power
    return tuple((name, power) for name, power in powers.items() if power)
