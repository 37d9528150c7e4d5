"""Statements about global quantities: `require` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.semantics.conditions import Report, Requirement
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.equation_sides import resolve_sides
from pdelang.semantics.expression import (
    Aggregate,
    ComplexOf,
    Coordinate,
    Elsewhere,
    Expression,
    RangeIntegral,
    Rank,
)
from pdelang.semantics.labels import Unlabelled
from pdelang.semantics.located import Extent
from pdelang.semantics.places import REPORT, REQUIREMENT
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import post_order
from pdelang.syntax import tree


@dataclass(slots=True)
class QuantityReader:
    """Reads what is required and reported of a solution as a whole."""

    resolver: Resolver
    folder: Folder
    extent: Extent

    def read_requirement(self, statement: tree.Require) -> tuple[Requirement, Unlabelled] | None:
        """Return a `require` and what its label is made of; report E107."""
        sides = resolve_sides(self.resolver, self.folder, statement.equation, REQUIREMENT)
        if sides is None:
            return None
        left, right = sides
        quantities = Aggregate | Elsewhere | RangeIntegral
        aggregates = [n for n in post_order(left, right) if isinstance(n, quantities)]
        if not self.extent.check_aggregates(left, right):
            return None
        if not aggregates:
            self.resolver.faults.add(
                "E107",
                "a `require` without a global quantity requires nothing of the solution",
                statement.equation.span,
                "constants alone",
                help="write for example `require mean(p) = 0`",
            )
            return None
        if not self._names_its_times(left, right):
            return None
        text = clip(statement.equation.span.text, 200)
        base = f"require {clip(statement.equation.left.span.text)}"
        return Requirement("", left, right, statement.span), Unlabelled(base, "", text)

    def _names_its_times(self, left: Expression, right: Expression) -> bool:
        """Report (E107) a number at given times that is to have another value at each."""
        nodes = list(post_order(left, right, into_aggregates=False))
        aggregates = [n for n in nodes if isinstance(n, Aggregate)]
        others = any(isinstance(n, Elsewhere | RangeIntegral) for n in nodes)
        if others or any(n.time is None for n in aggregates):
            return True
        free = [
            n for n in nodes if isinstance(n, Coordinate) and n.name == self.resolver.scope.time
        ]
        for node in free[:1]:
            self.resolver.faults.add(
                "E107",
                "a `require` at one time asks for one number, and this one varies",
                node.span,
                "depends on the time",
                help="give the number, or remove the time of the global quantity",
            )
        return not free

    def read_reports(self, spec: tree.Tree, found: Statements) -> None:
        """Add the reports of a spec to ``found``, by name; report E102."""
        firsts: dict[str, tree.Report] = {}
        for statement in spec.statements:
            if not isinstance(statement, tree.Report):
                continue
            name = statement.name.name
            if name in firsts:
                self.resolver.faults.add(
                    "E102",
                    f"the report `{name}` is declared twice",
                    statement.name.span,
                    "the second",
                    related=[Related(firsts[name].name.span, "the first")],
                    help="rename one of them",
                )
                continue
            firsts[name] = statement
            value = self.resolver.resolve(statement.value, REPORT)
            if value is None or not self.resolver.ranks.require_rank(
                value, Rank.SCALAR, "a report is a number"
            ):
                continue
            if isinstance(value, ComplexOf):
                self.resolver.report_complex(statement.value, "a `report`, which is a number")
                continue
            conversion = None
            if self.resolver.units is not None:
                read = self.resolver.units.read_report(statement, value)
                if read is None:
                    continue
                value, conversion = read
            self.folder.check(value)
            if self.extent.check_aggregates(value):
                found.reports.append(Report(name, value, statement.span, conversion))
        found.reports.sort(key=lambda report: report.name)
