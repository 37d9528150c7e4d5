"""Shapes: point sets with a signed distance, put together by union, difference, intersection.

A shape is a `Leaf` (one disk, one polygon, …) or a combination of two shapes. The distance is
negative inside and zero on the boundary; of a combination it is the larger or smaller of the
operands', which has the right sign and the right zeros, and is a lower bound elsewhere
(Quilez; Ricci 1973).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.quadric import Quadrics

Ends = tuple[float, ...]


class Shape(ABC):
    """A closed point set in ``d`` coordinates. ``low`` and ``high`` bound it and may be infinite."""

    low: Ends
    high: Ends

    @property
    def d(self) -> int:
        return len(self.low)

    @abstractmethod
    def distance(self, points: np.ndarray) -> np.ndarray:
        """Return the signed distance of ``points (n, d)``, negative inside, shape ``(n,)``."""

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        """Say which points lie strictly inside, shape ``(n,)``; cheaper than the distance."""
        return self.distance(points) < 0

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        """Return −1 inside, 0 within ``tolerance`` of the boundary, 1 outside, ``(n,)``."""
        distance = self.distance(points)
        return np.where(np.abs(distance) <= tolerance, 0, np.sign(distance)).astype(int)

    @property
    @abstractmethod
    def leaves(self) -> tuple[Leaf, ...]:
        """The shapes it is made of, from left to right."""

    @abstractmethod
    def replaced(self, leaves: dict[int, Leaf]) -> Shape:
        """Return the same combination with leaves exchanged by ``id``."""


class Leaf(Shape):
    """A shape of its own, with a surface that can be walked over.

    ``parameters`` unit coordinates map to the surface, evenly by area up to a density.
    ``breaks`` are the values of a single parameter where the surface has corners.
    """

    parameters: int

    @abstractmethod
    def surface(self, unit: np.ndarray) -> Patch:
        """Return the surface at ``unit (n, parameters)``, values in [0, 1)."""

    @property
    @abstractmethod
    def area(self) -> float:
        """Length, area, … of the surface, for a density of 1; two ends of an interval count 2."""

    @property
    def breaks(self) -> Ends:
        return (0.0, 1.0)

    @property
    def is_continuous(self) -> bool:
        """Whether near parameters give near points between two breaks."""
        return True

    @property
    def corners(self) -> np.ndarray:
        """Points ``(k, d)`` in whose coordinates slices of the shape change their form."""
        ends = np.array([self.low, self.high])
        return ends[np.isfinite(ends).all(axis=1)]

    @property
    def faces(self) -> Quadrics:
        """The surfaces of second degree on which the whole surface lies; none where there are no such."""
        return Quadrics.none(self.d)

    def crossings(
        self, origins: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return where lines ``origin + t direction`` meet the surface, ``t (n, k)``, NaN for nowhere.

        With them goes a number that says which part of the surface that is, ``(n, k)`` or ``(k,)``. None where
        `faces` says it, or nothing does.
        """
        return None

    def gradients(self, points: np.ndarray, parts: np.ndarray) -> np.ndarray | None:
        """Return vectors across the surface, either way and of any length, at points ``(n, d)`` on it, ``(n, d)``.

        ``parts (n,)`` are those of `crossings`. None where the surface has no equations.
        """
        faces = self.faces
        return faces.gradients(parts % len(faces), points) if len(faces) else None

    @property
    def has_equations(self) -> bool:
        """Whether it is known where a line meets the surface, without looking for it."""
        line = np.zeros((1, self.d)), np.eye(self.d)[0]
        return len(self.faces) > 0 or self.crossings(*line) is not None

    def levels(self, points: np.ndarray) -> np.ndarray | None:
        """Return the values ``(n,)`` of a formula that is negative inside; None where there is none."""
        return None

    def walk(self, start: float, end: float, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return parameters between two of a plane leaf, with ``nodes (n,)`` in −1 .. 1, and the length that each stands for.

        Where the surface is not smooth in its own parameter they are even in another.
        """
        unit = 0.5 * (start + end) + 0.5 * (end - start) * nodes
        return unit, np.full(len(nodes), (end - start) * self.area)

    def support(self, direction: np.ndarray) -> float:
        """Return the largest ``direction · x``, or a bound, of a bounded shape."""
        return float(np.maximum(direction * self.low, direction * self.high).sum())

    @property
    def spine(self) -> np.ndarray | None:
        """The direction across which sections have the simplest form, where one is better than the others."""
        return None

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return (self,)

    def replaced(self, leaves: dict[int, Leaf]) -> Shape:
        return leaves.get(id(self), self)

    def clipped(self, low: Ends, high: Ends) -> Leaf:
        """Return a leaf whose surface is bounded and the same within ``low .. high``."""
        return self


@dataclass(frozen=True, slots=True)
class Patch:
    """Points ``(n, d)`` of a surface, outward normals ``(n, d)`` and density ``(n,)``.

    ``density`` is the area that a point stands for, relative to the mean of even points.
    """

    points: np.ndarray
    normals: np.ndarray
    density: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    first: Shape
    second: Shape

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return self.first.leaves + self.second.leaves

    def replaced(self, leaves: dict[int, Leaf]) -> Shape:
        return type(self)(self.first.replaced(leaves), self.second.replaced(leaves))  # type: ignore[return-value]


class Union(_Pair, Shape):
    """The points of either shape."""

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return tuple(map(min, self.first.low, self.second.low))

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return tuple(map(max, self.first.high, self.second.high))

    def distance(self, points: np.ndarray) -> np.ndarray:
        return np.minimum(self.first.distance(points), self.second.distance(points))

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        return self.first.is_inside(points) | self.second.is_inside(points)

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        return np.minimum(
            self.first.classify(points, tolerance), self.second.classify(points, tolerance)
        )


class Difference(_Pair, Shape):
    """The points of the first shape outside the second."""

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return self.first.low

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return self.first.high

    def distance(self, points: np.ndarray) -> np.ndarray:
        return np.maximum(self.first.distance(points), -self.second.distance(points))

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        return self.first.is_inside(points) & ~self.second.is_inside(points)

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        return np.maximum(
            self.first.classify(points, tolerance), -self.second.classify(points, tolerance)
        )


class Intersection(_Pair, Shape):
    """The points of both shapes."""

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return tuple(map(max, self.first.low, self.second.low))

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return tuple(map(min, self.first.high, self.second.high))

    def distance(self, points: np.ndarray) -> np.ndarray:
        return np.maximum(self.first.distance(points), self.second.distance(points))

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        return self.first.is_inside(points) & self.second.is_inside(points)

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        return np.maximum(
            self.first.classify(points, tolerance), self.second.classify(points, tolerance)
        )


def list_by_row(n: int, row: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return ``values`` of rows as ``(n, m)``, NaN where a row has fewer."""
    order = np.argsort(row, kind="stable")
    row, values = row[order], values[order]
    column = np.arange(len(row)) - np.searchsorted(row, row)
    out = np.full((n, int(column.max(initial=-1)) + 1), np.nan)
    out[row, column] = values
    return out
