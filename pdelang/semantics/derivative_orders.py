"""Which derivatives of which unknowns stand in an expression: found from its structure alone.

Every tensor entry of an expression carries a `Dependence`: the derivatives that occur in it.
Differentiation raises them; a product with a function of the point or of another unknown
keeps the unraised ones as well (the product rule). No cancellation is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from pdelang.semantics.dependence import (
    CONSTANT,
    VARYING,
    ZERO,
    Dependence,
    Occurrence,
    add,
    apply_function,
    differentiate,
    multiply,
    take_elsewhere,
)
from pdelang.semantics.dependence_entries import (
    Entries,
    combine_entries,
    contract_entries,
    cross_entries,
    embed_entries,
    entry_array,
    join_entries,
    map_entries,
    restrict_entries,
    scalar_entry,
    stack_entries,
    sum_entries,
)
from pdelang.semantics.expression import (
    Aggregate,
    Apply,
    Bound,
    Comparison,
    ComplexOf,
    ComplexPart,
    ComplexReference,
    Component,
    Conditional,
    Constant,
    Coordinate,
    DataColumn,
    Derivative,
    Elsewhere,
    Expression,
    FitReference,
    Jump,
    Logic,
    Normal,
    Parameter,
    Pi,
    RangeIntegral,
    Rank,
    Sided,
    TableValue,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.metric import Metric
from pdelang.semantics.traversal import children, post_order


@dataclass(slots=True)
class OrderFinder:
    """Finds the dependence of every entry of expressions, each node once.

    ``normal_axis`` is the coordinate across the part where the expressions stand: there ``n``
    has one entry only. None: anywhere else. In curvilinear coordinates vectors and tensors have
    entries along the suppressed directions too.
    """

    coordinates: tuple[str, ...]
    space: tuple[str, ...]
    components: dict[str, tuple[str, ...]]
    normal_axis: int | None = None
    metric: Metric | None = None
    _found: dict[int, tuple[Expression, Entries]] = field(default_factory=dict)

    def find_entries(self, expression: Expression) -> Entries:
        """Return the dependences as an object array of shape ``(d,) * rank``.

        A complex value has one more index in front: its real and its imaginary part.
        """
        if isinstance(expression, ComplexOf):
            parts = (expression.re, expression.im)
            return stack_entries([self.find_entries(part) for part in parts])
        for node in post_order(expression, into_aggregates=False):
            if id(node) not in self._found:
                self._found[id(node)] = (node, self._find_node(node))
        entries = self._found[id(expression)][1]
        return restrict_entries(entries, self._directions) if self._is_curved else entries

    @property
    def _is_curved(self) -> bool:
        return self.metric is not None and not self.metric.is_cartesian

    @property
    def _directions(self) -> tuple[int | None, ...]:
        return tuple(range(len(self.space))) if self.metric is None else self.metric.directions

    def _embed(self, entries: Entries) -> Entries:
        return embed_entries(entries, self._directions) if self._is_curved else entries

    def find_equation(self, left: Expression, right: Expression) -> tuple[Dependence, ...]:
        """Return the dependence of every component equation of ``left = right``."""
        pairs = zip(self.find_entries(left).flat, self.find_entries(right).flat, strict=True)
        return tuple(add(a, b) for a, b in pairs)

    def _find_node(self, node: Expression) -> Entries:
        if isinstance(node, Aggregate):
            return scalar_entry(CONSTANT)
        operands = [self._found[id(child)][1] for child in children(node)]
        match node:
            case Constant(value=value):
                return scalar_entry(ZERO if value == 0 else CONSTANT)
            case Pi() | Parameter():
                return scalar_entry(CONSTANT)
            case FitReference(coordinates=own):
                return scalar_entry(VARYING if own else CONSTANT)
            case Coordinate(name=name):
                # A varied parameter is no coordinate: nothing is differentiated by it.
                return scalar_entry(VARYING if name in self.coordinates else CONSTANT)
            case Bound() | TableValue() | DataColumn():
                return scalar_entry(VARYING)
            case Elsewhere() | RangeIntegral():
                return map_entries(take_elsewhere, operands[0])
            case UnknownReference(name=name):
                zero = (0,) * len(self.coordinates)
                entries = [
                    Dependence(frozenset({Occurrence(component, zero)}))
                    for component in self.components[name]
                ]
                if isinstance(node, ComplexReference):
                    return entry_array(entries)
                if node.rank is Rank.SCALAR:
                    return scalar_entry(entries[0])
                return self._embed(entry_array(entries))
            case Normal():
                return self._normal()
            case Sided() | Jump():
                return operands[0]
            case ComplexPart(axis=axis):
                return scalar_entry(operands[0][axis])
            case Component(axis=axis):
                return scalar_entry(operands[0][self._directions.index(axis)])
            case VectorOf():
                return self._embed(entry_array([operand[()] for operand in operands]))
            case Derivative(coordinates=names):
                result = operands[0]
                for name in names:
                    result = self._derive(result, self.coordinates.index(name))
                return result
            case Comparison() | Logic():
                return scalar_entry(apply_function(*(o[()] for o in operands)))
            case Conditional():
                return join_entries(operands[0][()], operands[1], operands[2])
            case Apply(function=function):
                return self._apply(function, operands)
            case _:
                raise TypeError(f"not a typed expression: {node!r}")

    def _normal(self) -> Entries:
        if self.normal_axis is None:
            # It may turn from point to point, so that its derivatives are not zero.
            return self._embed(entry_array([VARYING for _ in self.space]))
        across = [i == self.normal_axis for i in range(len(self.space))]
        return self._embed(entry_array([CONSTANT if i else ZERO for i in across]))

    def _derive(self, entries: Entries, axis: int) -> Entries:
        return map_entries(lambda entry: differentiate(entry, axis), entries)

    def _gradient(self, entries: Entries) -> Entries:
        """grad(e)_i… = ∂_i e_…"""
        return stack_entries([self._along(a, entries) for a in range(len(self._directions))])

    def _along(self, direction: int, entries: Entries) -> Entries:
        """Return the derivative along a direction, with what the turning of the unit vectors adds."""
        axis = self._directions[direction]
        if axis is None:
            result = map_entries(lambda entry: ZERO, entries)
        else:
            result = self._derive(entries, axis)
        if not self._is_curved or not entries.ndim:
            return result
        assert self.metric is not None
        for a, b, c in sorted(self.metric.turning):
            if a != direction:
                continue
            for place in range(entries.ndim):
                for index in np.ndindex(entries.shape):
                    if index[place] == c:
                        source = entries[(*index[:place], b, *index[place + 1 :])]
                        # Divided by r: a further derivative leaves a trace of it.
                        result[index] = add(result[index], multiply(source, VARYING))
        return result

    def _divergence(self, a: Entries) -> Entries:
        """div(A)_j = ∇_i A_ij"""
        return sum_entries(
            [_entry(self._along(i, a)[i]) for i in range(len(self._directions))]
            if self._is_curved
            else [self._derive(_entry(a[i]), i) for i in range(len(self.space))]
        )

    def _apply(self, function: str, operands: list[Entries]) -> Entries:
        a = operands[0] if operands else scalar_entry(ZERO)
        d = len(self._directions)
        match function:
            case "+" | "-":
                return combine_entries(add, a, operands[1])
            case "neg":
                return a
            case "*":
                b = operands[1]
                if a.ndim:
                    return map_entries(lambda entry: multiply(entry, b[()]), a)
                return map_entries(lambda entry: multiply(a[()], entry), b)
            case "/":
                b = operands[1][()]
                # 1/b is constant where b is, and a function of what b depends on elsewhere.
                inverse = CONSTANT if b == CONSTANT else apply_function(b)
                return map_entries(lambda entry: multiply(entry, inverse), a)
            case "grad":
                return self._gradient(a)
            case "div":
                return self._divergence(a)
            case "lap":
                return self._divergence(self._gradient(a))
            case "curl":
                return self._curl(a)
            case "dot":
                return contract_entries(a, operands[1])
            case "cross":
                return self._out_of_plane(cross_entries(a, operands[1]))
            case "outer":
                return stack_entries(
                    [map_entries(lambda entry, x=x: multiply(x, entry), operands[1]) for x in a]
                )
            case "transpose":
                return a.T
            case "tr":
                return scalar_entry(reduce(add, [a[i, i] for i in range(d)]))
            case "sym":
                return combine_entries(add, a, a.T)
            case "norm":
                return scalar_entry(apply_function(*a.flat))
            case "identity":
                return stack_entries(
                    [
                        entry_array([CONSTANT if i == j else ZERO for j in range(d)])
                        for i in range(d)
                    ]
                )
            case "adv":
                return contract_entries(a, self._gradient(operands[1]))
            case "dn":
                return contract_entries(self._normal(), self._gradient(a))
            case "tangential":
                if self.normal_axis is None:
                    # One combination of the components is no equation: that along the normal.
                    return entry_array([*a[:-1], ZERO])
                across = self._directions.index(self.normal_axis)
                return entry_array([ZERO if i == across else a[i] for i in range(d)])
            case _:
                # Every other function is a nonlinear one of scalars; of constants it is constant.
                entries = [operand[()] for operand in operands]
                if all(not e.occurrences and not e.varies for e in entries):
                    return scalar_entry(CONSTANT)
                return scalar_entry(apply_function(*entries))

    def _curl(self, a: Entries) -> Entries:
        is_scalar = a.ndim == 0
        if is_scalar and len(self._directions) == 2:
            return stack_entries([self._along(1, a), self._along(0, a)])
        if is_scalar:
            # The component along the suppressed direction of a vector.
            suppressed = self._directions.index(None)
            a = entry_array([a[()] if i == suppressed else ZERO for i in range(3)])
        slopes = self._gradient(a)
        if len(self._directions) == 2:
            return scalar_entry(add(slopes[0, 1], slopes[1, 0]))
        pairs = ((1, 2), (2, 0), (0, 1))
        turned = entry_array([add(slopes[j, k], slopes[k, j]) for j, k in pairs])
        return turned if is_scalar else self._out_of_plane(turned)

    def _out_of_plane(self, entries: Entries) -> Entries:
        """Return the entry along the direction that a plane does not have."""
        if len(self.space) != 2 or not entries.ndim:
            return entries
        return scalar_entry(entries[self._directions.index(None)])


def _entry(value: Entries | Dependence) -> Entries:
    return scalar_entry(value) if isinstance(value, Dependence) else value
