"""``pdelang eval``: coordinates in, fields out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pdelang import pipeline
from pdelang.api.field import evaluate_fields
from pdelang.artifacts.load import load_manifest
from pdelang.artifacts.points import append_fields, parse_point, read_points
from pdelang.cli.console import print_note
from pdelang.cli.failure import ArgumentError


def evaluate_artifact(artifact: Path, at: str | None, points: Path | None, out: Path | None) -> int:
    """Evaluate at one point or at a table of points, and print or write CSV."""
    if (at is None) == (points is None):
        fault = "give either --at or --points" + ("" if at is None else ", not both")
        raise ArgumentError(fault, "write for example --at x=0.5")
    # The manifest names the coordinates: wrong points are refused before JAX is loaded.
    coordinates = load_manifest(artifact).coordinates
    if points is not None:
        table = read_points(points, coordinates)
    else:
        assert at is not None
        table = parse_point(at, coordinates)
    fields = evaluate_fields(pipeline.load(artifact).solution, table.points)
    text, left_out = append_fields(table, fields)
    if left_out:
        names = ", ".join(left_out)
        print_note(f"warning: the given column {names} is left out: the solution has this field")
    if outside := int(np.isnan(next(iter(fields.values()))).sum()):
        print_note(f"warning: {outside} of {len(table.rows)} points lie outside the domain: NaN")
    if out is None:
        print(text, end="", flush=True)
        return 0
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise ArgumentError(f"'{out}' cannot be written ({error.strerror})") from None
    return 0
