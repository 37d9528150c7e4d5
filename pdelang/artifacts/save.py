"""Writing a solution as an artifact: a folder that is readable without `pdelang`."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from safetensors.numpy import save as write_safetensors

from pdelang.artifacts.citations import collect_citations
from pdelang.artifacts.evaluation import evaluate_fields
from pdelang.artifacts.export import write_grid
from pdelang.artifacts.export_format import ExportFormat
from pdelang.artifacts.fitted import write_fits
from pdelang.artifacts.folder import MANIFEST, replace_folder
from pdelang.artifacts.grid import tabulate_grid
from pdelang.artifacts.history import write_history
from pdelang.artifacts.load import FIELD, FIELDS, HISTORY, PARAMETERS, PLOTS, REPORT, SPEC
from pdelang.artifacts.manifest import Manifest, hash_bytes, write_manifest
from pdelang.artifacts.parameters import name_arrays
from pdelang.artifacts.plots import draw_plots
from pdelang.artifacts.report import write_report
from pdelang.artifacts.solve_key import describe_settings, describe_solve, digest_key, list_tables
from pdelang.artifacts.stablehlo import write_stablehlo
from pdelang.diagnostics.message import Diagnostic, Level
from pdelang.semantics.problem import Problem
from pdelang.training.solution import Solution

_PACKAGES = ("pdelang", "jax", "numpy", "scipy", "sympy", "optax")


def save_artifact(
    solution: Solution, folder: Path, diagnostics: tuple[Diagnostic, ...], device: str
) -> Manifest:
    """Write the artifact of a solution, whole or not at all, and return its manifest.

    Raises:
        TargetError: ``folder`` holds something that is not ours, or cannot be written.
    """
    problem = solution.program.system.problem
    # Our own files come last: no table may take the name of one.
    files = dict(_copy_tables(problem))
    files |= {
        SPEC: problem.text.encode("utf-8"),
        PARAMETERS: write_safetensors(name_arrays(solution.parameters)),
        HISTORY: write_history(solution.history).encode("utf-8"),
    }
    files |= dict(_export(solution))
    manifest = build_manifest(solution, diagnostics, device)
    pictures = dict(draw_plots(solution))
    files |= {PLOTS + name: content for name, content in pictures.items()}
    files[REPORT] = write_report(solution, manifest, pictures).encode("utf-8")
    hashes = {name: hash_bytes(content) for name, content in files.items()}
    manifest = replace(manifest, files=hashes)
    replace_folder(folder, {MANIFEST: write_manifest(manifest).encode("utf-8"), **files})
    return manifest


def build_manifest(
    solution: Solution, diagnostics: tuple[Diagnostic, ...], device: str
) -> Manifest:
    """Return the manifest of a solution; ``files`` is still empty."""
    problem = solution.program.system.problem
    settings = describe_settings(solution.settings)
    return Manifest(
        title=problem.title,
        status=solution.status.value,
        method=solution.method,
        weights=solution.weights,
        precision=solution.precision,
        seed=solution.settings.seed,
        device=device,
        tolerance=solution.settings.tolerance,
        seconds=sum(solution.seconds.values()),
        seconds_by_stage=solution.seconds,
        error_estimate=solution.error_estimate,
        error=solution.error,
        reports=solution.reports,
        ntk=solution.ntk,
        dynamics=solution.dynamics,
        fitted=write_fits(solution),
        misfit=solution.misfit,
        standard_error=solution.standard_error,
        messages=solution.messages,
        warnings=tuple(_describe(d) for d in diagnostics if d.level is Level.WARNING),
        settings=settings,
        cite=collect_citations(solution.weights, solution.method, settings.get("network", "")),
        versions={"python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES},
        coordinates=problem.coordinates,
        fields=problem.components,
        units=dict(problem.units),
        solve=digest_key(describe_solve(problem, device)),
    )


def _describe(diagnostic: Diagnostic) -> str:
    where = ""
    if diagnostic.span is not None:
        line, _ = diagnostic.span.source.position(diagnostic.span.start)
        where = f" ({Path(diagnostic.span.source.name).name}, line {line})"
    return f"{diagnostic.code}: {diagnostic.message}{where}"


def _copy_tables(problem: Problem) -> Iterator[tuple[str, bytes]]:
    """Yield the tables that the spec names, so that the artifact can be solved again elsewhere."""
    folder = Path(problem.source.name).parent
    for name in list_tables(problem):
        path = folder / name
        # A table that has gone since the spec was checked changes nothing about the solution.
        if path.is_file():
            yield Path(name).as_posix(), path.read_bytes()


def _export(solution: Solution) -> Iterator[tuple[str, bytes]]:
    """Yield the exports: NetCDF and StableHLO always, what ``output { formats }`` names besides."""
    problem = solution.program.system.problem
    yield FIELD, write_stablehlo(solution)
    grid = tabulate_grid(problem, lambda points: evaluate_fields(solution, points))
    cite = collect_citations(solution.weights, solution.method)
    for name in dict.fromkeys(("netcdf", *problem.output.formats)):
        format = ExportFormat(name)
        if format is not ExportFormat.STABLEHLO:
            yield from write_grid(grid, format, FIELDS, cite).items()
