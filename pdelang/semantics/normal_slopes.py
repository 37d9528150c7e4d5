"""Derivatives of expressions with the normal in them: on curved parts they are not those of a constant."""

from __future__ import annotations

from pdelang.semantics.expression import Apply, Derivative, Expression, Normal
from pdelang.semantics.traversal import contains, post_order

_SLOPES = frozenset({"grad", "div", "curl", "lap", "dn"})


def differentiates_normal(*sides: Expression) -> bool:
    """Say whether some derivative goes over `n`, or over `dn` or `tangential`, which have it in them."""
    for node in post_order(*sides):
        match node:
            case Derivative(operand=operand):
                operands: tuple[Expression, ...] = (operand,)
            case Apply(function="adv", arguments=(_, operand)):
                operands = (operand,)
            case Apply(function=function, arguments=arguments) if function in _SLOPES:
                operands = arguments
            case _:
                continue
        for operand in operands:
            # dn(u) and tangential(w) have the normal in them without being it.
            hidden = any(
                isinstance(n, Apply) and n.function in ("dn", "tangential")
                for n in post_order(operand)
            )
            if hidden or contains(operand, Normal):
                return True
    return False
