"""Bodies from STL files: read by trimesh, sampled here."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from pdelang import pipeline
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.mesh import MeshError, load_mesh
from pdelang.geometry.quadrature import measure_body
from pdelang.geometry.shape import Difference


def save_sphere(folder: Path) -> Path:
    path = folder / "sphere.stl"
    trimesh.creation.icosphere(subdivisions=2, radius=1.0).export(path)
    return path


def test_inside_agrees_with_the_rays_of_trimesh(tmp_path: Path) -> None:
    mesh = load_mesh(save_sphere(tmp_path))
    points = np.random.default_rng(2).uniform(-1.1, 1.1, (300, 3))
    assert np.array_equal(mesh.is_inside(points), mesh.surface_mesh.contains(points))
    # On a polyhedron that is nearly a sphere the distance is nearly that to the sphere.
    nearly = np.linalg.norm(points[:20], axis=1) - 1.0
    assert mesh.distance(points[:20]) == pytest.approx(nearly, abs=0.04)


def test_a_drilled_mesh_has_its_volume_and_its_area(tmp_path: Path) -> None:
    mesh = load_mesh(save_sphere(tmp_path))
    assert measure_body(Body.of(mesh)) == pytest.approx(mesh.surface_mesh.volume, rel=1e-3)
    cut = Body.of(Difference(mesh, Box((-2.0, -2.0, 0.0), (2.0, 2.0, 2.0))))
    # The mesh is symmetric: half of its volume lies below z = 0.
    assert measure_body(cut) == pytest.approx(mesh.surface_mesh.volume / 2, rel=2e-3)
    points = cut.sample(200, seed=0)
    assert (points[:, 2] < 0).all()


def test_what_is_no_closed_surface_is_refused(tmp_path: Path) -> None:
    noise = tmp_path / "noise.stl"
    noise.write_bytes(b"solid nothing\n\x00\x01\x02")
    with pytest.raises(MeshError):
        load_mesh(noise)
    open_box = trimesh.creation.box()
    open_box.update_faces(np.arange(len(open_box.faces)) > 0)
    open_box.export(tmp_path / "open.stl")
    spec = tmp_path / "open.pde"
    spec.write_text('pde 1\ndomain part(x, y, z) = stl("open.stl")\nunknown u\nin part: u = 1\n')
    (fault,) = pipeline.check(spec).diagnostics
    assert fault.code == "E030"
    assert "is not closed" in fault.message
