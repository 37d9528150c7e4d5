"""The word after the coordinates: ``domain pipe(r, z): cylindrical = …``.

r = 0, and θ = 0 and θ = π of a sphere, are no boundary; a full turn is periodic by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from pdelang.geometry.box import Box, Side
from pdelang.semantics.constants import clip
from pdelang.semantics.faults import Faults
from pdelang.semantics.metric import CYLINDRICAL, FORMS, POLAR, Metric
from pdelang.semantics.scope import Scope
from pdelang.syntax import tree

# Ends such as 2*pi are rounded once; what is nearer to a full turn than this is one.
_ROUNDING = 1e-12


def read_metric(
    statement: tree.Domain, scope: Scope, faults: Faults, factors: Sequence[Fraction | float]
) -> Metric | None:
    """Return the metric of a domain; report an unknown system (E101) or a wrong number of coordinates (E105).

    ``factors`` convert every coordinate to base units.
    """
    d = len(statement.coordinates)
    if statement.metric is None:
        return Metric("cartesian", tuple(factors))
    word = statement.metric.name
    if word not in FORMS:
        faults.add(
            "E101",
            f"unknown coordinate system `{clip(word)}`",
            statement.metric.span,
            "not a coordinate system",
            help=scope.suggest(word, FORMS) or f"the systems are {', '.join(FORMS)}",
            notes=["without a word the coordinates are Cartesian"],
        )
        return None
    if d > len(FORMS[word]):
        forms = ", ".join(f"({', '.join(form)})" for form in FORMS[word])
        faults.add(
            "E105",
            f"a {word} domain has at most {len(FORMS[word])} coordinates, and this one has {d}",
            statement.metric.span,
            f"one of {forms}",
            help=f"write `: {CYLINDRICAL}`" if word == POLAR and d == 3 else None,
        )
        return None
    return Metric(word, tuple(factors))


def check_ends(metric: Metric, box: Box, statement: tree.Domain, faults: Faults) -> bool:
    """Report (E105) a negative radius, more than a full turn, an angle from the axis beyond 0 .. π."""
    if metric.is_cartesian:
        return True
    names = [c.name.name for c in statement.coordinates]
    span = statement.shape.span
    sound = True

    def report(axis: int, message: str, advice: str) -> None:
        nonlocal sound
        sound = False
        faults.add("E105", message, span, f"of `{names[axis]}`", help=advice)

    if box.low[0] < 0:
        report(
            0,
            f"the radius `{names[0]}` is never negative, and it begins at {box.low[0]:g} here",
            f"let `{names[0]}` begin at 0, which is the axis and no boundary",
        )
    angle = metric.azimuth
    if angle is not None and _radians(metric, box, angle)[2] > 2 * math.pi * (1 + _ROUNDING):
        report(
            angle,
            f"`{names[angle]}` turns about the axis, and this is more than a full turn",
            f"write `{names[angle]} = 0 .. 2*pi`",
        )
    angle = metric.inclination
    if angle is not None:
        low, high, _ = _radians(metric, box, angle)
        if low < -_ROUNDING or high > math.pi * (1 + _ROUNDING):
            report(
                angle,
                f"`{names[angle]}` is the angle from the axis and lies between 0 and pi",
                f"write `{names[angle]} = 0 .. pi`",
            )
    return sound


def find_poles(metric: Metric, box: Box) -> frozenset[Side]:
    """Return the sides of the box where the coordinates degenerate: no boundary of the domain."""
    found = set()
    if metric.is_cartesian:
        return frozenset()
    if box.low[0] == 0:
        found.add(Side(0, upper=False))
    angle = metric.inclination
    if angle is not None:
        low, high, _ = _radians(metric, box, angle)
        if abs(low) <= _ROUNDING:
            found.add(Side(angle, upper=False))
        if abs(high - math.pi) <= _ROUNDING * math.pi:
            found.add(Side(angle, upper=True))
    return frozenset(found)


def find_full_turn(metric: Metric, box: Box) -> int | None:
    """Return the axis along which the domain closes on itself, None where it does not."""
    angle = metric.azimuth
    if angle is None:
        return None
    length = _radians(metric, box, angle)[2]
    return angle if abs(length - 2 * math.pi) <= 2 * math.pi * _ROUNDING else None


def _radians(metric: Metric, box: Box, axis: int) -> tuple[float, float, float]:
    factor = float(metric.factors[axis])
    low, high = factor * box.low[axis], factor * box.high[axis]
    return low, high, high - low
