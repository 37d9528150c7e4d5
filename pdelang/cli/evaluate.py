"""``pdelang eval``: coordinates in, fields out."""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from pdelang import pipeline
from pdelang.artifacts.evaluation import evaluate_fields
from pdelang.artifacts.load import load_manifest
from pdelang.artifacts.points import FieldsWriter, PointsTable, open_points, parse_point
from pdelang.cli.console import print_note
from pdelang.cli.failure import ArgumentError


def evaluate_artifact(artifact: Path, at: str | None, points: Path | None, out: Path | None) -> int:
    """Evaluate at one point or at a table of points, and print or write CSV, block by block."""
    if (at is None) == (points is None):
        fault = "give either --at or --points" + ("" if at is None else ", not both")
        raise ArgumentError(fault, "write for example --at x=0.5")
    # The manifest names the coordinates: wrong points are refused before JAX is loaded.
    coordinates = load_manifest(artifact).coordinates
    if points is not None:
        with open_points(points, coordinates) as (head, blocks):
            _write_fields(artifact, head, _peek(blocks), out)
    else:
        assert at is not None
        table = parse_point(at, coordinates)
        _write_fields(artifact, table.head, iter([table]), out)
    return 0


def _write_fields(
    artifact: Path, head: tuple[str, ...], blocks: Iterator[PointsTable], out: Path | None
) -> None:
    solution = pipeline.load(artifact).solution
    problem = solution.program.system.problem
    fields = problem.components + tuple(fit.name for fit in problem.fits)
    count = outside = 0
    with _open_output(out) as stream:
        writer = FieldsWriter(stream, head, fields)
        for table in blocks:
            values = evaluate_fields(solution, table.points)
            writer.write(table, {name: values[name] for name in fields})
            count += len(table.points)
            outside += int(np.isnan(values[fields[0]]).sum())
    if writer.left_out:
        names = ", ".join(writer.left_out)
        print_note(f"warning: the given column {names} is left out: the solution has this field")
    if outside:
        print_note(f"warning: {outside} of {count} points lie outside the domain: NaN")


def _peek(blocks: Iterator[PointsTable]) -> Iterator[PointsTable]:
    """Read the first block now, so that a fault in it is found before anything is loaded."""
    first = next(blocks, None)

    def chain() -> Iterator[PointsTable]:
        if first is not None:
            yield first
            yield from blocks

    return chain()


@contextlib.contextmanager
def _open_output(out: Path | None) -> Iterator[TextIO]:
    """Yield standard output, or a new file that takes the name ``out`` once it is whole."""
    if out is None:
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read has seen enough, as `| head` does; the rest goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    part = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(out)
    except OSError as error:
        raise ArgumentError(f"'{out}' cannot be written ({error.strerror})") from None
    finally:
        part.unlink(missing_ok=True)
