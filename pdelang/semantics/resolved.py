"""The statements of a spec, resolved: what the counts and checks work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from pdelang.semantics.conditions import (
    BoundaryCondition,
    Equation,
    InitialCondition,
    KnownSolution,
    PointCondition,
    Reference,
    Report,
    Requirement,
)
from pdelang.semantics.measured import DataCondition, Fit


@dataclass(slots=True)
class Statements:
    """All resolved statements.

    ``spoilt`` holds the kinds of which one had a fault. Of faulty conditions, the parts that
    they speak of are ``uncertain_parts``; ``uncertain_everywhere`` if those are not known.
    """

    equations: list[Equation] = field(default_factory=list)
    boundary_conditions: list[BoundaryCondition] = field(default_factory=list)
    initial_conditions: list[InitialCondition] = field(default_factory=list)
    point_conditions: list[PointCondition] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    exact: list[KnownSolution] = field(default_factory=list)
    guesses: list[KnownSolution] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    surplus: list[BoundaryCondition | PointCondition | Requirement] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)
    data_conditions: list[DataCondition] = field(default_factory=list)
    spoilt: set[type] = field(default_factory=set)
    uncertain_parts: set[str] = field(default_factory=set)
    uncertain_everywhere: bool = False
