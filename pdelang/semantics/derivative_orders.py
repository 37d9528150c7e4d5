"""Which derivatives of which unknowns stand in an expression: found from its structure alone.

Every tensor entry of an expression carries a `Dependence`: the derivatives that occur in it.
Differentiation raises them; a product with a function of the point or of another unknown
keeps the unraised ones as well (the product rule). No cancellation is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

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
)
from pdelang.semantics.dependence_entries import (
    Entries,
    combine_entries,
    contract_entries,
    cross_entries,
    entry_array,
    join_entries,
    map_entries,
    scalar_entry,
    stack_entries,
    sum_entries,
)
from pdelang.semantics.expression import (
    Aggregate,
    Apply,
    Comparison,
    Component,
    Conditional,
    Constant,
    Coordinate,
    DataColumn,
    Derivative,
    Expression,
    FitReference,
    Logic,
    Normal,
    Parameter,
    Pi,
    Rank,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.traversal import children, post_order


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
            return scalar_entry(CONSTANT)
        operands = [self._found[id(child)][1] for child in children(node)]
        match node:
            case Constant(value=value):
                return scalar_entry(ZERO if value == 0 else CONSTANT)
            case Pi() | Parameter():
                return scalar_entry(CONSTANT)
            case FitReference(coordinates=own):
                return scalar_entry(VARYING if own else CONSTANT)
            case Coordinate() | DataColumn():
                return scalar_entry(VARYING)
            case UnknownReference(name=name):
                zero = (0,) * len(self.coordinates)
                entries = [
                    Dependence(frozenset({Occurrence(component, zero)}))
                    for component in self.components[name]
                ]
                return (
                    scalar_entry(entries[0]) if node.rank is Rank.SCALAR else entry_array(entries)
                )
            case Normal():
                return self._normal()
            case Component(axis=axis):
                return scalar_entry(operands[0][axis])
            case VectorOf():
                return entry_array([operand[()] for operand in operands])
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
            return entry_array([CONSTANT] * len(self.space))
        return entry_array(
            [CONSTANT if i == self.normal_axis else ZERO for i in range(len(self.space))]
        )

    def _derive(self, entries: Entries, axis: int) -> Entries:
        return map_entries(lambda entry: differentiate(entry, axis), entries)

    def _gradient(self, entries: Entries) -> Entries:
        """grad(e)_i… = ∂_i e_…"""
        return stack_entries([self._derive(entries, axis) for axis in range(len(self.space))])

    def _apply(self, function: str, operands: list[Entries]) -> Entries:
        a = operands[0] if operands else scalar_entry(ZERO)
        d = len(self.space)
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
                # div(A)_j = ∂_i A_ij
                return sum_entries(
                    [
                        self._derive(a[i], i) if a.ndim > 1 else self._derive(scalar_entry(a[i]), i)
                        for i in range(d)
                    ]
                )
            case "lap":
                return sum_entries([self._derive(self._derive(a, i), i) for i in range(d)])
            case "curl":
                return self._curl(a)
            case "dot":
                return contract_entries(a, operands[1])
            case "cross":
                return cross_entries(a, operands[1])
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
                return entry_array([ZERO if i == self.normal_axis else a[i] for i in range(d)])
            case _:
                # Every other function is a nonlinear one of scalars; of constants it is constant.
                entries = [operand[()] for operand in operands]
                if all(not e.occurrences and not e.varies for e in entries):
                    return scalar_entry(CONSTANT)
                return scalar_entry(apply_function(*entries))

    def _curl(self, a: Entries) -> Entries:
        if a.ndim == 0:
            return stack_entries([self._derive(a, 1), self._derive(a, 0)])
        if len(self.space) == 2:
            return scalar_entry(add(differentiate(a[1], 0), differentiate(a[0], 1)))
        pairs = ((1, 2), (2, 0), (0, 1))
        return entry_array([add(differentiate(a[k], j), differentiate(a[j], k)) for j, k in pairs])
