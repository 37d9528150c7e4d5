"""Boundary conditions, counted for every component on every atomic part.

A component equation serves one component: the one whose derivative across the part stands
highest relative to the component's own order k. Where several assignments are possible the
one without gaps holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pdelang.semantics.atoms import Atom
from pdelang.semantics.boundary_report import BoundaryReporter
from pdelang.semantics.conditions import BoundaryCondition, Unknown
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Domain
from pdelang.semantics.faults import Faults
from pdelang.semantics.matching import match
from pdelang.semantics.orders import Orders
from pdelang.semantics.overlaps import find_overlaps, report_overlaps
from pdelang.semantics.parts import PartTable
from pdelang.semantics.resolved import Statements
from pdelang.semantics.served import Served, serve


@dataclass(slots=True)
class BoundaryCounter:
    """Counts the conditions of one problem. ``balanced``: its equations match its unknowns."""

    domain: Domain
    coordinates: tuple[str, ...]
    unknowns: tuple[Unknown, ...]
    orders: Orders
    atoms: tuple[Atom, ...]
    parts: PartTable
    statements: Statements
    faults: Faults
    balanced: bool
    fitted: bool = False
    _served: dict[Atom, dict[str, list[Served]]] = field(default_factory=dict)
    _surplus: dict[Atom, list[tuple[str, Served]]] = field(default_factory=dict)

    def count(self) -> list[tuple[str, ...]]:
        """Report E201, E203, E206, W230; return one row of coverage cells per atom."""
        self._count_all()
        reporter = self._reporter()
        gaps = self._find_gaps()
        reporter.report_gaps(gaps)
        overlaps = find_overlaps(self.atoms, self.parts.declared)
        report_overlaps(overlaps, self.faults)
        if self.balanced:
            # Where two parts overlap that are sound on their own, the overlap is the fault.
            shared = {atom for o in overlaps if not o.is_equal for atom in o.atoms}
            surplus = {a: s for a, s in self._surplus.items() if a not in shared}
            if self.fitted:
                surplus = self._keep_for_fits(surplus)
            reporter.report_surplus(surplus)
            reporter.report_repeated(self._find_repeated())
        rows = []
        for atom in self.atoms:
            cells = []
            nothing = "-" if self._is_certain(atom) else "?"
            for component in self._components():
                if self._is_periodic(atom):
                    cells.append("periodic")
                    continue
                kinds = [s.describe(component) for s in self._served[atom][component]]
                kinds += ["MISSING"] * gaps.get((atom, component), 0)
                cells.append(" + ".join(kinds) if kinds else nothing)
            rows.append(tuple(cells))
        return rows

    def _keep_for_fits(
        self, surplus: dict[Atom, list[tuple[str, Served]]]
    ) -> dict[Atom, list[tuple[str, Served]]]:
        """List the conditions that only a `fit` can satisfy as ``surplus``; return what else is too many.

        Of several conditions for a component the one of the highest order is surplus. It has to be
        so on every part where it holds.
        """
        apart: dict[int, tuple[BoundaryCondition, set[Atom]]] = {}
        for atom, items in surplus.items():
            for component, item in items:
                here = [item, *self._served[atom].get(component, ())]
                last = max(here, key=lambda s, c=component: s.heights.get(c, 0))
                condition = last.condition
                apart.setdefault(id(condition), (condition, set()))[1].add(atom)
        for condition, atoms in apart.values():
            names = {part.name for part in condition.parts}
            if atoms != {a for a in self.atoms if a.parts & names}:
                return surplus
        known = {id(condition) for condition in self.statements.surplus}
        self.statements.surplus += [c for key, (c, _) in apart.items() if key not in known]
        return {}

    def _reporter(self) -> BoundaryReporter:
        return BoundaryReporter(
            self.coordinates,
            self.unknowns,
            self.orders,
            self.atoms,
            self.parts,
            self.faults,
            self._served,
        )

    # ------------------------------------------------------------ assignment

    def _count_all(self) -> None:
        finders: dict[int | None, OrderFinder] = {
            axis: OrderFinder(
                self.coordinates,
                self.domain.coordinates,
                {u.name: u.components for u in self.unknowns},
                axis,
                self.domain.metric,
            )
            for axis in (*range(len(self.domain.coordinates)), None)
        }
        trivial: list[BoundaryCondition] = []
        for atom in self.atoms:
            found: list[Served] = []
            for condition in self.statements.boundary_conditions:
                if not any(part.name in atom.parts for part in condition.parts):
                    continue
                if self._is_periodic(atom):
                    self._reporter().report_periodic(condition, atom)
                    continue
                finder = finders[atom.side.axis]
                axis = atom.side.axis
                equations = finder.find_equation(condition.left, condition.right)
                served = [
                    serve(condition, d, axis, len(self.domain.coordinates))
                    for d in equations
                    if d.occurrences
                ]
                if not served:
                    trivial.append(condition)
                found.extend(served)
            self._assign(atom, found)
        for condition in dict.fromkeys(trivial):
            self.faults.add(
                "E203",
                "this condition names no unknown, so it is one too many",
                condition.span,
                "no unknown in it",
            )

    def _assign(self, atom: Atom, found: list[Served]) -> None:
        served: dict[str, list[Served]] = {c: [] for c in self._components()}
        surplus: list[tuple[str, Served]] = []
        axis = atom.side.axis
        self._reporter().check_orders(found, axis)
        strict = [self._candidates(s, axis) for s in found]
        wide = [self._candidates(s, axis, only_highest=False) for s in found]
        chosen = self._match(strict, axis)
        if self._has_gaps(chosen, axis):
            other = self._match(wide, axis)
            if None not in other and not self._has_gaps(other, axis):
                chosen = other
        for item, component in zip(found, chosen, strict=True):
            if component is not None:
                served[component].append(item)
            else:
                surplus.append((self._candidates(item, axis)[0], item))
        self._served[atom] = served
        self._surplus[atom] = surplus

    def _candidates(self, item: Served, axis: int | None, only_highest: bool = True) -> list[str]:
        """Return the components that an equation may serve, the likeliest first."""
        ratios = {
            c: height / self.orders.order(c, axis)
            for c, height in item.heights.items()
            if self.orders.order(c, axis) > 0
        }
        if not ratios:
            return sorted(item.heights)
        top = max(ratios.values())
        # At equal height the component of higher order is meant: its conditions are due.
        ordered = sorted(ratios, key=lambda c: (-ratios[c], -self.orders.order(c, axis), c))
        # A component that stands there only differentiated along the part is not determined by it.
        return [c for c in ordered if ratios[c] == top or (not only_highest and c in item.plain)]

    def _match(self, candidates: list[list[str]], axis: int | None) -> list[str | None]:
        """Fill what each component needs first, then what it may take beyond."""
        needed = match(
            [[(c, i) for c in cs for i in range(self._needs(c, axis))] for cs in candidates]
        )
        chosen = [slot[0] if slot is not None else None for slot in needed]
        left = [i for i, c in enumerate(chosen) if c is None]
        extra = match(
            [
                [
                    (c, i)
                    for c in candidates[item]
                    for i in range(self._allows(c, axis) - self._needs(c, axis))
                ]
                for item in left
            ]
        )
        for item, slot in zip(left, extra, strict=True):
            if slot is not None:
                chosen[item] = slot[0]
        return chosen

    def _needs(self, component: str, axis: int | None) -> int:
        order = self.orders.order(component, axis)
        return order // 2 if order != 1 else 0

    def _allows(self, component: str, axis: int | None) -> int:
        return (self.orders.order(component, axis) + 1) // 2

    def _has_gaps(self, chosen: list[str | None], axis: int | None) -> bool:
        return any(chosen.count(c) < self._needs(c, axis) for c in self._components())

    def _components(self) -> Iterable[str]:
        return [c for unknown in self.unknowns for c in unknown.components]

    def _find_repeated(self) -> list[tuple[str, Served, Served, Atom]]:
        """Return where two conditions give the value of one component.

        The number may be right, as for the plate: but of a normal set of conditions no two
        have the same order where each alone fixes it.
        """
        found: list[tuple[str, Served, Served, Atom]] = []
        for atom in self.atoms:
            for component, served in self._served[atom].items():
                values = [s for s in served if s.heights == {component: 0} and s.plain]
                if self._needs(component, atom.side.axis) > 1 and len(values) > 1:
                    found.append((component, values[0], values[1], atom))
        return found

    # ------------------------------------------------------------------ gaps

    def _find_gaps(self) -> dict[tuple[Atom, str], int]:
        gaps: dict[tuple[Atom, str], int] = {}
        open_atoms = [a for a in self.atoms if not self._is_periodic(a) and self._is_certain(a)]
        for atom in open_atoms:
            for component in self._components():
                lack = self._needs(component, atom.side.axis) - len(self._served[atom][component])
                if lack > 0:
                    gaps[atom, component] = lack
        for axis in range(len(self.domain.coordinates)):
            low, high = (
                [a for a in open_atoms if a.side.axis == axis and a.side.upper is upper]
                for upper in (False, True)
            )
            for component in self._components():
                order = self.orders.order(component, axis)
                if order < 3 or order % 2 == 0 or not low or not high:
                    continue
                # Odd order: both ends give (k−1)/2, and one of them one more.
                given = [
                    min(len(self._served[a][component]) for a in atoms) for atoms in (low, high)
                ]
                if sum(given) < order and all(g == order // 2 for g in given):
                    gaps[low[0], component] = 1
                if sum(given) > order:
                    self._surplus[high[0]].append((component, self._served[high[0]][component][-1]))
        return gaps

    def _is_periodic(self, atom: Atom) -> bool:
        return self.parts.pairs.find(atom.side, atom.parts) is not None

    def _is_certain(self, atom: Atom) -> bool:
        """Say whether every statement that speaks of this atom could be read."""
        return (
            not self.statements.uncertain_everywhere
            and atom.side not in self.parts.pairs.doubtful
            and not atom.parts & self.statements.uncertain_parts
        )
