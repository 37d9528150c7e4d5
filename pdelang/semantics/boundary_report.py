"""What is said of boundary conditions that are too few, too many or of too high an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.geometry.names import has_name
from pdelang.semantics.atoms import Atom
from pdelang.semantics.conditions import BoundaryCondition, Unknown
from pdelang.semantics.constants import clip
from pdelang.semantics.faults import Faults
from pdelang.semantics.orders import Orders, count_noun, list_names, name_across, name_order
from pdelang.semantics.parts import PartTable
from pdelang.semantics.served import Served
from pdelang.syntax import tree


@dataclass(slots=True)
class BoundaryReporter:
    """Words for the counts of one problem. ``served`` says which equations serve what, where."""

    coordinates: tuple[str, ...]
    unknowns: tuple[Unknown, ...]
    orders: Orders
    atoms: tuple[Atom, ...]
    parts: PartTable
    faults: Faults
    served: Mapping[Atom, Mapping[str, list[Served]]]

    def report_gaps(self, gaps: dict[tuple[Atom, str], int]) -> None:
        """Tell all gaps in one message (E201)."""
        if not gaps:
            return
        phrases: list[str] = []
        advice: list[str] = []
        related: list[Related] = []
        lacking: list[Unknown] = []
        for unknown in self.unknowns:
            mine = {key: lack for key, lack in gaps.items() if key[1] in unknown.components}
            if not mine:
                continue
            lacking.append(unknown)
            for names, lack, atoms in self._group(unknown, mine):
                places = list_places(atoms)
                order = max(
                    self.orders.order(c, a.side.axis) for a in atoms for c in unknown.components
                )
                odd = order % 2 == 1
                phrases.append(
                    f"{names} needs {lack} more {'condition' if lack == 1 else 'conditions'} on {places}"
                    + (" or on the opposite end" if odd and lack == 1 else "")
                )
                advice += self._advise(unknown, names, lack, atoms, order)
            axis = next(iter(mine))[0].side.axis
            source = max(
                (
                    self.orders.source[c, axis]
                    for c in unknown.components
                    if (c, axis) in self.orders.source
                ),
                key=lambda e: e.label,
                default=None,
            )
            order = max(self.orders.order(c, axis) for c in unknown.components)
            if source is not None:
                related.append(
                    Related(
                        source.span,
                        f"{name_order(order)} in {name_across(axis, self.coordinates)} for `{unknown.name}`",
                    )
                )
        first = min(lacking, key=lambda u: (u.span.source.name, u.span.start))
        related += [
            Related(u.span, "conditions are missing for this one too")
            for u in lacking
            if u is not first
        ]
        self.faults.add(
            "E201",
            "; ".join(phrases),
            first.span,
            "conditions are missing for this unknown",
            related=related,
            help="add " + "\n".join(advice),
        )

    def _group(
        self, unknown: Unknown, gaps: dict[tuple[Atom, str], int]
    ) -> list[tuple[str, int, list[Atom]]]:
        """Return (names, number lacking, atoms): gaps that read as one."""
        grouped: dict[tuple[str, int], list[Atom]] = {}
        for atom in self.atoms:
            lacks = {c: gaps[atom, c] for c in unknown.components if (atom, c) in gaps}
            if not lacks:
                continue
            if len(lacks) == len(unknown.components) and len(set(lacks.values())) == 1:
                grouped.setdefault((f"`{unknown.name}`", next(iter(lacks.values()))), []).append(
                    atom
                )
                continue
            for component, lack in lacks.items():
                grouped.setdefault((f"`{component}`", lack), []).append(atom)
        return [(names, lack, atoms) for (names, lack), atoms in grouped.items()]

    def _advise(
        self, unknown: Unknown, names: str, lack: int, atoms: list[Atom], order: int
    ) -> list[str]:
        """Return lines to add, one per condition that is missing."""
        targets, line = self._targets(atoms)
        name = names.strip("`")
        given = {
            item.heights[c]
            for atom in atoms
            for c in unknown.components
            for item in self.served[atom].get(c, [])
        }
        forms = [f"{name} = …", f"dn({name}) = …", f"dn(dn({name})) = …", f"lap({name}) = …"]
        if order == 4:
            forms = [f"{name} = …", f"dn({name}) = …"]
        usable = [form for height, form in enumerate(forms) if height not in given]
        chosen = (usable or forms)[:lack]
        return ([line] if line else []) + [f"`on {targets}: {form}`" for form in chosen]

    def _targets(self, atoms: list[Atom]) -> tuple[str, str | None]:
        """Return what to write after ``on``, and a `boundary` line that it needs."""
        names: list[str] = []
        line = None
        wanted = set(atoms)
        for atom in atoms:
            exact = next(
                (
                    part.name
                    for part in self.parts.declared
                    if part.name in atom.parts
                    and {a for a in self.atoms if part.name in a.parts} <= wanted
                ),
                None,
            )
            if exact is not None:
                names.append(exact)
            elif atom.is_whole_side and has_name(atom.side):
                names.append(atom.name.split(" (")[0])
            else:
                names.append("others")
                line = "`boundary others = rest`"
        return ", ".join(dict.fromkeys(names)), line

    # --------------------------------------------------------------- surplus

    def report_surplus(self, surplus: Mapping[Atom, list[tuple[str, Served]]]) -> None:
        """Report (E203, W230) the conditions that found no component to serve."""
        seen: dict[tuple[int, str], list[Atom]] = {}
        items: dict[tuple[int, str], Served] = {}
        for atom, extra in surplus.items():
            for component, item in extra:
                key = (id(item.condition), component.split(".")[0])
                seen.setdefault(key, []).append(atom)
                items[key] = item
        for (_, name), atoms in seen.items():
            key = (
                id(items[next(k for k in seen if k[1] == name and seen[k] is atoms)].condition),
                name,
            )
            self._report_one_surplus(name, items[key], atoms)

    def _report_one_surplus(self, name: str, item: Served, atoms: list[Atom]) -> None:
        unknown = next(u for u in self.unknowns if u.name == name)
        axis = atoms[0].side.axis
        order = max(self.orders.order(c, axis) for c in unknown.components)
        places = list_names(dict.fromkeys(atom.name for atom in atoms))
        here = [s for c in unknown.components for s in self.served[atoms[0]][c]]
        conditions = {id(s.condition): s.condition for s in (*here, item)}
        last = max(conditions.values(), key=lambda c: (c.span.source.name, c.span.start))
        related = [
            Related(c.span, "another condition on the same part")
            for c in conditions.values()
            if c is not last
        ]
        across = name_across(axis, self.coordinates)
        if order == 0:
            self.faults.add(
                "E203",
                f"`{name}` takes no condition on {places}: no equation has a derivative of it in {across}",
                item.condition.span,
                "one condition too many",
                help="remove it",
            )
            return
        allowed = (order + 1) // 2
        kinds = {s.describe(c) for c in unknown.components for s in (*here, item) if c in s.heights}
        notes = []
        if order == 2 and {"value"} < kinds:
            notes.append(
                "value and flux together on one part are Cauchy data: an elliptic or parabolic "
                "problem has no solution that depends on them continuously"
            )
        if order == 1:
            self.faults.add(
                "W230",
                f"`{name}` has more than one condition on {places}, and its equation is first order in {across}",
                last.span,
                "at most one, at the inflow",
                related=related,
                help="remove one of them",
            )
            return
        if order % 2 == 1:
            notes.append(
                f"{name_order(order)}: {order} conditions in all, {order // 2} at one end and {allowed} at the other"
            )
        self.faults.add(
            "E203",
            f"`{name}` has {count_noun(len(conditions), 'condition')} on {places}, and its "
            f"{name_order(order)} in {across} takes {order // 2}"
            + (f" or {allowed}" if order % 2 else ""),
            last.span,
            "one condition too many",
            related=related,
            notes=notes,
            help="remove one of them",
        )

    def report_repeated(self, repeated: Iterable[tuple[str, Served, Served, Atom]]) -> None:
        """Report (E203) a value that two conditions give on one part."""
        pairs: dict[tuple[int, int], tuple[str, list[Atom]]] = {}
        conditions: dict[int, BoundaryCondition] = {}
        for component, one, other, atom in repeated:
            first, second = sorted(
                (one.condition, other.condition), key=lambda c: (c.span.source.name, c.span.start)
            )
            conditions.update({id(first): first, id(second): second})
            pairs.setdefault((id(first), id(second)), (component, []))[1].append(atom)
        for (first, second), (component, atoms) in pairs.items():
            axis = atoms[0].side.axis
            order = self.orders.order(component, axis)
            self.faults.add(
                "E203",
                f"the value of `{component}` is given twice on {list_names(dict.fromkeys(a.name for a in atoms))}",
                conditions[second].span,
                "its value again",
                related=[Related(conditions[first].span, "its value")],
                notes=[
                    f"{name_order(order)} takes {order // 2} conditions, and not two of the same order"
                ],
                help=f"give a derivative with one of them, such as `dn({component}) = …`",
            )

    def report_periodic(self, condition: BoundaryCondition, atom: Atom) -> None:
        statement = self.parts.pairs.find(atom.side, atom.parts)
        assert statement is not None
        turn = atom.side.axis if isinstance(statement, tree.Domain) else None
        self.faults.add(
            "E203",
            f"{atom.name} is periodic and takes no condition",
            condition.span,
            "one condition too many",
            related=[
                Related(
                    statement.span,
                    f"a full turn of `{self.coordinates[turn]}` closes on itself"
                    if turn is not None
                    else "declared periodic here",
                )
            ],
            help=f"remove {atom.name.split(' (')[0]} from this condition"
            + ("" if turn is not None else ", or the `periodic` statement"),
        )

    def check_orders(self, found: list[Served], axis: int | None) -> None:
        """Report derivatives across the part as high as the equation's (E206)."""
        for item in found:
            for component, height in item.heights.items():
                order = self.orders.order(component, axis)
                if height >= order >= 2:
                    source = self.orders.source[component, axis]
                    self.faults.add(
                        "E206",
                        f"a condition on `{component}` may hold derivatives up to order {order - 1}, "
                        f"and this one has order {height}",
                        item.condition.span,
                        f"order {height} in {name_across(axis, self.coordinates)}",
                        related=[
                            Related(
                                source.span,
                                f"{name_order(order)} in {name_across(axis, self.coordinates)}",
                            )
                        ],
                        help=f"the equation `{clip(source.left.span.text)} = {clip(source.right.span.text)}` "
                        "itself holds up to the boundary: use it to lower the order",
                    )


def list_places(atoms: Iterable[Atom]) -> str:
    """Return ``left``, or ``each of left, bottom and top``."""
    names = list(dict.fromkeys(atom.name for atom in atoms))
    return names[0] if len(names) == 1 else f"each of {list_names(names)}"
