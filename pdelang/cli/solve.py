"""``pdelang solve``: a spec in, an artifact and a short report out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.folder import check_target, list_sweep
from pdelang.artifacts.summary import summarize
from pdelang.cli.compilation_cache import open_compilation_cache
from pdelang.cli.console import print_diagnostics, print_json, print_note, print_text
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
) -> int:
    """Solve, save, report; return 0 when solved to the tolerance, else 1.

    A spec with a ``sweep`` gives an artifact per value below the target.
    """
    target = out if out is not None else Path(spec).with_suffix(".solution")
    if not list_sweep(target):
        check_target(target)
    with open_progress(quiet) as display:
        display.show_stage("compile", spec)
        compilation = pipeline.compile(Path(spec), overrides)
        warnings = [d for d in compilation.diagnostics if d.level is Level.WARNING]
        if not quiet and not as_json:
            print_diagnostics(warnings, sys.stderr)
        open_compilation_cache()
        if compilation.sweep:
            check_sweep_target(target, compilation)
            return solve_sweep(compilation, target, overrides, device, display, as_json)
        check_target(target)
        display.show_system(compilation)
        solution = pipeline.solve(compilation, device, display.show_training)
        display.show_stage("save", str(target))
        manifest = pipeline.save(solution, target, compilation.diagnostics, device)
    if as_json:
        print_json({**manifest.to_record(), "artifact": str(target)})
    else:
        print_text(summarize(manifest, target))
    if manifest.status == "stopped":
        print_note(
            f"stopped: what was found so far is in {target}; the same command starts anew,"
            " and a looser --tol or a --time-limit ends it sooner"
        )
    return 0 if manifest.status == "solved" else 1
