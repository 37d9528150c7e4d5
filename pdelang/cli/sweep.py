"""``pdelang solve`` of a spec with a ``sweep``: an artifact per value, one report at the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pdelang import pipeline
from pdelang.artifacts.failure import TargetError
from pdelang.artifacts.folder import MANIFEST, check_target
from pdelang.artifacts.summary import summarize
from pdelang.cli.console import print_json, print_note, print_text
from pdelang.cli.kept_solve import solve_and_keep
from pdelang.cli.progress import Display


def check_sweep_target(folder: Path, compilation: pipeline.Compilation) -> None:
    """Make sure that every artifact of a sweep may be written below ``folder``.

    Raises:
        TargetError: an artifact of a single solve, or something else, stands there.
    """
    if (folder / MANIFEST).is_file():
        raise TargetError(
            folder,
            "holds the artifact of a spec without a sweep, so it is left alone",
            help="remove it, or choose another folder with -o",
        )
    for point in compilation.sweep:
        check_target(folder / point.name)


def solve_sweep(
    compilation: pipeline.Compilation,
    target: Path,
    overrides: Mapping[str, str],
    device: str | None,
    display: Display,
    quiet: bool,
    as_json: bool,
    resume: bool,
) -> int | None:
    """Solve every value and save it below ``target``; return 0 when all are solved, else 1.

    With ``resume`` an artifact that is finished stays, and a value that was under way goes on from its
    checkpoint. An interrupt ends the sweep: the value under way is saved as it is, the rest is not
    begun; None says that it came before that value had a solution.
    """
    records: list[dict[str, Any]] = []
    statuses: list[str] = []
    for number, point in enumerate(compilation.sweep, start=1):
        folder = target / point.name
        display.show_stage("sweep", f"{point.name} ({number} of {len(compilation.sweep)})")
        own = pipeline.recompile(compilation, overrides, point.point)
        manifest = pipeline.find_solved(own, folder, device) if resume else None
        if manifest is not None:
            display.show_stage("kept", f"{folder} is finished")
        else:
            display.show_system(own)
            target.mkdir(parents=True, exist_ok=True)
            kept = solve_and_keep(own, folder, device, display, resume, quiet)
            manifest = kept.manifest
        if manifest is None:
            return None
        statuses.append(manifest.status)
        values = dict(point.values)
        records.append({"values": values, **manifest.to_record(), "artifact": str(folder)})
        if not as_json:
            print_text(f"{point.name}: {summarize(manifest, folder)}")
        if manifest.status == "stopped":
            left = len(compilation.sweep) - number
            print_note(
                f"stopped: {left} of {len(compilation.sweep)} values were not begun; --resume goes on"
            )
            break
    unsolved = [status for status in statuses if status != "solved"]
    if as_json:
        print_json({"status": unsolved[0] if unsolved else "solved", "sweep": records})
    return 1 if unsolved else 0
