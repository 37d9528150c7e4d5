"""Functions of the coordinates that are smooth everywhere, also where the coordinates degenerate.

At r = 0 and on the axis of a sphere r and the angles are no smooth functions of the place: a wave ``cos(q r)``
through r = 0 has a kink there. Smooth are the Cartesian coordinates that they stand for and, where an
angle is not written, r² or the height ``r cos θ``:

| written            | taken instead                                            |
|--------------------|----------------------------------------------------------|
| polar, (r)         | r²                                                       |
| (r, θ)             | r cos θ, r sin θ                                         |
| cylindrical        | the same, and z                                          |
| spherical (r, θ)   | r², r cos θ                                              |
| (r, θ, φ)          | r sin θ cos φ, r cos θ, r sin θ sin φ                    |
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pdelang.diagnostics.span import Span
from pdelang.semantics.expression import Apply, Constant, Coordinate, Expression, Rank
from pdelang.semantics.metric import SPHERICAL
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True)
class SmoothCoordinate:
    """An expression that changes by ``2 half`` or less over the domain; ``axis`` is the one it varies like."""

    expression: Expression
    half: float
    axis: int


def list_smooth_coordinates(problem: Problem) -> tuple[SmoothCoordinate, ...]:
    """Return one smooth function per coordinate, the time and varied parameters included."""
    span = problem.unknowns[0].span
    bounds = (*problem.domain.bounds, *problem.extra_bounds)
    halves = [(b.high_value - b.low_value) / 2 for b in bounds]
    places = [Coordinate(span, Rank.SCALAR, name) for name in problem.coordinates]
    found = [SmoothCoordinate(p, h, i) for i, (p, h) in enumerate(zip(places, halves, strict=True))]
    metric = problem.domain.metric
    if not problem.domain.poles or metric is None:
        return tuple(found)
    written = {letter: places[i] for i, letter in enumerate(metric.written)}
    r, radius, half = written["r"], bounds[0].high_value, halves[0]
    square = SmoothCoordinate(_apply("^", span, r, _number(2, span)), 2.0 * half * radius, 0)

    def product(*factors: Expression) -> SmoothCoordinate:
        whole = factors[0]
        for factor in factors[1:]:
            whole = _apply("*", span, whole, factor)
        return SmoothCoordinate(whole, half, 0)

    def of(function: str, letter: str) -> Expression:
        return _apply(function, span, written[letter])

    if metric.system == SPHERICAL:
        if "φ" in written:
            found[0] = product(r, of("sin", "θ"), of("cos", "φ"))
            found[2] = product(r, of("sin", "θ"), of("sin", "φ"))
        else:
            found[0] = square
        if "θ" in written:
            found[1] = product(r, of("cos", "θ"))
    elif "θ" in written:
        found[0], found[1] = product(r, of("cos", "θ")), product(r, of("sin", "θ"))
    else:
        found[0] = square
    return tuple(found)


def _number(value: int, span: Span) -> Expression:
    return Constant(span, Rank.SCALAR, Fraction(value))


def _apply(function: str, span: Span, *arguments: Expression) -> Expression:
    return Apply(span, Rank.SCALAR, function, arguments)
