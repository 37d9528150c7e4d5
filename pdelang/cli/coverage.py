"""The coverage matrix as text."""

from __future__ import annotations

from pdelang.semantics.problem import Coverage


def render_coverage(spec: str, coverage: Coverage) -> str:
    """Return the matrix: boundary parts and the start down, unknowns across."""
    head = (spec, *coverage.columns)
    rows = [(row, *cells) for row, cells in zip(coverage.rows, coverage.cells, strict=True)]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join([lines[0], *("-" * len(max(lines, key=len)),), *lines[1:]]) + "\n"
