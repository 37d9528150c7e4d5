"""Regions that unknowns live in, and the domain itself, where nothing declares them (E101)."""

from __future__ import annotations

from pdelang.semantics.faults import Faults
from pdelang.semantics.scope import Kind, Scope
from pdelang.syntax import tree


def report_undeclared(spec: tree.Tree, scope: Scope, faults: Faults) -> None:
    """Report E101; names whose declaration names no region count as faulty, so their uses are not reported too."""
    for statement in spec.statements:
        match statement:
            case tree.Unknown(region=tree.Name() as region):
                known = scope.find(region.name, {Kind.DOMAIN, Kind.SHAPE}) is not None
                if not known and region.name not in scope.faulty:
                    faults.add(
                        "E101",
                        f"unknown region `{region.name}`",
                        region.span,
                        "not declared",
                        help=scope.suggest(region.name, scope.names_of({Kind.DOMAIN, Kind.SHAPE})),
                    )
                    scope.faulty.update(name.name for name in statement.names)
            case _:
                pass
    if not any(isinstance(s, tree.Domain | tree.Time) for s in spec.statements):
        _report_missing_domain(spec, faults)


def _report_missing_domain(spec: tree.Tree, faults: Faults) -> None:
    first = spec.statements[0] if spec.statements else None
    faults.add(
        "E101",
        "the spec declares no domain",
        first.span if first else None,
        "no `domain` follows",
        help="add for example `domain line(x) = interval(0, 1)`",
    )
