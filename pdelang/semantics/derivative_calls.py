"""Derivatives as they are called: ``dxx(u)``, ``d(u, x, 3)``; and the time where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdelang.diagnostics.span import Span
from pdelang.semantics.arguments import check_arguments
from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_words import HIGHEST_ORDER
from pdelang.semantics.expression import Aggregate, ComplexOf, Derivative, Expression
from pdelang.semantics.places import Place, Trait, find_traits
from pdelang.semantics.scope import Scope
from pdelang.semantics.traversal import contains
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver

_VARIES = frozenset({Trait.SPACE, Trait.UNKNOWN, Trait.FIT, Trait.NONLOCAL, Trait.NORMAL})

TIME_WORD = "t"
"""What the time is called where a spec has none and yet speaks of it."""


def resolve_general_derivative(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``d(u, x, y)`` and ``d(u, x, 3)``."""
    if not check_arguments(resolver, call, 2, 2 * HIGHEST_ORDER + 1):
        return None
    coordinates: list[str] = []
    known = True
    for argument in call.arguments[1:]:
        match argument.value:
            case tree.Name(name=name) if name in resolver.scope.coordinates:
                coordinates.append(name)
            case tree.Number(text=text) if coordinates and text.isdecimal():
                times = int(text) if len(text) < 6 else HIGHEST_ORDER + 1
                if times < 1 or times > HIGHEST_ORDER:
                    _report_order(resolver, argument.span)
                    known = False
                else:
                    coordinates.extend([coordinates[-1]] * (times - 1))
            case tree.Name(name=name) if name in resolver.scope.faulty:
                known = False
            case tree.Name(name=name) if is_steady_time(name, resolver.scope):
                report_steady(resolver, argument.span)
                known = False
            case other:
                resolver.faults.add(
                    "E105",
                    f"`d` differentiates by coordinates, and `{clip(other.span.text)}` is none",
                    other.span,
                    "not a coordinate",
                    help=resolver.scope.suggest(clip(other.span.text), resolver.scope.coordinates)
                    or f"the coordinates are {', '.join(resolver.scope.coordinates)}",
                )
                known = False
    operand = yield Ask(call.arguments[0].value, place, environment)
    if not known:
        return None
    return differentiate(resolver, call.span, operand, tuple(sorted(coordinates)))


def differentiate(
    resolver: Resolver, span: Span, operand: Expression | None, coordinates: tuple[str, ...]
) -> Expression | None:
    """Return the derivative by coordinates in sorted order; report E020, E107."""
    if len(coordinates) > HIGHEST_ORDER:
        _report_order(resolver, span)
        return None
    if operand is None:
        return None
    if contains(operand, Aggregate, into_aggregates=False):
        # Along space it is a constant factor; with the time it changes in a way of its own.
        if resolver.scope.time in coordinates:
            resolver.faults.add(
                "E107",
                "what holds a global quantity is not differentiated by the time",
                span,
                "a derivative of a number",
                help="the derivative of `mean(u)` is `mean(dt(u))`; differentiate products factor by factor",
            )
            return None
        if not _VARIES & set(find_traits(operand, resolver.scope.time)):
            resolver.faults.add(
                "E107", "a global quantity is one number and has no derivative", span, "always zero"
            )
            return None
    slope: Expression = Derivative(span, operand.rank, operand, coordinates)
    if resolver.units is None:
        return resolver.ranks.complete(slope)
    if isinstance(operand, ComplexOf):
        # Each part has the slope of a real field.
        whole = resolver.ranks.complete(slope)
        return whole if whole is None else resolver.units.physical_slope(whole)
    return resolver.ranks.complete(resolver.units.physical_slope(slope))


def _report_order(resolver: Resolver, span: Span) -> None:
    resolver.faults.add(
        "E020",
        f"the order of a derivative lies between 1 and {HIGHEST_ORDER}",
        span,
        "not a usable order",
    )


def is_steady_time(name: str, scope: Scope) -> bool:
    """Say whether ``name`` must mean the time, in a problem that has none."""
    return name == TIME_WORD and scope.time is None and name not in scope.names


def report_steady(resolver: Resolver, span: Span) -> None:
    """Note a place that speaks of the time in a steady problem: all make one E212."""
    resolver.scope.timeless.append(span)
