"""From nodes back to text: expressions with the fewest brackets, and whole trees as an outline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from pdelang.syntax import tree

# How tightly each form binds; an operand that binds less than its place asks for gets brackets.
_LOOSEST, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(10)

_BINARY = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _COMPARISON),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/", "&"), _PRODUCT),
    "^": _POWER,
}
_WITHOUT_BLANKS = frozenset({"*", "/", "^"})

Piece = str | tuple[tree.Expression, int]
"""Text, or an expression with how tightly its place asks it to bind."""


def print_expression(expression: tree.Expression) -> str:
    """Return text that parses to an equal expression, with no brackets that it can do without.

    Keeps a stack of its own, so that no depth of an expression exhausts Python's.
    """
    out: list[str] = []
    stack: list[Piece] = [(expression, _LOOSEST)]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            out.append(piece)
            continue
        node, needed = piece
        pieces, strength = _form(node)
        if strength < needed:
            pieces = ["(", *pieces, ")"]
        stack.extend(reversed(pieces))
    return "".join(out)


def _form(node: tree.Expression) -> tuple[list[Piece], int]:
    """Return what a node is written as, without brackets around it, and how tightly it binds."""
    match node:
        case tree.Number(text=text):
            return [text], _ATOM
        case tree.String(value=value):
            return [print_string(value)], _ATOM
        case tree.Name(name=name):
            return [name], _ATOM
        case tree.Member(owner=owner, member=member):
            return [_owner(owner), f".{member.name}"], _ATOM
        case tree.Unary(operator="not", operand=operand):
            return ["not ", (operand, _NOT)], _NOT
        case tree.Unary(operator=operator, operand=operand):
            return [operator, (operand, _SIGN)], _SIGN
        case tree.Binary(operator=operator, left=left, right=right):
            sign = operator if operator in _WITHOUT_BLANKS else f" {operator} "
            strength = _BINARY[operator]
            low, high = _operand_strengths(strength)
            return [(left, low), sign, (right, high)], strength
        case tree.Conditional(predicate=predicate, then=then, otherwise=otherwise):
            branches = (predicate, then, otherwise)
            words = ("if ", " then ", " else ")
            pairs = zip(words, branches, strict=True)
            return [p for word, branch in pairs for p in (word, (branch, _LOOSEST))], _LOOSEST
        case tree.Call(function=function, arguments=arguments, owner=owner):
            prefix: list[Piece] = [] if owner is None else [_owner(owner), "."]
            return [*prefix, f"{function.name}(", *_join(arguments), ")"], _ATOM
        case tree.Tuple(items=items):
            return ["(", *_join(items), ")"], _ATOM
        case tree.List(items=items):
            return ["[", *_join(items), "]"], _ATOM
        case tree.Range(low=start, high=end):
            return [(start, _LOOSEST), " .. ", (end, _LOOSEST)], _LOOSEST
        case other:
            raise TypeError(f"{type(other).__name__} is no expression")


def _operand_strengths(strength: int) -> tuple[int, int]:
    """Return how tightly the left and the right operand of an operator must bind."""
    if strength == _POWER:
        return _ATOM, _SIGN  # to the right, over signs: 2^-x^2
    if strength == _COMPARISON:
        return _SUM, _SUM  # comparisons do not chain
    return strength, strength + 1


def _owner(owner: tree.Expression) -> Piece:
    # `2.x` would read as the number `2.` and a name
    return f"({owner.text})" if isinstance(owner, tree.Number) else (owner, _ATOM)


def _join(items: Sequence[tree.Argument | tree.Expression]) -> Iterator[Piece]:
    for position, item in enumerate(items):
        if position:
            yield ", "
        if isinstance(item, tree.Argument):
            if item.name is not None:
                yield f"{item.name.name} = "
            item = item.value
        yield item, _LOOSEST


def print_string(value: str) -> str:
    """Return a text in quotation marks, with those inside and backslashes escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def print_unit(unit: tree.Unit) -> str:
    """Return ``[m^2 s^-1]``; ``[1]`` for the empty product."""
    powers = (name if power == 1 else f"{name}^{power}" for name, power in unit.factors)
    return f"[{' '.join(powers) or '1'}]"


# ---------------------------------------------------------------- trees


def format_tree(spec: tree.Tree) -> str:
    """Return one block per statement: its line, its class, and its fields as text."""
    blocks = [_outline(statement) for statement in spec.statements]
    blocks += [f"{_line(node)}: Broken {node.word or ''}".rstrip() for node in spec.broken]
    return "".join(f"{block}\n" for block in blocks)


def _outline(statement: tree.Node) -> str:
    rows = [f"{_line(statement)}: {type(statement).__name__}"]
    for field in fields(statement):
        value = getattr(statement, field.name)
        if field.name != "span" and value is not None and value != ():
            rows.append(f"    {field.name}: {_describe(value)}")
    return "\n".join(rows)


def _line(node: tree.Node) -> int:
    return node.span.source.position(node.span.start)[0]


def _describe(value: Any) -> str:
    match value:
        case tuple():
            return ", ".join(_describe(item) for item in value)
        case tree.Unit():
            return print_unit(value)
        case tree.Equation(left=left, right=right):
            return f"{print_expression(left)} = {print_expression(right)}"
        case tree.CoordinateName(name=name, unit=unit):
            return name.name if unit is None else f"{name.name} {print_unit(unit)}"
        case tree.Setting(key=key, value=setting):
            return f"{key.name} = {print_expression(setting)}"
        case _:
            return print_expression(value)
