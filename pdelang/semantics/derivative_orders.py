"""Which derivatives of which unknowns stand in an expression: found from its structure alone.

Every tensor entry of an expression carries a `Dependence`: the derivatives that occur in it.
Differentiation raises them; a product with a function of the point or of another unknown
keeps the unraised ones as well (the product rule). No cancellation is looked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from pdelang.semantics.expression import (
    Aggregate,
    Apply,
    Comparison,
    Component,
    Conditional,
    Constant,
    Coordinate,
    Derivative,
    Expression,
    Logic,
    Normal,
    Parameter,
    Pi,
    Rank,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.traversal import children, post_order

Entries = Any
"""An object array of `Dependence`; NumPy's types do not know what an object array holds."""


class Occurrence(NamedTuple):
    """A derivative of one component; ``orders`` has one entry per coordinate, time last."""

    component: str
    orders: tuple[int, ...]

    def raised(self, axis: int) -> Occurrence:
        orders = list(self.orders)
        orders[axis] += 1
        return Occurrence(self.component, tuple(orders))


@dataclass(frozen=True, slots=True)
class Dependence:
    """What one scalar entry depends on.

    ``linear``: derivatives that occur with constant coefficients only, so that a further
    derivative leaves no trace of them; ``other``: all the rest. ``varies``: it depends on the
    coordinates by itself. ``is_zero``: it is identically zero.
    """

    linear: frozenset[Occurrence] = frozenset()
    other: frozenset[Occurrence] = frozenset()
    varies: bool = False
    is_zero: bool = False

    @property
    def occurrences(self) -> frozenset[Occurrence]:
        return self.linear | self.other


CONSTANT = Dependence()
ZERO = Dependence(is_zero=True)
VARYING = Dependence(varies=True)


def add(a: Dependence, b: Dependence) -> Dependence:
    if a.is_zero:
        return b
    if b.is_zero:
        return a
    return Dependence(a.linear | b.linear, a.other | b.other, a.varies or b.varies)


def multiply(a: Dependence, b: Dependence) -> Dependence:
    if a.is_zero or b.is_zero:
        return ZERO
    if a == CONSTANT:
        return b
    if b == CONSTANT:
        return a
    return Dependence(other=a.occurrences | b.occurrences, varies=a.varies or b.varies)


def apply_function(*operands: Dependence) -> Dependence:
    """Return the dependence of a nonlinear function of the operands."""
    occurrences = frozenset().union(*(o.occurrences for o in operands))
    return Dependence(other=occurrences, varies=any(o.varies for o in operands))


def differentiate(a: Dependence, axis: int) -> Dependence:
    linear = frozenset(o.raised(axis) for o in a.linear)
    other = frozenset(o.raised(axis) for o in a.other) | a.other
    if not linear and not other and not a.varies:
        return ZERO
    return Dependence(linear, other, a.varies)


@dataclass(slots=True)
class OrderFinder:
    """Finds the dependence of every entry of expressions, each node once.

    ``normal_axis`` is the coordinate across the part where the expressions stand: there ``n``
    has one entry only. None: anywhere else.
    """

    coordinates: tuple[str, ...]
    space: tuple[str, ...]
    components: dict[str, tuple[str, ...]]
    normal_axis: int | None = None
    _found: dict[int, tuple[Expression, Entries]] = field(default_factory=dict)

    def find_entries(self, expression: Expression) -> Entries:
        """Return the dependences as an object array of shape ``(d,) * rank``."""
        for node in post_order(expression, into_aggregates=False):
            if id(node) not in self._found:
                self._found[id(node)] = (node, self._find_node(node))
        return self._found[id(expression)][1]

    def find_equation(self, left: Expression, right: Expression) -> tuple[Dependence, ...]:
        """Return the dependence of every component equation of ``left = right``."""
        pairs = zip(self.find_entries(left).flat, self.find_entries(right).flat, strict=True)
        return tuple(add(a, b) for a, b in pairs)

    def _find_node(self, node: Expression) -> Entries:
        if isinstance(node, Aggregate):
            return _scalar(CONSTANT)
        operands = [self._found[id(child)][1] for child in children(node)]
        match node:
            case Constant(value=value):
                return _scalar(ZERO if value == 0 else CONSTANT)
            case Pi() | Parameter():
                return _scalar(CONSTANT)
            case Coordinate():
                return _scalar(VARYING)
            case UnknownReference(name=name):
                zero = (0,) * len(self.coordinates)
                entries = [
                    Dependence(frozenset({Occurrence(component, zero)}))
                    for component in self.components[name]
                ]
                return _scalar(entries[0]) if node.rank is Rank.SCALAR else _array(entries)
            case Normal():
                return self._normal()
            case Component(axis=axis):
                return _scalar(operands[0][axis])
            case VectorOf():
                return _array([operand[()] for operand in operands])
            case Derivative(coordinates=names):
                result = operands[0]
                for name in names:
                    result = self._derive(result, self.coordinates.index(name))
                return result
            case Comparison() | Logic():
                return _scalar(apply_function(*(o[()] for o in operands)))
            case Conditional():
                return _join(operands[0][()], operands[1], operands[2])
            case Apply(function=function):
                return self._apply(function, operands)
            case _:
                raise TypeError(f"not a typed expression: {node!r}")

    def _normal(self) -> Entries:
        if self.normal_axis is None:
            return _array([CONSTANT] * len(self.space))
        return _array([CONSTANT if i == self.normal_axis else ZERO for i in range(len(self.space))])

    def _derive(self, entries: Entries, axis: int) -> Entries:
        return _map(lambda entry: differentiate(entry, axis), entries)

    def _gradient(self, entries: Entries) -> Entries:
        """grad(e)_i… = ∂_i e_…"""
        return _stack([self._derive(entries, axis) for axis in range(len(self.space))])

    def _apply(self, function: str, operands: list[Entries]) -> Entries:
        a = operands[0] if operands else _scalar(ZERO)
        d = len(self.space)
        match function:
            case "+" | "-":
                return _combine(add, a, operands[1])
            case "neg":
                return a
            case "*":
                b = operands[1]
                if a.ndim:
                    return _map(lambda entry: multiply(entry, b[()]), a)
                return _map(lambda entry: multiply(a[()], entry), b)
            case "/":
                b = operands[1][()]
                # 1/b is constant where b is, and a function of what b depends on elsewhere.
                inverse = CONSTANT if b == CONSTANT else apply_function(b)
                return _map(lambda entry: multiply(entry, inverse), a)
            case "grad":
                return self._gradient(a)
            case "div":
                # div(A)_j = ∂_i A_ij
                return _sum(
                    [
                        self._derive(a[i], i) if a.ndim > 1 else self._derive(_scalar(a[i]), i)
                        for i in range(d)
                    ]
                )
            case "lap":
                return _sum([self._derive(self._derive(a, i), i) for i in range(d)])
            case "curl":
                return self._curl(a)
            case "dot":
                return _contract(a, operands[1])
            case "cross":
                return _cross(a, operands[1])
            case "outer":
                return _stack([_map(lambda entry, x=x: multiply(x, entry), operands[1]) for x in a])
            case "transpose":
                return a.T
            case "tr":
                return _scalar(reduce(add, [a[i, i] for i in range(d)]))
            case "sym":
                return _combine(add, a, a.T)
            case "norm":
                return _scalar(apply_function(*a.flat))
            case "identity":
                return _stack(
                    [_array([CONSTANT if i == j else ZERO for j in range(d)]) for i in range(d)]
                )
            case "adv":
                return _contract(a, self._gradient(operands[1]))
            case "dn":
                return _contract(self._normal(), self._gradient(a))
            case "tangential":
                if self.normal_axis is None:
                    return a
                return _array([ZERO if i == self.normal_axis else a[i] for i in range(d)])
            case _:
                # Every other function is a nonlinear one of scalars; of constants it is constant.
                entries = [operand[()] for operand in operands]
                if all(not e.occurrences and not e.varies for e in entries):
                    return _scalar(CONSTANT)
                return _scalar(apply_function(*entries))

    def _curl(self, a: Entries) -> Entries:
        if a.ndim == 0:
            return _stack([self._derive(a, 1), self._derive(a, 0)])
        if len(self.space) == 2:
            return _scalar(add(differentiate(a[1], 0), differentiate(a[0], 1)))
        pairs = ((1, 2), (2, 0), (0, 1))
        return _array([add(differentiate(a[k], j), differentiate(a[j], k)) for j, k in pairs])


# Object arrays are built entry by entry: NumPy would unpack anything that looks like a sequence.


def _scalar(entry: Dependence) -> Entries:
    array = np.empty((), dtype=object)
    array[()] = entry
    return array


def _array(entries: list[Dependence]) -> Entries:
    array = np.empty(len(entries), dtype=object)
    for index, entry in enumerate(entries):
        array[index] = entry
    return array


def _stack(rows: list[Entries]) -> Entries:
    array = np.empty((len(rows), *rows[0].shape), dtype=object)
    for index, row in enumerate(rows):
        array[index] = row[()] if row.ndim == 0 else row
    return array


def _map(function: Callable[[Dependence], Dependence], entries: Entries) -> Entries:
    array = np.empty(entries.shape, dtype=object)
    for index in np.ndindex(entries.shape):
        array[index] = function(entries[index])
    return array


def _combine(
    function: Callable[[Dependence, Dependence], Dependence], a: Entries, b: Entries
) -> Entries:
    array = np.empty(a.shape, dtype=object)
    for index in np.ndindex(a.shape):
        array[index] = function(a[index], b[index])
    return array


def _sum(terms: list[Entries]) -> Entries:
    return reduce(lambda a, b: _combine(add, a, b), terms)


def _contract(a: Entries, b: Entries) -> Entries:
    """Contract the last index of ``a`` with the first of ``b``."""
    left, right = a.reshape(-1, a.shape[-1]), b.reshape(b.shape[0], -1)
    result = np.empty((left.shape[0], right.shape[1]), dtype=object)
    for i, j in np.ndindex(result.shape):
        terms = [multiply(left[i, k], right[k, j]) for k in range(a.shape[-1])]
        result[i, j] = reduce(add, terms)
    return result.reshape(a.shape[:-1] + b.shape[1:])


def _cross(a: Entries, b: Entries) -> Entries:
    def minor(j: int, k: int) -> Dependence:
        return add(multiply(a[j], b[k]), multiply(a[k], b[j]))

    if a.shape[0] == 2:
        return _scalar(minor(0, 1))
    return _array([minor(1, 2), minor(2, 0), minor(0, 1)])


def _join(predicate: Dependence, a: Entries, b: Entries) -> Entries:
    """Return what ``if predicate then a else b`` depends on, entry by entry."""
    if not predicate.occurrences and not predicate.varies:
        return _combine(add, a, b)
    return _combine(lambda x, y: apply_function(predicate, x, y), a, b)
