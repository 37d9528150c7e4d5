"""The checked problem: what `semantics` hands on to `calculus`.

Every name is resolved, every rank checked, every condition mapped to the part where it
holds. Numbers that shape the geometry are folded to floats and kept as expressions too,
so that `calculus` can reason about them exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pdelang.diagnostics.span import Source, Span
from pdelang.geometry.body import Body, Sheet
from pdelang.geometry.box import Box, Side
from pdelang.geometry.interface import Seam
from pdelang.geometry.shape import Shape
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.expression import Expression, Rank
from pdelang.semantics.metric import Metric, move_off
from pdelang.semantics.settings import OutputSettings, Settings

if TYPE_CHECKING:
    from pdelang.semantics.partition import Partition


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
    """A part of the domain: what it has in common with a named shape."""

    name: str
    body: Body

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


Surface = Side | Sheet | Seam


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The points of one surface where every ``inside`` predicate is true and every ``outside`` one false."""

    side: Surface
    inside: tuple[Expression, ...] = ()
    outside: tuple[Expression, ...] = ()

    @property
    def is_whole_side(self) -> bool:
        """Whether the piece is all of its surface."""
        return not self.inside and not self.outside

    @property
    def is_box_side(self) -> bool:
        """Whether the piece is a whole side of a domain that is a box."""
        return isinstance(self.side, Side) and self.is_whole_side

    @property
    def has_normals(self) -> bool:
        """Whether the normal changes from point to point, so that points carry it along."""
        return self.side.axis is None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A named part of the boundary: a union of pieces of sides or sheets.

    One between two regions, an ``interface``, consists of seams; its normal points from the first
    region to the second.
    """

    name: str
    pieces: tuple[Piece, ...]
    span: Span
    interface: tuple[Region, Region] | None = None


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
class FieldSeries:
    """``p(ξ) = Σ_m c_m Π_i T_{m_i}(ξ_i)``, ``ξ_i = (x_i − centre_i)/half_width_i``.

    ``degrees[m]`` and ``centre`` have an entry per coordinate of the field.
    """

    degrees: tuple[tuple[int, ...], ...]
    coefficients: tuple[float, ...]
    centre: tuple[float, ...]
    half_width: tuple[float, ...]

    def with_coefficients(self, values: Iterable[float]) -> FieldSeries:
        """Return the series with other coefficients."""
        return replace(self, coefficients=tuple(map(float, values)))


def list_degrees(d: int, degree: int) -> tuple[tuple[int, ...], ...]:
    """Return the multi-indices of ``d`` entries with a sum up to ``degree``, the lowest sums first."""
    found = (k for k in itertools.product(range(degree + 1), repeat=d) if sum(k) <= degree)
    return tuple(sorted(found, key=lambda k: (sum(k), k)))


@dataclass(frozen=True, slots=True)
class Departure:
    """How a fit departs from its guess, while it is sought together with the unknowns.

    A field's is a polynomial of total degree ``degree``, a constant's a number: ``degree`` 0.
    """

    degree: int


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """``fit D = 1e-5 within 1e-7 .. 1e-4``: a constant sought, or a field of ``coordinates``.

    ``guess`` is the first value, as an expression of these coordinates; ``low`` and ``high`` are
    infinite where no bounds are given. ``value`` is what it stands for so far: a number, or of a
    field how it departs from the guess; None is the guess itself, a `Departure` an unknown one. ``exact`` is the true value,
    where the spec knows it, used only to report the error.
    """

    name: str
    coordinates: tuple[str, ...]
    guess: Expression
    low: float
    high: float
    span: Span
    value: float | FieldSeries | Departure | None = None
    exact: Expression | None = None

    @property
    def is_field(self) -> bool:
        return bool(self.coordinates)


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """``data probes = csv(…)``: ``n`` measured points, already read.

    ``points (n, d)`` has a column per coordinate (space, time, varied parameters), ``values (n, columns)``
    the others; ``noise (n,)`` is the standard deviation of every reading, None where not known.
    """

    name: str
    path: str
    columns: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    values: tuple[tuple[float, ...], ...]
    noise: tuple[float, ...] | None
    span: Span

    def choose(self, rows: Sequence[int]) -> DataSet:
        """Return some of the readings."""
        noise = None if self.noise is None else tuple(self.noise[i] for i in rows)
        points, values = (tuple(table[i] for i in rows) for table in (self.points, self.values))
        return replace(self, points=points, values=values, noise=noise)


@dataclass(frozen=True, slots=True, eq=False)
class DataCondition:
    """``at probes: left = right`` at every point of ``data``."""

    label: str
    data: DataSet
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A number to print and save: an expression of aggregates and constants."""

    name: str
    value: Expression
    span: Span
    conversion: Conversion | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage matrix of ``pdelang check``.

    ``rows`` are atomic boundary parts and the start of time, ``columns`` the components of
    the unknowns; ``cells[row][column]`` says which conditions stand there (``"value"``,
    ``"flux + value"``, ``"periodic"``, ``"-"`` where none is needed, ``"MISSING"``, and ``"?"``
    where a condition that could not be read may stand).
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A well-formed problem in ``d`` space coordinates, with or without time."""

    source: Source
    text: str  # verbatim, `use`d files inlined
    title: str
    domain: Domain
    time: TimeInterval | None
    parameters: tuple[tuple[str, float], ...]
    unknowns: tuple[Unknown, ...]
    parts: tuple[Part, ...]
    periodic_axes: tuple[int, ...]
    equations: tuple[Equation, ...]
    boundary_conditions: tuple[BoundaryCondition, ...]
    initial_conditions: tuple[InitialCondition, ...]
    point_conditions: tuple[PointCondition, ...]
    requirements: tuple[Requirement, ...]
    exact: tuple[KnownSolution, ...]
    guesses: tuple[KnownSolution, ...]
    references: tuple[Reference, ...]
    reports: tuple[Report, ...]
    coverage: Coverage
    jumps: tuple[tuple[float, ...], ...]  # points of space where values on the boundary disagree
    allowed: tuple[str, ...]
    settings: Settings
    output: OutputSettings
    partition: Partition | None = None  # of a domain without regions it may be left out
    varied: tuple[Varied, ...] = ()
    units: tuple[tuple[str, str], ...] = ()  # of every name that has one, as written
    fits: tuple[Fit, ...] = ()
    tables: tuple[str, ...] = ()  # files of `interp`
    data_conditions: tuple[DataCondition, ...] = ()
    surplus: tuple[BoundaryCondition | PointCondition | Requirement, ...] = ()
    """What only the fits can satisfy: with every fit given, the problem is complete without it."""
    # Sources are added to every statement so that these fields solve the problem.
    manufactured: tuple[KnownSolution, ...] = ()

    def label(self, name: str) -> str:
        """Return a coordinate, component or report with its unit: ``x [mm]``."""
        unit = dict(self.units).get(name.split(".")[0])
        return f"{name} [{unit}]" if unit else name

    def with_fits(self, values: Mapping[str, float | FieldSeries | Departure]) -> Problem:
        """Return the problem with its fits at the given values; others stay as they are."""
        fits = tuple(replace(fit, value=values.get(fit.name, fit.value)) for fit in self.fits)
        return replace(self, fits=fits)

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Space coordinates, the time where there is one, then the varied parameters."""
        time = (self.time.name,) if self.time else ()
        return (*self.domain.coordinates, *time, *(v.name for v in self.varied))

    @property
    def time_axis(self) -> int | None:
        """The place of the time among the coordinates."""
        return len(self.domain.coordinates) if self.time else None

    @property
    def extra_bounds(self) -> tuple[Bounds, ...]:
        """The bounds of what follows the space coordinates: the time and the varied parameters."""
        time = (self.time.bounds,) if self.time else ()
        return (*time, *(v.bounds for v in self.varied))

    @property
    def components(self) -> tuple[str, ...]:
        """Every scalar field solved for, unknowns by name, components in the order of the axes."""
        return tuple(c for unknown in self.unknowns for c in unknown.components)
