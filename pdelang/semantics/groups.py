"""Groups of cells in which the same unknowns exist and the same equations hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pdelang.semantics.atoms import Within
from pdelang.semantics.conditions import BoundaryCondition, Equation, InitialCondition, Unknown
from pdelang.semantics.dependence import Dependence
from pdelang.semantics.layout import list_unknowns_in
from pdelang.semantics.partition import REST, Partition
from pdelang.semantics.resolved import Statements

Entry = tuple[Equation, tuple[Dependence, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Cells with their ``unknowns`` and the ``entries`` of their equations.

    ``name`` is that of their regions, None where the group is the whole domain.
    """

    partition: Partition
    cells: frozenset[int]
    unknowns: tuple[Unknown, ...]
    entries: list[Entry]
    name: str | None

    @property
    def suffix(self) -> str:
        """What tells a row of the coverage from the same one of another region."""
        return f" (in {self.name})" if self.name else ""

    @property
    def phrase(self) -> str:
        """Where the group is, at the end of a sentence."""
        if self.name == REST:
            return " in what none of the regions covers"
        return f" in `{self.name}`" if self.name else ""

    @property
    def advice(self) -> str:
        """What to add where no equation holds."""
        if self.name == REST:
            domain = self.partition.domain.name
            names = " - ".join([domain, *(r.name for r in self.partition.regions)])
            return f"name it, `shape other = {names}`, and add an equation with `in other: …`"
        return f"add an equation, for example `in {self.name or 'DOMAIN'}: lap(u) = 0`"

    @property
    def within(self) -> Within | None:
        """The part of the boundary that the cells border on; None for all of it."""
        if self.name is None:
            return None
        partition, cells = self.partition, sorted(self.cells)

        def borders(points: np.ndarray) -> np.ndarray:
            return np.isin(partition.cells_at(points), cells)

        return Within(borders, self.name)

    def restrict(self, statements: Statements) -> Statements:
        """Return the statements without the conditions whose unknowns do not all exist here."""
        names = {unknown.name for unknown in self.unknowns}

        def belongs(condition: BoundaryCondition | InitialCondition) -> bool:
            return names.issuperset(list_unknowns_in(condition.left, condition.right))

        return replace(
            statements,
            boundary_conditions=[c for c in statements.boundary_conditions if belongs(c)],
            initial_conditions=[c for c in statements.initial_conditions if belongs(c)],
        )

    def widen(self, cells: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
        """Return a row of the coverage with ``-`` for the unknowns that do not exist here."""
        own = [c for unknown in self.unknowns for c in unknown.components]
        known = dict(zip(own, cells, strict=True))
        return tuple(known.get(column, "-") for column in columns)


def find_groups(
    partition: Partition, unknowns: Sequence[Unknown], entries: Sequence[Entry]
) -> list[Group]:
    """Return the groups of a partition, by name."""
    found: dict[tuple, set[int]] = {}
    for cell in sorted(partition.everywhere):
        living = tuple(u for u in unknowns if partition.lives(u, cell))
        active = tuple(id(e) for e, _ in entries if cell in partition.cells_in(e.regions))
        found.setdefault((living, active), set()).add(cell)
    groups = []
    for (living, active), members in found.items():
        region = partition.region_of(frozenset(members))
        own = [entry for entry in entries if id(entry[0]) in active]
        name = None if region is None else region.name
        groups.append(Group(partition, frozenset(members), living, own, name))
    return sorted(groups, key=lambda group: group.name or "")
