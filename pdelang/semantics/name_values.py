"""Names and members as values: what each kind of declaration stands for in an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.columns import list_columns
from pdelang.semantics.complex_values import (
    PART_NAMES,
    complex_parameter,
    complex_unknown,
    imaginary_unit,
)
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_calls import is_steady_time, report_steady
from pdelang.semantics.derivative_words import read_derivative_word, write_derivative
from pdelang.semantics.expression import (
    Apply,
    ComplexOf,
    Coordinate,
    DataColumn,
    Expression,
    FitReference,
    Normal,
    Parameter,
    Pi,
    Rank,
    UnknownReference,
)
from pdelang.semantics.functions import CALLABLE, FUNCTIONS
from pdelang.semantics.places import (
    Place,
    Trait,
    find_traits,
)
from pdelang.semantics.scope import VALUES, Declaration, Kind
from pdelang.syntax import tree
from pdelang.syntax.lexicon import IMAGINARY_UNIT, NORMAL, PI

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver


def resolve_name(
    resolver: Resolver, node: tree.Name, place: Place, environment: Environment
) -> Step:
    """Resolve a name by its kind; report E101, E105, E107."""
    name = node.name
    if name in environment:
        return environment[name]
    if name in resolver.scope.faulty:
        return None
    if name == PI:
        return Pi(node.span, Rank.SCALAR)
    if name == IMAGINARY_UNIT and resolver.scope.has_complex:
        return imaginary_unit(node.span)
    if name == NORMAL:
        if not resolver.allow(Trait.NORMAL, node, place):
            return None
        return Normal(node.span, Rank.VECTOR)
    declaration = resolver.scope.find(name)
    if declaration is None:
        return _report_unknown(resolver, node)
    match declaration.kind:
        case Kind.COORDINATE | Kind.TIME:
            trait = Trait.TIME if declaration.kind is Kind.TIME else Trait.SPACE
            if not resolver.allow(trait, node, place):
                return None
            found = Coordinate(node.span, Rank.SCALAR, name)
            return found if resolver.units is None else resolver.units.physical(found)
        case Kind.UNKNOWN:
            if not resolver.allow(Trait.UNKNOWN, node, place):
                return None
            if name in resolver.complex_names:
                return complex_unknown(node.span, name)
            return UnknownReference(node.span, resolver.kinds.get(name, Rank.SCALAR), name)
        case Kind.PARAM:
            definition = yield from resolver.definitions.settle(declaration)
            if definition is None or not resolver.check_traits(
                definition, node, declaration.span, place
            ):
                return None
            if isinstance(definition, ComplexOf):
                return complex_parameter(node.span, name, definition)
            return Parameter(node.span, Rank.SCALAR, name, definition)
        case Kind.VARY:
            if not resolver.allow(Trait.FAMILY, node, place):
                return None
            found = Coordinate(node.span, Rank.SCALAR, name)
            return found if resolver.units is None else resolver.units.physical(found)
        case Kind.LET:
            return (yield from resolver.definitions.use(node, declaration, place))
        case Kind.FIT:
            return _resolve_fit(resolver, node, declaration, place)
        case _:
            # A constant to be varied is refused where it is declared.
            if declaration.kind in VALUES:
                return None
            resolver.faults.add(
                "E101",
                f"`{name}` is {declaration.kind.value}, not a value",
                node.span,
                "a value is expected here",
                related=[Related(declaration.span, "declared here")],
                help=resolver.scope.suggest(name, _value_names(resolver)),
            )
            return None


def resolve_member(
    resolver: Resolver, node: tree.Member, place: Place, environment: Environment
) -> Step:
    """Resolve ``w.x``, ``n.x``, ``grad(u).x``, ``probes.T``; report E101, E107, E260."""
    owner = node.owner
    if isinstance(owner, tree.Name) and owner.name not in environment:
        declaration = resolver.scope.find(owner.name)
        if owner.name in resolver.scope.faulty:
            return None
        if declaration is not None and declaration.kind is Kind.DATA:
            return (yield from _resolve_column(resolver, node, declaration, place))
        if declaration is not None and declaration.kind in (Kind.DOMAIN, Kind.BOUNDARY):
            resolver.faults.add(
                "E101",
                f"`{clip(node.span.text)}` is a part of the boundary, not a value",
                node.span,
                "a value is expected here",
                help="name parts after `on`: `on left: …` or `integral(…, on = left)`",
            )
            return None
    operand = yield Ask(owner, place, environment)
    if operand is None:
        return None
    if isinstance(operand, ComplexOf) and node.member.name in PART_NAMES:
        # `psi.re`, as the columns of tables call it, is `re(psi)`.
        return operand.re if node.member.name == PART_NAMES[0] else operand.im
    if node.member.name not in resolver.scope.space:
        resolver.report_component(node.member)
        return None
    axis = resolver.scope.space.index(node.member.name)
    return resolver.ranks.build_component(node.span, operand, axis)


def _resolve_fit(
    resolver: Resolver, node: tree.Name, declaration: Declaration, place: Place
) -> Expression | None:
    """Return a constant or a field that is fitted; report (E107) one in the wrong place."""
    statement = declaration.statement
    assert isinstance(statement, tree.Fit)
    own = tuple(c.name.name for c in statement.coordinates)
    value = FitReference(node.span, Rank.SCALAR, node.name, own)
    for trait in find_traits(value, resolver.scope.time):
        if not resolver.allow(trait, node, place):
            return None
    return value if resolver.units is None else resolver.units.physical_value(value, node.name)


def _resolve_column(
    resolver: Resolver, node: tree.Member, declaration: Declaration, place: Place
) -> Step:
    """Return ``probes.T``; report (E107) one off its data set, (E260) one that is not there."""
    if not resolver.allow(Trait.COLUMN, node, place):
        return None
    statement = declaration.statement
    assert isinstance(statement, tree.Data)
    known = list_columns(statement)
    name = node.member.name
    if name not in known:
        resolver.faults.add(
            "E260",
            f"the data set `{declaration.name}` has no column `{name}`",
            node.member.span,
            "no such column",
            related=[Related(declaration.span, "declared here")],
            help=resolver.scope.suggest(name, known)
            or f'add it to the `csv`, for example `{name} = "{name}"`',
        )
        return None
    column = DataColumn(node.span, Rank.SCALAR, declaration.name, name)
    return column if resolver.units is None else resolver.units.physical_value(column, name)
    yield


def _value_names(resolver: Resolver) -> tuple[str, ...]:
    return (*resolver.scope.names_of(VALUES), PI)


def _report_unknown(resolver: Resolver, node: tree.Name) -> Expression | None:
    """Report a name that nothing declares, by what it may have been meant for.

    Return ``identity``, which needs neither a declaration nor brackets.
    """
    name = node.name
    if name == "identity":
        return Apply(node.span, Rank.TENSOR, "identity", ())
    if name == IMAGINARY_UNIT:
        resolver.faults.add(
            "E101",
            "`i` is the imaginary unit only where an unknown is complex",
            node.span,
            "not declared",
            help="declare an unknown as complex: `unknown psi: complex`",
        )
        return None
    if name in CALLABLE:
        argument = "u, v" if name in FUNCTIONS and FUNCTIONS[name].least == 2 else "u"
        resolver.faults.add(
            "E105",
            f"`{name}` needs its arguments",
            node.span,
            "a function",
            help=f"write `{name}({argument})`",
        )
        return None
    if is_steady_time(name, resolver.scope):
        report_steady(resolver, node.span)
        return None
    if resolver.scope.lacks_space:
        # The missing domain has been reported; it may declare this coordinate.
        return None
    resolver.faults.add(
        "E101",
        f"unknown name `{name}`",
        node.span,
        "not declared",
        help=_advise_subscript(resolver, name)
        or resolver.scope.suggest(name, _value_names(resolver))
        or f"declare it: `param {clip(name)} = …`, `let {clip(name)} = …` or `unknown {clip(name)}`",
    )
    return None


def _advise_subscript(resolver: Resolver, name: str) -> str | None:
    """Return the help for ``u_xx``: a derivative written as on paper, by a subscript."""
    stem, _, below = name.rpartition("_")
    if stem not in resolver.scope.names_of([Kind.UNKNOWN]):
        return None
    readings = read_derivative_word("d" + below, resolver.scope.coordinates)
    return f"a derivative is written `{write_derivative(readings[0], stem)}`" if readings else None
