"""Columns of a data set: what its declaration names, and which of them nothing uses."""

from __future__ import annotations

from pdelang.semantics.faults import Faults
from pdelang.semantics.scope import Kind, Scope
from pdelang.syntax import tree

NOISE = "noise"
"""``noise = 0.01`` gives the readings' standard deviation, and ``noise = "head"`` that of each.

``noise_T`` is that of the column ``T``.
"""


def list_noises(call: tree.Call) -> dict[str, str | None]:
    """Return the arguments that give noise: of which column each is, None of all others."""
    names = [a.name.name for a in call.arguments if a.name is not None]
    return {
        name: None if name == NOISE else name.removeprefix(f"{NOISE}_")
        for name in names
        if name == NOISE or (name.startswith(f"{NOISE}_") and name[len(NOISE) + 1 :] in names)
    }


def list_columns(statement: tree.Data) -> tuple[str, ...]:
    """Return the names of all columns of a `data` statement, coordinates included."""
    call = statement.table
    if not isinstance(call, tree.Call):
        return ()
    noises = list_noises(call)
    return tuple(
        a.name.name
        for a in call.arguments
        if isinstance(a, tree.Argument)
        and a.name is not None
        and a.name.name not in noises
        and isinstance(a.value, tree.String)
    )


def warn_unused_columns(spec: tree.Tree, scope: Scope, faults: Faults) -> None:
    """Report (W103) columns that no condition uses, of data sets that some condition uses."""
    used = {
        (member.owner.name, member.member.name)
        for member in _list_members(spec)
        if isinstance(member.owner, tree.Name)
    }
    named = {s.data.name for s in spec.statements if isinstance(s, tree.AtData)}
    places = {*scope.coordinates, *scope.varied}
    for name in scope.names_of({Kind.DATA}):
        statement = scope.names[name].statement
        if name not in named or name in scope.faulty or statement.span.source is not spec.source:
            continue
        assert isinstance(statement, tree.Data)
        assert isinstance(statement.table, tree.Call)
        noises = list_noises(statement.table)
        for argument in statement.table.arguments:
            column = argument.name
            if column is None or column.name in places or column.name in noises:
                continue
            if (name, column.name) not in used:
                faults.add(
                    "W103",
                    f"the column `{name}.{column.name}` is never used",
                    argument.span,
                    "a column that nothing names",
                    help=f"remove it, or use it as `{name}.{column.name}`",
                )


def _list_members(node: tree.Tree) -> list[tree.Member]:
    """Return every ``a.b`` of a spec, without recursion."""
    found: list[tree.Member] = []
    stack: list[object] = list(node.statements)
    while stack:
        current = stack.pop()
        if isinstance(current, tree.Member):
            found.append(current)
        if isinstance(current, tree.Node):
            stack.extend(getattr(current, name) for name in current.__dataclass_fields__)
        elif isinstance(current, tuple):
            stack.extend(current)
    return found
