"""Numbers from typed expressions: values on points, with NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable

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


def _fold_pairs(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    def apply(*values: np.ndarray) -> np.ndarray:
        result = values[0]
        for value in values[1:]:
            result = function(result, value)
        return result

    return apply


_SCALAR_RULES: dict[str, Callable[..., np.ndarray]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "besselj": special_functions.besselj,
    "bessely": special_functions.bessely,
    "erf": special_functions.erf,
    "erfc": special_functions.erfc,
    "heaviside": lambda a: np.heaviside(a, 0.5),
    "min": _fold_pairs(np.minimum),
    "max": _fold_pairs(np.maximum),
}

_COMPARISONS: dict[str, Callable[..., np.ndarray]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def evaluate(
    expression: Expression, points: np.ndarray, coordinates: tuple[str, ...]
) -> np.ndarray:
    """Return the values of an expression on ``points (n, d)``.

    ``coordinates`` names the columns of ``points``. Scalars and predicates give shape ``(n,)``,
    vectors ``(n, m)``. Undefined values are NaN or infinite, without a warning.
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
            values[id(node)] = _evaluate_node(node, operands, columns, points)
    return values[id(expression)]


def _evaluate_node(
    node: Expression, operands: list[np.ndarray], columns: dict[str, np.ndarray], points: np.ndarray
) -> np.ndarray:
    n = points.shape[0]
    match node:
        case Constant(value=value):
            return np.full(n, float(value))
        case Pi():
            return np.full(n, math.pi)
        case Coordinate(name=name) if name in columns:
            return columns[name]
        case VectorOf():
            return np.stack(operands, axis=1)
        case Component(axis=axis):
            return operands[0][:, axis]
        case Comparison(operator=operator):
            return _COMPARISONS[operator](*operands)
        case Logic(operator="not"):
            return np.logical_not(operands[0])
        case Logic(operator=word):
            combine = np.logical_and if word == "and" else np.logical_or
            return combine.reduce(np.stack(operands), axis=0)
        case OnEdge(shape=shape, side=side, tolerance=tolerance):
            on = shape.classify(points[:, : shape.d], tolerance) == 0
            if side is not None:
                on &= np.abs(points[:, side[0]] - side[1]) <= tolerance
            return on
        case InRegion(region=region):
            return region.body.contains(points[:, : region.body.d], IN_REGION)
        case TableValue(table=table):
            return table.evaluate(operands, (0,) * len(operands))
        case Conditional():
            predicate, then, otherwise = operands
            return np.where(_align(predicate, then), then, otherwise)
        case Apply(function=function):
            return _apply(node, function, operands)
        case _:
            raise NotEvaluableError(type(node).__name__)


def _apply(node: Apply, function: str, operands: list[np.ndarray]) -> np.ndarray:
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
            return np.power(operands[0], operands[1])
        case "dot" if ranks == [Rank.VECTOR, Rank.VECTOR]:
            return np.sum(operands[0] * operands[1], axis=1)
        case "norm" if ranks == [Rank.VECTOR]:
            return np.sqrt(np.sum(operands[0] ** 2, axis=1))
        case "cross" if operands[0].shape[1] == 2:
            (a, b) = operands
            return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        case "cross":
            return np.cross(operands[0], operands[1])
        case _ if function in _SCALAR_RULES:
            return _SCALAR_RULES[function](*operands)
        case _:
            raise NotEvaluableError(function)


def _align(values: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return scalars ``(n,)`` as a column where they meet vectors ``(n, m)``."""
    return values[:, None] if values.ndim < other.ndim else values
