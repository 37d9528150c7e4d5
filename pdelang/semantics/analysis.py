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

from pdelang.diagnostics.message import Diagnostic, Related, sort_by_place
from pdelang.semantics.allowances import apply_allowances
from pdelang.semantics.boundary import Part
from pdelang.semantics.columns import warn_unused_columns
from pdelang.semantics.compatibility import warn_incompatible
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.counting import count_conditions
from pdelang.semantics.data_sets import DataReader
from pdelang.semantics.defined_values import resolve_definitions
from pdelang.semantics.determination import report_undetermined
from pdelang.semantics.edges import EdgeFinder
from pdelang.semantics.families import read_families
from pdelang.semantics.faults import Faults
from pdelang.semantics.fits import FitReader
from pdelang.semantics.free_constants import warn_free_constants
from pdelang.semantics.gaps import excuse_broken_names
from pdelang.semantics.identification import state_identifications
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
from pdelang.semantics.scope import Scope, collect_names, warn_unused
from pdelang.semantics.settings_block import SettingsReader
from pdelang.semantics.shapes import ShapeReader
from pdelang.semantics.statements import StatementReader
from pdelang.semantics.titles import check_titles, find_title
from pdelang.semantics.trajectory import is_trajectory, point_domain, refuse_space
from pdelang.semantics.undeclared import report_undeclared
from pdelang.semantics.unit_reading import read_units
from pdelang.semantics.unknowns import list_unknowns
from pdelang.syntax import tree


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

    unknowns = list_unknowns(scope, regions, units)
    ranks = {unknown.name: unknown.rank for unknown in unknowns}
    complex_names = frozenset(unknown.name for unknown in unknowns if unknown.is_complex)
    resolver = Resolver(
        scope, faults, parts.locate, ranks, regions.find, complex_names, units, folder
    )
    parameters = resolve_definitions(scope, resolver, folding)
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
        layout = lay_out(domain, unknowns, statements, parts.declared, parts.pairs, faults)
        unknowns = layout.unknowns
        coverage = count_conditions(
            spec, scope, domain, time, unknowns, parts, statements, layout.partition, faults
        )
        if not faults.has_errors:
            jumps = warn_incompatible(
                domain, time, unknowns, statements, parts, settings.tolerance, faults
            )
            periodic = state_identifications(
                parts.pairs.identified,
                parts.pairs.opposite,
                domain,
                time,
                unknowns,
                parts.declared,
                statements,
                layout.partition,
                faults,
            )
            warn_free_constants(
                domain, time, unknowns, statements, periodic, layout.partition, faults
            )
            report_undetermined(domain, time, unknowns, statements, faults, varied)
            statements.boundary_conditions += periodic
    _report_timeless(scope, faults)
    if not spec.broken:
        warn_unused(spec, scope, faults)
        warn_unused_columns(spec, scope, faults)
    check_titles(spec, faults)

    allowed = apply_allowances(spec, faults)
    problem = None
    if not faults.has_errors and domain is not None and coverage is not None:
        assert layout is not None
        problem = Problem(
            source=spec.source,
            text=write_inlined(spec),
            title=find_title(spec),
            domain=domain,
            time=time,
            parameters=parameters,
            unknowns=unknowns,
            parts=_list_parts(parts, statements),
            periodic_axes=parts.pairs.repeating,
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
