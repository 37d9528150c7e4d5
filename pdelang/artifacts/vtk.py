"""A tabulated solution as VTK files: they open in ParaView.

The format is XML with base64 blocks (VTK File Formats, docs.vtk.org), written here because
the `vtk` package itself is half a gigabyte.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable
from dataclasses import replace
from xml.sax.saxutils import quoteattr

import numpy as np

from pdelang.artifacts.grid import FieldGrid
from pdelang.semantics.settings import LARGEST_VTK_DIMENSION

# Cells of a tensor grid by dimension: VTK_LINE, VTK_PIXEL, VTK_VOXEL; their corners count
# upwards with the first coordinate fastest.
_CELLS = {1: 3, 2: 8, 3: 11}
_TYPES = {"f": "Float64", "i": "Int64", "u": "UInt8"}


def write_vtk(grid: FieldGrid, stem: str) -> dict[str, bytes]:
    """Return the grid as VTK files by relative path: unstructured grids of the cells inside.

    Steady or one time: ``stem.vtu``. With more ``stem.pvd``, the collection to open, and a file per time,
    ``stem/0000.vtu``. A scalar unknown is a point array, a vector one an array of three
    components, as filters for arrows and streamlines expect. Of a family each member has files of its
    own, ``stem-Re=100.vtu``. Without space, one line along the time.

    Raises:
        ValueError: more than three space coordinates.
    """
    if len(grid.space) > LARGEST_VTK_DIMENSION:
        raise ValueError(f"VTK holds at most three space coordinates, not {len(grid.space)}")
    if grid.varied:
        return _write_family(grid, stem)
    if not grid.space:
        # A problem in time alone is drawn as one line along its time.
        grid = replace(grid, time=None)
    inside = _find_inside(grid)
    corners = _list_cells(inside)
    used = np.unique(corners)
    number = np.zeros(inside.size, np.int64)
    number[used] = np.arange(used.size)
    cells = number[corners]
    if grid.time is None or len(grid.ticks[-1]) == 1:
        return {f"{stem}.vtu": _write_piece(grid, used, cells, 0)}
    pieces = {
        f"{stem}/{step:04d}.vtu": _write_piece(grid, used, cells, step)
        for step in range(len(grid.ticks[-1]))
    }
    times = zip(pieces, grid.ticks[-1].tolist(), strict=True)
    return {f"{stem}.pvd": _write_collection(times), **pieces}


def _write_family(grid: FieldGrid, stem: str) -> dict[str, bytes]:
    """Return the files of every tabulated member of a family, ``stem-Re=100.vtu`` and so on."""
    kept = len(grid.coordinates) - len(grid.varied)
    files: dict[str, bytes] = {}
    for place in np.ndindex(*(len(ticks) for ticks in grid.ticks[kept:])):
        values = (ticks[i] for ticks, i in zip(grid.ticks[kept:], place, strict=True))
        pairs = zip(grid.varied, values, strict=True)
        member = replace(
            grid,
            coordinates=grid.coordinates[:kept],
            ticks=grid.ticks[:kept],
            values={name: array[(..., *place)] for name, array in grid.values.items()},
            varied=(),
        )
        files |= write_vtk(member, stem + "".join(f"-{name}={value:g}" for name, value in pairs))
    return files


def _find_inside(grid: FieldGrid) -> np.ndarray:
    """Return where every field is a number at all times, one index per space coordinate."""
    finite = np.all([np.isfinite(array) for array in grid.values.values()], axis=0)
    return finite if grid.time is None else finite.all(axis=-1)


def _list_cells(inside: np.ndarray) -> np.ndarray:
    """Return the corners (cells, 2^d) of the cells all of whose corners lie inside."""
    numbers = np.arange(inside.size).reshape(inside.shape)
    shifts = [tuple(reversed(s)) for s in itertools.product((0, 1), repeat=inside.ndim)]
    windows = [
        tuple(
            slice(shift, length - 1 + shift) for shift, length in zip(s, inside.shape, strict=True)
        )
        for s in shifts
    ]
    kept = np.all([inside[window] for window in windows], axis=0)
    return np.stack([numbers[window][kept] for window in windows], axis=1)


def _write_collection(times: Iterable[tuple[str, float]]) -> bytes:
    entries = "".join(
        f'<DataSet timestep="{time!r}" part="0" file={quoteattr(name)}/>\n' for name, time in times
    )
    return (
        '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1">\n'
        f"<Collection>\n{entries}</Collection>\n</VTKFile>\n"
    ).encode()


def _write_piece(grid: FieldGrid, used: np.ndarray, cells: np.ndarray, step: int) -> bytes:
    points = np.zeros((used.size, 3))
    for axis, column in enumerate(np.meshgrid(*grid.ticks[: len(grid.space)], indexing="ij")):
        points[:, axis] = column.ravel()[used]
    steps = 1 if grid.time is None else len(grid.ticks[-1])
    arrays = []
    for name, components in grid.unknowns:
        values = [grid.values[c].reshape(-1, steps)[used, step] for c in components]
        if len(values) == 1:
            arrays.append(_write_array(name, values[0]))
        else:
            vector = np.zeros((used.size, max(3, len(values))))
            vector[:, : len(values)] = np.stack(values, axis=1)
            arrays.append(_write_array(name, vector))
    lines = [
        '<?xml version="1.0"?>\n',
        '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian"',
        ' header_type="UInt64">\n<UnstructuredGrid>\n',
        f'<Piece NumberOfPoints="{len(points)}" NumberOfCells="{len(cells)}">\n<Points>\n',
        _write_array("Points", points),
        "</Points>\n<Cells>\n",
        _write_array("connectivity", cells.ravel()),
        _write_array("offsets", np.arange(1, len(cells) + 1) * cells.shape[1]),
        _write_array("types", np.full(len(cells), _CELLS[len(grid.space)], np.uint8)),
        "</Cells>\n<PointData>\n",
        *arrays,
        "</PointData>\n</Piece>\n</UnstructuredGrid>\n</VTKFile>\n",
    ]
    return "".join(lines).encode()


def _write_array(name: str, array: np.ndarray) -> str:
    width = f' NumberOfComponents="{array.shape[1]}"' if array.ndim > 1 else ""
    data = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
    encoded = base64.b64encode(len(data).to_bytes(8, "little") + data).decode("ascii")
    return (
        f'<DataArray type="{_TYPES[array.dtype.kind]}" Name={quoteattr(name)}{width}'
        f' format="binary">{encoded}</DataArray>\n'
    )
