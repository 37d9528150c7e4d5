"""Global quantities: ``integral(e, on = PART, t = …)``, ``mean``, ``max``, ``min``, ``value``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_calls import report_steady
from pdelang.semantics.expression import Aggregate, AggregateKind, Expression, Rank
from pdelang.semantics.orders import count_noun
from pdelang.semantics.places import (
    BOUNDARY_INTEGRAND,
    CONSTANT,
    INTEGRAND,
    INTERFACE_INTEGRAND,
    Place,
    Trait,
)
from pdelang.semantics.trajectory import report_spaceless
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver


def resolve_aggregate(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``integral(e, on = PART, t = …)``, ``mean``, ``max``, ``min``, ``value(e, point)``."""
    name, scope, faults = call.function.name, resolver.scope, resolver.faults
    kind = AggregateKind(name)
    positional = [a for a in call.arguments if a.name is None]
    named = {a.name.name: a for a in call.arguments if a.name is not None}
    if not scope.space and kind is not AggregateKind.VALUE:
        report_spaceless(resolver, call)
        return None
    expected = 2 if kind is AggregateKind.VALUE and scope.space else 1
    if len(positional) != expected:
        form = "value(u, point)" if expected == 2 else f"{name}(u)"
        faults.add(
            "E105",
            f"`{name}` takes {count_noun(expected, 'argument')}, and here {'is' if len(positional) == 1 else 'are'} {len(positional)}",
            call.span,
            f"{count_noun(len(positional), 'argument')}",
            help=f"write `{form}`",
        )
        return None
    allowed = {"t", scope.time} if kind is AggregateKind.VALUE else {"in", "on", "t", scope.time}
    for word, argument in named.items():
        if word not in allowed:
            faults.add(
                "E105",
                f"`{name}` has no argument `{word}`",
                argument.span,
                "not known here",
                help=f"it takes {_list_words(allowed)}",
            )
            return None
    if not resolver.allow(Trait.AGGREGATE, call, place):
        return None
    on = None
    if "on" in named:
        on = resolver.locate(named["on"].value)
        if on is None:
            return None
    region = None
    if "in" in named:
        if on is not None:
            faults.add(
                "E105",
                f"`{name}` goes over a region or over a part of the boundary",
                named["in"].span,
                "both are given",
                help="remove one of them",
            )
            return None
        found = resolver.find_region(named["in"].value)
        if found is None:
            return None
        region = found.region
    time = None
    time_argument = named.get(scope.time or "t")
    if time_argument is not None:
        if scope.time is None:
            report_steady(resolver, time_argument.span)
            return None
        time = yield Ask(time_argument.value, CONSTANT, environment)
        if time is None or not resolver.ranks.require_rank(time, Rank.SCALAR, "a time is a scalar"):
            return None
        if resolver.units is not None:
            time = resolver.units.in_unit_of(scope.time, time)
            if time is None:
                return None
    elif "t" in named:
        faults.add(
            "E105",
            f"the time is called `{scope.time}` here",
            named["t"].span,
            "not the time's name",
            help=f"write `{scope.time} = {clip(named['t'].value.span.text)}`",
        )
        return None
    inside = INTEGRAND
    if on is not None:
        inside = BOUNDARY_INTEGRAND if on.interface is None else INTERFACE_INTEGRAND
    operand = yield Ask(positional[0].value, inside, environment)
    point = None
    if kind is AggregateKind.VALUE:
        items = resolve_point(resolver, positional[1].value) if scope.space else ()
        if items is None:
            return None
        point = items
    if operand is None:
        return None
    if not resolver.ranks.require_rank(
        operand,
        Rank.SCALAR,
        f"`{name}` takes a scalar",
        f"take a component: `{clip(operand.span.text)}.{scope.space[0]}`" if scope.space else None,
    ):
        return None
    return resolver.ranks.complete(
        Aggregate(call.span, Rank.SCALAR, kind, operand, on, region, point, time)
    )


def resolve_point(resolver: Resolver, *items: tree.Expression) -> tuple[Expression, ...] | None:
    """Return a space point's constant coordinates, from a tuple or one expression each."""
    if len(items) == 1 and isinstance(items[0], tree.Tuple):
        items = items[0].items
    space = resolver.scope.space
    if len(items) != len(space):
        resolver.faults.add(
            "E110",
            f"a point has {count_noun(len(space), 'coordinate')} here, and this one has {len(items)}",
            items[0].span.to(items[-1].span),
            count_noun(len(items), "coordinate"),
            notes=[f"the space coordinates are {', '.join(space)}"] if space else [],
        )
        return None
    point = [resolver.resolve(item, CONSTANT) for item in items]
    if resolver.units is not None:
        units = resolver.units
        point = [
            None if item is None else units.in_unit_of(name, item)
            for name, item in zip(space, point, strict=True)
        ]
    if any(item is None for item in point):
        return None
    for item in point:
        assert item is not None
        if not resolver.ranks.require_rank(
            item, Rank.SCALAR, "a coordinate of a point is a scalar"
        ):
            return None
    return tuple(item for item in point if item is not None)


def _list_words(words: set[str | None]) -> str:
    return ", ".join(f"`{word} = …`" for word in sorted(w for w in words if w))
