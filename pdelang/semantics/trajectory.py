"""Problems in time alone: a space of no coordinates, and what makes no sense there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdelang.geometry.box import Box
from pdelang.semantics.domain import Domain
from pdelang.semantics.faults import Faults
from pdelang.semantics.scope import Scope
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver

SPATIAL_WORDS = frozenset({"grad", "div", "lap", "curl"})
"""Operators that differentiate along space coordinates."""

_SPATIAL = {
    tree.On: "a boundary condition",
    tree.Boundary: "a boundary part",
    tree.Periodic: "a periodic boundary",
    tree.Shape: "a shape",
    tree.AtPoint: "a condition at a point of space",
}


def is_trajectory(spec: tree.Tree) -> bool:
    """Say whether a spec declares a time and no domain: a system of ordinary equations."""
    kinds = {type(statement) for statement in spec.statements}
    return tree.Time in kinds and tree.Domain not in kinds


def point_domain(statement: tree.Time) -> Domain:
    """Return the space of a problem in time alone: the one point of no coordinates, measure 1.

    It bears the time's name, as in ``in t: dt(y) = -y``.
    """
    box = Box((), ())
    return Domain(statement.name.name, (), (), box, statement.name.span, box)


def refuse_space(spec: tree.Tree, scope: Scope, faults: Faults) -> tree.Tree:
    """Report (E107, E110) what needs space where a spec declares none; return the rest."""
    for statement in spec.statements:
        match statement:
            case tree.Unknown(kind=tree.Name(name="vector")):
                faults.add(
                    "E110",
                    "a vector has one component per space coordinate, and this problem has none",
                    statement.kind.span if statement.kind is not None else statement.span,
                    "no space coordinates",
                    help="declare one unknown per component, or a `domain`",
                )
                scope.faulty.update(name.name for name in statement.names)
            case _ if type(statement) in _SPATIAL:
                faults.add(
                    "E107",
                    f"{_SPATIAL[type(statement)]} needs a domain, and this problem has only the time",
                    statement.span,
                    "no space to stand in",
                    help="declare the space: `domain line(x) = interval(0, 1)`",
                )
                if isinstance(statement, tree.Boundary | tree.Shape):
                    scope.faulty.add(statement.name.name)
            case _:
                pass
    kept = tuple(s for s in spec.statements if type(s) not in _SPATIAL)
    return replace(spec, statements=kept)


def report_spaceless(resolver: Resolver, call: tree.Call) -> None:
    """Report (E107) a quantity or a derivative over space where there is none."""
    name = call.function.name
    if name in SPATIAL_WORDS:
        resolver.faults.add(
            "E107",
            f"`{name}` differentiates along space, and this problem has only the time",
            call.span,
            "no space coordinates",
            help=f"write `d{resolver.scope.time}(…)` for the derivative in time",
        )
        return
    resolver.faults.add(
        "E107",
        f"`{name}` goes over the domain, and this problem has only the time",
        call.span,
        "no space to go over",
        help="write `value(…)` for the value at the end, or `value(…, "
        f"{resolver.scope.time} = …)` at a time",
    )
