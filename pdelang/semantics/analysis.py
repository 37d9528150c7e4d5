"""Analysis: a tree becomes a checked problem, or every fault of it is reported.

    Tree ─ names (scope) ─ what is not declared (undeclared)
         ─ domain, time (regions) ─ boundary parts (parts)
         ─ expressions (resolution, calls, ranks) ─ statements (statements)
         ─ counts (counting) ─ data where parts meet (compatibility) ─ gauges (gauge)
         ─ settings (settings_block) ─ Problem

A stage that depends on a faulty one stays silent, so one root cause is one message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.message import Diagnostic, Related, sort_by_place
from pdelang.semantics.base_units import convert_number
from pdelang.semantics.boundary import Part
from pdelang.semantics.calls import check_definition
from pdelang.semantics.columns import warn_unused_columns
from pdelang.semantics.compatibility import warn_incompatible
from pdelang.semantics.complex_values import PART_NAMES, name_parts
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.counting import count_conditions
from pdelang.semantics.data_sets import DataReader
from pdelang.semantics.determination import report_undetermined
from pdelang.semantics.domain import Region
from pdelang.semantics.edges import EdgeFinder
from pdelang.semantics.expression import Coordinate, Expression, Rank
from pdelang.semantics.families import read_families
from pdelang.semantics.faults import Faults
from pdelang.semantics.fits import FitReader
from pdelang.semantics.gaps import excuse_broken_names
from pdelang.semantics.gauge import warn_free_constants
from pdelang.semantics.inclusion import write_inlined
from pdelang.semantics.interfaces import InterfaceFinder
from pdelang.semantics.interp_calls import check_ranges
from pdelang.semantics.known_solutions import KnownReader
from pdelang.semantics.layout import lay_out
from pdelang.semantics.located import Extent
from pdelang.semantics.parts import PartTable
from pdelang.semantics.problem import Coverage, Problem
from pdelang.semantics.region_finder import RegionFinder
from pdelang.semantics.regions import resolve_domain, resolve_time
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.resolved import Statements
from pdelang.semantics.scope import Kind, Scope, collect_names, warn_unused
from pdelang.semantics.settings_block import SettingsReader
from pdelang.semantics.shapes import ShapeReader
from pdelang.semantics.statements import StatementReader
from pdelang.semantics.trajectory import is_trajectory, point_domain, refuse_space
from pdelang.semantics.traversal import contains
from pdelang.semantics.undeclared import report_undeclared
from pdelang.semantics.unit_reading import read_units
from pdelang.semantics.unit_table import UnitTable
from pdelang.syntax import tree

_GIVEN_HERE = frozenset({"W103", "W111", "W204", "W205", "W211", "W221"})
"""Warnings that only this stage gives; W230 comes from `calculus` too."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What `examine` found. ``coverage`` exists wherever the boundary could be counted."""

    problem: Problem | None
    coverage: Coverage | None
    diagnostics: tuple[Diagnostic, ...]


def analyse(
    spec: tree.Tree, folder: Path | None, overrides: Mapping[str, str] | None = None
) -> tuple[Problem | None, tuple[Diagnostic, ...]]:
    """Return the checked problem, or None, and every message in the order of the text.

    ``folder`` is where the tables of `compare` lie; ``overrides`` are settings, as text, that
    win over the ``solver`` block.
    """
    analysis = examine(spec, folder, overrides)
    return analysis.problem, analysis.diagnostics


def examine(
    spec: tree.Tree, folder: Path | None, overrides: Mapping[str, str] | None = None
) -> Analysis:
    """Analyse, and keep the coverage matrix even of a problem with gaps.

    A spec with broken statements, where it `can_be_judged` at all, has no problem and no
    coverage, but the faults of its other statements are found.
    """
    faults = Faults()
    scope = collect_names(spec, faults)
    excuse_broken_names(spec, scope)
    report_undeclared(spec, scope, faults)
    folding = Folder(faults)

    units = read_units(spec, scope, faults)
    bare = Resolver(scope, faults, _locate_nothing, units=units, directory=folder)
    domain_statement = next((s for s in spec.statements if isinstance(s, tree.Domain)), None)
    time_statement = next((s for s in spec.statements if isinstance(s, tree.Time)), None)
    shapes = ShapeReader(bare, folding, folder)
    domain = resolve_domain(domain_statement, shapes) if domain_statement else None
    if is_trajectory(spec) and time_statement is not None:
        domain = point_domain(time_statement)
        spec = refuse_space(spec, scope, faults)
    shapes.read_all(spec)
    time = resolve_time(time_statement, bare, folding) if time_statement else None

    regions = RegionFinder(scope, domain, shapes)
    interfaces = InterfaceFinder(regions, faults)
    parts = PartTable(scope, domain, bare, spec, EdgeFinder(shapes), interfaces)
    parts.resolve_all()

    unknowns = _list_unknowns(scope, regions, units)
    ranks = {unknown.name: unknown.rank for unknown in unknowns}
    complex_names = frozenset(unknown.name for unknown in unknowns if unknown.is_complex)
    resolver = Resolver(
        scope, faults, parts.locate, ranks, regions.find, complex_names, units, folder
    )
    parameters = _resolve_definitions(scope, resolver, folding)
    varied = read_families(spec, bare, folding)
    extent = Extent(folding, domain, time, varied)
    data = DataReader(resolver, folding, extent, folder)
    data.read()
    statements = StatementReader(resolver, folding, extent, data).read(spec)
    FitReader(resolver, folding, extent).read(statements)
    KnownReader(resolver, folding, extent, unknowns, folder).read(spec, statements)
    tables = (*bare.tables, *resolver.tables)
    check_ranges(tables, domain, time, faults)
    settings_reader = SettingsReader(resolver, folding)
    settings = settings_reader.read_solver(spec, overrides or {}, len(scope.space), time)
    output = settings_reader.read_output(spec, len(scope.coordinates) + len(varied), time)

    coverage = None
    layout = None
    jumps: tuple[tuple[float, ...], ...] = ()
    if domain is not None and not spec.broken:
        layout = lay_out(domain, unknowns, statements, parts.declared, faults)
        unknowns = layout.unknowns
        coverage = count_conditions(
            spec, scope, domain, time, unknowns, parts, statements, layout.partition, faults
        )
        if not faults.has_errors:
            jumps = warn_incompatible(domain, time, unknowns, statements, parts, faults)
            warn_free_constants(domain, time, unknowns, statements, faults)
            report_undetermined(domain, time, unknowns, statements, faults, varied)
    _report_timeless(scope, faults)
    if not spec.broken:
        warn_unused(spec, scope, faults)
        warn_unused_columns(spec, scope, faults)
    _check_titles(spec, faults)

    allowed = _apply_allowances(spec, faults)
    problem = None
    if not faults.has_errors and domain is not None and coverage is not None:
        assert layout is not None
        problem = Problem(
            source=spec.source,
            text=write_inlined(spec),
            title=_find_title(spec),
            domain=domain,
            time=time,
            parameters=parameters,
            unknowns=unknowns,
            parts=_list_parts(parts, statements),
            periodic_axes=tuple(sorted(parts.periodic)),
            equations=tuple(statements.equations),
            boundary_conditions=tuple(statements.boundary_conditions),
            initial_conditions=tuple(statements.initial_conditions),
            point_conditions=tuple(statements.point_conditions),
            requirements=tuple(statements.requirements),
            exact=tuple(statements.exact),
            guesses=tuple(statements.guesses),
            references=tuple(statements.references),
            tables=tuple(sorted({node.table.path for node, _ in tables})),
            reports=tuple(statements.reports),
            coverage=coverage,
            jumps=jumps,
            allowed=tuple(sorted(allowed)),
            settings=settings,
            output=output,
            partition=layout.partition,
            varied=varied,
            units=() if units is None else units.texts(),
            fits=tuple(statements.fits),
            data_conditions=tuple(statements.data_conditions),
            surplus=tuple(statements.surplus),
        )
    diagnostics = tuple(d for d in faults.all if d.code not in allowed)
    return Analysis(problem, coverage, sort_by_place(diagnostics))


def _locate_nothing(node: tree.Expression) -> Part | None:
    """Stand in for the boundary's parts where they are not known yet: in their own definitions."""
    return None


def _list_unknowns(
    scope: Scope, regions: RegionFinder, units: UnitTable | None
) -> tuple[Unknown, ...]:
    """Return the unknowns, ordered by name: the order of statements has no meaning."""
    found: list[Unknown] = []
    for name in scope.names_of({Kind.UNKNOWN}):
        declaration = scope.names[name]
        statement = declaration.statement
        assert isinstance(statement, tree.Unknown)
        kind = statement.kind.name if statement.kind is not None else "scalar"
        rank = Rank.VECTOR if kind == "vector" else Rank.SCALAR
        parts = {"vector": scope.space, "complex": PART_NAMES}.get(kind)
        components = (name,) if parts is None else tuple(f"{name}.{part}" for part in parts)
        limits: tuple[Region, ...] = ()
        if statement.region is not None and name not in scope.faulty:
            home = regions.find(statement.region)
            if home is None:
                scope.faulty.add(name)
            elif home.region is not None:
                limits = (home.region,)
        conversion = None if units is None else units.conversion(name)
        if conversion is not None and conversion.is_trivial:
            conversion = None
        is_complex = kind == "complex"
        found.append(
            Unknown(
                name,
                rank,
                components,
                declaration.span,
                is_complex,
                conversion,
                limits,
                bool(limits),
            )
        )
    return tuple(found)


def _resolve_definitions(
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


def _list_parts(parts: PartTable, statements: Statements) -> tuple[Part, ...]:
    """Return the declared parts and the sides that conditions name, by name."""
    named = {part.name: part for part in parts.declared}
    for condition in statements.boundary_conditions:
        named.update({part.name: part for part in condition.parts})
    return tuple(named[name] for name in sorted(named))


def _report_timeless(scope: Scope, faults: Faults) -> None:
    """Tell all places that need a time, where none is declared, in one message (E212)."""
    places = sorted(set(scope.timeless), key=lambda s: (s.source.name, s.start, s.end))
    if places:
        faults.add(
            "E212",
            f"`{clip(places[0].text)}` speaks of the time, and this problem is steady",
            places[0],
            "no time is declared",
            related=[Related(place, "here too") for place in places[1:4]],
            help="add `time t in 0 .. 1`",
        )


def _find_title(spec: tree.Tree) -> str:
    """Return the title; one in a `use`d file is that file's own."""
    for statement in spec.statements:
        if isinstance(statement, tree.Title) and statement.span.source is spec.source:
            return statement.title.value
    return ""


def _check_titles(spec: tree.Tree, faults: Faults) -> None:
    titles = [
        s for s in spec.statements if isinstance(s, tree.Title) and s.span.source is spec.source
    ]
    for second in titles[1:]:
        faults.add(
            "E102",
            "a spec has one `problem` title, and this is the second",
            second.span,
            "the second",
            related=[Related(titles[0].span, "the first")],
            help="remove one of them",
        )


def _apply_allowances(spec: tree.Tree, faults: Faults) -> set[str]:
    """Return the allowed codes; report (W103) each `allow` that silences nothing.

    Where there are errors, or for warnings that a later stage gives, nobody knows here.
    """
    present = {d.code for d in faults.all}
    is_final = not faults.has_errors and not spec.broken
    allowed: set[str] = set()
    for statement in spec.statements:
        if not isinstance(statement, tree.Allow):
            continue
        code = statement.code.name
        if not code.startswith("W") or code not in CATALOGUE:
            reason = (
                "only warnings can be allowed" if code in CATALOGUE else "there is no such code"
            )
            faults.add(
                "W103",
                f"`allow {clip(code)}` has no effect, because {reason}",
                statement.code.span,
                "not a warning",
                help="remove it",
            )
        elif code in allowed:
            faults.add(
                "W103",
                f"`allow {code}` stands here twice",
                statement.code.span,
                "the second",
                help="remove it",
            )
        elif is_final and code in _GIVEN_HERE and code not in present:
            faults.add(
                "W103",
                f"`allow {code}` silences nothing",
                statement.code.span,
                "no such warning arises",
                help="remove it",
            )
        else:
            allowed.add(code)
    return allowed
