"""The formats that a solution can be exported to."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """A format of `pdelang export` and of ``output { formats }``."""

    CSV = "csv"
    NETCDF = "netcdf"
    VTK = "vtk"
    STABLEHLO = "stablehlo"


SUFFIXES = {
    ExportFormat.CSV: ".csv",
    ExportFormat.NETCDF: ".nc",
    ExportFormat.VTK: ".vtu",
    ExportFormat.STABLEHLO: ".stablehlo",
}
TIMES_SUFFIX = ".pvd"  # of VTK files of several times
