"""``pdelang export``: a solution in the formats of other programs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.export import export_solution
from pdelang.artifacts.export_format import SUFFIXES, TIMES_SUFFIX, ExportFormat
from pdelang.artifacts.load import load_manifest
from pdelang.cli.console import print_text
from pdelang.cli.failure import ArgumentError
from pdelang.cli.numbers import read_counts, read_numbers


def export_artifact(
    artifact: Path, format: str, out: Path | None, grid: str | None, times: str | None
) -> int:
    """Write one solution as a file beside its artifact, or as ``out``, and print its name."""
    kind = ExportFormat(format)
    manifest = load_manifest(artifact)
    counts = read_counts("--grid", grid, len(manifest.coordinates)) if grid else None
    moments = read_numbers("--times", times) if times else None
    if kind is ExportFormat.STABLEHLO and (counts or moments):
        raise ArgumentError(
            "stablehlo is a function, it has no grid", "leave out --grid and --times"
        )
    solution = pipeline.load(artifact).solution
    time = solution.program.system.problem.time
    if moments and time is None:
        raise ArgumentError("the problem is steady, it has no times", "leave out --times")
    name = artifact.resolve().name.removesuffix(".solution") + SUFFIXES[kind]
    target = out if out is not None else artifact.resolve().with_name(name)
    stem = target.name.removesuffix(target.suffix)
    try:
        files = export_solution(solution, kind, stem, counts, moments)
    except ValueError as error:
        raise ArgumentError(str(error), "write for example --to netcdf") from None
    first = next(iter(files))
    if out is None and target.with_name(first).exists():
        raise ArgumentError(f"'{target.with_name(first)}' exists", f"name the file: -o {first}")
    if kind is not ExportFormat.VTK:
        files = {target.name: files[first]}
    elif out is not None and out.suffix not in ("", Path(first).suffix):
        raise ArgumentError(f"'{out}' does not end in {Path(first).suffix}", _advise_suffix(first))
    _write_files(target.parent, files)
    print_text(str(target.with_name(next(iter(files)))))
    return 0


def _advise_suffix(first: str) -> str:
    if first.endswith(TIMES_SUFFIX):
        return f"a solution in time is a file per time, opened by -o {first}; or choose one --times"
    return f"write -o {first}"


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write every file whole or not at all; the first, which names the others, comes last."""
    for name, content in reversed(list(files.items())):
        path = folder / name
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            raise ArgumentError(f"'{path}' cannot be written ({error.strerror})") from None
        finally:
            part.unlink(missing_ok=True)
