"""Calls in expressions: functions, derivatives, global quantities, definitions with formals."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_words import (
    HIGHEST_ORDER,
    read_derivative_word,
)
from pdelang.semantics.expression import (
    Aggregate,
    AggregateKind,
    Derivative,
    Expression,
    Rank,
    VectorOf,
)
from pdelang.semantics.functions import AGGREGATES, CALLABLE, DERIVATIVE, FUNCTIONS, NOT_BUILT
from pdelang.semantics.places import (
    ANYWHERE,
    BOUNDARY_INTEGRAND,
    CONSTANT,
    INTEGRAND,
    Place,
    Trait,
)
from pdelang.semantics.scope import Kind, Scope
from pdelang.semantics.traversal import contains
from pdelang.syntax import tree
from pdelang.syntax.lexicon import RESERVED

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Environment, Resolver

Step = Generator[Any, Expression | None, Expression | None]

_TIME_WORD = "t"


def resolve_call(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``name(…)``; what the name is decides how its arguments are read."""
    from pdelang.semantics.resolution import Ask

    name, scope, faults = call.function.name, resolver.scope, resolver.faults
    if call.owner is not None:
        faults.add(
            "E101",
            f"`{clip(call.span.text)}` is not a value",
            call.span,
            "a value is expected here",
        )
        return None
    if name in scope.faulty:
        return None
    declaration = scope.find(name)
    is_definition = (
        declaration is not None
        and isinstance(declaration.statement, tree.Let)
        and bool(declaration.statement.formals)
    )
    if name == DERIVATIVE:
        return (yield from _general_derivative(resolver, call, place, environment))
    if name in AGGREGATES and (name not in FUNCTIONS or _positional_count(call) == 1):
        return (yield from _aggregate(resolver, call, place, environment))
    if name in NOT_BUILT:
        faults.add(
            "E190", f"{NOT_BUILT[name]} is not supported yet", call.span, "not supported yet"
        )
        return None
    if name in FUNCTIONS:
        if not _check_arguments(resolver, call, FUNCTIONS[name].least, FUNCTIONS[name].most):
            return None
        if FUNCTIONS[name].needs_boundary and not resolver.allow(Trait.NORMAL, call, place):
            return None
    elif is_definition:
        assert declaration is not None
        assert isinstance(declaration.statement, tree.Let)
        count = len(declaration.statement.formals)
        if not _check_arguments(resolver, call, count, count, declaration.span):
            return None
    elif declaration is not None and declaration.kind in (
        Kind.UNKNOWN,
        Kind.PARAM,
        Kind.LET,
        Kind.COORDINATE,
        Kind.TIME,
    ):
        _report_called_value(resolver, call, declaration.kind, declaration.span)
        return None
    elif name in environment:
        faults.add(
            "E105",
            f"the argument `{name}` is a value and cannot be called",
            call.span,
            "not a function",
        )
        return None
    else:
        readings = read_derivative_word(name, scope.coordinates)
        if len(readings) == 1:
            if not _check_arguments(resolver, call, 1, 1):
                return None
            operand = yield Ask(call.arguments[0].value, place, environment)
            return _differentiate(resolver, call.span, operand, readings[0])
        _report_unknown_function(resolver, call, readings)
        return None
    actuals: list[Expression | None] = []
    for argument in call.arguments:
        actuals.append((yield Ask(argument.value, place, environment)))
    if any(actual is None for actual in actuals):
        return None
    values = tuple(actual for actual in actuals if actual is not None)
    if is_definition:
        assert declaration is not None
        return (yield from resolver.expand(call, declaration, place, values))
    return resolver.ranks.build_call(call.span, name, values)


# ------------------------------------------------------------------ derivatives


def _general_derivative(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``d(u, x, y)`` and ``d(u, x, 3)``."""
    from pdelang.semantics.resolution import Ask

    if not _check_arguments(resolver, call, 2, 2 * HIGHEST_ORDER + 1):
        return None
    coordinates: list[str] = []
    known = True
    for argument in call.arguments[1:]:
        match argument.value:
            case tree.Name(name=name) if name in resolver.scope.coordinates:
                coordinates.append(name)
            case tree.Number(text=text) if coordinates and text.isdecimal() and len(text) < 6:
                times = int(text)
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
    return _differentiate(resolver, call.span, operand, tuple(sorted(coordinates)))


def _differentiate(
    resolver: Resolver, span: Span, operand: Expression | None, coordinates: tuple[str, ...]
) -> Expression | None:
    if len(coordinates) > HIGHEST_ORDER:
        _report_order(resolver, span)
        return None
    if operand is None:
        return None
    if contains(operand, Aggregate, into_aggregates=False):
        resolver.faults.add(
            "E107", "a global quantity is one number and has no derivative", span, "always zero"
        )
        return None
    return Derivative(span, operand.rank, operand, coordinates)


def _report_order(resolver: Resolver, span: Span) -> None:
    resolver.faults.add(
        "E020",
        f"the order of a derivative lies between 1 and {HIGHEST_ORDER}",
        span,
        "not a usable order",
    )


# ------------------------------------------------------------ global quantities


def _aggregate(resolver: Resolver, call: tree.Call, place: Place, environment: Environment) -> Step:
    """Resolve ``integral(e, on = PART, t = …)``, ``mean``, ``max``, ``min``, ``value(e, point)``."""
    from pdelang.semantics.resolution import Ask

    name, scope, faults = call.function.name, resolver.scope, resolver.faults
    kind = AggregateKind(name)
    positional = [a for a in call.arguments if a.name is None]
    named = {a.name.name: a for a in call.arguments if a.name is not None}
    expected = 2 if kind is AggregateKind.VALUE else 1
    if len(positional) != expected:
        form = "value(u, point)" if kind is AggregateKind.VALUE else f"{name}(u)"
        faults.add(
            "E105",
            f"`{name}` takes {_count(expected, 'argument')}, and here {'is' if len(positional) == 1 else 'are'} {len(positional)}",
            call.span,
            f"{_count(len(positional), 'argument')}",
            help=f"write `{form}`",
        )
        return None
    allowed = {"t", scope.time} if kind is AggregateKind.VALUE else {"in", "on", "t", scope.time}
    for word, argument in named.items():
        if word not in allowed:
            nonlocal_integral = kind is AggregateKind.INTEGRAL and isinstance(
                argument.value, tree.Range
            )
            faults.add(
                "E190" if nonlocal_integral else "E105",
                "an integral over a range of its own is not supported yet"
                if nonlocal_integral
                else f"`{name}` has no argument `{word}`",
                argument.span,
                "not supported yet" if nonlocal_integral else "not known here",
                help=None if nonlocal_integral else f"it takes {_list_words(allowed)}",
            )
            return None
    if not resolver.allow(Trait.AGGREGATE, call, place):
        return None
    if place in (INTEGRAND, BOUNDARY_INTEGRAND):
        faults.add(
            "E190",
            "a global quantity inside another is not supported yet",
            call.span,
            "not supported yet",
        )
        return None
    on = None
    if "on" in named:
        on = resolver.locate(named["on"].value)
        if on is None:
            return None
    if "in" in named and not _is_domain(resolver, named["in"].value):
        return None
    time = None
    time_argument = named.get(scope.time or "t")
    if time_argument is not None:
        if scope.time is None:
            report_steady(resolver, time_argument.span)
            return None
        time = yield Ask(time_argument.value, CONSTANT, environment)
        if time is None or not resolver.ranks.require_rank(time, Rank.SCALAR, "a time is a scalar"):
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
    operand = yield Ask(positional[0].value, BOUNDARY_INTEGRAND if on else INTEGRAND, environment)
    point = None
    if kind is AggregateKind.VALUE:
        items = resolve_point(resolver, positional[1].value)
        if items is None:
            return None
        point = items
    if operand is None:
        return None
    if contains(operand, Aggregate):
        faults.add(
            "E190",
            "a global quantity inside another is not supported yet",
            call.span,
            "not supported yet",
        )
        return None
    if not resolver.ranks.require_rank(
        operand,
        Rank.SCALAR,
        f"`{name}` takes a scalar",
        f"take a component: `{clip(operand.span.text)}.{scope.space[0]}`" if scope.space else None,
    ):
        return None
    return Aggregate(call.span, Rank.SCALAR, kind, operand, on, point, time)


def resolve_point(resolver: Resolver, *items: tree.Expression) -> tuple[Expression, ...] | None:
    """Return a space point's constant coordinates, from a tuple or one expression each."""
    if len(items) == 1 and isinstance(items[0], tree.Tuple):
        items = items[0].items
    space = resolver.scope.space
    if len(items) != len(space):
        resolver.faults.add(
            "E110",
            f"a point has {_count(len(space), 'coordinate')} here, and this one has {len(items)}",
            items[0].span.to(items[-1].span),
            _count(len(items), "coordinate"),
            notes=[f"the space coordinates are {', '.join(space)}"] if space else [],
        )
        return None
    point = [resolver.resolve(item, CONSTANT) for item in items]
    if any(item is None for item in point):
        return None
    for item in point:
        assert item is not None
        if isinstance(item, VectorOf) or not resolver.ranks.require_rank(
            item, Rank.SCALAR, "a coordinate of a point is a scalar"
        ):
            return None
    return tuple(item for item in point if item is not None)


def _is_domain(resolver: Resolver, region: tree.Expression) -> bool:
    scope = resolver.scope
    if isinstance(region, tree.Name):
        if region.name in scope.faulty:
            return False
        declaration = scope.find(region.name)
        if declaration is not None and declaration.kind is Kind.DOMAIN:
            return True
    resolver.faults.add(
        "E101",
        f"`{clip(region.span.text)}` is no region",
        region.span,
        "a region is expected here",
        help=scope.suggest(clip(region.span.text), scope.names_of({Kind.DOMAIN})),
    )
    return False


# --------------------------------------------------------------------- messages


def is_steady_time(name: str, scope: Scope) -> bool:
    """Say whether ``name`` must mean the time, in a problem that has none."""
    return name == _TIME_WORD and scope.time is None and name not in scope.names


def report_steady(resolver: Resolver, span: Span) -> None:
    """Note a place that speaks of the time in a steady problem: all make one E212."""
    resolver.scope.timeless.append(span)


def _positional_count(call: tree.Call) -> int:
    return sum(a.name is None for a in call.arguments)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _list_words(words: set[str | None]) -> str:
    return ", ".join(f"`{word} = …`" for word in sorted(w for w in words if w))


def _check_arguments(
    resolver: Resolver, call: tree.Call, least: int, most: int, defined: Span | None = None
) -> bool:
    name = call.function.name
    for argument in call.arguments:
        if argument.name is not None:
            resolver.faults.add(
                "E105",
                f"`{name}` takes its arguments by position, not by name",
                argument.span,
                "a named argument",
                help=f"write `{clip(argument.value.span.text)}` alone",
            )
            return False
        if isinstance(argument.value, tree.Range):
            resolver.faults.add(
                "E105", f"`{name}` takes values, not ranges", argument.span, "a range"
            )
            return False
    given = len(call.arguments)
    if least <= given <= most:
        return True
    wanted = _count(least, "argument") if least == most else f"{least} or more arguments"
    resolver.faults.add(
        "E105",
        f"`{name}` takes {wanted}, and here {'is' if given == 1 else 'are'} {given}",
        call.span,
        _count(given, "argument"),
        related=[Related(defined, "defined here")] if defined else [],
    )
    return False


def _report_called_value(resolver: Resolver, call: tree.Call, kind: Kind, defined: Span) -> None:
    name = call.function.name
    if kind is Kind.UNKNOWN:
        if any(argument.name is not None for argument in call.arguments):
            resolver.faults.add(
                "E190",
                f"the value of `{name}` at another point is not supported yet inside an expression",
                call.span,
                "not supported yet",
            )
            return
        resolver.faults.add(
            "E105",
            f"`{name}` takes its arguments from the domain and the time",
            call.span,
            "an unknown is not called",
            related=[Related(defined, "declared here")],
            help=f"write `{name}`",
        )
        return
    inside = ", ".join(clip(a.span.text) for a in call.arguments)
    resolver.faults.add(
        "E105",
        f"`{name}` is {kind.value} and cannot be called",
        call.span,
        "not a function",
        related=[Related(defined, "declared here")],
        help=f"write `{name}*({inside})` if a product is meant",
    )


def _report_unknown_function(
    resolver: Resolver, call: tree.Call, readings: tuple[tuple[str, ...], ...]
) -> None:
    name, scope = call.function.name, resolver.scope
    if readings:
        operand = clip(call.arguments[0].span.text) if call.arguments else "u"
        resolver.faults.add(
            "E101",
            f"the derivative word `{name}` can be read in more than one way",
            call.function.span,
            "ambiguous",
            help="write " + " or ".join(f"`d({operand}, {', '.join(r)})`" for r in readings[:3]),
        )
        return
    if scope.time is None and read_derivative_word(name, (*scope.space, _TIME_WORD)):
        report_steady(resolver, call.span)
        return
    candidates = [*CALLABLE, *(f"d{c}" for c in scope.coordinates)]
    candidates += [
        d.name
        for d in scope.names.values()
        if isinstance(d.statement, tree.Let) and d.statement.formals
    ]
    resolver.faults.add(
        "E101",
        f"unknown function `{name}`",
        call.function.span,
        "not a function",
        help=scope.suggest(name, candidates),
    )


def check_definition(resolver: Resolver, statement: tree.Let) -> None:
    """Look for faults in a definition with formals that do not depend on its arguments."""
    seen: dict[str, Span] = {}
    for formal in statement.formals:
        if formal.name in RESERVED or formal.name in seen:
            twice = formal.name in seen
            resolver.faults.add(
                "E102",
                f"the argument `{formal.name}` is named twice"
                if twice
                else f"`{formal.name}` is a word of the language and cannot be an argument",
                formal.span,
                "the second" if twice else "reserved",
                related=[Related(seen[formal.name], "the first")] if twice else [],
                help="choose another name",
            )
            resolver.scope.faulty.add(statement.name.name)
            return
        seen[formal.name] = formal.span
    # None stands for "faulty, but told": whatever contains an argument stays silent.
    resolver.resolve(statement.value, ANYWHERE, dict.fromkeys(seen))
