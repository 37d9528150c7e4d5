"""Shapes moved, turned and stretched."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdelang.geometry.box import Box
from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Ends, Leaf, Patch, Shape

# Nodes of the table of arc lengths of a stretched curve, per smooth stretch.
_ARC_NODES = 2048


@dataclass(frozen=True, eq=False)
class Affine(Leaf):
    """``{A x + offset : x in leaf}`` with an invertible ``matrix (d, d)``."""

    leaf: Leaf
    matrix: np.ndarray
    offset: np.ndarray

    @cached_property
    def _inverse(self) -> np.ndarray:
        return np.linalg.inv(self.matrix)

    @cached_property
    def _smallest(self) -> float:
        return float(np.linalg.svd(self.matrix, compute_uv=False).min())

    @cached_property
    def _is_similar(self) -> bool:
        """Whether all lengths grow alike, so that even points stay even."""
        gram = self.matrix.T @ self.matrix
        return bool(np.allclose(gram, gram[0, 0] * np.eye(self.leaf.d), rtol=1e-12, atol=0))

    @cached_property
    def low(self) -> Ends:  # type: ignore[override]
        return self._ends(-1.0)

    @cached_property
    def high(self) -> Ends:  # type: ignore[override]
        return self._ends(1.0)

    def _ends(self, sign: float) -> Ends:
        if not np.isfinite([self.leaf.low, self.leaf.high]).all():
            return (sign * np.inf,) * self.leaf.d
        reach = [sign * self.leaf.support(sign * row) for row in self.matrix]
        return tuple(map(float, np.add(reach, self.offset)))

    @property
    def parameters(self) -> int:  # type: ignore[override]
        return self.leaf.parameters

    def levels(self, points: np.ndarray) -> np.ndarray | None:
        return self.leaf.levels((points - self.offset) @ self._inverse.T)

    def walk(self, start: float, end: float, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not self._tabulates:
            return super().walk(start, end, nodes)
        table, sums = self._arc
        first, last = np.interp([start, end], sums / sums[-1], table)
        own, lengths = self.leaf.walk(float(first), float(last), nodes)
        lengths = lengths * self._stretch(self.leaf.surface(own[:, None]).normals)
        return np.interp(own, table, sums / sums[-1]), lengths

    def support(self, direction: np.ndarray) -> float:
        return self.leaf.support(direction @ self.matrix) + float(direction @ self.offset)

    @property
    def spine(self) -> np.ndarray | None:
        own = self.leaf.spine
        return None if own is None else own @ self._inverse

    @cached_property
    def faces(self) -> Quadrics:  # type: ignore[override]
        return self.leaf.faces.image(self._inverse, self.offset)

    def crossings(
        self, origins: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        return self.leaf.crossings(
            (origins - self.offset) @ self._inverse.T, self._inverse @ direction
        )

    def gradients(self, points: np.ndarray, parts: np.ndarray) -> np.ndarray | None:
        found = self.leaf.gradients((points - self.offset) @ self._inverse.T, parts)
        return None if found is None else found @ self._inverse

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Return the distance to the image, exact for similar shapes, else a lower bound."""
        return self._smallest * self.leaf.distance((points - self.offset) @ self._inverse.T)

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        return self.leaf.is_inside((points - self.offset) @ self._inverse.T)

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        inner = (points - self.offset) @ self._inverse.T
        return self.leaf.classify(inner, tolerance / self._smallest)

    @property
    def _tabulates(self) -> bool:
        return self.leaf.d == 2 and not self._is_similar

    @cached_property
    def _arc(self) -> tuple[np.ndarray, np.ndarray]:
        """Even parameters of the leaf and the share of the image's arc length up to each."""
        breaks = self.leaf.breaks
        nodes = np.unique(
            np.concatenate(
                [
                    np.linspace(a, b, max(2, _ARC_NODES // (len(breaks) - 1)) + 1)
                    for a, b in itertools.pairwise(breaks)
                ]
            )
        )
        middle = 0.5 * (nodes[1:] + nodes[:-1])
        sums = np.cumsum(self._stretch(self.leaf.surface(middle[:, None]).normals) * np.diff(nodes))
        return nodes, np.concatenate([[0.0], sums])

    def _stretch(self, normals: np.ndarray) -> np.ndarray:
        """``|det A| |A^{-T} n|``: how much the surface grows at points with these normals."""
        grown = np.linalg.norm(normals @ self._inverse, axis=1)
        return abs(float(np.linalg.det(self.matrix))) * grown

    @property
    def area(self) -> float:
        if self._tabulates:
            return self.leaf.area * float(self._arc[1][-1])
        return self.leaf.area * (self._smallest ** (self.leaf.d - 1) if self._is_similar else 1.0)

    @property
    def breaks(self) -> Ends:
        if not self._tabulates:
            return self.leaf.breaks
        nodes, sums = self._arc
        return tuple(map(float, np.interp(self.leaf.breaks, nodes, sums / sums[-1])))

    @property
    def corners(self) -> np.ndarray:
        ends = np.array([self.low, self.high])
        own = self.leaf.corners @ self.matrix.T + self.offset
        return np.vstack([own, ends[np.isfinite(ends).all(axis=1)]])

    def surface(self, unit: np.ndarray) -> Patch:
        density = None
        if self._tabulates:
            nodes, sums = self._arc
            unit = np.interp(unit[:, 0], sums / sums[-1], nodes)[:, None]
        patch = self.leaf.surface(unit)
        if not self._is_similar and not self._tabulates:
            density = self._stretch(patch.normals)
            if patch.density is not None:
                density = density * patch.density
        elif patch.density is not None:
            density = patch.density
        normals = patch.normals @ self._inverse
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        return Patch(patch.points @ self.matrix.T + self.offset, normals, density)

    def clipped(self, low: Ends, high: Ends) -> Leaf:
        corners = np.stack(np.meshgrid(*zip(low, high, strict=True), indexing="ij"), axis=-1)
        images = (corners.reshape(-1, len(low)) - self.offset) @ self._inverse.T
        inner = self.leaf.clipped(
            tuple(map(float, images.min(axis=0))), tuple(map(float, images.max(axis=0)))
        )
        return Affine(inner, self.matrix, self.offset)


def transform(shape: Shape, matrix: np.ndarray, offset: np.ndarray) -> Shape:
    """Return the image of a shape under ``x -> A x + offset``; boxes along the axes stay boxes."""
    images: dict[int, Leaf] = {}
    for leaf in shape.leaves:
        inner, a, b = leaf, matrix, offset
        if isinstance(leaf, Affine):
            inner, a, b = leaf.leaf, matrix @ leaf.matrix, matrix @ leaf.offset + offset
        if isinstance(inner, Box) and np.count_nonzero(a) == inner.d and (np.diag(a) > 0).all():
            low = np.diag(a) * np.asarray(inner.low) + b
            high = np.diag(a) * np.asarray(inner.high) + b
            images[id(leaf)] = Box(tuple(map(float, low)), tuple(map(float, high)))
        else:
            images[id(leaf)] = Affine(inner, a, b)
    return shape.replaced(images)


def turn_about(axis: Ends | None, angle: float) -> np.ndarray:
    """Return the rotation by ``angle``, counterclockwise: of the plane, or about an axis (Rodrigues)."""
    c, s = math.cos(angle), math.sin(angle)
    if axis is None:
        return np.array([[c, -s], [s, c]])
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + s * cross + (1.0 - c) * cross @ cross
