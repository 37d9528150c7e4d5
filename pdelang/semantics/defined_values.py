"""Every `param` and `let` of a spec, used or not."""

from __future__ import annotations

from pdelang.semantics.base_units import convert_number
from pdelang.semantics.calls import check_definition
from pdelang.semantics.complex_values import name_parts
from pdelang.semantics.constants import Folder
from pdelang.semantics.expression import Coordinate, Expression
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Kind, Scope
from pdelang.semantics.traversal import contains
from pdelang.syntax import tree


def resolve_definitions(
    scope: Scope, resolver: Resolver, folding: Folder
) -> tuple[tuple[str, float], ...]:
    """Resolve every `param` and `let`, used or not; return the parameters' values."""
    values: list[tuple[str, float]] = []
    for name in scope.names_of({Kind.PARAM, Kind.LET}):
        declaration = scope.names[name]
        statement = declaration.statement
        if isinstance(statement, tree.Let) and statement.formals:
            check_definition(resolver, statement)
            continue
        definition: Expression | None = resolver.definitions.define(declaration)
        if definition is None:
            continue
        if isinstance(statement, tree.Param):
            if contains(definition, Coordinate, into_parameters=True):
                # It varies with the family, and has no value of its own.
                continue
            found = [(n, folding.fold(e)) for n, e in name_parts(name, definition)]
            known = [(n, value) for n, value in found if value is not None]
            if len(known) < len(found):
                scope.faulty.add(name)
            else:
                values += known
        else:
            folding.check(definition)
            if resolver.units is not None:
                resolver.units.finder.find(definition)
    if resolver.units is not None:
        # As declared, not in base units.
        values = [(n, convert_number(v, resolver.units.conversion(n))) for n, v in values]
    return tuple(values)
