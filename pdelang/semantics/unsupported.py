"""What the language has and this compiler does not build yet: E190, by name.

Names declared by such statements are marked faulty, so their uses cause no more messages.
"""

from __future__ import annotations

from dataclasses import fields

from pdelang.diagnostics.message import Related
from pdelang.semantics.faults import Faults
from pdelang.semantics.scope import Kind, Scope
from pdelang.syntax import tree


def refuse_unbuilt(spec: tree.Tree, scope: Scope, faults: Faults) -> None:
    """Report every statement and clause that no later stage could honour."""

    def refuse(node: tree.Node, what: str, help: str | None = None) -> None:
        faults.add("E190", f"{what} not supported yet", node.span, "not supported yet", help=help)

    for statement in spec.statements:
        match statement:
            case tree.Data():
                refuse(statement, "`data` is", "use `compare` to measure the error against a table")
                scope.faulty.add(statement.name.name)
            case tree.Fit():
                refuse(statement, "`fit` is", "give the constant a value with `param`")
                scope.faulty.add(statement.name.name)
            case tree.Sweep():
                refuse(statement, "`sweep` is", "solve one spec per value")
            case tree.Unknown(region=tree.Name() as region):
                if (
                    scope.find(region.name, {Kind.DOMAIN}) is None
                    and region.name not in scope.faulty
                ):
                    if scope.find(region.name, {Kind.SHAPE}) is not None:
                        refuse(region, "an unknown on a region of the domain is")
                    else:
                        faults.add(
                            "E101",
                            f"unknown region `{region.name}`",
                            region.span,
                            "not declared",
                            help=scope.suggest(
                                region.name, scope.names_of({Kind.DOMAIN, Kind.SHAPE})
                            ),
                        )
                    scope.faulty.update(name.name for name in statement.names)
            case _:
                pass
    _refuse_units(spec, faults)
    if not any(isinstance(s, tree.Domain | tree.Time) for s in spec.statements):
        _report_missing_domain(spec, faults)


def _refuse_units(spec: tree.Tree, faults: Faults) -> None:
    """One message for all units: they stand and fall together."""
    units = [unit for statement in spec.statements for unit in _units_of(statement)]
    if units:
        faults.add(
            "E190",
            "units are not supported yet",
            units[0].span,
            "the first unit of this spec",
            related=[Related(unit.span, "another") for unit in units[1:3]],
            help="remove the units; all numbers are then taken in one consistent system",
        )


def _units_of(statement: tree.Statement) -> list[tree.Unit]:
    found: list[tree.Unit] = []
    for field in fields(statement):
        value = getattr(statement, field.name)
        if isinstance(value, tree.Unit):
            found.append(value)
        elif isinstance(value, tuple):
            found += [
                item.unit
                for item in value
                if isinstance(item, tree.CoordinateName) and item.unit is not None
            ]
    return found


def _report_missing_domain(spec: tree.Tree, faults: Faults) -> None:
    first = spec.statements[0] if spec.statements else None
    faults.add(
        "E101",
        "the spec declares no domain",
        first.span if first else None,
        "no `domain` follows",
        help="add for example `domain line(x) = interval(0, 1)`",
    )
