"""The unknowns that a spec declares, with their components, regions and units."""

from __future__ import annotations

from pdelang.semantics.complex_values import PART_NAMES
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.domain import Region
from pdelang.semantics.expression import Rank
from pdelang.semantics.region_finder import RegionFinder
from pdelang.semantics.scope import Kind, Scope
from pdelang.semantics.unit_table import UnitTable
from pdelang.syntax import tree


def list_unknowns(
    scope: Scope, regions: RegionFinder, units: UnitTable | None
) -> tuple[Unknown, ...]:
    """Return the unknowns, ordered by name: the order of statements has no meaning."""
    found: list[Unknown] = []
    for name in scope.names_of({Kind.UNKNOWN}):
        declaration = scope.names[name]
        statement = declaration.statement
        assert isinstance(statement, tree.Unknown)
        kind = statement.kind.name if statement.kind is not None else "scalar"
        rank = Rank.VECTOR if kind == "vector" else Rank.SCALAR
        parts = {"vector": scope.space, "complex": PART_NAMES}.get(kind)
        components = (name,) if parts is None else tuple(f"{name}.{part}" for part in parts)
        limits: tuple[Region, ...] = ()
        if statement.region is not None and name not in scope.faulty:
            home = regions.find(statement.region)
            if home is None:
                scope.faulty.add(name)
            elif home.region is not None:
                limits = (home.region,)
        conversion = None if units is None else units.conversion(name)
        if conversion is not None and conversion.is_trivial:
            conversion = None
        is_complex = kind == "complex"
        found.append(
            Unknown(
                name,
                rank,
                components,
                declaration.span,
                is_complex,
                conversion,
                limits,
                bool(limits),
            )
        )
    return tuple(found)
