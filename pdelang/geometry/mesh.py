"""Bodies given by their surface, a closed mesh of triangles; read by trimesh."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pdelang.geometry.shape import Ends, Leaf, Patch

_POINTS_AT_ONCE = 16_384


class MeshError(ValueError):
    """A file that holds no closed surface; the text completes "the surface …"."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, eq=False)
class Mesh(Leaf):
    """The inside of a closed ``trimesh.Trimesh``."""

    surface_mesh: Any
    parameters = 2

    @cached_property
    def low(self) -> Ends:  # type: ignore[override]
        return tuple(map(float, self.surface_mesh.bounds[0]))

    @cached_property
    def high(self) -> Ends:  # type: ignore[override]
        return tuple(map(float, self.surface_mesh.bounds[1]))

    @cached_property
    def _shares(self) -> np.ndarray:
        sums = np.cumsum(self.surface_mesh.area_faces)
        return np.concatenate([[0.0], sums / sums[-1]])

    @property
    def area(self) -> float:
        return float(self.surface_mesh.area)

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        inside = np.all((points > self.low) & (points < self.high), axis=1)
        found = np.flatnonzero(inside)
        for start in range(0, len(found), _POINTS_AT_ONCE):
            some = found[start : start + _POINTS_AT_ONCE]
            inside[some] = self.surface_mesh.contains(points[some])
        return inside

    def distance(self, points: np.ndarray) -> np.ndarray:
        from trimesh import proximity

        found = [
            proximity.closest_point(self.surface_mesh, points[i : i + _POINTS_AT_ONCE])[1]
            for i in range(0, len(points), _POINTS_AT_ONCE)
        ]
        length = np.concatenate([*found, np.zeros(0)])
        return np.where(self.is_inside(points), -length, length)

    def surface(self, unit: np.ndarray) -> Patch:
        shares = self._shares
        count = len(shares) - 1
        face = np.clip(np.searchsorted(shares, unit[:, 0], side="right") - 1, 0, count - 1)
        # The first parameter chooses the triangle; what is left of it serves again inside.
        first = np.clip((unit[:, 0] - shares[face]) / (shares[face + 1] - shares[face]), 0.0, 1.0)
        root = np.sqrt(first)[:, None]
        second = unit[:, 1:2]
        a, b, c = np.moveaxis(self.surface_mesh.triangles[face], 1, 0)
        points = (1.0 - root) * a + root * (1.0 - second) * b + root * second * c
        return Patch(points, np.asarray(self.surface_mesh.face_normals)[face])


def load_mesh(path: Path) -> Mesh:
    """Return the body of an STL file; raises MeshError."""
    try:
        import trimesh
    except ImportError:
        raise MeshError(
            "needs the package trimesh", "install it with `pip install 'pdelang[stl]'`"
        ) from None
    try:
        found = trimesh.load_mesh(path, file_type="stl")
    except Exception as fault:
        # Damaged files make trimesh raise anything from struct.error to MemoryError.
        raise MeshError(f"is no STL file: {type(fault).__name__}") from None
    if not isinstance(found, trimesh.Trimesh) or not len(found.faces):
        raise MeshError("holds no triangles")
    if not found.is_watertight:
        raise MeshError("is not closed", "close it in the program that wrote it")
    if not math.isfinite(found.volume) or found.volume == 0:
        raise MeshError("encloses no volume")
    if found.volume < 0:
        found.invert()
    return Mesh(found)
