"""Counts: equations against unknowns, conditions against orders; the coverage matrix.

The rules are those of the language reference, "How conditions are counted".
"""

from __future__ import annotations

from pdelang.diagnostics.message import Related
from pdelang.semantics.atoms import Atom, split_boundary
from pdelang.semantics.borders import BorderCheck
from pdelang.semantics.boundary_count import BoundaryCounter
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Domain, Surface, TimeInterval
from pdelang.semantics.faults import Faults
from pdelang.semantics.groups import Group, find_groups
from pdelang.semantics.homes import check_homes
from pdelang.semantics.initial_count import count_initial
from pdelang.semantics.interface_count import InterfaceCounter
from pdelang.semantics.orders import count_noun, find_orders, list_names
from pdelang.semantics.partition import Partition
from pdelang.semantics.parts import PartTable
from pdelang.semantics.problem import Coverage
from pdelang.semantics.resolved import Statements
from pdelang.semantics.scope import Kind, Scope
from pdelang.syntax import tree


def count_conditions(
    spec: tree.Tree,
    scope: Scope,
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    parts: PartTable,
    statements: Statements,
    partition: Partition,
    faults: Faults,
) -> Coverage | None:
    """Report E201, E203, E206, E210, E220, W230; return the coverage, or None if uncountable."""
    if not unknowns and not scope.names_of({Kind.UNKNOWN}) and tree.In not in statements.spoilt:
        faults.add(
            "E220",
            "the spec declares no unknown",
            domain.span,
            "nothing is solved for",
            help="add for example `unknown u`",
        )
        return None
    faulty = any(unknown.name in scope.faulty for unknown in unknowns)
    if tree.In in statements.spoilt or faulty or (time is None and scope.time is not None):
        return None
    coordinates = domain.coordinates + ((time.name,) if time else ())
    components = {unknown.name: unknown.components for unknown in unknowns}
    finder = OrderFinder(coordinates, domain.coordinates, components, metric=domain.metric)
    entries = [(e, finder.find_equation(e.left, e.right)) for e in statements.equations]
    if not check_homes(domain, statements, unknowns, partition, faults):
        return None
    columns = tuple(c for unknown in unknowns for c in unknown.components)
    boundary: list[tuple[Surface, str, tuple[str, ...]]] = []
    starts: list[tuple[str, tuple[str, ...]]] = []
    all_balanced = True
    differentiated: set[str] = set()
    for group in find_groups(partition, unknowns, entries):
        balanced = _count_equations(group, faults)
        all_balanced &= balanced
        if not group.entries:
            continue
        orders = find_orders(
            group.unknowns, group.entries, len(coordinates), len(domain.coordinates)
        )
        differentiated |= {c for c in orders.highest if orders.order(c, None) >= 2}
        atoms = _split_for(group, domain, parts, statements)
        counter = BoundaryCounter(
            domain,
            coordinates,
            group.unknowns,
            orders,
            atoms,
            parts,
            group.restrict(statements),
            faults,
            balanced,
            bool(statements.fits),
        )
        boundary += (
            (atom.side, atom.name, group.widen(cells, columns))
            for atom, cells in zip(atoms, counter.count(), strict=True)
        )
        if time is not None:
            cells = count_initial(
                time,
                coordinates,
                domain,
                group.unknowns,
                orders,
                group.restrict(statements),
                faults,
                balanced,
            )
            name = f"{time.name} = {clip(time.bounds.low.span.text)}"
            starts.append((name + group.suffix, group.widen(cells, columns)))
    # Groups count on statements of their own: what they list as surplus leaves the others here.
    surplus = {id(condition) for condition in statements.surplus}
    kept = [c for c in statements.boundary_conditions if id(c) not in surplus]
    statements.boundary_conditions[:] = kept
    if not entries:
        return None
    order = {surface: number for number, surface in enumerate(domain.surfaces)}
    boundary.sort(key=lambda row: order[row[0]])
    rows = [(name, cells) for _, name, cells in boundary]
    if partition.regions:
        interfaces = InterfaceCounter(
            partition, coordinates, unknowns, entries, statements, faults, all_balanced
        )
        rows += interfaces.count(parts.declared)
        borders = BorderCheck(partition, unknowns, statements, faults)
        borders.report_open(parts.declared)
        borders.report_inner_edges(parts.declared, differentiated)
    rows = list(dict.fromkeys([*rows, *starts]))
    return Coverage(tuple(name for name, _ in rows), columns, tuple(cells for _, cells in rows))


def _split_for(
    group: Group, domain: Domain, parts: PartTable, statements: Statements
) -> tuple[Atom, ...]:
    """Return the atoms of the boundary that a group of cells borders on."""
    shown = {part.name: part for part in parts.declared}
    for condition in statements.boundary_conditions:
        shown.update({part.name: part for part in condition.parts})
    for name in statements.uncertain_parts:
        shown.update({part.name: part for part in parts.anonymous.values() if part.name == name})
    shown.update({part.name: part for one in parts.pairs.identified for part in one.parts})
    declared = frozenset(part.name for part in parts.declared)
    return split_boundary(domain, shown.values(), declared, group.within)


def _count_equations(group: Group, faults: Faults) -> bool:
    """Report E220; return whether there are as many component equations as components."""
    unknowns, entries = group.unknowns, group.entries
    if not unknowns and not entries:
        return True
    components = [c for unknown in unknowns for c in unknown.components]
    count = sum(len(dependences) for _, dependences in entries)
    first = min(unknowns, key=lambda u: (u.span.source.name, u.span.start))
    if count != len(components):
        related = [Related(e.span, count_noun(len(d), "equation")) for e, d in entries]
        too_many = count > len(components)
        names = ", ".join(f"`{c}`" for c in components[:6]) + (", …" if len(components) > 6 else "")
        faults.add(
            "E220",
            f"there {'is' if count == 1 else 'are'} {count_noun(count, 'equation')} "
            f"for {count_noun(len(components), 'unknown component')}" + group.phrase,
            first.span,
            f"{count_noun(len(components), 'component')}: {names}",
            related=related[:6],
            notes=["a complex equation counts twice: its real and its imaginary part"]
            if any(unknown.is_complex for unknown in unknowns)
            else ["a vector equation counts once per component"],
            help="remove an equation, or declare what else is solved for"
            if too_many
            else "add an equation with `in`"
            if entries
            else group.advice,
        )
        return False
    used = {o.component for _, ds in entries for d in ds for o in d.occurrences}
    sound = True
    for unknown in unknowns:
        missing = [c for c in unknown.components if c not in used]
        if missing:
            faults.add(
                "E220",
                f"{list_names([f'`{c}`' for c in missing])} stand{'s' if len(missing) == 1 else ''} in no equation",
                unknown.span,
                "not determined by any equation",
            )
            sound = False
    for equation, dependences in entries:
        if sound and any(not d.occurrences for d in dependences):
            faults.add(
                "E220",
                f"the equation `{clip(equation.left.span.text)} = {clip(equation.right.span.text)}` "
                "holds for no unknown"
                + (" in one of its components" if len(dependences) > 1 else ""),
                equation.span,
                "no unknown in it",
            )
            sound = False
    return sound
