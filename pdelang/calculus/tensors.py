"""Values of any rank: a scalar, a tuple of scalars (vector) or a tuple of rows (tensor)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sympy

Value = sympy.Expr | tuple["Value", ...]


def flatten(value: Value) -> tuple[sympy.Expr, ...]:
    """Return the scalars of a value, row by row."""
    if isinstance(value, tuple):
        return tuple(e for item in value for e in flatten(item))
    return (value,)


def scalar_of(value: Value) -> sympy.Expr:
    """Return a value that must be a scalar."""
    if isinstance(value, tuple):
        raise TypeError("a scalar is needed here")
    return value


def items_of(value: Value) -> tuple[Value, ...]:
    """Return the entries of a vector or the rows of a tensor."""
    if not isinstance(value, tuple):
        raise TypeError("a vector or tensor is needed here")
    return value


def map_scalars(function: Callable[[sympy.Expr], sympy.Expr], value: Value) -> Value:
    """Apply a function to every scalar of a value."""
    if isinstance(value, tuple):
        return tuple(map_scalars(function, item) for item in value)
    return function(value)


def scaled(factor: sympy.Expr, value: Value) -> Value:
    """Return ``factor`` times a value."""
    return map_scalars(lambda e: factor * e, value)


def zip_scalars(
    function: Callable[[sympy.Expr, sympy.Expr], sympy.Expr], a: Value, b: Value
) -> Value:
    """Apply a function to the scalars of two values of one rank."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(zip_scalars(function, p, q) for p, q in zip(a, b, strict=True))
    return function(scalar_of(a), scalar_of(b))


def total(values: Iterable[Value]) -> Value:
    """Return the sum of one or more values of one rank."""
    result, *rest = values
    for value in rest:
        result = zip_scalars(lambda p, q: p + q, result, value)
    return result


def transposed(a: Value) -> Value:
    """Return a tensor with its indices exchanged."""
    return tuple(zip(*(items_of(row) for row in items_of(a)), strict=True))


def contracted(a: Value, b: Value) -> Value:
    """Contract the last index of ``a`` with the first of ``b``."""
    if isinstance(items_of(a)[0], tuple):
        return tuple(contracted(row, b) for row in items_of(a))
    return total([scaled(scalar_of(p), q) for p, q in zip(items_of(a), items_of(b), strict=True)])


def crossed(a: tuple[Value, ...], b: tuple[Value, ...]) -> Value:
    """Return the cross product, a scalar in two dimensions."""
    p, q = [scalar_of(e) for e in a], [scalar_of(e) for e in b]
    match len(p):
        case 3:
            return (
                p[1] * q[2] - p[2] * q[1],
                p[2] * q[0] - p[0] * q[2],
                p[0] * q[1] - p[1] * q[0],
            )
        case 2:
            return p[0] * q[1] - p[1] * q[0]
        case d:
            raise TypeError(f"no cross product in {d} dimensions")
