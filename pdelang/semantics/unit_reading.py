"""The units that a spec declares, read into a `UnitTable`."""

from __future__ import annotations

from pdelang.semantics.dimension_finder import DimensionFinder
from pdelang.semantics.faults import Faults
from pdelang.semantics.scope import Scope
from pdelang.semantics.unit_names import read_unit
from pdelang.semantics.unit_table import UnitTable
from pdelang.syntax import tree


def read_units(spec: tree.Tree, scope: Scope, faults: Faults) -> UnitTable | None:
    """Return the table of a spec's units, None where it has none and nothing is checked."""
    given = list(_list_units(spec))
    if not any(unit is not None for _, unit in given):
        return None
    complex_names = {
        name.name
        for statement in spec.statements
        if isinstance(statement, tree.Unknown)
        and statement.kind is not None
        and statement.kind.name == "complex"
        for name in statement.names
    }
    finder = DimensionFinder(faults, scope)
    table = UnitTable(finder, faults)
    for name, unit in given:
        table.places[name.name] = name.span
        finder.places[name.name] = name.span
        if unit is None:
            continue
        conversion = read_unit(unit, faults)
        if conversion is None:
            scope.faulty.add(name.name)
            continue
        if conversion.offset and name.name in scope.coordinates:
            faults.add(
                "E120",
                f"the coordinate `{name.name}` is given in {conversion.text}, which has a zero of its own",
                unit.span,
                "not a length or a time",
                help="write `[K]` for temperature differences",
            )
            scope.faulty.add(name.name)
            continue
        if conversion.offset and name.name in complex_names:
            faults.add(
                "E120",
                f"the complex unknown `{name.name}` is given in {conversion.text}, which has a zero "
                "of its own",
                unit.span,
                "not the unit of an amplitude",
                help="write `[K]` for temperature differences",
            )
            scope.faulty.add(name.name)
            continue
        table.declared[name.name] = conversion
        finder.declare(name.name, conversion.dimension)
    _refuse_second_units(spec, faults)
    return table


def _refuse_second_units(spec: tree.Tree, faults: Faults) -> None:
    """Report (E120) a unit of a coordinate where a fitted field only names it."""
    for statement in spec.statements:
        for coordinate in statement.coordinates if isinstance(statement, tree.Fit) else ():
            if coordinate.unit is not None:
                faults.add(
                    "E120",
                    f"the unit of `{coordinate.name.name}` stands with the `domain` or the `time`",
                    coordinate.unit.span,
                    "given again",
                    help="remove it",
                )


def _list_units(spec: tree.Tree) -> list[tuple[tree.Name, tree.Unit | None]]:
    """Return every declared name with its unit."""
    found: list[tuple[tree.Name, tree.Unit | None]] = []
    for statement in spec.statements:
        match statement:
            case tree.Domain():
                found += [(c.name, c.unit) for c in statement.coordinates]
            case tree.Unknown():
                found += [(name, statement.unit) for name in statement.names]
            case tree.Time() | tree.Param() | tree.Fit() | tree.Vary():
                found.append((statement.name, statement.unit))
            case tree.Let():
                found.append((statement.name, statement.unit))
            case _:
                pass
    return found
