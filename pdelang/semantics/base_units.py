"""Expressions in declared units brought to base units and back: ``factor · value + offset``."""

from __future__ import annotations

from fractions import Fraction

from pdelang.diagnostics.span import Span
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.expression import (
    Apply,
    ComplexOf,
    Constant,
    Coordinate,
    Expression,
    Rank,
)


def convert_number(value: float, conversion: Conversion) -> float:
    """Return a number in base units as one in the declared unit."""
    return (value - float(conversion.offset)) / float(conversion.factor)


def make_constant(span: Span, value: Fraction | float) -> Constant:
    """Return a number as an expression."""
    return Constant(span, Rank.SCALAR, Fraction(value) if isinstance(value, int) else value)


def multiply(node: Expression, factor: Fraction | float) -> Expression:
    """Return a multiple of an expression."""
    if isinstance(node, ComplexOf):
        return ComplexOf(node.span, node.rank, multiply(node.re, factor), multiply(node.im, factor))
    return Apply(node.span, node.rank, "*", (node, make_constant(node.span, factor)))


def to_base_units(node: Expression, conversion: Conversion) -> Expression:
    """Return ``factor · node + offset``: a name in its declared unit, in base units."""
    if conversion.factor != 1:
        node = multiply(node, conversion.factor)
    if conversion.offset and isinstance(node, ComplexOf):
        shift = Conversion(offset=conversion.offset)
        return ComplexOf(node.span, node.rank, to_base_units(node.re, shift), node.im)
    if conversion.offset:
        node = Apply(node.span, node.rank, "+", (node, make_constant(node.span, conversion.offset)))
    return node


def to_declared_unit(node: Expression, conversion: Conversion) -> Expression:
    """Return ``(node − offset)/factor``: a value in base units, in the declared unit."""
    if conversion.offset:
        node = Apply(node.span, node.rank, "-", (node, make_constant(node.span, conversion.offset)))
    if conversion.factor != 1:
        node = Apply(node.span, node.rank, "/", (node, make_constant(node.span, conversion.factor)))
    return node


def strip_conversion(node: Expression) -> Expression:
    """Return a coordinate in its declared unit from the same in base units."""
    match node:
        case Apply(function="*", arguments=(Coordinate() as coordinate, Constant())):
            return coordinate
        case _:
            return node
