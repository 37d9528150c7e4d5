"""`vary Re in 100 .. 400`: parameters that run, so that one solution serves a whole family."""

from __future__ import annotations

from pdelang.semantics.boxes import resolve_bounds
from pdelang.semantics.constants import Folder
from pdelang.semantics.domain import Varied
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Kind
from pdelang.syntax import tree


def read_families(spec: tree.Tree, resolver: Resolver, folder: Folder) -> tuple[Varied, ...]:
    """Return the varied parameters by name; report E105 and E107 in their ranges."""
    scope = resolver.scope
    found: list[Varied] = []
    for statement in spec.statements:
        if not isinstance(statement, tree.Vary):
            continue
        name, interval = statement.name.name, statement.interval
        bounds = resolve_bounds(interval.low, interval.high, interval.span, resolver, folder, name)
        if bounds is None:
            scope.faulty.add(name)
        declaration = scope.find(name, {Kind.VARY})
        if bounds is not None and name not in scope.faulty and declaration is not None:
            found.append(Varied(name, bounds, statement.span))
    return tuple(sorted(found, key=lambda varied: varied.name))
