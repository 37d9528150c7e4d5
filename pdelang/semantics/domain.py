"""The region of space and the interval of time of a problem, and what runs over a range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.diagnostics.span import Span
from pdelang.geometry.body import Body, Sheet
from pdelang.geometry.box import Box, Side
from pdelang.geometry.interface import Seam
from pdelang.geometry.shape import Shape
from pdelang.semantics.expression import Expression
from pdelang.semantics.metric import Metric, move_off


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """The two ends of an interval: exactly as written, and as floats."""

    low: Expression
    high: Expression
    low_value: float
    high_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """A shape in ``d`` space coordinates, and the box around it with its ``bounds``.

    ``body`` is None where the shape is that box itself.
    """

    name: str
    coordinates: tuple[str, ...]
    bounds: tuple[Bounds, ...]
    box: Box
    span: Span
    shape: Shape
    body: Body | None = None
    metric: Metric | None = None
    poles: frozenset[Side] = frozenset()  # sides where the coordinates degenerate: no boundary
    full_turn: int | None = None  # the axis along which the domain closes on itself

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """What the boundary consists of: the sides of a box, or the sheets of a body."""
        found = self.box.sides if self.body is None else self.body.sheets
        return tuple(s for s in found if not self.is_pole(s))

    def is_pole(self, surface: Surface) -> bool:
        """Say whether a surface is r = 0, or the axis of a sphere."""
        return (surface.side if isinstance(surface, Sheet) else surface) in self.poles

    def density(self, points: np.ndarray) -> np.ndarray | None:
        """Return the measure of space at points ``(n, ≥ d)`` up to a constant, None where it is one."""
        return None if self.metric is None else self.metric.density(points)

    def off_poles(self, points: np.ndarray) -> np.ndarray:
        """Return points ``(n, ≥ d)`` with those on a pole moved off it by a millionth of the domain."""
        if not self.poles:
            return points
        moved = points.copy()
        for side in self.poles:
            ends = self.box.side_value(side), self.box.side_value(side.opposite)
            move_off(moved, side.axis, *ends)
        return moved

    def contains(self, points: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
        """Say for each of ``points (n, d)`` whether it lies in the closed domain, ``(n,)``."""
        return (self.body or self.box).contains(points, tolerance)


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part of the domain: what it has in common with a named shape.

    A connected piece of a region, or of the domain, bears its name and a number, as ``matrix 2``; ``whole`` is
    then the name alone.
    """

    name: str
    body: Body
    whole: str = ""

    @property
    def spoken(self) -> str:
        """The name of which the spec speaks: for a piece that of its region."""
        return self.whole or self.name

    @property
    def is_boxed(self) -> bool:
        """Whether it is a box along the axes."""
        return isinstance(self.body.shape, Box)


@dataclass(frozen=True, slots=True, eq=False)
class Varied:
    """A parameter that runs over ``bounds``: one solution serves every value."""

    name: str
    bounds: Bounds
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class TimeInterval:
    """The time coordinate: after those of space, before the varied parameters."""

    name: str
    bounds: Bounds
    span: Span


Surface = Side | Sheet | Seam
