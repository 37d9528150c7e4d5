"""One solve that is saved at its end and can be gone on with: what `solve` does with a spec or a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.manifest import Manifest
from pdelang.cli.console import print_note
from pdelang.cli.progress import Display

# A solve that took this share of its time limit was ended by it, and may go on with a longer one.
_ENDED_BY_TIME = 0.7


@dataclass(frozen=True, slots=True)
class KeptSolve:
    """``manifest`` is None where Ctrl-C came before there was a solution; the checkpoint is written."""

    manifest: Manifest | None
    time_limit: float = 0.0
    is_out_of_time: bool = False


def solve_and_keep(
    compilation: pipeline.Compilation,
    target: Path,
    device: str | None,
    display: Display,
    resume: bool,
    quiet: bool,
) -> KeptSolve:
    """Solve, from the checkpoint beside ``target`` with ``resume``, and save the artifact.

    The checkpoint stays where the solve can go on.
    """
    checkpoint, journal = pipeline.open_checkpoint(compilation, target, device, resume, print_note)
    if journal.entries:
        done = max(entry.seconds for entry in journal.entries.values())
        display.show_stage("resume", f"from {checkpoint.path}, after {done:.0f} s")
    elif resume and not quiet:
        display.show_stage("resume", f"there is no {checkpoint.path}: from the beginning")
    elif checkpoint.path.exists() and not quiet:
        display.show_stage("anew", f"{checkpoint.path} of an earlier run is not used: no --resume")
    try:
        solution = pipeline.solve(compilation, device, display.show_training, journal)
    except KeyboardInterrupt:
        journal.write()
        return KeptSolve(None)
    status = solution.status.value
    settings = compilation.program.system.problem.settings if compilation.program else None
    limit = settings.time_limit if settings is not None else 0.0
    is_unfinished = status in ("tolerance_not_reached", "unverified")
    is_out_of_time = is_unfinished and journal.seconds >= _ENDED_BY_TIME * limit
    goes_on = status == "stopped" or is_out_of_time
    if goes_on:
        journal.write()
    display.show_stage("save", str(target))
    try:
        manifest = pipeline.save(solution, target, compilation.diagnostics, device)
    except BaseException:
        # What was found is lost otherwise; with the checkpoint nothing is solved again.
        journal.write()
        raise
    if not goes_on:
        checkpoint.remove()
    return KeptSolve(manifest, limit, is_out_of_time)
