"""Intervals and boxes as a spec writes them: one range per coordinate, with constant ends."""

from __future__ import annotations

import math

from pdelang.diagnostics.span import Span
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.domain import Bounds
from pdelang.semantics.expression import Expression, Rank
from pdelang.semantics.faults import Faults
from pdelang.semantics.places import CONSTANT
from pdelang.semantics.resolution import Resolver
from pdelang.syntax import tree

# Derivatives divide by powers of the length: 1e-100 leaves room for the third in doubles.
_SHORTEST = 1e-100
# Doubles have 16 digits; of a range shorter than this they tell fewer than 1000 points apart.
_RESOLUTION = 1e-13


Range = tuple[tree.Expression, tree.Expression, Span]


def read_interval(shape: tree.Call, names: list[str], faults: Faults) -> list[Range] | None:
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


def read_box(shape: tree.Call, names: list[str], resolver: Resolver) -> list[Range] | None:
    faults = resolver.faults
    found: dict[str, Range] = {}
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


def resolve_bounds(
    low: tree.Expression,
    high: tree.Expression,
    span: Span,
    resolver: Resolver,
    folder: Folder,
    name: str | None = None,
) -> Bounds | None:
    """Return the ends of a range, in the unit of the coordinate ``name``."""
    ends: list[Expression] = []
    values: list[float] = []
    for end in (low, high):
        typed = resolver.resolve(end, CONSTANT)
        if typed is None or not resolver.ranks.require_rank(
            typed, Rank.SCALAR, "an end of a range is a scalar"
        ):
            continue
        if resolver.units is not None:
            typed = resolver.units.in_unit_of(name, typed)
        value = folder.fold(typed) if typed is not None else None
        if typed is not None and value is not None:
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
