"""Exports: other programs read the numbers that `eval` prints."""

import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.export
import numpy as np
import pytest

import pdelang
from pdelang.artifacts.grid import FieldGrid, tabulate_grid
from pdelang.artifacts.netcdf import name_variable, write_netcdf
from pdelang.artifacts.stablehlo import write_stablehlo
from pdelang.artifacts.vtk import write_vtk
from tests.cli_samples import HEAT, QUICK_ARGUMENTS, run_cli, write_spec

Fields = Callable[..., Any]


@pytest.fixture(scope="module")
def tabulated_artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifact in double precision whose spec asks for every format."""
    folder = tmp_path_factory.mktemp("tabulated")
    formats = "[csv, netcdf, vtk, stablehlo]"
    block = f"output {{ formats = {formats}  grid = 5  times = [0, 1]  plots = none }}\n"
    spec = write_spec(folder, HEAT + block)
    run_cli(["solve", spec, "--quiet", *QUICK_ARGUMENTS, "--precision", "f64"])
    return folder / "heat.solution"


def make_grid(shape: tuple[int, ...], time: str | None = None) -> FieldGrid:
    """Return a scalar `p` and a vector `w` on a grid with a hole: NaN where x + y < 0.5."""
    names = ("x", "y", "z")[: len(shape) - (time is not None)] + ((time,) if time else ())
    ticks = tuple(np.linspace(0, 1 + axis, count) for axis, count in enumerate(shape))
    mesh = np.meshgrid(*ticks, indexing="ij")
    hole = mesh[0] + mesh[1] < 0.5
    values = {
        name: np.where(hole, np.nan, k + sum((axis + 2) * m for axis, m in enumerate(mesh)))
        for k, name in enumerate(("p", "w.x", "w.y"))
    }
    unknowns = (("p", ("p",)), ("w", ("w.x", "w.y")))
    return FieldGrid("Fluß", names, time, ticks, values, unknowns)


def read_vtu(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return points, cell types and point arrays as VTK's own reader sees them."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOXML import vtkXMLUnstructuredGridReader

    reader = vtkXMLUnstructuredGridReader()
    reader.SetFileName(str(path))
    reader.Update()
    grid = reader.GetOutput()
    data = grid.GetPointData()
    arrays = [data.GetArray(k) for k in range(data.GetNumberOfArrays())]
    types = np.array([grid.GetCellType(k) for k in range(grid.GetNumberOfCells())])
    points = vtk_to_numpy(grid.GetPoints().GetData())
    return points, types, {array.GetName(): vtk_to_numpy(array) for array in arrays}


def test_netcdf_opens_in_xarray_with_the_numbers_of_eval(heat_artifact: Path) -> None:
    import xarray

    with xarray.open_dataset(heat_artifact / "fields.nc", engine="scipy") as data:
        assert data.attrs["Conventions"].startswith("CF-1.")
        assert data.attrs["title"] == "Heat in a rod"
        assert dict(data.sizes) == {"t": 81, "x": 401}
        assert data["x"].attrs["axis"] == "X"
        solution = pdelang.load(heat_artifact)
        t, x = np.meshgrid(data["t"].values, data["x"].values, indexing="ij")
        np.testing.assert_array_equal(data["u"].values, solution.u(x=x, t=t))


def test_netcdf_keeps_holes_components_and_unicode() -> None:
    import xarray

    grid = make_grid((4, 5, 3), "t")
    with xarray.open_dataset(io.BytesIO(write_netcdf(grid, ("a paper",))), engine="scipy") as data:
        assert data.attrs["title"] == "Fluß"
        assert data.attrs["references"] == "a paper"
        assert data["w_y"].dims == ("t", "x", "y")
        assert data["w_y"].attrs["long_name"] == "w.y"
        np.testing.assert_array_equal(data["w_y"].transpose("x", "y", "t"), grid.values["w.y"])
        assert np.isnan(data["p"].sel(x=0, y=0)).all()


def test_a_component_never_takes_the_name_of_another_field() -> None:
    grid = make_grid((2, 2))
    clash = FieldGrid("", grid.coordinates, None, grid.ticks, {"w_x": 0, "w.x": 1}, ())  # type: ignore[arg-type]
    assert name_variable("w.x", clash) == "w.x"
    assert name_variable("w.x", grid) == "w_x"


@pytest.mark.parametrize(("shape", "cell"), [((4, 5), 8), ((3, 4, 5), 11)])
def test_vtk_holds_the_cells_inside(tmp_path: Path, shape: tuple[int, ...], cell: int) -> None:
    grid = make_grid(shape)
    (content,) = write_vtk(grid, "out").values()
    (tmp_path / "out.vtu").write_bytes(content)
    points, types, arrays = read_vtu(tmp_path / "out.vtu")
    assert set(types) == {cell}
    # Counted another way: a cell is inside when its corner nearest the hole is.
    corner = np.meshgrid(*(tick[:-1] for tick in grid.ticks), indexing="ij")
    assert len(types) == np.count_nonzero(corner[0] + corner[1] >= 0.5)
    slope = sum((axis + 2) * points[:, axis] for axis in range(len(shape)))
    np.testing.assert_allclose(arrays["p"], slope, rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(
        arrays["w"], np.stack([slope + 1, slope + 2, 0 * slope], axis=1), rtol=1e-15
    )


def test_vtk_in_time_is_a_collection(heat_artifact: Path, tmp_path: Path) -> None:
    out = tmp_path / "heat.pvd"
    arguments = ["--to", "vtk", "--grid", "9", "--times", "0,0.25,1", "-o", out]
    assert run_cli(["export", heat_artifact, *arguments]) == 0
    entries = ET.parse(out).getroot().findall(".//DataSet")
    assert [float(entry.attrib["timestep"]) for entry in entries] == [0, 0.25, 1]
    points, types, arrays = read_vtu(tmp_path / entries[1].attrib["file"])
    assert len(types) == 8
    expected = pdelang.load(heat_artifact).u(x=points[:, 0], t=0.25)
    np.testing.assert_array_equal(arrays["u"], expected)


def test_vtk_refuses_four_space_coordinates_before_anything_is_solved() -> None:
    spec = (
        "pde 1\ndomain d(a, b, c, e) = box(a = 0 .. 1, b = 0 .. 1, c = 0 .. 1, e = 0 .. 1)\n"
        "unknown u\nin d: lap(u) = 0\non edge: u = 0\noutput { formats = [csv, vtk] }\n"
    )
    (fault,) = (d for d in pdelang.check(spec) if d.code == "E106")
    assert "at most three space coordinates" in fault.message


ALONE = """
import sys
sys.modules["pdelang"] = None  # any import of it fails
import jax, numpy as np
from jax import export
field = export.deserialize(open(sys.argv[1], "rb").read())
with jax.enable_x64(True):
    points = np.load(sys.argv[2]).astype(field.in_avals[0].dtype)
    values = field.call(points)
    np.savez(sys.argv[3], **values)
assert not jax.config.jax_enable_x64
print(field.in_avals[0].dtype, *field.platforms)
"""


@pytest.mark.parametrize("precision", ["f32", "f64"])
def test_stablehlo_runs_with_jax_alone(
    heat_artifact: Path, tabulated_artifact: Path, tmp_path: Path, precision: str
) -> None:
    """Single precision rounds at 6e-8, double at 1e-16; both sum some ten terms."""
    folder = heat_artifact if precision == "f32" else tabulated_artifact
    assert pdelang.load(folder)._trained.precision == precision
    points = np.random.default_rng(3).uniform(-0.1, 1.1, (333, 2))
    np.save(tmp_path / "points.npy", points)
    paths = [
        folder / "field.stablehlo",
        tmp_path / "points.npy",
        tmp_path / "v.npz",
    ]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *map(str, paths)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    dtype = {"f32": "float32", "f64": "float64"}[precision]
    assert done.stdout.split() == [dtype, "cpu", "cuda", "tpu"]
    expected = pdelang.load(folder).u(x=points[:, 0], t=points[:, 1])
    found = np.load(paths[2])["u"]
    assert np.isnan(found).sum() == np.isnan(expected).sum() > 0
    tolerance = 1e-6 if precision == "f32" else 1e-14
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


HOLED = """pde 1
shape wing = rotate(ellipse(center = (-0.5, -0.5), radii = (0.3, 0.1)), 0.4)
shape cut = disk(center = (0.3, 0.3), radius = 0.25) + polygon([(-0.8, 0.2), (-0.2, 0.3), (-0.5, 0.8)])
domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1) - cut - wing
unknown u
in plate: lap(u) = 0
on edge: u = 1 + x
solver { tolerance = 1e-2  network = features(count = 60) }
"""


def test_stablehlo_leaves_holes_empty() -> None:
    solution = pdelang.compile(HOLED).solve()
    field = jax.export.deserialize(bytearray(write_stablehlo(solution._trained)))
    points = np.random.default_rng(5).uniform(-1.1, 1.1, (4000, 2))
    with jax.enable_x64(True):
        found = np.asarray(field.call(points.astype(field.in_avals[0].dtype))["u"])
    wanted = solution.u(x=points[:, 0], y=points[:, 1])
    in_box = (np.abs(points) <= 1).all(axis=1)
    assert np.isnan(found)[in_box].sum() > 200
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_the_command_writes_beside_the_artifact_and_keeps_what_is_there(
    heat_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "heat.solution"
    link.mkdir()
    for name in ("manifest.yaml", "spec.pde", "parameters.safetensors", "history.csv"):
        (link / name).write_bytes((heat_artifact / name).read_bytes())
    (tmp_path / "heat.csv").write_text("mine")
    assert run_cli(["export", link, "--to", "csv"]) == 2
    assert "exists" in capsys.readouterr().err
    assert (tmp_path / "heat.csv").read_text() == "mine"
    assert run_cli(["export", link, "--to", "netcdf"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "heat.nc")
    assert (tmp_path / "heat.nc").read_bytes()[:3] == b"CDF"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["heat.csv", "heat.nc", "heat.solution"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "stablehlo", "--grid", "5"], "it has no grid"),
        (["--to", "csv", "--grid", "5,6,7"], "one for each of the 2 coordinates, not 3"),
        (["--to", "csv", "--grid", "1"], "whole numbers from 2"),
        (["--to", "csv", "--times", "0,soon"], "'soon' is not a number"),
        (["--to", "vtk", "-o", "x.vtu"], "does not end in .pvd"),
        (["--to", "mat"], "'mat' is not one of"),
    ],
)
def test_wrong_arguments_exit_with_2(
    heat_artifact: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run_cli(["export", heat_artifact, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_outputs_named_in_the_spec_lie_in_the_artifact(tabulated_artifact: Path) -> None:
    folder = tabulated_artifact
    for name in ("fields.csv", "fields.nc", "fields.pvd", "fields/0001.vtu", "field.stablehlo"):
        assert (folder / name).is_file(), name
    assert len((folder / "fields.csv").read_text().splitlines()) == 1 + 5 * 2
    solution = pdelang.load(folder)
    grid = tabulate_grid(
        solution._trained.program.system.problem, lambda p: {"u": solution.u(x=p[:, 0], t=p[:, 1])}
    )
    _, _, arrays = read_vtu(folder / "fields/0001.vtu")
    np.testing.assert_array_equal(arrays["u"], grid.values["u"][:, 1])
