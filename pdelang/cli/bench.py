"""``pdelang bench``: many specs solved, one line each."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pdelang import pipeline
from pdelang.cli.console import print_diagnostics, print_json, print_note, print_text
from pdelang.cli.new import find_template, list_templates
from pdelang.diagnostics.message import SpecError

_HEAD = ("spec", "method", "status", "time", "estimated error", "true error")


def run_bench(
    specs: Sequence[str], overrides: Mapping[str, str], device: str | None, as_json: bool
) -> int:
    """Solve every spec, the templates if none is named, and print a table; write no artifact.

    Returns 0 when all are solved, 2 when one is wrong, else 1. ``time`` is that of the whole
    solve from reading the spec to the estimate, without imports.
    """
    paths = [Path(s) for s in specs] or [find_template(name) for name in list_templates()]
    records: list[dict[str, Any]] = []
    for number, path in enumerate(paths, start=1):
        print_note(f"{number} of {len(paths)}: {path.stem}")
        try:
            records.append({"spec": path.stem, **_solve(path, overrides, device)})
        except SpecError as error:
            print_diagnostics(error.diagnostics, sys.stderr)
            records.append({"spec": path.stem, "status": "wrong"})
    if as_json:
        print_json({"results": records})
    else:
        print_text(_format_table(records))
    statuses = {record["status"] for record in records}
    return 2 if "wrong" in statuses else 0 if statuses == {"solved"} else 1


def _solve(path: Path, overrides: Mapping[str, str], device: str | None) -> dict[str, Any]:
    solution = pipeline.solve(pipeline.compile(path, overrides), device)
    return {
        "method": solution.method.partition("(")[0],
        "status": solution.status.value,
        "seconds": sum(solution.seconds.values()),
        "error_estimate": dict(solution.error_estimate),
        "error": dict(solution.error),
    }


def _format_table(records: Sequence[Mapping[str, Any]]) -> str:
    rows = [_HEAD, *map(_format_row, records)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEAD))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _format_row(record: Mapping[str, Any]) -> tuple[str, ...]:
    errors = [
        # The worst unknown speaks for all.
        f"{max(values.values()):.1e}" if (values := record.get(key)) else ""
        for key in ("error_estimate", "error")
    ]
    seconds = f"{record['seconds']:.1f} s" if "seconds" in record else ""
    return (record["spec"], record.get("method", ""), record["status"], seconds, *errors)
