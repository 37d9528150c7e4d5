"""``pdelang solve``: a spec in, an artifact and a short report out."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.folder import check_target, is_sweep
from pdelang.artifacts.lock import lock_folder
from pdelang.artifacts.summary import FACT_COLUMN, summarize
from pdelang.cli.compilation_cache import open_compilation_cache
from pdelang.cli.console import print_diagnostics, print_entries, print_json, print_note
from pdelang.cli.interrupt import print_interrupt
from pdelang.cli.kept_solve import solve_and_keep
from pdelang.cli.progress import open_progress
from pdelang.cli.sweep import check_sweep_target, solve_sweep
from pdelang.diagnostics.message import Level


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
    if not is_sweep(target):
        check_target(target)
    with lock_folder(target), open_progress(quiet) as display:
        display.show_stage("compile", spec)
        compilation = pipeline.compile(Path(spec), overrides)
        warnings = [d for d in compilation.diagnostics if d.level is Level.WARNING]
        if not quiet and not as_json:
            print_diagnostics(warnings, sys.stderr)
        open_compilation_cache()
        if compilation.sweep:
            check_sweep_target(target, compilation)
            solved = solve_sweep(
                compilation, target, overrides, device, display, quiet, as_json, resume
            )
            if solved is None:
                return print_interrupt(
                    f"stopped; {_say_how(spec, out, overrides, device)} goes on with the values that are left",
                    as_json,
                )
            return solved
        check_target(target)
        display.show_system(compilation)
        kept = solve_and_keep(compilation, target, device, display, resume, quiet)
    manifest = kept.manifest
    if manifest is None:
        return print_interrupt(
            f"stopped before there was a solution; {_say_how(spec, out, overrides, device)} goes on from here",
            as_json,
        )
    if as_json:
        print_json({**manifest.to_record(), "artifact": str(target)})
    else:
        print_entries(summarize(manifest, target), sys.stdout, FACT_COLUMN)
    if manifest.status == "stopped":
        print_note(
            f"stopped: what was found so far is in {target}; {_say_how(spec, out, overrides, device)} goes on from here"
        )
    elif kept.is_out_of_time and not quiet:
        print_note(
            "the time limit ended it: "
            f"{_say_how(spec, out, overrides, device, 3 * kept.time_limit)} goes on from here"
        )
    return 0 if manifest.status == "solved" else 1


def _say_how(
    spec: str,
    out: Path | None,
    overrides: Mapping[str, str],
    device: str | None,
    time_limit: float | None = None,
) -> str:
    """Return the command that goes on: with the settings that were given, or it would be another solve."""
    words = ["pdelang", "solve", spec, *([] if out is None else ["-o", str(out)])]
    for key, value in overrides.items():
        if key != "time_limit" or time_limit is None:
            words += ["--set", f"{key}={value}"]
    if device is not None:
        words += ["--device", device]
    words.append("--resume")
    if time_limit is not None:
        words += ["--time-limit", f"{time_limit:g}"]
    return f"`{shlex.join(words)}`"
