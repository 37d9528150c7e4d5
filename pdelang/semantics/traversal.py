"""Walks over typed expressions: every node once, children first, without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from pdelang.semantics.expression import (
    Aggregate,
    Apply,
    Bound,
    Comparison,
    ComplexOf,
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


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the operands of a node; a parameter's definition is not one of them."""
    match node:
        case (
            Constant()
            | Pi()
            | Coordinate()
            | Parameter()
            | UnknownReference()
            | Normal()
            | OnEdge()
            | InRegion()
            | Bound()
            | FitReference()
            | DataColumn()
        ):
            return ()
        case (
            Component(operand=operand)
            | Derivative(operand=operand)
            | Sided(operand=operand)
            | Jump(operand=operand)
        ):
            return (operand,)
        case ComplexOf(re=re, im=im):
            return (re, im)
        case VectorOf(items=items):
            return items
        case Apply(arguments=arguments) | TableValue(arguments=arguments):
            return arguments
        case Comparison(left=left, right=right):
            return (left, right)
        case Logic(operands=operands):
            return operands
        case Conditional(predicate=predicate, then=then, otherwise=otherwise):
            return (predicate, then, otherwise)
        case Aggregate(operand=operand, point=point, time=time):
            return (operand, *(point or ()), *((time,) if time else ()))
        case Elsewhere(operand=operand, moves=moves):
            return (operand, *(value for _, value in moves))
        case RangeIntegral(operand=operand, low=low, high=high):
            return (operand, low, high)
        case _:
            raise TypeError(f"not a typed expression: {node!r}")


def post_order(
    *roots: Expression, into_aggregates: bool = True, into_parameters: bool = False
) -> Iterator[Expression]:
    """Yield every node below ``roots`` once, operands before what is made of them.

    With ``into_aggregates=False`` an ``integral(…)`` is a leaf: what stands inside it is not
    taken at the point where the expression stands. With ``into_parameters=True`` the definition
    of a parameter comes before it.
    """
    seen: set[int] = set()
    stack: list[tuple[Expression, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            yield node
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.append((node, True))
        if into_aggregates or not isinstance(node, Aggregate):
            stack.extend((child, False) for child in reversed(children(node)))
        if into_parameters and isinstance(node, Parameter):
            stack.append((node.definition, False))


def contains(
    root: Expression,
    kinds: type | tuple[type, ...],
    into_aggregates: bool = True,
    into_parameters: bool = False,
) -> bool:
    """Say whether a node of one of ``kinds`` stands in the expression."""
    nodes = post_order(root, into_aggregates=into_aggregates, into_parameters=into_parameters)
    return any(isinstance(node, kinds) for node in nodes)
