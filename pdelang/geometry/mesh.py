"""Bodies given by their surface, a closed mesh of triangles; read by trimesh."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pdelang.geometry.shape import Ends, Leaf, Patch, list_by_row
from pdelang.geometry.solids import orthonormal_frame

_POINTS_AT_ONCE = 16_384


# No edge of a drawn part stands upright in this frame, so no ray runs along one.
_GENERAL = np.linalg.qr(np.array([[0.83, 0.31, 0.17], [0.29, -0.91, 0.41], [0.13, 0.37, 0.79]]))[0]


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

    @property
    def upright_triangles(self) -> tuple[np.ndarray, np.ndarray]:
        """A rotation ``(3, 3)``, and the triangles ``(m, 3, 3)`` turned by it so that no edge stands upright."""
        return self._shadows.turn, self._shadows.triangles

    @cached_property
    def _shadows(self) -> _Shadows:
        return _Shadows.of(np.asarray(self.surface_mesh.triangles), _GENERAL)

    @lru_cache(maxsize=16)  # noqa: B019 - meshes are few, and live as long as their spec
    def _shadows_along(self, x: float, y: float, z: float) -> _Shadows:
        turn = orthonormal_frame(np.array([x, y, z]))
        return _Shadows.of(np.asarray(self.surface_mesh.triangles), turn)

    def crossings(
        self, origins: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """All triangles count as one part of the surface: there are too many to end slices at each."""
        size = float(np.linalg.norm(direction))
        x, y, z = map(float, direction / size)
        shadows, parts = self._shadows_along(x, y, z), []
        for start in range(0, max(1, len(origins)), _POINTS_AT_ONCE):
            row, above = shadows.find_above(origins[start : start + _POINTS_AT_ONCE])
            parts.append((row + start, above))
        row, above = (np.concatenate(p) for p in zip(*parts, strict=True))
        found = list_by_row(len(origins), row, above / size)
        return np.sort(found, axis=1), np.arange(found.shape[1])

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        inside = np.all((points > self.low) & (points < self.high), axis=1)
        found = np.flatnonzero(inside)
        for start in range(0, len(found), _POINTS_AT_ONCE):
            some = found[start : start + _POINTS_AT_ONCE]
            inside[some] = self._shadows.are_inside(points[some])
        return inside

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        """A point near the surface has both its sides within reach along some coordinate."""
        inside = self.is_inside(points)
        near = np.zeros(len(points), dtype=bool)
        for move in tolerance * np.eye(3):
            near |= (self.is_inside(points + move) != inside) | (
                self.is_inside(points - move) != inside
            )
        return np.where(near, 0, np.where(inside, -1, 1))

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


@dataclass(frozen=True, slots=True, eq=False)
class _Shadows:
    """Triangles turned into general position, sorted into the cells of a grid below them.

    trimesh casts its rays one by one, some thousand points a second; scans and samples ask for
    millions. A ray upwards meets the triangles above the point's cell alone.
    """

    triangles: np.ndarray  # (m, 3, 3), turned
    turn: np.ndarray  # (3, 3)
    low: np.ndarray  # (2,)
    step: np.ndarray  # (2,)
    cells: int
    table: np.ndarray  # (cells², k) numbers of triangles, −1 for none

    @classmethod
    def of(cls, triangles: np.ndarray, turn: np.ndarray) -> _Shadows:
        turned = triangles @ turn.T
        flat = turned[:, :, :2]
        low, high = flat.min(axis=(0, 1)), flat.max(axis=(0, 1))
        cells = int(np.clip(np.sqrt(len(triangles)), 4, 128))
        step = (high - low) / cells
        first = np.clip(((flat.min(axis=1) - low) / step).astype(int), 0, cells - 1)
        last = np.clip(((flat.max(axis=1) - low) / step).astype(int), 0, cells - 1)
        lists: list[list[int]] = [[] for _ in range(cells * cells)]
        for number, ((i0, j0), (i1, j1)) in enumerate(zip(first, last, strict=True)):
            for i in range(i0, i1 + 1):
                for j in range(j0, j1 + 1):
                    lists[i * cells + j].append(number)
        table = np.full((len(lists), max(map(len, lists))), -1)
        for row, numbers in enumerate(lists):
            table[row, : len(numbers)] = numbers
        return cls(turned, turn, low, step, cells, table)

    def are_inside(self, points: np.ndarray) -> np.ndarray:
        """Say which points have an odd number of triangles above them, ``(n,)``."""
        row, above = self.find_above(points)
        return np.bincount(row[above > 0], minlength=len(points)) % 2 == 1

    def find_above(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the triangles above or below points: the number of the point, and how far above it, ``(k,)`` each."""
        turned = points @ self.turn.T
        cell = np.clip(((turned[:, :2] - self.low) / self.step).astype(int), 0, self.cells - 1)
        numbers = self.table[cell[:, 0] * self.cells + cell[:, 1]]
        row, column = np.nonzero(numbers >= 0)
        a, b, c = np.moveaxis(self.triangles[numbers[row, column]], 1, 0)
        p = turned[row]

        def turn_of(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            return (v[:, 0] - u[:, 0]) * (p[:, 1] - u[:, 1]) - (v[:, 1] - u[:, 1]) * (
                p[:, 0] - u[:, 0]
            )

        wa, wb, wc = turn_of(b, c), turn_of(c, a), turn_of(a, b)
        covers = ((wa > 0) == (wb > 0)) & ((wb > 0) == (wc > 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            height = (wa * a[:, 2] + wb * b[:, 2] + wc * c[:, 2]) / (wa + wb + wc)
        return row[covers], (height - p[:, 2])[covers]


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
