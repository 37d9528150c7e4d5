"""The domain and the time: intervals and boxes with constant bounds."""

from __future__ import annotations

import math

from pdelang.diagnostics.span import Span
from pdelang.geometry.box import Box
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.expression import Expression, Rank
from pdelang.semantics.faults import Faults
from pdelang.semantics.places import CONSTANT
from pdelang.semantics.problem import Bounds, Domain, TimeInterval
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.shape_words import BUILT_SHAPES, SHAPES_NOT_BUILT
from pdelang.syntax import tree


def resolve_domain(statement: tree.Domain, resolver: Resolver, folder: Folder) -> Domain | None:
    """Return the box of a `domain` statement; report E101, E105, E106, E190."""
    faults = resolver.faults
    if statement.metric is not None:
        faults.add(
            "E190",
            f"the `{statement.metric.name}` metric is not supported yet",
            statement.metric.span,
            "not supported yet",
            notes=["coordinates are Cartesian"],
        )
        return None
    ranges = _read_shape(statement, resolver)
    if ranges is None:
        return None
    bounds: list[Bounds] = []
    for low, high, span in ranges:
        bound = _resolve_bounds(low, high, span, resolver, folder)
        if bound is not None:
            bounds.append(bound)
    names = tuple(c.name.name for c in statement.coordinates)
    if len(bounds) < len(ranges) or not resolver.scope.faulty.isdisjoint(names):
        return None
    box = Box(tuple(b.low_value for b in bounds), tuple(b.high_value for b in bounds))
    return Domain(statement.name.name, names, tuple(bounds), box, statement.span)


def resolve_time(statement: tree.Time, resolver: Resolver, folder: Folder) -> TimeInterval | None:
    interval = statement.interval
    bounds = _resolve_bounds(interval.low, interval.high, interval.span, resolver, folder)
    if bounds is None or statement.name.name in resolver.scope.faulty:
        return None
    return TimeInterval(statement.name.name, bounds, statement.span)


def _read_shape(
    statement: tree.Domain, resolver: Resolver
) -> list[tuple[tree.Expression, tree.Expression, Span]] | None:
    shape, faults = statement.shape, resolver.faults
    names = [c.name.name for c in statement.coordinates]
    match shape:
        case tree.Call(function=tree.Name(name="interval")):
            return _read_interval(shape, names, faults)
        case tree.Call(function=tree.Name(name="box")):
            return _read_box(shape, names, resolver)
        case tree.Call(function=tree.Name(name=name)) if name in SHAPES_NOT_BUILT:
            faults.add(
                "E190",
                f"the shape `{name}` is not supported yet",
                shape.span,
                "not supported yet",
                help=_ADVICE,
            )
        case tree.Binary(operator=operator) if operator in ("+", "-", "&"):
            faults.add(
                "E190",
                f"combining shapes with `{operator}` is not supported yet",
                shape.span,
                "not supported yet",
                help=_ADVICE,
            )
        case tree.Name(name=name) if name in resolver.scope.names:
            # A named shape is refused where it is declared.
            if name not in resolver.scope.faulty:
                kind = resolver.scope.names[name].kind.value
                faults.add(
                    "E101",
                    f"`{name}` is {kind}, not a shape",
                    shape.span,
                    "a shape is expected here",
                    help=_ADVICE,
                )
        case tree.Call(function=function):
            faults.add(
                "E101",
                f"unknown shape `{function.name}`",
                function.span,
                "not a shape",
                help=resolver.scope.suggest(function.name, (*BUILT_SHAPES, *SHAPES_NOT_BUILT))
                or _ADVICE,
            )
        case tree.Name(name=name):
            faults.add("E101", f"unknown shape `{name}`", shape.span, "not declared", help=_ADVICE)
        case _:
            faults.add(
                "E105",
                f"`{clip(shape.span.text)}` is not a shape",
                shape.span,
                "a shape is expected here",
                help=_ADVICE,
            )
    return None


# Derivatives divide by powers of the length: 1e-100 leaves room for the third in doubles.
_SHORTEST = 1e-100
# Doubles have 16 digits; of a range shorter than this they tell fewer than 1000 points apart.
_RESOLUTION = 1e-13

_ADVICE = "write `interval(0, 1)` or `box(x = 0 .. 1, y = 0 .. 1)`"


def _read_interval(
    shape: tree.Call, names: list[str], faults: Faults
) -> list[tuple[tree.Expression, tree.Expression, Span]] | None:
    if len(names) != 1:
        inside = ", ".join(f"{name} = 0 .. 1" for name in names)
        faults.add(
            "E105",
            f"an interval has one coordinate, and the domain has {len(names)}",
            shape.span,
            "one-dimensional",
            help=f"write `box({inside})`",
        )
        return None
    match shape.arguments:
        case (tree.Argument(name=None, value=low), tree.Argument(name=None, value=high)) if not (
            isinstance(low, tree.Range) or isinstance(high, tree.Range)
        ):
            return [(low, high, shape.span)]
        case _:
            faults.add(
                "E105",
                "`interval` takes its two ends",
                shape.span,
                "not two ends",
                help="write `interval(0, 1)`",
            )
            return None


def _read_box(
    shape: tree.Call, names: list[str], resolver: Resolver
) -> list[tuple[tree.Expression, tree.Expression, Span]] | None:
    faults = resolver.faults
    found: dict[str, tuple[tree.Expression, tree.Expression, Span]] = {}
    sound = True
    for argument in shape.arguments:
        match argument:
            case tree.Argument(name=tree.Name(name=name), value=tree.Range(low=low, high=high)) if (
                name in names and name not in found
            ):
                found[name] = (low, high, argument.span)
                continue
            case tree.Argument(name=tree.Name(name=name)) if name in found:
                message, label = f"the range of `{name}` is given twice", "the second range"
                advice = None
            case tree.Argument(name=tree.Name(name=name)) if name not in names:
                message, label = f"the domain has no coordinate `{name}`", "not a coordinate"
                advice = (
                    resolver.scope.suggest(name, names) or f"its coordinates are {', '.join(names)}"
                )
            case tree.Argument(name=tree.Name(name=name)):
                message, label = f"`box` takes a range for `{name}`", "not a range"
                advice = f"write `{name} = 0 .. 1`"
            case _:
                message, label = "`box` takes a range for each coordinate by name", "without a name"
                advice = f"write `{next((n for n in names if n not in found), names[0])} = 0 .. 1`"
        faults.add("E105", message, argument.span, label, help=advice)
        sound = False
    missing = [name for name in names if name not in found]
    if missing and sound:
        faults.add(
            "E105",
            f"`box` gives no range for {', '.join(f'`{name}`' for name in missing)}",
            shape.span,
            "not all coordinates",
            help="add " + ", ".join(f"`{name} = 0 .. 1`" for name in missing),
        )
        sound = False
    return [found[name] for name in names] if sound else None


def _resolve_bounds(
    low: tree.Expression,
    high: tree.Expression,
    span: Span,
    resolver: Resolver,
    folder: Folder,
) -> Bounds | None:
    ends: list[Expression] = []
    values: list[float] = []
    for end in (low, high):
        typed = resolver.resolve(end, CONSTANT)
        if typed is None or not resolver.ranks.require_rank(
            typed, Rank.SCALAR, "an end of a range is a scalar"
        ):
            continue
        value = folder.fold(typed)
        if value is not None:
            ends.append(typed)
            values.append(value)
    if len(values) < 2:
        return None
    if not values[0] < values[1]:
        resolver.faults.add(
            "E105",
            f"this range is empty: it runs from {values[0]:g} to {values[1]:g}",
            span,
            "the low end must be below the high one",
            help=f"the ends may be swapped: {clip(high.span.text)} first, then {clip(low.span.text)}"
            if values[0] > values[1]
            else None,
        )
        return None
    if math.isinf(values[1] - values[0]):
        resolver.faults.add(
            "E020", "this range is longer than the largest number", span, "too long"
        )
        return None
    length, size = values[1] - values[0], max(map(abs, values))
    if length < max(_SHORTEST, _RESOLUTION * size):
        resolver.faults.add(
            "E020",
            f"this range is {length:.1g} long, too short for doubles to tell its points apart",
            span,
            "too short",
            help="choose other units, or measure from one of the ends",
        )
        return None
    return Bounds(ends[0], ends[1], values[0], values[1])
