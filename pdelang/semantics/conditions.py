"""Unknowns, what is asked of them, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.span import Span
from pdelang.semantics.boundary import Part
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.domain import Region
from pdelang.semantics.expression import Expression, Rank


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A field solved for. ``components`` are ``("u",)``, ``("w.x", "w.y")`` or ``("psi.re", "psi.im")``.

    ``regions`` are empty for a field that is one function on the whole domain; else it is one
    function per region, and does not exist elsewhere where ``is_limited``.
    """

    name: str
    rank: Rank
    components: tuple[str, ...]
    span: Span
    is_complex: bool = False
    conversion: Conversion | None = None  # to base units; None where it changes nothing
    regions: tuple[Region, ...] = ()
    is_limited: bool = False

    @property
    def home(self) -> str:
        """The names of its ``regions`` as a spec has them."""
        return ", ".join(dict.fromkeys(region.spoken for region in self.regions))

    def fields_in(self, region: Region | None) -> tuple[str, ...]:
        """Return the names of the functions that its components are in one of its ``regions``."""
        if len(self.regions) < 2 or region is None:
            return self.components
        return tuple(f"{component}@{region.name}" for component in self.components)

    @property
    def fields(self) -> tuple[str, ...]:
        """All functions that are solved for: the components, or one set of them per region."""
        if len(self.regions) < 2:
            return self.components
        return tuple(field for region in self.regions for field in self.fields_in(region))


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """``left = right`` in ``regions``, or on the whole domain where there are none.

    ``label`` names the loss term it belongs to.
    """

    label: str
    left: Expression
    right: Expression
    span: Span
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryCondition:
    """``left = right`` on every one of ``parts``."""

    label: str
    parts: tuple[Part, ...]
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class InitialCondition:
    """``left = right`` at the start of time."""

    label: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PointCondition:
    """``left = right`` at a space point, at all times."""

    label: str
    point: tuple[Expression, ...]
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """``require mean(p) = 0``: both sides are built from aggregates and constants."""

    label: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class KnownSolution:
    """``exact u = …`` or ``guess w.x = …``; ``component`` is an axis, or None for the whole unknown."""

    unknown: str
    component: int | None
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """``compare u = csv(…)``: points and values of one unknown or component, already read.

    ``points`` has one row per reading and one column per coordinate (space, time, varied parameters);
    ``values`` has one column per component compared. Both are tuples of float tuples.
    """

    unknown: str
    component: int | None
    path: str
    points: tuple[tuple[float, ...], ...]
    values: tuple[tuple[float, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A number to print and save: an expression of aggregates and constants."""

    name: str
    value: Expression
    span: Span
    conversion: Conversion | None = None
