"""Axis-aligned boxes in any number of dimensions, and their sides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Ends, Leaf, Patch


@dataclass(frozen=True, slots=True, order=True)
class Side:
    """One flat side of a box: coordinate ``axis`` at its high (``upper``) or low end."""

    axis: int
    upper: bool

    def normal(self, d: int) -> np.ndarray:
        """Return the outward unit normal, shape ``(d,)``."""
        normal = np.zeros(d)
        normal[self.axis] = 1.0 if self.upper else -1.0
        return normal

    @property
    def opposite(self) -> Side:
        return Side(self.axis, not self.upper)


@dataclass(frozen=True, slots=True)
class Box(Leaf):
    """``low[i] <= x[i] <= high[i]``; one entry per space coordinate."""

    low: Ends
    high: Ends

    @property
    def lengths(self) -> np.ndarray:
        """Edge lengths, shape ``(d,)``."""
        return np.asarray(self.high) - np.asarray(self.low)

    @property
    def measure(self) -> float:
        """Length, area, volume, …: the product of the edge lengths."""
        return math.prod(float(length) for length in self.lengths)

    @property
    def sides(self) -> tuple[Side, ...]:
        """All ``2d`` sides, axis by axis, the low one first."""
        return tuple(Side(axis, upper) for axis in range(self.d) for upper in (False, True))

    def contains(self, points: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
        """Say for each of ``points (n, d)`` whether it lies in the closed box, shape ``(n,)``.

        ``tolerance`` is relative to each edge length.
        """
        slack = tolerance * self.lengths
        inside = (points >= np.asarray(self.low) - slack) & (
            points <= np.asarray(self.high) + slack
        )
        return np.all(inside, axis=1)

    def sample(self, count: int, seed: int) -> np.ndarray:
        """Return ``count`` low-discrepancy points, shape ``(count, d)``.

        Scrambled Sobol points (Owen 1998): the same ``seed`` gives the same points, and
        the points of a smaller ``count`` are the first ones of a larger one.
        """
        return np.asarray(self.low) + self.lengths * sample_unit_cube(count, self.d, seed)

    def grid(self, counts: tuple[int, ...]) -> np.ndarray:
        """Return a tensor grid that includes the ends, shape ``(prod(counts), d)``.

        The last coordinate runs fastest. A count of 1 gives the middle.
        """
        axes = [
            np.linspace(a, b, count) if count > 1 else np.array([0.5 * (a + b)])
            for a, b, count in zip(self.low, self.high, counts, strict=True)
        ]
        return _tensor_points(axes)

    def quadrature(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        """Return tensor Gauss–Legendre points ``(order^d, d)`` and weights ``(order^d,)``.

        Exact for polynomials of degree ``2·order − 1`` in each coordinate.
        """
        nodes, weights = gauss_legendre(order)
        axes = [
            0.5 * (a + b) + 0.5 * (b - a) * nodes for a, b in zip(self.low, self.high, strict=True)
        ]
        products = np.ones(1)
        for length in self.lengths:
            products = np.outer(products, 0.5 * length * weights).ravel()
        return _tensor_points(axes), products

    # ------------------------------------------------------------- as a leaf

    @property
    def parameters(self) -> int:  # type: ignore[override]
        return max(1, self.d - 1)

    @property
    def area(self) -> float:
        return sum(self.side_measure(side) for side in self.sides)

    @property
    def breaks(self) -> Ends:
        sums = np.concatenate([[0.0], np.cumsum([self.side_measure(s) for s in self.sides])])
        return tuple(map(float, sums / sums[-1]))

    @property
    def corners(self) -> np.ndarray:
        if self.d > 3:
            return np.array([self.low, self.high])
        return _tensor_points([np.array(ends) for ends in zip(self.low, self.high, strict=True)])

    @property
    def faces(self) -> Quadrics:
        axes = np.eye(self.d)
        ends = np.concatenate([np.diag(self.low), np.diag(self.high)])
        return Quadrics.planes(np.concatenate([axes, axes]), ends)

    def distance(self, points: np.ndarray) -> np.ndarray:
        centre = 0.5 * np.add(self.low, self.high)
        beyond = np.abs(points - centre) - 0.5 * self.lengths
        outside = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
        return outside + np.minimum(beyond.max(axis=1), 0.0)

    def surface(self, unit: np.ndarray) -> Patch:
        # The first parameter chooses the side; what is left of it runs along the side.
        breaks = np.asarray(self.breaks)
        chosen = np.clip(np.searchsorted(breaks, unit[:, 0], side="right") - 1, 0, 2 * self.d - 1)
        along = unit.copy()
        along[:, 0] = (unit[:, 0] - breaks[chosen]) / (breaks[chosen + 1] - breaks[chosen])
        points, normals = np.empty((len(unit), self.d)), np.empty((len(unit), self.d))
        for number, side in enumerate(self.sides):
            mine = chosen == number
            face = self.side_box(side)
            local = np.asarray(face.low) + face.lengths * along[mine, : face.d]
            points[mine] = self.embed(side, local)
            normals[mine] = side.normal(self.d)
        return Patch(points, normals)

    # ------------------------------------------------------------- sides

    def side_box(self, side: Side) -> Box:
        """Return the side as a box of its own ``d − 1`` coordinates."""
        return Box(
            self.low[: side.axis] + self.low[side.axis + 1 :],
            self.high[: side.axis] + self.high[side.axis + 1 :],
        )

    def side_value(self, side: Side) -> float:
        """Return where the side's coordinate is held fixed."""
        return self.high[side.axis] if side.upper else self.low[side.axis]

    def side_measure(self, side: Side) -> float:
        """Return the side's ``d − 1``-dimensional measure; a point counts 1."""
        return self.side_box(side).measure

    def embed(self, side: Side, points: np.ndarray) -> np.ndarray:
        """Lift points of the side's own coordinates, ``(n, d − 1)``, to space, ``(n, d)``."""
        return np.insert(points, side.axis, self.side_value(side), axis=1)

    def sample_side(self, side: Side, count: int, seed: int) -> np.ndarray:
        """Return ``count`` low-discrepancy points of a side, shape ``(count, d)``."""
        return self.embed(side, self.side_box(side).sample(count, seed))

    def side_quadrature(self, side: Side, order: int) -> tuple[np.ndarray, np.ndarray]:
        """Return Gauss–Legendre points ``(order^(d−1), d)`` and weights of a side."""
        points, weights = self.side_box(side).quadrature(order)
        return self.embed(side, points), weights


def sample_unit_cube(count: int, d: int, seed: int) -> np.ndarray:
    """Return ``count`` scrambled Sobol points of ``[0, 1)^d``, shape ``(count, d)``."""
    if d == 0 or count == 0:
        return np.zeros((count, d))
    # Imported here because `pdelang check` must not pay for scipy.stats.
    from scipy.stats import qmc

    exponent = max(0, math.ceil(math.log2(count)))
    return qmc.Sobol(d, scramble=True, rng=seed).random_base2(exponent)[:count]


def spread_in_unit_cube(count: int, d: int) -> np.ndarray:
    """Return the additive recurrence of Roberts (2018) in the unit cube, ``(count, d)``.

    As even as `sample_unit_cube`, nearly, and without `scipy.stats`.
    """
    phi = 2.0
    for _ in range(40):  # φ^(d+1) = φ + 1; the iteration contracts
        phi = (1 + phi) ** (1 / (d + 1))
    steps = phi ** -np.arange(1.0, d + 1)
    return (0.5 + np.outer(np.arange(1, count + 1), steps)) % 1.0


def _tensor_points(axes: list[np.ndarray]) -> np.ndarray:
    if not axes:
        return np.zeros((1, 0))
    return np.stack([mesh.ravel() for mesh in np.meshgrid(*axes, indexing="ij")], axis=1)
