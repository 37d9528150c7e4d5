"""Walks over typed expressions: every node once, children first, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache

from pdelang.semantics.expression import Aggregate, Expression, Parameter, Typed

# What holds an expression without being an operand: a definition, and the variable of an integral.
_NO_OPERANDS = {"definition", "variable"}


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the operands of a node in the order of its fields; a parameter's definition is none."""
    found: list[Expression] = []
    for name in _list_operand_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, tuple):
            # Operands alone, or each with the name of what it replaces.
            found += [item[1] if isinstance(item, tuple) else item for item in value]
        elif value is not None:
            found.append(value)
    return tuple(found)


@cache
def _list_operand_fields(kind: type) -> tuple[str, ...]:
    if not issubclass(kind, Typed):
        raise TypeError(f"not a typed expression: {kind.__name__}")
    return tuple(
        field.name
        for field in fields(kind)
        if "Expression" in str(field.type) and field.name not in _NO_OPERANDS
    )


def post_order(
    *roots: Expression,
    into_aggregates: bool = True,
    into_parameters: bool = False,
    is_leaf: Callable[[Expression], bool] | None = None,
) -> Iterator[Expression]:
    """Yield every node below ``roots`` once, operands before what is made of them.

    With ``into_aggregates=False`` an ``integral(…)`` is a leaf: what stands inside it is not
    taken at the point where the expression stands. With ``into_parameters=True`` the definition
    of a parameter comes before it. What stands below a node that ``is_leaf`` is not visited.
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
        if is_leaf is not None and is_leaf(node):
            continue
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
