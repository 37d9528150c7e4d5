"""Kinks and jumps that are differentiated (W240).

Derivatives are taken almost everywhere: that of a step is 0, and what a kink adds to a second
derivative is lost. So a kink under two derivatives, or a jump under one, changes the problem.
"""

from __future__ import annotations

from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.semantics.constants import clip
from pdelang.semantics.expression import (
    Apply,
    Conditional,
    Coordinate,
    Derivative,
    Expression,
    FitReference,
    UnknownReference,
)
from pdelang.semantics.problem import Problem
from pdelang.semantics.traversal import children, contains, post_order

_SLOPES = {"grad": 1, "div": 1, "curl": 1, "dn": 1, "lap": 2}
_KINKS = frozenset({"abs", "min", "max"})
_JUMPS = frozenset({"sign", "heaviside"})
_VARYING = (Coordinate, UnknownReference, FitReference)


def warn_kinks(problem: Problem) -> tuple[Diagnostic, ...]:
    """Return W240 for every kink under two derivatives and every jump under one, each once."""
    found: dict[tuple[int, int], Diagnostic] = {}
    for statement in (*problem.equations, *problem.boundary_conditions):
        for side in (statement.left, statement.right):
            for node, orders, outer in _list_rough(side):
                key = (node.span.start, node.span.end)
                found.setdefault(key, _report(node, orders, outer))
    return tuple(found.values())


def _list_rough(root: Expression) -> list[tuple[Expression, int, Expression]]:
    """Return every kink or jump with the derivatives over it, and the outermost of them."""
    orders: dict[int, tuple[int, Expression | None]] = {id(root): (0, None)}
    found = []
    # Parents come before their operands: each has met every path to it.
    for node in reversed(list(post_order(root, into_aggregates=False))):
        above, outer = orders.get(id(node), (0, None))
        if outer is not None and above >= _needed(node):
            found.append((node, above, outer))
        for place, child in enumerate(children(node)):
            own = _raises(node, place)
            reached = (above + own, outer if outer is not None or not own else node)
            if reached[0] > orders.get(id(child), (-1, None))[0]:
                orders[id(child)] = reached
    return found


def _raises(node: Expression, place: int) -> int:
    """Return how many derivatives a node takes of an operand."""
    match node:
        case Derivative(coordinates=coordinates):
            return len(coordinates)
        case Apply(function="adv"):
            return place
        case Apply(function=function):
            return _SLOPES.get(function, 0)
        case _:
            return 0


def _needed(node: Expression) -> int:
    """Return from how many derivatives on a node is too rough; never for a smooth one."""
    smooth = 1 << 30
    match node:
        case Apply(function=function) if function in _KINKS | _JUMPS:
            if not contains(node, _VARYING):
                return smooth
            return 1 if function in _JUMPS else 2
        case Conditional(predicate=predicate, then=then, otherwise=otherwise):
            if not contains(predicate, _VARYING):
                return smooth
            # Two constants jump; two formulas may agree where they meet.
            is_step = not contains(then, _VARYING) and not contains(otherwise, _VARYING)
            return 1 if is_step else 2
        case _:
            return smooth


def _report(node: Expression, orders: int, outer: Expression) -> Diagnostic:
    is_jump = _needed(node) == 1
    what = "jumps" if is_jump else "has a kink"
    return Diagnostic(
        "W240",
        f"`{clip(node.span.text)}` {what} and is differentiated "
        + ("once" if orders == 1 else "twice" if orders == 2 else f"{orders} times"),
        node.span,
        label="not smooth",
        related=() if outer.span == node.span else (Related(outer.span, "differentiated here"),),
        notes=("derivatives are taken where they exist: what the "
               + ("jump" if is_jump else "kink") + " adds to them is lost",),
        help="smooth it, for example with `tanh(x/width)` or `sqrt(u^2 + width^2)`",
    )  # fmt: skip
