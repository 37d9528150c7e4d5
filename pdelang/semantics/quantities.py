"""Statements about global quantities: `require` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.semantics.conditions import Report, Requirement
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.equation_sides import resolve_sides
from pdelang.semantics.expression import Aggregate, ComplexOf, Rank
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
        """Return a `require` and what its label is made of; report E107, E190."""
        sides = resolve_sides(self.resolver, self.folder, statement.equation, REQUIREMENT)
        if sides is None:
            return None
        left, right = sides
        aggregates = [n for n in post_order(left, right) if isinstance(n, Aggregate)]
        for aggregate in aggregates:
            if aggregate.time is not None:
                self.resolver.faults.add(
                    "E190",
                    "a `require` at one time is not supported yet",
                    aggregate.span,
                    "holds at every time",
                    help="remove the time",
                )
                return None
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
        text = clip(statement.equation.span.text, 200)
        base = f"require {clip(statement.equation.left.span.text)}"
        return Requirement("", left, right, statement.span), Unlabelled(base, "", text)

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
