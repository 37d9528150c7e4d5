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

The first five are `compilation`. Here stands what is done with a compiled spec and its solution: solve, verify,
save, load, compress, diagnose. Nothing here imports a stage before it runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pdelang.compilation import (
    Compilation,
    Stage,
    StageClock,
    add_seconds,
    check,
    choose,
    compile,
    list_remarks,
    recompile,
    run_stages,
    run_until,
)
from pdelang.diagnostics.message import Diagnostic, Level, SpecError
from pdelang.reading import read_spec

if TYPE_CHECKING:
    from pdelang.artifacts.checkpoint import Checkpoint
    from pdelang.artifacts.manifest import Manifest
    from pdelang.training.classical.comparison import Comparison
    from pdelang.training.compression.method import Compressed
    from pdelang.training.diagnosis.state import Diagnosis
    from pdelang.training.journal import Journal
    from pdelang.training.progress import Progress
    from pdelang.training.solution import Solution
    from pdelang.training.verification import Verification

__all__ = [
    "Compilation",
    "LoadedSolution",
    "Stage",
    "check",
    "choose",
    "compare_classically",
    "compile",
    "compress",
    "diagnose",
    "diagnose_artifact",
    "find_solved",
    "list_remarks",
    "load",
    "manufacture_problem",
    "open_checkpoint",
    "recompile",
    "run_until",
    "save",
    "solve",
    "verify",
]


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSolution:
    """A solution read back from its artifact, with what the manifest says of it."""

    solution: Solution
    manifest: Manifest


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
        result = run_stages(result, text, Stage.PROGRAM, without, fits)
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
