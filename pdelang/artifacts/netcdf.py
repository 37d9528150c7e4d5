"""A tabulated solution as NetCDF by the CF conventions: opens in xarray, Panoply, ParaView."""

from __future__ import annotations

import io
import unicodedata
from importlib.metadata import version

import numpy as np
from scipy.io import netcdf_file

from pdelang.artifacts.grid import FieldGrid


def write_netcdf(grid: FieldGrid, references: tuple[str, ...] = ()) -> bytes:
    """Return the grid as a NetCDF-3 file with 64-bit offsets.

    Dimensions are the varied parameters of a family and the coordinates, time before space as CF
    recommends; a variable per component,
    ``u.x`` under the name ``u_x`` where that name is free. Values outside the domain are NaN,
    which is also the fill value. Source: CF Metadata Conventions 1.11, cfconventions.org.
    """
    buffer = io.BytesIO()
    file = netcdf_file(buffer, "w", mmap=False, version=2)
    file.Conventions = _text("CF-1.11")
    file.title = _text(grid.title or "untitled")
    file.source = _text(f"pdelang {version('pdelang')}")
    if references:
        file.references = _text("\n".join(references))
    order = _order_coordinates(grid)
    for name in order:
        ticks = grid.ticks[grid.coordinates.index(name)]
        plain = spell_out(name)
        file.createDimension(plain, len(ticks))
        variable = file.createVariable(plain, "d", (plain,))
        variable[:] = ticks
        kind = "parameter" if name in grid.varied else "coordinate"
        variable.long_name = _text("time" if name == grid.time else f"{name} {kind}")
        if name in grid.space and len(grid.space) <= 3:
            variable.axis = _text("XYZ"[grid.space.index(name)])
    axes = [grid.coordinates.index(name) for name in order]
    for name, values in grid.values.items():
        dimensions = tuple(map(spell_out, order))
        variable = file.createVariable(name_variable(name, grid), "d", dimensions)
        # Set before the data, as CF wants it, and so that readers mask what lies outside.
        variable._FillValue = np.float64(np.nan)
        variable.long_name = _text(name)
        variable[:] = np.transpose(values, axes)
    file.flush()
    return buffer.getvalue()


def name_variable(component: str, grid: FieldGrid) -> str:
    """Return the name of a component's variable: CF allows letters, digits and underscores."""
    plain = spell_out(component).replace(".", "_")
    taken = {spell_out(name) for name in {*grid.coordinates, *grid.values} - {component}}
    return spell_out(component) if plain in taken else plain


def spell_out(name: str) -> str:
    """Return a name in ASCII: ``θ`` becomes ``theta``, other letters their Unicode names."""
    if name.isascii():
        return name
    words = (c if c.isascii() else unicodedata.name(c, "U").rpartition(" ")[2] for c in name)
    return "".join(w if len(w) == 1 else w.lower() for w in words)


def _order_coordinates(grid: FieldGrid) -> tuple[str, ...]:
    times = () if grid.time is None else (grid.time,)
    return (*grid.varied, *times, *grid.space)


def _text(text: str) -> bytes:
    # scipy encodes a str as Latin-1; NetCDF's own text is UTF-8.
    return text.encode("utf-8")
