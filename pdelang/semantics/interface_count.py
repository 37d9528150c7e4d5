"""Conditions on interfaces, counted: k per component that both sides have, k/2 for one side's own.

With orders k_a and k_b on the two sides a component needs (k_a + k_b)/2 conditions: value and
flux for an equation of second order on both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.semantics.boundary import Part
from pdelang.semantics.conditions import Equation, Unknown
from pdelang.semantics.dependence import Dependence
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.domain import Region
from pdelang.semantics.faults import Faults
from pdelang.semantics.matching import match
from pdelang.semantics.orders import Orders, count_noun, find_orders, name_order
from pdelang.semantics.partition import Partition
from pdelang.semantics.resolved import Statements
from pdelang.semantics.served import Served, serve

Entries = Sequence[tuple[Equation, tuple[Dependence, ...]]]


@dataclass(slots=True)
class InterfaceCounter:
    """Counts the conditions on the interfaces of one problem. ``entries`` are its equations.

    ``balanced``: they match the unknowns in every region.
    """

    partition: Partition
    coordinates: tuple[str, ...]
    unknowns: tuple[Unknown, ...]
    entries: Entries
    statements: Statements
    faults: Faults
    balanced: bool

    def count(self, parts: Sequence[Part]) -> list[tuple[str, tuple[str, ...]]]:
        """Report E201, E203, E206; return a row of coverage per interface: its name, and cells."""
        rows = []
        for part in parts:
            if part.interface is not None:
                rows.append((self._name(part), self._count_part(part, part.interface)))
        return rows

    def _name(self, part: Part) -> str:
        assert part.interface is not None
        first, second = part.interface
        return f"{part.name} ({first.name} | {second.name})"

    def _count_part(self, part: Part, between: tuple[Region, Region]) -> tuple[str, ...]:
        sides = [self._orders_in(region) for region in between]
        orders = {
            c: sum(side.order(c, None) if c in side.highest else 0 for side in sides)
            for c in self._components()
        }
        split = [u for u in self.unknowns if not self.partition.is_one_function(u, between)]
        components = [c for u in split for c in u.components]
        found = list(self._served(part))
        self._check_heights(found, sides)
        slots = match(
            [
                [
                    (c, i)
                    for c in self._candidates(item, orders)
                    if c in components
                    for i in range((orders[c] + 1) // 2)
                ]
                for item in found
            ]
        )
        served: dict[str, list[Served]] = {c: [] for c in components}
        for item, slot in zip(found, slots, strict=True):
            if slot is None and self.balanced:
                self._report_surplus(part, item, orders)
            elif slot is not None:
                served[slot[0]].append(item)
        lacks = {c: orders[c] // 2 - len(served[c]) for c in components}
        is_certain = self._is_certain(part)
        if is_certain:
            self._report_gaps(part, between, split, lacks, sides)
        # A faulty condition may be the one that is not there.
        missing = "MISSING" if is_certain else "?"
        cells = []
        for component in self._components():
            if component not in components:
                cells.append("-")
                continue
            kinds = [s.describe(component) for s in served[component]]
            kinds += [missing] * max(0, lacks[component])
            cells.append(" + ".join(kinds) if kinds else "-")
        return tuple(cells)

    def _orders_in(self, region: Region) -> Orders:
        cells = self.partition.cells_in((region,))
        living = [u for u in self.unknowns if any(self.partition.lives(u, c) for c in cells)]
        own = [(e, ds) for e, ds in self.entries if self.partition.cells_in(e.regions) & cells]
        known = {c for u in living for c in u.components}
        own = [
            (e, ds) for e, ds in own if all(o.component in known for d in ds for o in d.occurrences)
        ]
        return find_orders(
            tuple(living), own, len(self.coordinates), len(self.partition.domain.coordinates)
        )

    def _served(self, part: Part) -> Iterator[Served]:
        space = self.partition.domain.coordinates
        finder = OrderFinder(
            self.coordinates,
            space,
            {u.name: u.components for u in self.unknowns},
            metric=self.partition.domain.metric,
        )
        for condition in self.statements.boundary_conditions:
            if all(p.name != part.name for p in condition.parts):
                continue
            for dependence in finder.find_equation(condition.left, condition.right):
                if dependence.occurrences:
                    yield serve(condition, dependence, None, len(space))
                elif not any(
                    d.occurrences for d in finder.find_equation(condition.left, condition.right)
                ):
                    self.faults.add(
                        "E203",
                        "this condition names no unknown, so it is one too many",
                        condition.span,
                        "no unknown in it",
                    )

    def _candidates(self, item: Served, orders: dict[str, int]) -> list[str]:
        ratios = {c: h / orders[c] for c, h in item.heights.items() if orders[c] > 0}
        return sorted(ratios, key=lambda c: (-ratios[c], -orders[c], c))

    def _check_heights(self, found: Sequence[Served], sides: Sequence[Orders]) -> None:
        for item in found:
            for component, height in item.heights.items():
                order = max(
                    (s.order(component, None) for s in sides if component in s.highest), default=0
                )
                if height >= order >= 2:
                    self.faults.add(
                        "E206",
                        f"a condition on `{component}` may hold derivatives up to order {order - 1}, "
                        f"and this one has order {height}",
                        item.condition.span,
                        f"order {height} in space",
                        help="the equations themselves hold up to the interface: "
                        "use them to lower the order",
                    )

    def _report_surplus(self, part: Part, item: Served, orders: dict[str, int]) -> None:
        component = next(iter(self._candidates(item, orders)), min(item.heights))
        order = orders[component]
        self.faults.add(
            "E203",
            f"`{component}` takes {count_noun(order // 2, 'condition')} on {part.name}, and this is one more"
            if order
            else f"`{component}` takes no condition on {part.name}",
            item.condition.span,
            "one condition too many",
            related=[Related(part.span, "the interface")],
            help="remove one of them",
        )

    def _report_gaps(
        self,
        part: Part,
        between: tuple[Region, Region],
        split: Sequence[Unknown],
        lacks: dict[str, int],
        sides: Sequence[Orders],
    ) -> None:
        names = " and ".join(f"`{region.name}`" for region in between)
        for unknown in split:
            lack = max(lacks[c] for c in unknown.components)
            if lack <= 0:
                continue
            both = all(unknown.components[0] in side.highest for side in sides)
            name = unknown.name
            forms = [f"jump({name}) = 0", f"jump(k*dn({name})) = 0"]
            if not both:
                forms = [f"{name} = …", f"dn({name}) = …"]
            component = unknown.components[0]
            order = max(s.order(component, None) for s in sides if component in s.highest)
            source = next(s.source[component, None] for s in sides if (component, None) in s.source)
            advice = " or ".join(f"`on {part.name}: {form}`" for form in forms)
            self.faults.add(
                "E201",
                f"`{name}` needs {lack} more {'condition' if lack == 1 else 'conditions'} "
                f"on {part.name}, where {names} meet",
                unknown.span,
                "conditions are missing for this unknown",
                related=[
                    Related(part.span, "the interface"),
                    Related(source.span, f"{name_order(order)} in space for `{name}`"),
                ],
                notes=["value and flux: continuous where nothing else is known"] if both else [],
                help=f"add {advice}"
                if lack == 1
                else "add " + "\n".join(f"`on {part.name}: {form}`" for form in forms),
            )

    def _is_certain(self, part: Part) -> bool:
        return (
            not self.statements.uncertain_everywhere
            and part.name not in self.statements.uncertain_parts
        )

    def _components(self) -> list[str]:
        return [c for unknown in self.unknowns for c in unknown.components]
