"""Equations at measured points: ``at probes as temperature: T = probes.T``."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.data_sets import DataReader
from pdelang.semantics.equation_sides import resolve_sides
from pdelang.semantics.expression import Apply, DataColumn, Derivative, UnknownReference
from pdelang.semantics.labels import Unlabelled, name_unknowns
from pdelang.semantics.measured import DataCondition
from pdelang.semantics.places import DATA
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Kind
from pdelang.semantics.traversal import contains, post_order
from pdelang.syntax import tree

_DIFFERENTIATE = frozenset({"grad", "div", "curl", "lap", "adv", "dn"})


@dataclass(slots=True)
class DataConditionReader:
    """Reads the conditions `at` a data set."""

    resolver: Resolver
    folder: Folder
    data: DataReader

    def read(self, statement: tree.AtData) -> tuple[DataCondition, Unlabelled] | None:
        """Return a condition and what its label is made of; report E101, E107, E203, E260."""
        found = self._find_set(statement)
        sides = resolve_sides(self.resolver, self.folder, statement.equation, DATA)
        if found is None or sides is None:
            return None
        left, right = sides
        for node in post_order(left, right):
            if isinstance(node, DataColumn) and node.data != found:
                self.resolver.faults.add(
                    "E107",
                    f"`{clip(node.span.text)}` is known at the points of `{node.data}`, "
                    f"and this condition holds at those of `{found}`",
                    node.span,
                    "a column of another data set",
                    related=[Related(statement.data.span, "holds here")],
                    help=f"write `at {node.data}: …`",
                )
                return None
            differentiates = isinstance(node, Derivative) or (
                isinstance(node, Apply) and node.function in _DIFFERENTIATE
            )
            if differentiates and contains(node, DataColumn):
                self.resolver.faults.add(
                    "E107",
                    "a column of a data set is known at single points and cannot be differentiated",
                    node.span,
                    "a derivative of readings",
                    help="take the derivative of the unknown: `dx(u) = probes.slope`",
                )
                return None
        if not contains(left, UnknownReference) and not contains(right, UnknownReference):
            self.resolver.faults.add(
                "E203",
                "this condition names no unknown, so the data say nothing",
                statement.span,
                "no unknown in it",
                help="write for example `u = " + found + ".u`",
            )
            return None
        if found not in self.data.sets:
            return None
        base, text = f"at {found}", clip(statement.equation.span.text, 200)
        condition = DataCondition("", self.data.sets[found], left, right, statement.span)
        return condition, Unlabelled(base, name_unknowns(left, right), text)

    def _find_set(self, statement: tree.AtData) -> str | None:
        scope, name = self.resolver.scope, statement.data.name
        if name in scope.faulty:
            return None
        if scope.find(name, {Kind.DATA}) is not None:
            return name
        if name == scope.time:
            message = f"`at {name}` needs the time it stands at"
            advice = f"write `at {name} = 0: …`"
        else:
            message = f"unknown data set `{name}`"
            advice = scope.suggest(name, scope.names_of({Kind.DATA}))
        self.resolver.faults.add(
            "E101",
            message,
            statement.data.span,
            "a data set or `t = 0` is expected here",
            help=advice,
        )
        return None
