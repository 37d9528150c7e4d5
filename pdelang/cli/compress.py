"""``pdelang compress``: the same solution with fewer features."""

from __future__ import annotations

import sys
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.folder import check_target
from pdelang.artifacts.load import FIELD, PARAMETERS
from pdelang.artifacts.summary import FACT_COLUMN, summarize
from pdelang.cli.console import print_entries, print_json, print_text
from pdelang.cli.failure import ArgumentError
from pdelang.cli.numbers import read_number
from pdelang.training.compression.dictionary import UnsuitedNetworkError


def compress_artifact(artifact: Path, out: Path | None, bound: str | None, as_json: bool) -> int:
    """Write a compressed artifact and say what it costs; return 0 where it is within the tolerance."""
    limit = None if bound is None else _read_bound(bound)
    target = out if out is not None else artifact.with_name(f"{artifact.stem}.compressed.solution")
    if target.resolve() == artifact.resolve():
        raise ArgumentError(
            f"'{artifact}' would be lost, and with it what the compressed one is measured against",
            help="choose another folder with -o",
        )
    check_target(target)
    try:
        found, manifest = pipeline.compress(artifact, target, limit)
    except UnsuitedNetworkError as error:
        raise ArgumentError(
            f"'{artifact}' cannot be compressed: {error}",
            help="solve it with `--set network=features(kind = chebyshev)` or a trained network",
        ) from None
    sizes = {name: (_size(artifact, name), _size(target, name)) for name in (PARAMETERS, FIELD)}
    if as_json:
        record = {
            **manifest.to_record(),
            "artifact": str(target),
            "features": {"before": found.before, "after": found.after},
            "moved": dict(found.moved),
            "bytes": {n: {"before": b, "after": a} for n, (b, a) in sizes.items()},
        }
        print_json(record)
    else:
        moved = ", ".join(f"{name} {value:.1e}" for name, value in found.moved.items())
        print_entries(summarize(manifest, target), sys.stdout, FACT_COLUMN)
        print_text(f"  features   {found.before} -> {found.after}")
        print_text(f"  moved      {moved} (relative L2)")
        for name, (before, after) in sizes.items():
            print_text(f"  bytes      {name}: {before:,} -> {after:,}")
    return 0 if manifest.status == "solved" else 1


def _read_bound(text: str) -> float:
    """Return the number after ``--tol``: above 0, below 1."""
    bound = read_number("--tol", text)
    if not 0 < bound < 1:
        raise ArgumentError(f"--tol takes a number between 0 and 1, not '{text}'", "such as 1e-4")
    return bound


def _size(folder: Path, name: str) -> int:
    path = folder / name
    return path.stat().st_size if path.is_file() else 0
