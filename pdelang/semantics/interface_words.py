"""The words of interfaces: ``side(e, a)`` and ``jump(e)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeGuard

from pdelang.diagnostics.message import Related
from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.boundary import Part
from pdelang.semantics.constants import clip
from pdelang.semantics.expression import Expression, Jump, Sided
from pdelang.semantics.faults import Faults
from pdelang.semantics.orders import count_noun
from pdelang.semantics.places import Place, Trait
from pdelang.semantics.traversal import post_order
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver

_COUNTS = {"side": 2, "jump": 1}
_FORMS = {"side": "side(u, a)", "jump": "jump(u)"}


def is_interface(part: tree.Expression) -> TypeGuard[tree.Call]:
    """Say whether a part is written ``interface(a, b)``."""
    return isinstance(part, tree.Call) and part.function.name == "interface"


def is_interface_declared(resolver: Resolver) -> bool:
    """Say whether some `boundary` statement declares an interface."""
    declared = (d.statement for d in resolver.scope.names.values())
    return any(isinstance(s, tree.Boundary) and is_interface(s.part) for s in declared)


def resolve_interface_word(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``side(e, a)`` or ``jump(e)``; report E101, E105, E107."""
    name = call.function.name
    expected = _COUNTS[name]
    if len(call.arguments) != expected or any(a.name is not None for a in call.arguments):
        resolver.faults.add(
            "E105",
            f"`{name}` takes {count_noun(expected, 'argument')}, and here "
            f"{'is' if len(call.arguments) == 1 else 'are'} {len(call.arguments)}",
            call.span,
            count_noun(len(call.arguments), "argument"),
            help=f"write `{_FORMS[name]}`",
        )
        return None
    if not resolver.allow(Trait.SIDE, call, place):
        return None
    operand = yield Ask(call.arguments[0].value, place, environment)
    if name == "jump":
        if operand is None:
            return None
        return resolver.ranks.complete(Jump(call.span, operand.rank, operand))
    found = resolver.find_region(call.arguments[1].value)
    if operand is None or found is None:
        return None
    if found.region is None:
        resolver.faults.add(
            "E107",
            f"`{clip(call.arguments[1].span.text)}` is the whole domain, and a side is one region",
            call.arguments[1].span,
            "not one of the two regions",
            help="name a region of the interface",
        )
        return None
    return resolver.ranks.complete(Sided(call.span, operand.rank, operand, found.region))


def check_interfaces(
    statement: tree.On, parts: Sequence[Part], sides: Sequence[Expression], faults: Faults
) -> bool:
    """Report (E107) sides of an interface on the edge, and sides that are not those of its regions."""
    outer = [part for part in parts if part.interface is None]
    inner = [part for part in parts if part.interface is not None]
    if not inner:
        return True
    words = [node for node in post_order(*sides) if isinstance(node, Sided | Jump)]
    if outer and words:
        faults.add(
            "E107",
            f"`{outer[0].name}` is a part of the edge, and has no other side as `{inner[0].name}` has",
            words[0].span,
            "has no meaning on the edge",
            related=[Related(part.span, "declared here") for part in (inner[0], outer[0])],
            help="write one `on` statement for each",
        )
        return False
    for node in words:
        if not isinstance(node, Sided):
            continue
        for part in inner:
            assert part.interface is not None
            names = [region.name for region in part.interface]
            if node.region.name not in names:
                faults.add(
                    "E107",
                    f"`{node.region.name}` is no side of `{part.name}`",
                    node.span,
                    "not one of its two regions",
                    related=[Related(part.span, f"between `{names[0]}` and `{names[1]}`")],
                    help=f"write `{names[0]}` or `{names[1]}`",
                )
                return False
    return True
