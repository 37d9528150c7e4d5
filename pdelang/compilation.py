"""The stages that compile a spec, and what they made of it; the table of `pipeline` lists them.

Every stage is a plain function over frozen data; a stage runs only when the ones before it
found no error, except that `analyse` judges the statements that could be read. All but the last
need no JAX, and nothing here imports a stage before it runs: `check` answers in about a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Diagnostic, SpecError, has_errors, sort_by_place
from pdelang.reading import SpecText, read_spec

if TYPE_CHECKING:
    from pdelang.calculus.system import System
    from pdelang.lowering.program import Program
    from pdelang.semantics.measured import FieldSeries
    from pdelang.semantics.problem import Coverage, Problem
    from pdelang.semantics.sweep import Point, SweepPoint
    from pdelang.syntax.tree import Tree


class Stage(IntEnum):
    """How far to compile; each stage includes those before it."""

    TREE = 1
    PROBLEM = 2
    SYSTEM = 3
    PROGRAM = 4


@dataclass(frozen=True, slots=True, eq=False)
class Compilation:
    """What the stages made of a spec, and what they had to say.

    A form is None when its stage did not run; ``coverage`` exists also where conditions are
    missing. ``started`` is the clock (``time.monotonic``)
    when reading began: ``time_limit`` counts from there. ``seconds`` tells the time that
    importing the stages took (``import``) from that of their work (``compile``).

    Of a spec with a ``sweep`` the stages have seen every value, and ``sweep`` lists them; the forms
    are those of the first value, of the first with a fault if there is one, or of ``point``.
    """

    overrides: Mapping[str, str]
    started: float
    text: SpecText | None = None
    tree: Tree | None = None
    problem: Problem | None = None
    coverage: Coverage | None = None
    system: System | None = None
    program: Program | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    point: Point | None = None
    sweep: tuple[SweepPoint, ...] = ()

    @property
    def has_errors(self) -> bool:
        return has_errors(self.diagnostics)


class StageClock:
    """Seconds spent under each name; what is measured inside another measurement is not its own."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Add the time of the body to ``name``, less what the body itself adds to other names."""
        began, before = time.monotonic(), sum(self.seconds.values())
        try:
            yield
        finally:
            elsewhere = sum(self.seconds.values()) - before
            own = time.monotonic() - began - elsewhere
            self.seconds[name] = self.seconds.get(name, 0.0) + own


def add_seconds(*parts: Mapping[str, float]) -> dict[str, float]:
    """Return the sums by name, in the order in which the names first stand."""
    total: dict[str, float] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, 0.0) + value
    return total


def run_until(
    stage: Stage, spec: str | Path, overrides: Mapping[str, str] | None = None
) -> Compilation:
    """Compile ``spec`` (a path, or text with a line end) up to ``stage``; never raises for its faults.

    ``overrides`` are settings that win over the ``solver`` block, as settings text.
    """
    started = time.monotonic()
    text, diagnostics = read_spec(spec)
    result = Compilation(dict(overrides or {}), started, text, diagnostics=diagnostics)
    return result if text is None else run_stages(result, text, stage)


def check(spec: str | Path, overrides: Mapping[str, str] | None = None) -> Compilation:
    """Find all faults of a spec, without JAX."""
    return run_until(Stage.SYSTEM, spec, overrides)


def list_remarks(compilation: Compilation) -> tuple[Diagnostic, ...]:
    """Return I231 and I270 of a problem that was derived; none of one with errors."""
    if compilation.system is None or compilation.has_errors:
        return ()
    from pdelang.calculus.remarks import list_remarks as list_of_system

    return list_of_system(compilation.system)


def compile(spec: str | Path, overrides: Mapping[str, str] | None = None) -> Compilation:
    """Compile a spec to its program.

    Raises:
        SpecError: the spec has errors; ``diagnostics`` lists every one.
    """
    result = run_until(Stage.PROGRAM, spec, overrides)
    if result.has_errors:
        raise SpecError(result.diagnostics)
    return result


def recompile(
    compilation: Compilation, overrides: Mapping[str, str], point: Point | None = None
) -> Compilation:
    """Compile the same text again, to its program, with further settings and a fresh clock.

    ``point`` chooses one value of every sweep.
    """
    if compilation.text is None:
        return compilation
    merged = {**compilation.overrides, **overrides}
    point = compilation.point if point is None else point
    fresh = Compilation(merged, time.monotonic(), compilation.text, point=point)
    return run_stages(fresh, compilation.text, Stage.PROGRAM)


def choose(compilation: Compilation, point: Point) -> Compilation:
    """Return the compilation of one value of every sweep, as far as `check` goes."""
    assert compilation.text is not None
    fresh = Compilation(compilation.overrides, time.monotonic(), compilation.text, point=point)
    return run_stages(fresh, compilation.text, Stage.SYSTEM)


def run_stages(
    result: Compilation,
    text: SpecText,
    last: Stage,
    without: tuple[type, ...] = (),
    fits: Mapping[str, float | FieldSeries] | None = None,
) -> Compilation:
    """Take a text up to the stage ``last``, without statements of some types, with fits at their values."""
    clock = StageClock()
    with clock.measure("compile"):
        result = _compile_stages(result, text, last, without, fits or {}, clock)
    return replace(result, seconds=dict(clock.seconds))


def _compile_stages(
    result: Compilation,
    text: SpecText,
    last: Stage,
    without: tuple[type, ...],
    fits: Mapping[str, float | FieldSeries],
    clock: StageClock,
) -> Compilation:
    with clock.measure("import"):
        from pdelang.semantics.gaps import can_be_judged
        from pdelang.semantics.inclusion import include
        from pdelang.syntax.parser import parse

    def add(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        return sort_by_place(result.diagnostics + found)

    tree, found = parse(text.source)
    is_judged = can_be_judged(tree)
    if is_judged:
        tree, included = include(tree, text.folder)
        is_judged = not has_errors(included)
        found += included
    kept = tuple(s for s in tree.statements if not isinstance(s, without))
    result = replace(result, tree=replace(tree, statements=kept), diagnostics=add(found))
    if last < Stage.PROBLEM or not is_judged:
        return result

    with clock.measure("import"):
        from pdelang.semantics.sweep import choose_point, describe_point, find_repeated, list_points

    assert result.tree is not None
    whole = result.tree
    points, found = list_points(whole)
    result = replace(result, diagnostics=add(found))
    if found:
        return result
    if not points:
        return _judge_stages(result, text, last, fits, clock)
    if result.point is not None:
        result = replace(result, tree=choose_point(whole, result.point))
        return _judge_stages(result, text, last, fits, clock)
    parts = [
        # One program is enough to show; the others are lowered when they are solved.
        _judge_stages(
            replace(result, tree=choose_point(whole, point)),
            text,
            last if number == 0 else min(last, Stage.SYSTEM),
            fits,
            clock,
        )
        for number, point in enumerate(points)
    ]
    shown = next((part for part in parts if part.has_errors), parts[0])
    sweep = tuple(
        describe_point(whole, point, part.problem)
        for point, part in zip(points, parts, strict=True)
    )
    unique = {(d.code, d.message, d.span): d for part in parts for d in part.diagnostics}
    repeated = () if shown.has_errors else find_repeated(whole, sweep)
    diagnostics = sort_by_place((*unique.values(), *repeated))
    return replace(shown, diagnostics=diagnostics, sweep=sweep)


def _judge_stages(
    result: Compilation,
    text: SpecText,
    last: Stage,
    fits: Mapping[str, float | FieldSeries],
    clock: StageClock,
) -> Compilation:
    """Take a tree without sweeps from its analysis to ``last``."""

    def add(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        return sort_by_place(result.diagnostics + found)

    with clock.measure("import"):
        from pdelang.semantics.analysis import examine

    assert result.tree is not None
    analysis = examine(result.tree, text.folder, result.overrides)
    problem, found = analysis.problem, analysis.diagnostics
    problem = None if problem is None else problem.with_fits(fits)
    result = replace(result, problem=problem, coverage=analysis.coverage, diagnostics=add(found))
    if last < Stage.SYSTEM or problem is None or result.has_errors:
        return result

    with clock.measure("import"):
        from pdelang.calculus.derivation import derive

    system, found = derive(problem)
    found = tuple(d for d in found if d.code not in problem.allowed)
    result = replace(result, system=system, diagnostics=add(found))
    if last < Stage.PROGRAM or system is None or result.has_errors:
        return result

    with clock.measure("import"):
        from pdelang.lowering.lower import lower

    return replace(result, program=lower(system))
