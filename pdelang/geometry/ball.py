"""Disks and balls in any number of dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Ends, Leaf, Patch


@dataclass(frozen=True, slots=True, eq=False)
class Ball(Leaf):
    """``|x − centre| <= radius``; a disk in two dimensions."""

    centre: Ends
    radius: float

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return tuple(c - self.radius for c in self.centre)

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return tuple(c + self.radius for c in self.centre)

    @property
    def parameters(self) -> int:  # type: ignore[override]
        return max(1, self.d - 1) if self.d <= 3 else self.d

    @property
    def area(self) -> float:
        """``2 π^{d/2} r^{d−1} / Γ(d/2)``."""
        d = self.d
        return 2.0 * math.pi ** (d / 2) * self.radius ** (d - 1) / math.gamma(d / 2)

    def distance(self, points: np.ndarray) -> np.ndarray:
        return np.linalg.norm(points - np.asarray(self.centre), axis=1) - self.radius

    def support(self, direction: np.ndarray) -> float:
        return float(direction @ self.centre + self.radius * np.linalg.norm(direction))

    @property
    def faces(self) -> Quadrics:
        centre, d = np.asarray(self.centre), self.d
        unit = np.eye(d)[None] / self.radius
        c = centre @ centre / self.radius - self.radius
        return Quadrics(unit, -2.0 * centre[None] / self.radius, np.array([c]))

    def surface(self, unit: np.ndarray) -> Patch:
        normals = self._directions(unit)
        return Patch(np.asarray(self.centre) + self.radius * normals, normals)

    def _directions(self, unit: np.ndarray) -> np.ndarray:
        match self.d:
            case 1:
                return np.where(unit < 0.5, -1.0, 1.0)
            case 2:
                angle = 2.0 * np.pi * unit[:, 0]
                return np.stack([np.cos(angle), np.sin(angle)], axis=1)
            case 3:
                # Archimedes: height and longitude are even over the sphere.
                angle, height = 2.0 * np.pi * unit[:, 0], 2.0 * unit[:, 1] - 1.0
                around = np.sqrt(np.maximum(0.0, 1.0 - height**2))
                return np.stack([around * np.cos(angle), around * np.sin(angle), height], axis=1)
            case _:
                from scipy.special import ndtri

                normal = ndtri(np.clip(unit, 1e-12, 1.0 - 1e-12))
                length = np.linalg.norm(normal, axis=1, keepdims=True)
                return normal / np.where(length > 0, length, 1.0)
