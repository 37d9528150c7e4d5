"""``pdelang ntk``: why a problem trains, or does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pdelang import pipeline
from pdelang.cli.console import print_json, print_note, print_text
from pdelang.cli.failure import ArgumentError


def diagnose(
    target: str,
    overrides: Mapping[str, str],
    points: int | None,
    plot: Path | None,
    as_json: bool,
) -> int:
    """Print the diagnosis of a spec's first network, or of a solution; draw it where asked."""
    from pdelang.artifacts.kernel_text import format_diagnosis

    if plot is not None and plot.is_dir():
        raise ArgumentError(f"'{plot}' is a folder", "name a file, such as -o kernel.png")
    if plot is not None and not plot.resolve().parent.is_dir():
        raise ArgumentError(f"there is no folder '{plot.parent}'", "make it first")
    if Path(target).is_dir():
        if overrides:
            raise ArgumentError(
                f"--set does not apply to '{target}', which is solved already",
                "name the spec instead of its solution",
            )
        diagnosis = pipeline.diagnose_artifact(target, points)
    else:
        diagnosis = pipeline.diagnose(Path(target), overrides, points)
    if as_json:
        print_json(diagnosis.to_record())
    else:
        print_text(format_diagnosis(diagnosis))
    if plot is not None:
        from pdelang.artifacts.kernel_plots import draw_diagnosis

        try:
            plot.write_bytes(draw_diagnosis(diagnosis))
        except OSError as error:
            raise ArgumentError(f"'{plot}' cannot be written ({error.strerror})") from None
        if not as_json:
            print_note(f"  plot       {plot}")
    return 0
