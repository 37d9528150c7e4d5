"""The compiler: a text in, a solved artifact out. The stages, in order:

| stage   | package        | from            | to                                          |
|---------|----------------|-----------------|---------------------------------------------|
| read    | ``reading``    | path or text    | ``SpecText``: a source and its folder       |
| parse   | ``syntax``     | ``SpecText``    | ``Tree``: statements with their places      |
| analyse | ``semantics``  | ``Tree``        | ``Problem``: names, ranks, parts, conditions|
| derive  | ``calculus``   | ``Problem``     | ``System``: residuals over jets, in SymPy   |
| lower   | ``lowering``   | ``System``      | ``Program``: residuals and ansatz, in JAX   |
| solve   | ``training``   | ``Program``     | ``Solution``: fields, error estimate, status|
| save    | ``artifacts``  | ``Solution``    | a folder                                    |

Every stage is a plain function over frozen data; a stage runs only when the ones before it
found no error, except that `analyse` judges the statements that could be read. The first four need
no JAX, and nothing here imports a stage before it runs: `check` answers in about a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Diagnostic, Level, SpecError, has_errors, sort_by_place
from pdelang.reading import SpecText, read_spec

if TYPE_CHECKING:
    from pdelang.artifacts.checkpoint import Checkpoint
    from pdelang.artifacts.manifest import Manifest
    from pdelang.calculus.system import System
    from pdelang.lowering.program import Program
    from pdelang.semantics.problem import Coverage, FieldSeries, Problem
    from pdelang.semantics.sweep import Point, SweepPoint
    from pdelang.syntax.tree import Tree
    from pdelang.training.classical.comparison import Comparison
    from pdelang.training.compression.method import Compressed
    from pdelang.training.diagnosis.state import Diagnosis
    from pdelang.training.journal import Journal
    from pdelang.training.progress import Progress
    from pdelang.training.solution import Solution
    from pdelang.training.verification import Verification


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


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSolution:
    """A solution read back from its artifact, with what the manifest says of it."""

    solution: Solution
    manifest: Manifest


def run_until(
    stage: Stage, spec: str | Path, overrides: Mapping[str, str] | None = None
) -> Compilation:
    """Compile ``spec`` (a path, or text with a line end) up to ``stage``; never raises for its faults.

    ``overrides`` are settings that win over the ``solver`` block, as settings text.
    """
    started = time.monotonic()
    text, diagnostics = read_spec(spec)
    result = Compilation(dict(overrides or {}), started, text, diagnostics=diagnostics)
    return result if text is None else _run_stages(result, text, stage)


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
    return _run_stages(fresh, compilation.text, Stage.PROGRAM)


def choose(compilation: Compilation, point: Point) -> Compilation:
    """Return the compilation of one value of every sweep, as far as `check` goes."""
    assert compilation.text is not None
    fresh = Compilation(compilation.overrides, time.monotonic(), compilation.text, point=point)
    return _run_stages(fresh, compilation.text, Stage.SYSTEM)


def open_checkpoint(
    compilation: Compilation,
    folder: str | Path,
    device: str | None,
    resume: bool,
    warn: Callable[[str], None],
) -> tuple[Checkpoint, Journal]:
    """Return the checkpoint file beside an artifact's folder, and the journal that it is written from.

    With ``resume`` the journal holds what the file does, where there is one. ``warn`` is told when
    the file cannot be written.

    Raises:
        CheckpointError: ``resume``, and the file is damaged or of another solve.
        DeviceError: this machine has no such device.
    """
    from pdelang.artifacts.checkpoint import Checkpoint
    from pdelang.artifacts.solve_key import describe_solve
    from pdelang.device import describe_device
    from pdelang.training.journal import Journal

    if compilation.program is None:
        raise SpecError(compilation.diagnostics)
    key = describe_solve(compilation.program.system.problem, describe_device(device))
    checkpoint = Checkpoint(Path(folder), key, warn)
    stored = checkpoint.read() if resume else None
    return checkpoint, Journal(compilation.started, stored, checkpoint.write)


def find_solved(
    compilation: Compilation, folder: str | Path, device: str | None = None
) -> Manifest | None:
    """Return the manifest of an artifact that this solve would only repeat, None where there is none."""
    from pdelang.artifacts.failure import ArtifactError
    from pdelang.artifacts.folder import CHECKPOINT
    from pdelang.artifacts.load import load_manifest
    from pdelang.artifacts.solve_key import describe_solve, digest_key
    from pdelang.device import describe_device

    folder = Path(folder)
    if compilation.problem is None or folder.with_name(folder.name + CHECKPOINT).exists():
        return None
    try:
        manifest = load_manifest(folder)
    except ArtifactError:
        return None
    key = digest_key(describe_solve(compilation.problem, describe_device(device)))
    return manifest if manifest.solve == key else None


def solve(
    compilation: Compilation,
    device: str | None = None,
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Solution:
    """Train a compiled program on a device (``cpu``, ``gpu``, ``tpu``; None lets JAX choose).

    What is found is kept in ``journal``, and what it holds is not computed again.
    The solution's ``seconds`` are those of importing, of compiling and of solving.

    Raises:
        DeviceError: this machine has no such device.
    """
    clock = StageClock()
    with clock.measure("import"):
        from pdelang.device import use_device
        from pdelang.training.journal import keep_in
        from pdelang.training.solver import solve as train

    program, problem = compilation.program, compilation.problem
    if program is None or problem is None:
        raise SpecError(compilation.diagnostics)
    with use_device(device), keep_in(journal):
        found = train(program, problem.settings, progress=progress, started=compilation.started)
    seconds = add_seconds(compilation.seconds, clock.seconds, found.seconds)
    return replace(found, seconds=seconds)


def manufacture_problem(compilation: Compilation) -> Compilation:
    """Return the same spec with sources that make a smooth, known solution solve it, and a fresh clock.

    Raises:
        NotManufacturableError: it admits none; the text says why.
    """
    from pdelang.calculus.derivation import derive
    from pdelang.calculus.manufactured import NotManufacturableError, manufacture
    from pdelang.lowering.lower import lower

    if compilation.system is None:
        raise SpecError(compilation.diagnostics)
    began = time.monotonic()
    problem = manufacture(compilation.system)
    system, diagnostics = derive(problem)
    if system is None:
        raise NotManufacturableError(
            f"with sources, {diagnostics[0].message[0].lower()}{diagnostics[0].message[1:]}"
        )
    return replace(
        compilation,
        started=began,
        problem=problem,
        system=system,
        program=lower(system),
        seconds={"compile": time.monotonic() - began},
    )


def verify(
    manufactured: Compilation, device: str | None = None, progress: Progress | None = None
) -> Verification:
    """Solve what `manufacture_problem` returned, and say how well it was solved."""
    from pdelang.training.verification import describe_verification

    return describe_verification(solve(manufactured, device, progress))


def compare_classically(
    compilation: Compilation,
    method: str = "spectral",
    device: str | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Solve a compiled problem, and by ``spectral`` collocation or finite elements (``fem``) too.

    Raises:
        NotClassicalError: the classical solver cannot take it; the text says why.
        MissingPackageError: ``fem`` needs packages that are not installed.
    """
    from pdelang.training.classical.comparison import compare_with_classical
    from pdelang.training.classical.finite_elements import solve_with_elements
    from pdelang.training.classical.spectral import solve_spectrally

    if compilation.system is None:
        raise SpecError(compilation.diagnostics)
    settings = compilation.system.problem.settings
    solve_otherwise = {"spectral": solve_spectrally, "fem": solve_with_elements}[method]
    # First, so that what it cannot take is said at once.
    classical = solve_otherwise(compilation.system, settings.tolerance, 0.2 * settings.time_limit)
    # The clock of our own solve starts after it.
    own = replace(compilation, started=time.monotonic())
    return compare_with_classical(solve(own, device, progress), classical)


def save(
    solution: Solution,
    folder: str | Path,
    diagnostics: tuple[Diagnostic, ...] = (),
    device: str | None = None,
) -> Manifest:
    """Write the artifact of a solution; ``diagnostics`` and ``device`` are recorded with it.

    Raises:
        TargetError: ``folder`` holds something that is not ours, or cannot be written.
    """
    from pdelang.artifacts.save import save_artifact
    from pdelang.device import describe_device

    return save_artifact(solution, Path(folder), diagnostics, describe_device(device))


def load(folder: str | Path) -> LoadedSolution:
    """Read an artifact back; its spec is compiled again with the settings used.

    Raises:
        ArtifactError: no artifact, or a damaged one; the text names what is wrong.
    """
    from pdelang.artifacts.failure import ArtifactError
    from pdelang.artifacts.fitted import read_values
    from pdelang.artifacts.load import SPEC, read_artifact, read_stored_fits, restore_solution
    from pdelang.syntax.tree import Compare

    stored = read_artifact(Path(folder))
    text, diagnostics = read_spec(stored.folder / SPEC)
    result = Compilation(stored.manifest.settings, time.monotonic(), text, diagnostics=diagnostics)
    if text is not None:
        # Tables only measured the error when the spec was solved: a lost one changes nothing.
        without = () if stored.has_tables else (Compare,)
        fits = read_values(read_stored_fits(stored))
        result = _run_stages(result, text, Stage.PROGRAM, without, fits)
    if result.program is None:
        first = next(d for d in result.diagnostics if d.level is Level.ERROR)
        raise ArtifactError(
            stored.folder,
            f"its {SPEC} does not compile with this version of pdelang: {first.code} {first.message}",
            help="solve the spec again to make the artifact anew",
        )
    return LoadedSolution(restore_solution(stored, result.program), stored.manifest)


def compress(
    folder: str | Path, target: str | Path, bound: float | None = None
) -> tuple[Compressed, Manifest]:
    """Write the artifact of a solution with as few features as ``bound`` allows to ``target``.

    Raises:
        ArtifactError: no artifact, or a damaged one; the text names what is wrong.
        UnsuitedNetworkError: its network has no features to leave out.
        TargetError: ``target`` holds something that is not ours, or cannot be written.
    """
    from pdelang.artifacts.load import SPEC
    from pdelang.artifacts.save import save_artifact
    from pdelang.training.compression.method import compress_solution

    loaded = load(folder)
    found = compress_solution(loaded.solution, bound)
    diagnostics = check(Path(folder) / SPEC, loaded.manifest.settings).diagnostics
    device = loaded.manifest.device
    return found, save_artifact(found.solution, Path(target), diagnostics, device)


def diagnose(
    spec: str | Path, overrides: Mapping[str, str] | None = None, points: int | None = None
) -> Diagnosis:
    """Look at the kernel of the network that ``adam`` would begin with on a spec.

    ``points`` are per term; None takes those of the settings, up to 256.

    Raises:
        SpecError: the spec has errors; ``diagnostics`` lists every one.
    """
    from pdelang.training.diagnosis.method import diagnose_start

    compilation = compile(spec, overrides)
    assert compilation.program is not None
    return diagnose_start(compilation.program, compilation.program.system.problem.settings, points)


def diagnose_artifact(folder: str | Path, points: int | None = None) -> Diagnosis:
    """Look at the kernel of a solution, before and after its training.

    Raises:
        ArtifactError: no artifact, or a damaged one; the text names what is wrong.
    """
    from pdelang.training.diagnosis.method import diagnose_solution

    return diagnose_solution(load(folder).solution, points)


def _run_stages(
    result: Compilation,
    text: SpecText,
    last: Stage,
    without: tuple[type, ...] = (),
    fits: Mapping[str, float | FieldSeries] | None = None,
) -> Compilation:
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
