"""A solution in the formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pdelang.artifacts.citations import collect_citations
from pdelang.artifacts.evaluation import evaluate_fields
from pdelang.artifacts.export_format import SUFFIXES, ExportFormat
from pdelang.artifacts.grid import FieldGrid, tabulate_grid, write_csv

if TYPE_CHECKING:
    from pdelang.training.solution import Solution


def export_solution(
    solution: Solution,
    format: ExportFormat,
    stem: str,
    counts: Sequence[int] | None = None,
    times: Sequence[float] | None = None,
) -> dict[str, bytes]:
    """Return a solution as files by relative path; all names begin with ``stem``.

    It is one file but for VTK with several times. ``counts`` and ``times`` choose the grid of
    the tabulated formats, as in `tabulate_grid`.

    Raises:
        ValueError: the format cannot hold this solution; the text says why.
    """
    if format is ExportFormat.STABLEHLO:
        from pdelang.artifacts.stablehlo import write_stablehlo

        return {stem + SUFFIXES[format]: write_stablehlo(solution)}
    problem = solution.program.system.problem
    grid = tabulate_grid(problem, lambda p: evaluate_fields(solution, p), counts, times)
    return write_grid(grid, format, stem, collect_citations(solution.weights, solution.method))


def write_grid(
    grid: FieldGrid, format: ExportFormat, stem: str, references: tuple[str, ...]
) -> dict[str, bytes]:
    """Return a tabulated solution in one of the formats that hold tables."""
    match format:
        case ExportFormat.CSV:
            return {stem + SUFFIXES[format]: write_csv(grid).encode("utf-8")}
        case ExportFormat.NETCDF:
            from pdelang.artifacts.netcdf import write_netcdf

            return {stem + SUFFIXES[format]: write_netcdf(grid, references)}
        case ExportFormat.VTK:
            from pdelang.artifacts.vtk import write_vtk

            return write_vtk(grid, stem)
        case _:
            raise TypeError(f"{format} is no table")
