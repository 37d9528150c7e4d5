"""Calls in expressions: functions, derivatives, global quantities, definitions with formals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.geometry.names import END_FUNCTIONS
from pdelang.semantics.aggregates import resolve_aggregate
from pdelang.semantics.arguments import check_arguments
from pdelang.semantics.asking import Ask, Environment, Step
from pdelang.semantics.bessel import BESSEL, read_bessel
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_calls import (
    TIME_WORD,
    differentiate,
    report_steady,
    resolve_general_derivative,
)
from pdelang.semantics.derivative_words import read_derivative_word
from pdelang.semantics.elsewhere import (
    is_movable,
    is_range_integral,
    resolve_elsewhere,
    resolve_range_integral,
)
from pdelang.semantics.expression import Apply, Expression
from pdelang.semantics.foreign_functions import advise_foreign
from pdelang.semantics.functions import (
    AGGREGATES,
    CALLABLE,
    COMPLEX_PARTS,
    DERIVATIVE,
    FUNCTIONS,
    INTERFACE_WORDS,
    INTERP,
)
from pdelang.semantics.interface_words import is_interface_declared, resolve_interface_word
from pdelang.semantics.interp_calls import resolve_interp
from pdelang.semantics.places import ANYWHERE, Place, Trait
from pdelang.semantics.scope import Kind
from pdelang.semantics.shape_words import SHAPE_WORDS
from pdelang.semantics.trajectory import SPATIAL_WORDS, report_spaceless
from pdelang.syntax import tree
from pdelang.syntax.lexicon import NORMAL, PI, RESERVED

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver


def resolve_call(
    resolver: Resolver, call: tree.Call, place: Place, environment: Environment
) -> Step:
    """Resolve ``name(…)``; what the name is decides how its arguments are read."""
    name, scope, faults = call.function.name, resolver.scope, resolver.faults
    if is_range_integral(call) and call.owner is None and name not in scope.faulty:
        return (yield from resolve_range_integral(resolver, call, place, environment))
    if name not in environment and is_movable(resolver, call):
        subject = (
            call.function
            if call.owner is None
            else tree.Member(call.owner.span.to(call.function.span), call.owner, call.function)
        )
        return (yield from resolve_elsewhere(resolver, call, subject, place, environment))
    if call.owner is not None:
        faults.add(
            "E101",
            f"`{clip(call.span.text)}` is not a value",
            call.span,
            "a value is expected here",
        )
        return None
    if name in scope.faulty:
        return None
    declaration = scope.find(name)
    is_definition = (
        declaration is not None
        and isinstance(declaration.statement, tree.Let)
        and bool(declaration.statement.formals)
    )
    if name == DERIVATIVE:
        return (yield from resolve_general_derivative(resolver, call, place, environment))
    if name in AGGREGATES and (name not in FUNCTIONS or _positional_count(call) == 1):
        return (yield from resolve_aggregate(resolver, call, place, environment))
    if name in INTERFACE_WORDS:
        if not is_interface_declared(resolver):
            _report_interface_word(resolver, call)
            return None
        return (yield from resolve_interface_word(resolver, call, place, environment))
    if name == INTERP and not is_definition:
        return (yield from resolve_interp(resolver, call, place, environment))
    if name in COMPLEX_PARTS and not scope.has_complex and not is_definition:
        faults.add(
            "E101",
            f"`{name}` is a function only where an unknown is complex",
            call.function.span,
            "all unknowns are real",
            help="declare an unknown as complex: `unknown psi: complex`",
        )
        return None
    if name in SPATIAL_WORDS and not scope.space and not scope.lacks_space:
        report_spaceless(resolver, call)
        return None
    if name in FUNCTIONS and not (is_definition and name in COMPLEX_PARTS):
        if not check_arguments(resolver, call, FUNCTIONS[name].least, FUNCTIONS[name].most):
            return None
        if FUNCTIONS[name].needs_boundary and NORMAL in scope.faulty:
            # A coordinate was called `n`, which has been reported: `dn` may be meant by it.
            return None
        if FUNCTIONS[name].needs_boundary and not resolver.allow(Trait.NORMAL, call, place):
            return None
    elif is_definition:
        assert declaration is not None
        assert isinstance(declaration.statement, tree.Let)
        count = len(declaration.statement.formals)
        if not check_arguments(resolver, call, count, count, declaration.span):
            return None
    elif declaration is not None and declaration.kind in (
        Kind.UNKNOWN,
        Kind.PARAM,
        Kind.LET,
        Kind.COORDINATE,
        Kind.TIME,
    ):
        if declaration.kind is Kind.UNKNOWN:
            _report_called_unknown(resolver, call, declaration.span)
        else:
            _report_called_value(resolver, call, declaration.kind.value, declaration.span)
        return None
    elif name in (PI, NORMAL) and name not in environment:
        _report_called_value(resolver, call, _WORDS[name], None)
        return None
    elif name in environment:
        faults.add(
            "E105",
            f"the argument `{name}` is a value and cannot be called",
            call.span,
            "not a function",
        )
        return None
    else:
        readings = read_derivative_word(name, scope.coordinates)
        if len(readings) == 1:
            if not check_arguments(resolver, call, 1, 1):
                return None
            operand = yield Ask(call.arguments[0].value, place, environment)
            return differentiate(resolver, call.span, operand, readings[0])
        _report_unknown_function(resolver, call, readings)
        return None
    actuals: list[Expression | None] = []
    # What a definition makes of its arguments may stand here where they may not: `f(u)` with a mean of `u`.
    inside = ANYWHERE if is_definition else place
    for argument in call.arguments:
        actuals.append((yield Ask(argument.value, inside, environment)))
    if any(actual is None for actual in actuals):
        return None
    values = tuple(actual for actual in actuals if actual is not None)
    if is_definition:
        assert declaration is not None
        return (yield from resolver.definitions.expand(call, declaration, place, values))
    node = resolver.ranks.build_call(call.span, name, values)
    if name in BESSEL and isinstance(node, Apply):
        return read_bessel(node, faults)
    return node


def _report_interface_word(resolver: Resolver, call: tree.Call) -> None:
    """Report (E107) `side` or `jump` in a spec that declares no interface."""
    resolver.faults.add(
        "E107",
        f"`{call.function.name}` needs an interface, and none is declared",
        call.span,
        "has no meaning here",
        help="on the outer boundary write a value or a flux: `u = …`, `dn(u) = …`",
    )


def _positional_count(call: tree.Call) -> int:
    return sum(a.name is None for a in call.arguments)


def _report_called_unknown(resolver: Resolver, call: tree.Call, defined: Span) -> None:
    name = call.function.name
    resolver.faults.add(
        "E105",
        f"`{name}` takes its arguments from the domain and the time",
        call.span,
        "an unknown is not called",
        related=[Related(defined, "declared here")],
        help=f"write `{name}`; its value elsewhere names the coordinate: "
        f"`{name}({resolver.scope.coordinates[0]} = …)`"
        if resolver.scope.coordinates
        else f"write `{name}`",
    )


def _report_called_value(
    resolver: Resolver, call: tree.Call, what: str, defined: Span | None
) -> None:
    name = call.function.name
    inside = ", ".join(clip(a.span.text) for a in call.arguments)
    follows = bool(call.arguments) and all(
        isinstance(a.value, tree.Name) and a.value.name in resolver.scope.coordinates
        for a in call.arguments
    )
    # `k(x)` of a `let k = …`, in which the coordinates stand already.
    plain = f"write `{name}`: it follows {inside} by itself"
    product = f"write `{name}*({inside})` if a product is meant"
    resolver.faults.add(
        "E105",
        f"`{name}` is {what} and cannot be called",
        call.span,
        "not a function",
        related=[Related(defined, "declared here")] if defined is not None else [],
        help=plain if follows and what == Kind.LET.value else product,
    )


_WORDS = {PI: "the circle constant", NORMAL: "the boundary normal"}
_ELSEWHERE = {
    **dict.fromkeys(SHAPE_WORDS, ("a shape", "in a `domain` or `shape` statement")),
    "csv": ("a table", "after `compare u =`"),
    "interface": ("an inner surface", "after `boundary name =`"),
    **dict.fromkeys(END_FUNCTIONS, ("a side", "after `on`, `periodic` and `boundary name =`")),
}
"""Words that may be called, though not as a value: what they mean, and where they stand."""


def _report_unknown_function(
    resolver: Resolver, call: tree.Call, readings: tuple[tuple[str, ...], ...]
) -> None:
    name, scope = call.function.name, resolver.scope
    if readings:
        operand = clip(call.arguments[0].span.text) if call.arguments else "u"
        resolver.faults.add(
            "E101",
            f"the derivative word `{name}` can be read in more than one way",
            call.function.span,
            "ambiguous",
            help="write " + " or ".join(f"`d({operand}, {', '.join(r)})`" for r in readings[:3]),
        )
        return
    if scope.time is None and read_derivative_word(name, (*scope.space, TIME_WORD)):
        report_steady(resolver, call.span)
        return
    if name in _ELSEWHERE:
        what, where = _ELSEWHERE[name]
        resolver.faults.add(
            "E107",
            f"`{name}` is {what}, and a value is expected here",
            call.span,
            "not a value",
            help=f"`{name}(…)` stands {where}",
        )
        return
    if scope.lacks_space and name.startswith(DERIVATIVE):
        # The missing domain has been reported; its coordinates may make this a derivative.
        return
    candidates = [*CALLABLE, *(f"d{c}" for c in scope.coordinates)]
    candidates += [
        d.name
        for d in scope.names.values()
        if isinstance(d.statement, tree.Let) and d.statement.formals
    ]
    resolver.faults.add(
        "E101",
        f"unknown function `{name}`",
        call.function.span,
        "not a function",
        help=advise_foreign(name, [clip(a.value.span.text) for a in call.arguments])
        or scope.suggest(name, candidates),
    )


def check_definition(resolver: Resolver, statement: tree.Let) -> None:
    """Look for faults in a definition with formals that do not depend on its arguments."""
    seen: dict[str, Span] = {}
    for formal in statement.formals:
        if formal.name in RESERVED or formal.name in seen:
            twice = formal.name in seen
            resolver.faults.add(
                "E102",
                f"the argument `{formal.name}` is named twice"
                if twice
                else f"`{formal.name}` is a word of the language and cannot be an argument",
                formal.span,
                "the second" if twice else "reserved",
                related=[Related(seen[formal.name], "the first")] if twice else [],
                help="choose another name",
            )
            resolver.scope.faulty.add(statement.name.name)
            return
        seen[formal.name] = formal.span
    # None stands for "faulty, but told": whatever contains an argument stays silent.
    resolver.resolve(statement.value, ANYWHERE, dict.fromkeys(seen))
