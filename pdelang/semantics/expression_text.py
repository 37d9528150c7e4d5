"""Typed expressions as text, in the notation of the language."""

from __future__ import annotations

from fractions import Fraction

from pdelang.semantics.derivative_words import write_derivative
from pdelang.semantics.expression import (
    Aggregate,
    Apply,
    Bound,
    Comparison,
    ComplexOf,
    ComplexPart,
    Component,
    Conditional,
    Constant,
    Coordinate,
    DataColumn,
    Derivative,
    Elsewhere,
    Expression,
    FitReference,
    InRegion,
    Jump,
    Logic,
    Normal,
    OnEdge,
    Parameter,
    Pi,
    RangeIntegral,
    Sided,
    TableValue,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.traversal import children, post_order

# How tightly each operator binds; an operand that binds less tightly is put in brackets.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(10)
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER, "neg": _SIGN}
_LOGIC = {"or": _OR, "and": _AND, "not": _NOT}


def format_expression(
    expression: Expression, space: tuple[str, ...], time: str | None = None
) -> str:
    """Return the expression as it could be written in a spec, definitions inlined.

    ``space`` and ``time`` are the coordinates' names. A shared definition is written out at
    every use.
    """
    texts: dict[int, tuple[str, int]] = {}
    for node in post_order(expression):
        operands = [texts[id(child)] for child in children(node)]
        texts[id(node)] = _format_node(node, operands, space, time)
    return texts[id(expression)][0]


def format_number(value: Fraction | float) -> str:
    """Return an exact number as an integer or quotient, another with all its digits."""
    if isinstance(value, float):
        return repr(value)
    if value.denominator == 1:
        return str(value.numerator)
    return (
        repr(float(value))
        if Fraction(repr(float(value))) == value
        else f"{value.numerator}/{value.denominator}"
    )


def _format_node(
    node: Expression, operands: list[tuple[str, int]], space: tuple[str, ...], time: str | None
) -> tuple[str, int]:
    texts = [text for text, _ in operands]
    match node:
        case Constant(value=value):
            text = format_number(value)
            return text, _PRODUCT if "/" in text else _ATOM
        case Pi():
            return "pi", _ATOM
        case Normal():
            return "n", _ATOM
        case DataColumn(data=data, column=column):
            return f"{data}.{column}", _ATOM
        case (
            Coordinate(name=name)
            | Parameter(name=name)
            | UnknownReference(name=name)
            | Bound(name=name)
            | FitReference(name=name)
        ):
            return name, _ATOM
        case ComplexPart(axis=axis):
            return f"{('re', 'im')[axis]}({texts[0]})", _ATOM
        case ComplexOf():
            return f"{_bracket(operands[0], _SUM)} + i*{_bracket(operands[1], _SIGN)}", _SUM
        case Component(axis=axis):
            return f"{_bracket(operands[0], _ATOM)}.{space[axis]}", _ATOM
        case VectorOf():
            return f"({', '.join(texts)})", _ATOM
        case Derivative(coordinates=names):
            return write_derivative(names, texts[0]), _ATOM
        case Comparison(operator=operator):
            return (
                f"{_bracket(operands[0], _SUM)} {operator} {_bracket(operands[1], _SUM)}",
                _COMPARISON,
            )
        case Logic(operator="not"):
            return f"not {_bracket(operands[0], _NOT)}", _NOT
        case Logic(operator=word):
            binding = _LOGIC[word]
            return f" {word} ".join(_bracket(o, binding + 1) for o in operands), binding
        case OnEdge(name=name):
            return f"on {name}", _COMPARISON
        case InRegion(region=region):
            return f"in {region.name}", _COMPARISON
        case Sided(region=region):
            return f"side({texts[0]}, {region.name})", _ATOM
        case Jump():
            return f"jump({texts[0]})", _ATOM
        case Conditional():
            return f"if {texts[0]} then {texts[1]} else {texts[2]}", _CONDITIONAL
        case Aggregate():
            return _format_aggregate(node, texts, time), _ATOM
        case TableValue(table=table):
            return f"interp({table.path})({', '.join(texts)})", _ATOM
        case Elsewhere(moves=moves):
            places = zip(moves, texts[1:], strict=True)
            where = ", ".join(f"{name} = {value}" for (name, _), value in places)
            return f"{_bracket(operands[0], _ATOM)}({where})", _ATOM
        case RangeIntegral(variable=variable):
            operand, low, high = texts
            return f"integral({operand}, {variable.name} = {low} .. {high})", _ATOM
        case Apply(function="identity"):
            return "identity", _ATOM
        case Apply(function="neg"):
            return f"-{_bracket(operands[0], _SIGN)}", _SIGN
        case Apply(function=function) if function in _BINDING:
            return _format_operator(function, operands), _BINDING[function]
        case Apply(function=function):
            return f"{function}({', '.join(texts)})", _ATOM
        case _:
            raise TypeError(f"not a typed expression: {node!r}")


def _format_operator(operator: str, operands: list[tuple[str, int]]) -> str:
    left, right = operands
    binding = _BINDING[operator]
    if operator == "^":
        return f"{_bracket(left, _ATOM)}^{_bracket(right, _SIGN)}"
    sign = f" {operator} " if binding == _SUM else operator
    # `a - (b - c)` and `a/(b/c)` keep their brackets; `a + b + c` needs none.
    inner = binding if operator in "+*" else binding + 1
    return f"{_bracket(left, binding)}{sign}{_bracket(right, inner)}"


def _format_aggregate(node: Aggregate, texts: list[str], time: str | None) -> str:
    inside = [texts[0]]
    rest = texts[1:]
    if node.point is not None:
        point = rest[: len(node.point)]
        rest = rest[len(node.point) :]
        inside.append(point[0] if len(point) == 1 else f"({', '.join(point)})")
    if node.on is not None:
        inside.append(f"on = {node.on.name}")
    if node.region is not None:
        inside.append(f"in = {node.region.name}")
    if node.time is not None:
        inside.append(f"{time} = {rest[0]}")
    return f"{node.kind.value}({', '.join(inside)})"


def _bracket(operand: tuple[str, int], at_least: int) -> str:
    text, binding = operand
    return text if binding >= at_least else f"({text})"
