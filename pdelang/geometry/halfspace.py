"""Half-spaces: everything on one side of a point, line or plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Ends, Leaf, Patch


@dataclass(frozen=True, slots=True, eq=False)
class Halfspace(Leaf):
    """``(x − point) · normal <= 0``; the normal points out of it.

    ``reach`` is the radius around ``point`` within which its surface is walked over.
    """

    point: Ends
    normal: Ends
    reach: float = np.inf

    @property
    def _unit_normal(self) -> np.ndarray:
        normal = np.asarray(self.normal, float)
        return normal / np.linalg.norm(normal)

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return self._ends(-1.0)

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return self._ends(1.0)

    def _ends(self, sign: float) -> Ends:
        """Bounded only where the normal runs along a coordinate, and only on that side."""
        n = self._unit_normal
        return tuple(
            p if sign * c >= 1.0 - 1e-15 else sign * np.inf
            for p, c in zip(self.point, n, strict=True)
        )

    @property
    def parameters(self) -> int:  # type: ignore[override]
        return max(1, self.d - 1)

    @property
    def area(self) -> float:
        return (2.0 * self.reach) ** (self.d - 1)

    def distance(self, points: np.ndarray) -> np.ndarray:
        return (points - np.asarray(self.point)) @ self._unit_normal

    @property
    def faces(self) -> Quadrics:
        return Quadrics.planes(self._unit_normal[None], np.array([self.point]))

    def surface(self, unit: np.ndarray) -> Patch:
        n = self._unit_normal
        # The other right singular vectors of n span the plane.
        plane = np.linalg.svd(n[None, :])[2][1:]
        local = (2.0 * unit[:, : self.d - 1] - 1.0) * (self.reach if self.d > 1 else 0.0)
        points = np.asarray(self.point) + local @ plane
        return Patch(points, np.broadcast_to(n, points.shape))

    @property
    def corners(self) -> np.ndarray:
        return np.array([self.point])

    def clipped(self, low: Ends, high: Ends) -> Leaf:
        n = self._unit_normal
        middle = 0.5 * np.add(low, high)
        foot = middle - ((middle - np.asarray(self.point)) @ n) * n
        reach = 0.5 * float(np.linalg.norm(np.subtract(high, low)))
        return Halfspace(tuple(map(float, foot)), self.normal, reach)
