"""Derivatives of the normal on curved parts: the curvature, which is not built (E190)."""

from __future__ import annotations

from pdelang.semantics.expression import Apply, Derivative, Expression, Normal
from pdelang.semantics.faults import Faults
from pdelang.semantics.traversal import contains, post_order

_SLOPES = frozenset({"grad", "div", "curl", "lap", "dn"})


def refuse_slopes_of_normals(*sides: Expression, faults: Faults) -> bool:
    """Report the first derivative of an expression with `n`; return whether there is one.

    Points of a curved part carry the normal as a vector of their own, so `dx(n.x)` would come out
    as 0; on flat parts it is 0.
    """
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
                faults.add(
                    "E190",
                    "a derivative of the normal on a curved part is not supported yet",
                    node.span,
                    "differentiates `n`",
                    help="take the normal out of the derivative: `dot(grad(w), n)`, or write the "
                    "curvature as a formula",
                )
                return True
    return False
