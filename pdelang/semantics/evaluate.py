"""Numbers from typed expressions: values on points, with NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from pdelang import special_functions
from pdelang.semantics.expression import (
    Apply,
    Comparison,
    Component,
    Conditional,
    Constant,
    Coordinate,
    Expression,
    InRegion,
    Logic,
    OnEdge,
    Parameter,
    Pi,
    Rank,
    TableValue,
    VectorOf,
)
from pdelang.semantics.traversal import children, post_order

IN_REGION = 1e-9
"""A point this near to a region, relative to the region's diagonal, counts as one of it."""


class NotEvaluableError(Exception):
    """An expression that depends on an unknown, a derivative or the normal."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """A library of arrays: a ``module`` with NumPy's names, and special functions by theirs of the language.

    One that is not NumPy itself is not asked for what only NumPy knows of shapes.
    """

    module: Any
    special: Mapping[str, Callable[..., Any]]


NUMPY = Arrays(
    np,
    {
        "besselj": special_functions.besselj,
        "bessely": special_functions.bessely,
        "erf": special_functions.erf,
        "erfc": special_functions.erfc,
    },
)

# Functions by their names in a library of arrays.
_SCALAR_RULES = {
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "abs": "abs",
    "sign": "sign",
    "min": "minimum",
    "max": "maximum",
}
_FOLDED = ("min", "max")

_COMPARISONS = {
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
}


def evaluate(
    expression: Expression,
    points: np.ndarray,
    coordinates: tuple[str, ...],
    arrays: Arrays = NUMPY,
) -> np.ndarray:
    """Return the values of an expression on ``points (n, d)``.

    ``coordinates`` names the columns of ``points``. Scalars and predicates give shape ``(n,)``,
    vectors ``(n, m)``; they are arrays of the library ``arrays``, as the points are. Undefined values are NaN or infinite, without a warning.
    Raises `NotEvaluableError` for unknowns, derivatives, normals and global quantities.
    """
    values: dict[int, np.ndarray] = {}
    columns = {name: points[:, axis] for axis, name in enumerate(coordinates)}
    with np.errstate(all="ignore"):
        for node in post_order(expression, into_parameters=True):
            if isinstance(node, Parameter):
                values[id(node)] = values[id(node.definition)]
                continue
            operands = [values[id(child)] for child in children(node)]
            values[id(node)] = _evaluate_node(node, operands, columns, points, arrays)
    return values[id(expression)]


def _evaluate_node(
    node: Expression,
    operands: list[np.ndarray],
    columns: dict[str, np.ndarray],
    points: np.ndarray,
    arrays: Arrays,
) -> np.ndarray:
    n, xp = points.shape[0], arrays.module
    match node:
        case Constant(value=value):
            return xp.full(n, float(value))
        case Pi():
            return xp.full(n, math.pi)
        case Coordinate(name=name) if name in columns:
            return columns[name]
        case VectorOf():
            return xp.stack(operands, axis=1)
        case Component(axis=axis):
            return operands[0][:, axis]
        case Comparison(operator=operator):
            return getattr(xp, _COMPARISONS[operator])(*operands)
        case Logic(operator="not"):
            return xp.logical_not(operands[0])
        case Logic(operator=word):
            combine = xp.logical_and if word == "and" else xp.logical_or
            return reduce(combine, operands)
        case OnEdge() | InRegion() if arrays is not NUMPY:
            raise NotEvaluableError(type(node).__name__)
        case OnEdge(shape=shape, side=side, tolerance=tolerance):
            on = shape.classify(points[:, : shape.d], tolerance) == 0
            if side is not None:
                on &= np.abs(points[:, side[0]] - side[1]) <= tolerance
            return on
        case InRegion(region=region, motion=motion):
            place = points[:, : region.body.d]
            place = place if motion is None else motion.apply(place)
            return region.body.contains(place, IN_REGION)
        case TableValue(table=table):
            return table.evaluate(operands, (0,) * len(operands), xp)
        case Conditional():
            predicate, then, otherwise = operands
            return xp.where(_align(predicate, then), then, otherwise)
        case Apply(function=function):
            return _apply(node, function, operands, arrays)
        case _:
            raise NotEvaluableError(type(node).__name__)


def _apply(node: Apply, function: str, operands: list[np.ndarray], arrays: Arrays) -> np.ndarray:
    xp = arrays.module
    ranks = [argument.rank for argument in node.arguments]
    match function:
        case "+":
            return operands[0] + operands[1]
        case "-":
            return operands[0] - operands[1]
        case "neg":
            return -operands[0]
        case "*" if Rank.TENSOR not in ranks:
            a, b = operands
            return _align(a, b) * _align(b, a)
        case "/" if Rank.TENSOR not in ranks:
            return operands[0] / _align(operands[1], operands[0])
        case "^":
            return xp.power(operands[0], operands[1])
        case "dot" if ranks == [Rank.VECTOR, Rank.VECTOR]:
            return xp.sum(operands[0] * operands[1], axis=1)
        case "norm" if ranks == [Rank.VECTOR]:
            return xp.sqrt(xp.sum(operands[0] ** 2, axis=1))
        case "cross" if operands[0].shape[1] == 2:
            (a, b) = operands
            return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        case "cross":
            return xp.cross(operands[0], operands[1])
        case "heaviside":
            return xp.heaviside(operands[0], 0.5)
        case _ if function in _FOLDED:
            return reduce(getattr(xp, _SCALAR_RULES[function]), operands)
        case _ if function in _SCALAR_RULES:
            return getattr(xp, _SCALAR_RULES[function])(*operands)
        case _ if function in arrays.special:
            return arrays.special[function](*operands)
        case _:
            raise NotEvaluableError(function)


def _align(values: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return scalars ``(n,)`` as a column where they meet vectors ``(n, m)``."""
    return values[:, None] if values.ndim < other.ndim else values
