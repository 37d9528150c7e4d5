"""Polygons of any number of corners."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Ends, Leaf, Patch

# Point-edge pairs that are worked on at a time: bounded memory for any number of points.
_PAIRS_AT_ONCE = 1 << 21
# Parts of the outline that an integral tells apart: every edge is one of a polygon with so many.
_MOST_PARTS = 512


@dataclass(frozen=True, eq=False)
class Polygon(Leaf):
    """A simple polygon; ``vertices (m, 2)`` in either sense, not repeated at the end."""

    vertices: np.ndarray
    parameters = 1

    @cached_property
    def low(self) -> Ends:  # type: ignore[override]
        return tuple(map(float, self.vertices.min(axis=0)))

    @cached_property
    def high(self) -> Ends:  # type: ignore[override]
        return tuple(map(float, self.vertices.max(axis=0)))

    @cached_property
    def _edges(self) -> np.ndarray:
        return np.roll(self.vertices, -1, axis=0) - self.vertices

    @cached_property
    def _lengths(self) -> np.ndarray:
        return np.linalg.norm(self._edges, axis=1)

    @cached_property
    def signed_content(self) -> float:
        """The enclosed area, positive for vertices that turn to the left (Gauss's formula)."""
        x, y = (self.vertices - self.vertices[0]).T
        return 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))

    @property
    def area(self) -> float:
        return float(self._lengths.sum())

    @cached_property
    def breaks(self) -> Ends:  # type: ignore[override]
        sums = np.concatenate([[0.0], np.cumsum(self._lengths)])
        return tuple(map(float, sums / sums[-1]))

    @property
    def corners(self) -> np.ndarray:
        return self.vertices

    def distance(self, points: np.ndarray) -> np.ndarray:
        step = max(1, _PAIRS_AT_ONCE // len(self.vertices))
        chunks = [self._distance(points[i : i + step]) for i in range(0, len(points), step)]
        return np.concatenate(chunks) if chunks else np.zeros(0)

    def _distance(self, points: np.ndarray) -> np.ndarray:
        a, e = self.vertices, self._edges
        px, py = points[:, :1] - a[:, 0], points[:, 1:] - a[:, 1]
        along = np.clip((px * e[:, 0] + py * e[:, 1]) / self._lengths**2, 0.0, 1.0)
        nearest = ((px - along * e[:, 0]) ** 2 + (py - along * e[:, 1]) ** 2).min(axis=1)
        return np.where(self.is_inside(points), -1.0, 1.0) * np.sqrt(nearest)

    def support(self, direction: np.ndarray) -> float:
        return float((self.vertices @ direction).max())

    @property
    def faces(self) -> Quadrics:
        e = self._edges / self._lengths[:, None]
        return Quadrics.planes(np.stack([e[:, 1], -e[:, 0]], axis=1), self.vertices)

    def crossings(
        self, origins: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Many edges that follow each other in one sense count as one part of the surface."""
        heights, table, parts = self._sweep(float(direction[0]), float(direction[1]))
        across = np.array([-direction[1], direction[0]])
        height = origins @ across
        edges = table[np.searchsorted(heights, height, side="right")]
        start, e = self.vertices[edges], self._edges[edges]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (height[:, None] - start @ across) / (e @ across)
            along = (start - origins[:, None] + share[..., None] * e) @ direction
        t = along / (direction @ direction)
        return np.where(edges >= 0, t, np.nan), parts[edges]

    @lru_cache(maxsize=64)  # noqa: B019 - polygons are few, and live as long as their spec
    def _sweep(self, x: float, y: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the slabs along a direction, and for every edge the part of the surface that it belongs to."""
        across = self.vertices @ np.array([-y, x])
        sense = np.roll(across, -1) > across
        turns = np.cumsum(sense != np.roll(sense, 1))
        m = len(across)
        group = -(-m // _MOST_PARTS)
        return *self._slabs(across), (np.arange(m) // group) * (m + 1) + turns % (m + 1)

    @cached_property
    def _rows(self) -> tuple[np.ndarray, np.ndarray]:
        return self._slabs(self.vertices[:, 1])

    def _slabs(self, y0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the heights of the vertices, and per slab between two of them the edges across it.

        Missing entries of ``(slabs, k)`` are −1; below the first and above the last height there
        is an empty slab.
        """
        y1 = np.roll(y0, -1)
        heights = np.unique(y0)
        first = np.searchsorted(heights, np.minimum(y0, y1))
        last = np.searchsorted(heights, np.maximum(y0, y1))
        across: list[list[int]] = [[] for _ in range(len(heights) + 1)]
        for edge, (a, b) in enumerate(zip(first, last, strict=True)):
            for slab in range(a + 1, b + 1):
                across[slab].append(edge)
        table = np.full((len(across), max(1, max(map(len, across)))), -1)
        for slab, edges in enumerate(across):
            table[slab, : len(edges)] = edges
        return heights, table

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        """A ray to the right crosses an odd number of edges from inside."""
        heights, table = self._rows
        edges = table[np.searchsorted(heights, points[:, 1], side="right")]
        start, e = self.vertices[edges], self._edges[edges]
        with np.errstate(divide="ignore", invalid="ignore"):
            x = start[..., 0] + e[..., 0] * (points[:, 1:] - start[..., 1]) / e[..., 1]
        crosses = (edges >= 0) & (points[:, :1] < x)
        return crosses.sum(axis=1) % 2 == 1

    def surface(self, unit: np.ndarray) -> Patch:
        breaks = np.asarray(self.breaks)
        u = unit[:, 0]
        edge = np.clip(np.searchsorted(breaks, u, side="right") - 1, 0, len(self._lengths) - 1)
        along = (u - breaks[edge]) / (breaks[edge + 1] - breaks[edge])
        e = self._edges[edge]
        turned = np.stack([e[:, 1], -e[:, 0]], axis=1) / self._lengths[edge, None]
        sense = 1.0 if self.signed_content > 0 else -1.0
        return Patch(self.vertices[edge] + along[:, None] * e, sense * turned)


def find_crossing(vertices: np.ndarray) -> tuple[int, int] | None:
    """Return two edges, by their first vertex, that cross or touch; None in a simple polygon."""
    a, b = vertices, np.roll(vertices, -1, axis=0)
    m = len(a)

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    for i in range(m - 1):
        # Neighbours share a vertex; the last edge is a neighbour of the first.
        j = np.arange(i + 2, m if i else m - 1)
        if not j.size:
            continue
        first = side(a[i], b[i], a[j]) * side(a[i], b[i], b[j]) <= 0
        second = side(a[j], b[j], a[i]) * side(a[j], b[j], b[i]) <= 0
        apart = (
            (np.maximum(a[j], b[j]) < np.minimum(a[i], b[i]))
            | (np.minimum(a[j], b[j]) > np.maximum(a[i], b[i]))
        ).any(axis=1)
        hit = np.flatnonzero(first & second & ~apart)
        if hit.size:
            return i, int(j[hit[0]])
    return None
