"""``pdelang solve``: a spec in, an artifact and a short report out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.folder import check_target, list_sweep
from pdelang.artifacts.lock import lock_folder
from pdelang.artifacts.summary import summarize
from pdelang.cli.compilation_cache import open_compilation_cache
from pdelang.cli.console import print_diagnostics, print_json, print_note, print_text
from pdelang.cli.failure import ArgumentError
from pdelang.cli.interrupt import print_interrupt
from pdelang.cli.progress import open_progress
from pdelang.cli.sweep import check_sweep_target, solve_sweep
from pdelang.diagnostics.message import Level

# A solve that took this share of its time limit was ended by it, and may go on with a longer one.
_ENDED_BY_TIME = 0.7


def solve_spec(
    spec: str,
    out: Path | None,
    overrides: Mapping[str, str],
    device: str | None,
    quiet: bool,
    as_json: bool,
    resume: bool = False,
) -> int:
    """Solve, save, report; return 0 when solved to the tolerance, else 1.

    A spec with a ``sweep`` gives an artifact per value below the target.
    """
    target = out if out is not None else Path(spec).with_suffix(".solution")
    if not list_sweep(target):
        check_target(target)
    with lock_folder(target), open_progress(quiet) as display:
        display.show_stage("compile", spec)
        compilation = pipeline.compile(Path(spec), overrides)
        warnings = [d for d in compilation.diagnostics if d.level is Level.WARNING]
        if not quiet and not as_json:
            print_diagnostics(warnings, sys.stderr)
        if compilation.sweep:
            if resume:
                raise ArgumentError(
                    "--resume goes on with a single solve, and this spec has a `sweep`",
                    help="solve it anew, or take the values not yet solved into the `sweep`",
                )
            open_compilation_cache()
            check_sweep_target(target, compilation)
            return solve_sweep(compilation, target, overrides, device, display, as_json)
        check_target(target)
        display.show_system(compilation)
        checkpoint, journal = pipeline.open_checkpoint(
            compilation, target, device, resume, print_note
        )
        if journal.entries:
            done = max(entry.seconds for entry in journal.entries.values())
            display.show_stage("resume", f"from {checkpoint.path}, after {done:.0f} s")
        elif resume and not quiet:
            display.show_stage("resume", f"there is no {checkpoint.path}: from the beginning")
        elif checkpoint.path.exists() and not quiet:
            display.show_stage(
                "anew", f"{checkpoint.path} of an earlier run is not used: no --resume"
            )
        open_compilation_cache()
        try:
            solution = pipeline.solve(compilation, device, display.show_training, journal)
        except KeyboardInterrupt:
            journal.write()
            return print_interrupt(
                f"stopped before there was a solution; {_say_how(spec, out)} goes on from here",
                as_json,
            )
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
    if as_json:
        print_json({**manifest.to_record(), "artifact": str(target)})
    else:
        print_text(summarize(manifest, target))
    if status == "stopped":
        print_note(
            f"stopped: what was found so far is in {target}; {_say_how(spec, out)} goes on from here"
        )
    elif is_out_of_time and not quiet:
        print_note(
            f"the time limit ended it: {_say_how(spec, out)} --time-limit {3 * limit:g} goes on from here"
        )
    return 0 if manifest.status == "solved" else 1


def _say_how(spec: str, out: Path | None) -> str:
    return f"`pdelang solve {spec}{'' if out is None else f' -o {out}'} --resume`"
