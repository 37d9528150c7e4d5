"""What an equation may say of other places: ``integral(e, s = a .. b)`` and ``u(x = s)``."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.base_units import to_declared_unit
from pdelang.semantics.constants import clip
from pdelang.semantics.expression import (
    Bound,
    Coordinate,
    Elsewhere,
    Expression,
    RangeIntegral,
    Rank,
)
from pdelang.semantics.free_coordinates import list_free_space
from pdelang.semantics.orders import list_names
from pdelang.semantics.places import INTEGRAND, NUMBERS, PLACE, Place, Trait
from pdelang.semantics.scope import Kind
from pdelang.syntax import tree
from pdelang.syntax.lexicon import RESERVED

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver

INTEGRAL = "integral"


def is_range_integral(call: tree.Call) -> bool:
    """Say whether a call integrates over a variable of its own: ``integral(e, s = a .. b)``."""
    return call.function.name == INTEGRAL and any(
        isinstance(argument.value, tree.Range) for argument in call.arguments
    )


def names_a_place(call: tree.Call) -> bool:
    """Say whether a call has named arguments alone, as ``u(x = 0)`` has."""
    return bool(call.arguments) and all(a.name is not None for a in call.arguments)


def speaks_elsewhere(spec: tree.Tree) -> bool:
    """Say whether an equation or condition, or a `let`, speaks of other places."""
    names = {n.name for s in spec.statements if isinstance(s, tree.Unknown) for n in s.names}
    for statement in spec.statements:
        if not isinstance(statement, tree.In | tree.On | tree.AtTime | tree.AtPoint | tree.Let):
            continue
        for call in list_calls(statement):
            if call.function.name in ("integral", "mean", "value") or is_range_integral(call):
                return True
            if call.function.name in ("max", "min") and len(call.arguments) == 1:
                return True
            if call.function.name in names or call.owner is not None:
                return True
    return False


def list_calls(node: tree.Node) -> list[tree.Call]:
    """Return every call below a node of the tree, without recursion."""
    found: list[tree.Call] = []
    stack: list[object] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tree.Call):
            found.append(current)
        if isinstance(current, tree.Node):
            stack.extend(getattr(current, f.name) for f in fields(current) if f.name != "span")
        elif isinstance(current, tuple):
            stack.extend(current)
    return found


def resolve_range_integral(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``integral(e, s = a .. b)``: ``s`` stands for the variable inside ``e`` only.

    A coordinate in the place of ``s`` integrates along it: ``integral(u, y = 0 .. 1)`` is
    ``integral(u(y = s), s = 0 .. 1)``.
    """
    faults, scope = resolver.faults, resolver.scope
    positional = [a for a in call.arguments if a.name is None]
    named = [a for a in call.arguments if a.name is not None]
    if len(positional) != 1 or len(named) != 1 or not isinstance(named[0].value, tree.Range):
        faults.add(
            "E105",
            "an integral over a range takes one integrand and one range",
            call.span,
            "more or less than that",
            help="write `integral(e, s = a .. b)`; integrals over two variables stand in each other",
        )
        return None
    if not resolver.allow(Trait.NONLOCAL, call, place):
        return None
    argument, name = named[0], named[0].name
    assert name is not None
    assert isinstance(argument.value, tree.Range)
    declaration = scope.find(name.name)
    is_coordinate = name.name in scope.coordinates
    if name.name in RESERVED or (declaration is not None and not is_coordinate):
        faults.add(
            "E102",
            f"`{name.name}` is {declaration.kind.value}, and cannot be the variable of an integral"
            if declaration is not None
            else f"`{name.name}` is a word of the language and cannot be the variable of an integral",
            name.span,
            "already means something",
            related=[Related(declaration.span, "declared here")] if declaration else [],
            help="choose another name for the variable, as `s`",
        )
        return None
    variable = Bound(name.span, Rank.SCALAR, name.name)
    low = yield Ask(argument.value.low, PLACE, environment)
    high = yield Ask(argument.value.high, PLACE, environment)
    within = dict(environment)
    if is_coordinate:
        within.pop(name.name, None)
    else:
        within[name.name] = variable
    inside = INTEGRAND if place in NUMBERS else place
    operand = yield Ask(positional[0].value, inside, within)
    if low is None or high is None or operand is None:
        return None
    for bound in (low, high):
        if not resolver.ranks.require_rank(
            bound, Rank.SCALAR, "the end of an integral is a scalar"
        ):
            return None
    if not resolver.ranks.require_rank(
        operand,
        Rank.SCALAR,
        "`integral` takes a scalar",
        f"take a component: `{clip(operand.span.text)}.{scope.space[0]}`" if scope.space else None,
    ):
        return None
    if is_coordinate:
        moves = ((name.name, _in_own_unit(resolver, name.name, variable)),)
        operand = resolver.ranks.complete(Elsewhere(operand.span, Rank.SCALAR, operand, moves))
        if operand is None:
            return None
    whole = RangeIntegral(call.span, Rank.SCALAR, operand, variable, low, high)
    if place in NUMBERS and not _require_number(resolver, call, whole):
        return None
    return resolver.ranks.complete(whole)


def resolve_elsewhere(
    resolver: Resolver,
    call: tree.Call,
    subject: tree.Expression,
    place: Place,
    environment: Environment,
) -> Step:
    """Resolve ``u(x = s, t = 0)``: ``subject`` with coordinates replaced, in no order.

    In a number such as a `report` it is ``value(u, (s, …), t = 0)`` where every place is given.
    """
    faults, scope = resolver.faults, resolver.scope
    given = {argument.name.name for argument in call.arguments if argument.name}
    if place in NUMBERS and given >= set(scope.space):
        return (yield from _resolve_number(resolver, call, subject, place, environment))
    if not resolver.allow(Trait.NONLOCAL, call, place):
        return None
    moves: dict[str, Expression] = {}
    sound = True
    for argument in call.arguments:
        name = argument.name
        assert name is not None
        if name.name not in scope.coordinates or name.name in moves:
            again = name.name in moves
            faults.add(
                "E105" if again else "E101",
                f"`{name.name}` is given twice" if again else f"`{name.name}` is no coordinate",
                name.span,
                "the second" if again else "a coordinate is replaced here",
                help=None
                if again
                else scope.suggest(name.name, scope.coordinates)
                or f"the coordinates are {', '.join(scope.coordinates)}",
            )
            sound = False
            continue
        if isinstance(argument.value, tree.Range):
            _report_range(resolver, argument.value.span)
            sound = False
            continue
        value = yield Ask(argument.value, PLACE, environment)
        if value is None or not resolver.ranks.require_rank(
            value, Rank.SCALAR, "a coordinate of a place is a scalar"
        ):
            sound = False
            continue
        moves[name.name] = value
    operand = yield Ask(subject, INTEGRAND if place in NUMBERS else place, environment)
    if operand is None or not sound:
        return None
    kept = {c: v for c, v in moves.items() if not (isinstance(v, Coordinate) and v.name == c)}
    ordered = tuple((c, _in_own_unit(resolver, c, kept[c])) for c in scope.coordinates if c in kept)
    whole = Elsewhere(call.span, operand.rank, operand, ordered) if ordered else operand
    if place in NUMBERS and not _require_number(resolver, call, whole):
        return None
    return resolver.ranks.complete(whole) if ordered else operand


def _in_own_unit(resolver: Resolver, name: str, value: Expression) -> Expression:
    """Return a value of a coordinate, which is in base units, in the coordinate's declared unit."""
    units = resolver.units
    return value if units is None else to_declared_unit(value, units.conversion(name))


def _require_number(resolver: Resolver, call: tree.Call, value: Expression) -> bool:
    """Report (E107) what still varies from point to point where a number is needed."""
    scope = resolver.scope
    free = list_free_space(value, scope.coordinates, len(scope.space))
    if free:
        resolver.faults.add(
            "E107",
            f"`{clip(call.span.text)}` still varies with {list_names(free)} and is no number",
            call.span,
            "not a number",
            help="give every space coordinate, or wrap it: `mean(…)`, `integral(…)`",
        )
    return not free


def _resolve_number(
    resolver: Resolver,
    call: tree.Call,
    subject: tree.Expression,
    place: Place,
    environment: Environment,
) -> Step:
    """Resolve the value of a field at a point that is given in full."""
    space = resolver.scope.space
    given = {argument.name.name: argument for argument in call.arguments if argument.name}
    point = [given[name].value for name in space]
    at = [tree.Tuple(call.span, tuple(point))] if len(point) > 1 else point
    others = tuple(a for a in call.arguments if a.name and a.name.name not in space)
    value = tree.Call(
        call.span,
        tree.Name(call.function.span, "value"),
        (
            tree.Argument(subject.span, None, subject),
            *(tree.Argument(call.span, None, coordinates) for coordinates in at),
            *others,
        ),
    )
    return (yield Ask(value, place, environment))


def is_movable(resolver: Resolver, call: tree.Call) -> bool:
    """Say whether a call moves a field: an unknown, its component, or a `let` without formals."""
    if call.owner is not None:
        return names_a_place(call)
    declaration = resolver.scope.find(call.function.name, {Kind.UNKNOWN, Kind.LET})
    if declaration is None:
        return False
    statement = declaration.statement
    formals = isinstance(statement, tree.Let) and bool(statement.formals)
    return not formals and names_a_place(call)


def _report_range(resolver: Resolver, span: Span) -> None:
    resolver.faults.add(
        "E105",
        "a field has a value at a point, not over a range",
        span,
        "a range",
        help="integrate over the range: `integral(u(x = s), s = a .. b)`",
    )
