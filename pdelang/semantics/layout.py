"""Which unknown is how many functions: one on the whole domain, or one per region.

An unknown that a condition on an interface speaks of may jump there, or its slope may: it becomes
one function per region of its interfaces, and one for what of the domain lies in none of them.
An unknown declared ``in`` a region exists there alone. Where a region is in pieces without connection
the unknown is one function on each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.semantics.boundary import Part
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.connection import split_domain, split_region
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import Aggregate, Expression, Jump, Sided, UnknownReference
from pdelang.semantics.faults import Faults
from pdelang.semantics.partition import Partition
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import post_order

if TYPE_CHECKING:
    from pdelang.semantics.periodic_pairs import PeriodicPairs


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The partition of the domain and the unknowns with their regions."""

    partition: Partition
    unknowns: tuple[Unknown, ...]


def lay_out(
    domain: Domain,
    unknowns: Sequence[Unknown],
    statements: Statements,
    parts: Sequence[Part],
    pairs: PeriodicPairs,
    faults: Faults,
) -> Layout:
    """Return the layout of a problem.

    Each unknown comes with no region, or with the one that it is declared in. On connected pieces of a
    region, or of the domain, it is a function each. Reports E105 for interfaces between overlapping regions.
    """
    named = {
        *(region for equation in statements.equations for region in equation.regions),
        *(region for part in parts for region in part.interface or ()),
        *(region for unknown in unknowns for region in unknown.regions),
    }
    partition = Partition.of(domain, named)
    if not named and not split_domain(domain, pairs):
        return Layout(partition, tuple(unknowns))
    split = {u.name: _find_split(u, statements, partition) for u in unknowns}
    laid: list[Unknown] = []
    for unknown in unknowns:
        regions = tuple(sorted(split[unknown.name], key=lambda region: region.name))
        base = partition.cells_in(unknown.regions)
        if not regions:
            laid.append(unknown)
            continue
        if _report_overlap(unknown, regions, partition, parts, faults):
            continue
        pieces = [partition.cells_in((region,)) & base for region in regions]
        rest = base.difference(*pieces)
        homes = [partition.region_of(cells) for cells in (*pieces, rest) if cells]
        found = tuple(home for home in homes if home is not None)
        laid.append(replace(unknown, regions=found))
    # What lies in no region of an interface is a region of its own, without a name in the spec.
    homes = {region for unknown in laid for region in unknown.regions}
    pieces = {region: split_region(region, domain, pairs) for region in homes}
    whole = split_domain(domain, pairs)
    laid = [
        replace(u, regions=tuple(p for r in u.regions for p in pieces[r]) or whole) for u in laid
    ]
    homes.update(region for unknown in laid for region in unknown.regions)
    homes |= _find_averaged(laid, statements)
    if not homes <= set(partition.regions):
        partition = Partition.of(domain, {*partition.regions, *homes})
    return Layout(partition, tuple(laid))


def list_unknowns_in(*roots: Expression) -> tuple[str, ...]:
    """Return the names of the unknowns that stand in expressions, sorted."""
    return tuple(sorted({n.name for n in post_order(*roots) if isinstance(n, UnknownReference)}))


def list_sided_unknowns(*roots: Expression) -> tuple[str, ...]:
    """Return the unknowns that stand within a ``side`` or a ``jump``, sorted."""
    inner = [n.operand for n in post_order(*roots) if isinstance(n, Sided | Jump)]
    return list_unknowns_in(*inner)


def choose_unknowns(names: Iterable[str], unknowns: Sequence[Unknown]) -> tuple[Unknown, ...]:
    """Return the unknowns of some names, in their own order."""
    wanted = set(names)
    return tuple(unknown for unknown in unknowns if unknown.name in wanted)


def _find_split(unknown: Unknown, statements: Statements, partition: Partition) -> set[Region]:
    """Return the regions of all interfaces at which conditions tell the two sides apart."""
    base = partition.cells_in(unknown.regions)
    found: set[Region] = set()
    for condition in statements.boundary_conditions:
        if unknown.name not in list_sided_unknowns(condition.left, condition.right):
            continue
        for part in condition.parts:
            if part.interface is not None and all(
                partition.cells_in((region,)) & base for region in part.interface
            ):
                found.update(part.interface)
    return found


def _find_averaged(unknowns: Sequence[Unknown], statements: Statements) -> set[Region]:
    """Return the regions of global quantities of those unknowns that are several functions."""
    several = {unknown.name for unknown in unknowns if unknown.regions}
    sided = (
        *statements.equations,
        *statements.boundary_conditions,
        *statements.initial_conditions,
        *statements.point_conditions,
        *statements.requirements,
        *statements.data_conditions,
    )
    roots = [side for statement in sided for side in (statement.left, statement.right)]
    roots += [report.value for report in statements.reports]
    return {
        node.region
        for node in post_order(*roots)
        if isinstance(node, Aggregate)
        and node.region is not None
        and several.intersection(list_unknowns_in(node.operand))
    }


def _report_overlap(
    unknown: Unknown,
    regions: Sequence[Region],
    partition: Partition,
    parts: Sequence[Part],
    faults: Faults,
) -> bool:
    for i, first in enumerate(regions):
        for second in regions[i + 1 :]:
            if not partition.cells_in((first,)) & partition.cells_in((second,)):
                continue
            own = [p for p in parts if p.interface and {first, second} & set(p.interface)]
            faults.add(
                "E105",
                f"`{first.name}` and `{second.name}` overlap, and `{unknown.name}` has interfaces with both",
                own[-1].span,
                "one of their interfaces",
                related=[Related(own[0].span, "the other")],
                help=f"take one out of the other: `shape outer = {second.name} - {first.name}`",
            )
            return True
    return False
