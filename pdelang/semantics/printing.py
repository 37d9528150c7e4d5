"""Readable text of a problem and of its coverage matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields

from pdelang.geometry.names import name_side
from pdelang.semantics.boundary import Piece
from pdelang.semantics.conditions import KnownSolution
from pdelang.semantics.domain import Bounds
from pdelang.semantics.expression import Expression
from pdelang.semantics.expression_text import format_expression
from pdelang.semantics.problem import Coverage, Problem


def format_coverage(coverage: Coverage) -> str:
    """Return the coverage matrix as a text table: parts and start × components."""
    head = ("", *coverage.columns)
    rows = zip(coverage.rows, coverage.cells, strict=True)
    table = [head, *((name, *cells) for name, cells in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]
    return "\n".join([lines[0], "-" * max(len(line) for line in lines), *lines[1:]])


def format_problem(problem: Problem) -> str:
    """Return every noun of a checked problem, one line each, definitions inlined."""
    return "\n\n".join("\n".join(block) for block in map(list, _list_blocks(problem)) if block)


def _list_blocks(problem: Problem) -> Iterable[Iterable[str]]:
    space = problem.domain.coordinates
    time = problem.time.name if problem.time else None
    components = {unknown.name: unknown.components for unknown in problem.unknowns}

    def text(expression: Expression) -> str:
        return format_expression(expression, space, time)

    yield _format_head(problem, text)
    yield [
        f"unknown {u.name}: {'complex' if u.is_complex else u.rank.name.lower()}"
        f" ({', '.join(u.components)})"
        for u in problem.unknowns
    ]
    yield [f"param {name} = {value!r}" for name, value in problem.parameters]
    yield [
        f"boundary {part.name} = {' + '.join(_format_piece(p, space, text) for p in part.pieces)}"
        for part in problem.parts
    ] + [f"periodic {space[axis]}" for axis in problem.periodic_axes]
    yield [f"equation [{e.label}] {text(e.left)} = {text(e.right)}" for e in problem.equations]
    yield (
        [
            f"on {', '.join(p.name for p in c.parts)} [{c.label}] {text(c.left)} = {text(c.right)}"
            for c in problem.boundary_conditions
        ]
        + [
            f"at the start [{c.label}] {text(c.left)} = {text(c.right)}"
            for c in problem.initial_conditions
        ]
        + [
            f"at ({', '.join(map(text, c.point))}) [{c.label}] {text(c.left)} = {text(c.right)}"
            for c in problem.point_conditions
        ]
    )
    yield [f"require [{r.label}] {text(r.left)} = {text(r.right)}" for r in problem.requirements]
    yield [
        *(_format_known("exact", k, components, text) for k in problem.exact),
        *(_format_known("guess", k, components, text) for k in problem.guesses),
        *(
            f"compare {_target(r.unknown, r.component, components)} with {r.path}: {len(r.points)} points"
            for r in problem.references
        ),
    ]
    yield [
        f"fit {f.name}{f'({chr(44).join(f.coordinates)})' if f.is_field else ''} = {text(f.guess)}"
        f" within {f.low!r} .. {f.high!r}"
        for f in problem.fits
    ]
    yield [
        f"at {c.data.name}: {len(c.data.points)} points [{c.label}] {text(c.left)} = {text(c.right)}"
        for c in problem.data_conditions
    ]
    yield [f"report {r.name} = {text(r.value)}" for r in problem.reports]
    yield [f"allow {code}" for code in problem.allowed]
    yield ["solver"] + [
        f"  {f.name} = {getattr(problem.settings, f.name)}" for f in fields(problem.settings)
    ]
    yield ["output"] + [
        f"  {f.name} = {getattr(problem.output, f.name)}" for f in fields(problem.output)
    ]
    yield [
        "coverage",
        *(f"  {line}".rstrip() for line in format_coverage(problem.coverage).splitlines()),
    ]


def _format_head(problem: Problem, text: Callable[[Expression], str]) -> Iterable[str]:
    if problem.title:
        yield f'problem "{problem.title}"'
    domain = problem.domain
    for name, bounds in zip(domain.coordinates, domain.bounds, strict=True):
        yield f"domain {domain.name}: {name} in {_format_bounds(bounds, text)}"
    if problem.time is not None:
        yield f"time {problem.time.name} in {_format_bounds(problem.time.bounds, text)}"
    for varied in problem.varied:
        yield f"vary {varied.name} in {_format_bounds(varied.bounds, text)}"


def _format_bounds(bounds: Bounds, text: Callable[[Expression], str]) -> str:
    return (
        f"{text(bounds.low)} .. {text(bounds.high)}  "
        f"({bounds.low_value!r} .. {bounds.high_value!r})"
    )


def _format_piece(piece: Piece, space: tuple[str, ...], text: Callable[[Expression], str]) -> str:
    words = [name_side(piece.side, space)]
    words += [f"where {text(predicate)}" for predicate in piece.inside]
    words += [f"where not ({text(predicate)})" for predicate in piece.outside]
    return " ".join(words)


def _format_known(
    word: str,
    known: KnownSolution,
    components: Mapping[str, tuple[str, ...]],
    text: Callable[[Expression], str],
) -> str:
    return f"{word} {_target(known.unknown, known.component, components)} = {text(known.value)}"


def _target(unknown: str, component: int | None, components: Mapping[str, tuple[str, ...]]) -> str:
    return unknown if component is None else components[unknown][component]
