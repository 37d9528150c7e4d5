"""The checked problem: what `semantics` hands on to `calculus`.

Every name is resolved, every rank checked, every condition mapped to the part where it
holds. Numbers that shape the geometry are folded to floats and kept as expressions too,
so that `calculus` can reason about them exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pdelang.diagnostics.span import Source
from pdelang.semantics.boundary import Part
from pdelang.semantics.conditions import (
    BoundaryCondition,
    Equation,
    InitialCondition,
    KnownSolution,
    PointCondition,
    Reference,
    Report,
    Requirement,
    Unknown,
)
from pdelang.semantics.domain import Bounds, Domain, TimeInterval, Varied
from pdelang.semantics.measured import DataCondition, Departure, FieldSeries, Fit
from pdelang.semantics.settings import OutputSettings, Settings

if TYPE_CHECKING:
    from pdelang.semantics.partition import Partition


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
    held: tuple[tuple[str, float], ...] = ()  # of a member: what the varied parameters are
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

    def member(self, values: Mapping[str, float]) -> Problem:
        """Return one member of a family, without what is known of it or reported.

        ``values`` are those of all varied parameters; fits that differ from member to member are constants of it.
        """
        fits = (
            replace(fit, coordinates=()) if fit.is_of_members(self.varied) else fit
            for fit in self.fits
        )
        return replace(
            self,
            varied=(),
            held=tuple(values.items()),
            fits=tuple(replace(fit, value=None, exact=None) for fit in fits),
            exact=(),
            references=(),
            reports=(),
        )

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
