"""``pdelang check``: all faults of one or more specs, and their coverage."""

from __future__ import annotations

import sys
from typing import Any

from pdelang import pipeline
from pdelang.cli.console import print_diagnostics, print_json, print_text
from pdelang.diagnostics.message import Diagnostic, Level
from pdelang.diagnostics.render import render_json
from pdelang.semantics.printing import format_coverage
from pdelang.semantics.problem import Coverage


def check_specs(specs: list[str], as_json: bool, deny_warnings: bool) -> int:
    """Check every spec; return 2 when one has an error, or with ``deny_warnings`` a warning."""
    results = {spec: pipeline.check(spec) for spec in dict.fromkeys(specs)}
    remarks = {spec: pipeline.list_remarks(result) for spec, result in results.items()}
    diagnostics = tuple(
        d for spec, result in results.items() for d in (*result.diagnostics, *remarks[spec])
    )
    coverages = {spec: result.coverage for spec, result in results.items()}
    if as_json:
        records = {spec: _to_record(coverage) for spec, coverage in coverages.items()}
        coverage = next(iter(records.values())) if len(records) == 1 else records
        print_json({"diagnostics": render_json(diagnostics), "coverage": coverage})
    else:
        for spec, result in results.items():
            print_diagnostics(result.diagnostics, sys.stdout)
            if (coverage := coverages[spec]) is not None:
                print_text(f"conditions of {spec}\n{format_coverage(coverage)}")
            if remarks[spec]:
                print_text(format_remarks(remarks[spec]))
            if not result.diagnostics:
                print_text(f"{spec}: no faults")
    refused = {Level.ERROR, Level.WARNING} if deny_warnings else {Level.ERROR}
    return 2 if any(d.level in refused for d in diagnostics) else 0


def format_remarks(remarks: tuple[Diagnostic, ...]) -> str:
    """Return remarks on a sound problem one per line, with their notes."""
    return "\n".join(
        f"  {line}"
        for d in remarks
        for line in (f"{d.code} {d.message}", *(f"  {n}" for n in d.notes))
    )


def _to_record(coverage: Coverage | None) -> dict[str, Any] | None:
    if coverage is None:
        return None
    return {
        row: dict(zip(coverage.columns, cells, strict=True))
        for row, cells in zip(coverage.rows, coverage.cells, strict=True)
    }
