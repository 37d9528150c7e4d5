"""The system of residuals, printed for people and for LaTeX."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from pdelang.calculus.nonlocal_notation import write_out
from pdelang.calculus.notation import escape_latex, format_expression, format_latex
from pdelang.calculus.substitution import substitute
from pdelang.calculus.system import (
    AggregateIntegrand,
    AtData,
    AtPoint,
    Block,
    Functional,
    Interior,
    OnPiece,
    Place,
    Start,
    System,
    Term,
)
from pdelang.geometry.names import name_side
from pdelang.semantics.expression import AggregateKind


def format_system(system: System) -> str:
    """Return the system as text: what the compiler derived, one line per fact."""
    return "\n".join(
        [
            f"system {system.problem.title!r}" if system.problem.title else "system",
            *_coordinate_lines(system),
            *_field_lines(system),
            f"{'linear' if system.is_linear else 'nonlinear'}",
            *(line for term in system.terms for line in _term_lines(term, system)),
            *(line for term in system.observations for line in _term_lines(term, system)),
            *_hard_lines(system),
            *_known_lines(system),
            *(f"report {f.name} = {format_functional(f, system)}" for f in system.reports),
            "",
        ]
    )


def to_latex(system: System) -> str:
    r"""Return all equations and conditions as an ``align*`` environment."""
    blocks = [block for term in system.terms for block in term.blocks] + list(system.hard)
    rows = [
        f"  {format_latex(write_out(block.residual, system, as_functions=True), system)} &= 0 && "
        rf"\text{{{escape_latex(_described(block, system))}}}"
        for block in blocks
    ]
    rows += [
        f"  {format_latex(_with_aggregates(f, system), system)} &= 0 && "
        rf"\text{{{escape_latex(f.name)}}}"
        for term in system.terms
        for f in term.functionals
    ]
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}\n"


def describe_place(place: Place, system: System) -> str:
    """Return where a residual holds: ``in the domain``, ``at x = 0``, ``at t = 0``."""
    names = [symbol.name for symbol in system.coordinates]
    box = system.problem.domain.box
    match place:
        case Interior(region=region):
            return "in the domain" if region is None else f"in {region.name}"
        case OnPiece(piece=piece) if piece.side.axis is None:
            where = name_side(piece.side, system.problem.domain.coordinates)
            return f"on {where}" + ("" if piece.is_whole_side else ", in part")
        case OnPiece(piece=piece):
            axis = piece.side.axis
            assert axis is not None
            end = (box.high if piece.side.upper else box.low)[axis]
            restriction = "" if piece.is_whole_side else ", in part"
            return f"at {names[axis]} = {end:.6g}{restriction}"
        case Start(region=region):
            assert system.problem.time is not None
            where = "" if region is None else f" in {region.name}"
            return (
                f"at {system.problem.time.name} = {system.problem.time.bounds.low_value:.6g}{where}"
            )
        case AtPoint(point=point):
            pairs = zip(names, point, strict=False)
            return "at " + ", ".join(f"{name} = {value:.6g}" for name, value in pairs)
        case AtData(data=data):
            return f"at the {len(data.points)} points of {data.name}"
        case _:
            raise TypeError(f"no place: {place}")


def format_functional(functional: Functional, system: System) -> str:
    """Return a functional with its aggregates written out: ``mean(p)``."""
    texts = {a.symbol: sympy.Symbol(_format_aggregate(a, system)) for a in functional.aggregates}
    return format_expression(substitute(functional.expression, texts))


def _coordinate_lines(system: System) -> Iterable[str]:
    scaling = system.scaling
    for symbol, centre, half in zip(
        system.coordinates, scaling.centre, scaling.half_width, strict=True
    ):
        yield f"coordinate {symbol.name}: scaled ({symbol.name} - {centre:.6g})/{half:.6g}"


def _field_lines(system: System) -> Iterable[str]:
    for ansatz, scale in zip(system.ansatz, system.scaling.field_scale, strict=True):
        network = "N" if scale == 1 else f"{scale:.6g}*N"
        if ansatz.cutoff != 1:
            cutoff = format_expression(ansatz.cutoff)
            network = f"({cutoff})*{network}" if ansatz.cutoff.is_Add else f"{cutoff}*{network}"
        lift = "" if ansatz.lift == 0 else f"{format_expression(ansatz.lift)} + "
        yield f"field {ansatz.field} = {lift}{network}"


def _term_lines(term: Term, system: System) -> Iterable[str]:
    kind = next((t.kind for t in system.types if t.label == term.label), None)
    yield f"{term.kind.value} {term.label}" + (f" ({kind})" if kind else "")
    for block in term.blocks:
        residual = block.residual
        jets = ", ".join(dict(system.jet_symbols)[jet].name for jet in residual.jets)
        yield f"  {_described(block, system)}:"
        yield f"    0 = {format_expression(write_out(residual, system))}"
        yield (
            f"    jets {jets or 'none'}; {'linear' if residual.is_linear else 'nonlinear'}; "
            f"scale {residual.scale:.6g}"
        )
    for functional in term.functionals:
        yield f"  {functional.name}:"
        yield f"    0 = {format_functional(functional, system)}"
        yield f"    scale {functional.scale:.6g}"


def _hard_lines(system: System) -> Iterable[str]:
    for block in system.hard:
        yield f"exactly satisfied {_described(block, system)}:"
        yield f"    0 = {format_expression(block.residual.expression)}"


def _known_lines(system: System) -> Iterable[str]:
    if system.exact is not None:
        proof = "proven" if system.exact.proven else "checked numerically"
        for field, e in system.exact.fields:
            yield f"exact {field} = {format_expression(e)} ({proof})"
    for field, e in system.guess:
        yield f"guess {field} = {format_expression(e)}"


def _described(block: Block, system: System) -> str:
    return f"{block.name} {describe_place(block.place, system)}"


def _format_aggregate(aggregate: AggregateIntegrand, system: System) -> str:
    text = format_expression(write_out(aggregate.integrand, system))
    if not aggregate.integrand.jets and aggregate.kind is AggregateKind.VALUE:
        return text  # the same at every place
    words = [text]
    if aggregate.point is not None:
        words.append(f"({', '.join(f'{value:.6g}' for value in aggregate.point)})")
    if aggregate.on is not None:
        words.append(f"on = {aggregate.on.name}")
    if aggregate.region is not None:
        words.append(f"in = {aggregate.region.name}")
    if aggregate.time is not None:
        assert system.problem.time is not None
        words.append(f"{system.problem.time.name} = {aggregate.time:.6g}")
    return f"{aggregate.kind.value}({', '.join(words)})"


def _with_aggregates(functional: Functional, system: System) -> sympy.Expr:
    """Return a functional whose aggregates are symbols that LaTeX understands."""
    frames = {
        AggregateKind.INTEGRAL: r"\int {0}",
        AggregateKind.MEAN: r"\overline{{{0}}}",
        AggregateKind.MAX: r"\max {0}",
        AggregateKind.MIN: r"\min {0}",
        AggregateKind.VALUE: r"\left. {0} \right|",
    }
    return substitute(
        functional.expression,
        {
            a.symbol: sympy.Symbol(
                "{"
                + frames[a.kind].format(format_latex(write_out(a.integrand, system), system))
                + "}"
            )
            for a in functional.aggregates
        },
    )
