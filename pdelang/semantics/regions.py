"""The domain and the time."""

from __future__ import annotations

from fractions import Fraction

from pdelang.diagnostics.span import Span
from pdelang.geometry.body import Body, EmptyShapeError, UnboundedShapeError
from pdelang.geometry.box import Box
from pdelang.geometry.shape import Shape
from pdelang.semantics.boxes import resolve_bounds
from pdelang.semantics.constants import Folder
from pdelang.semantics.coordinate_systems import (
    check_ends,
    find_full_turn,
    find_poles,
    read_metric,
)
from pdelang.semantics.domain import Bounds, Domain, TimeInterval
from pdelang.semantics.expression import Constant, Rank
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.shapes import ShapeReader
from pdelang.syntax import tree


def resolve_domain(statement: tree.Domain, shapes: ShapeReader) -> Domain | None:
    """Return the domain of a spec; report E101, E105, E106, E110, E202."""
    faults, scope = shapes.resolver.faults, shapes.resolver.scope
    units = shapes.resolver.units
    factors: tuple[Fraction | float, ...] = (Fraction(1),) * len(statement.coordinates)
    if units is not None:
        factors = units.factors(scope.space)
    metric = read_metric(statement, scope, faults, factors)
    shape = shapes.domain_shape(statement)
    if shape is None or metric is None:
        return None
    names = tuple(c.name.name for c in statement.coordinates)
    if not shapes.resolver.scope.faulty.isdisjoint(names):
        return None
    if isinstance(shape, Box):
        bounds = shapes.bounds_of(shape) or _constant_bounds(shape, statement.shape.span)
        box, body = shape, None
    else:
        body = _build_body(shape, statement, shapes)
        if body is None:
            return None
        box = body.box
        bounds = _constant_bounds(box, statement.shape.span)
    if not check_ends(metric, box, statement, faults):
        return None
    turn = find_full_turn(metric, box)
    poles = find_poles(metric, box)
    name, span = statement.name.name, statement.span
    return Domain(name, names, bounds, box, span, shape, body, metric, poles, turn)


def resolve_time(statement: tree.Time, resolver: Resolver, folder: Folder) -> TimeInterval | None:
    interval = statement.interval
    name = statement.name.name
    bounds = resolve_bounds(interval.low, interval.high, interval.span, resolver, folder, name)
    if bounds is None or statement.name.name in resolver.scope.faulty:
        return None
    return TimeInterval(statement.name.name, bounds, statement.span)


def _build_body(shape: Shape, statement: tree.Domain, shapes: ShapeReader) -> Body | None:
    span, faults = statement.shape.span, shapes.resolver.faults
    try:
        return Body.of(shape, shapes.name_leaves(shape))
    except UnboundedShapeError:
        faults.add(
            "E105",
            "this domain reaches to infinity",
            span,
            "not bounded",
            help="cut it with a bounded shape: `… & box(…)`",
        )
    except EmptyShapeError:
        faults.add(
            "E202",
            f"the domain `{statement.name.name}` has no points inside",
            span,
            "nothing is left of it",
            help="change a shape, or how they are combined",
        )
    return None


def _constant_bounds(box: Box, span: Span) -> tuple[Bounds, ...]:
    def constant(value: float) -> Constant:
        exact = Fraction(value).limit_denominator(10**6)
        return Constant(span, Rank.SCALAR, exact if float(exact) == value else value)

    return tuple(
        Bounds(constant(low), constant(high), low, high)
        for low, high in zip(box.low, box.high, strict=True)
    )
