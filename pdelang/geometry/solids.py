"""Round solids in three dimensions: cylinders, cones and tori."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdelang.geometry.quadric import Quadrics, polished, real_roots
from pdelang.geometry.shape import Ends, Leaf, Patch


def orthonormal_frame(axis: np.ndarray) -> np.ndarray:
    """Return rows ``(e1, e2, axis/|axis|)`` of a right-handed orthonormal frame."""
    w = axis / np.linalg.norm(axis)
    helper = np.eye(3)[int(np.argmin(np.abs(w)))]
    u = np.cross(helper, w)
    u /= np.linalg.norm(u)
    return np.stack([u, np.cross(w, u), w])


@dataclass(frozen=True, eq=False)
class Cone(Leaf):
    """A straight frustum from ``start`` to ``end`` with a radius at each; equal for a cylinder."""

    start: Ends
    end: Ends
    start_radius: float
    end_radius: float
    parameters = 2

    @cached_property
    def _frame(self) -> np.ndarray:
        return orthonormal_frame(np.subtract(self.end, self.start))

    @cached_property
    def _height(self) -> float:
        return float(np.linalg.norm(np.subtract(self.end, self.start)))

    @cached_property
    def low(self) -> Ends:  # type: ignore[override]
        return self._reach(-1.0)

    @cached_property
    def high(self) -> Ends:  # type: ignore[override]
        return self._reach(1.0)

    def _reach(self, sign: float) -> Ends:
        # A disk with normal w reaches r sqrt(1 − w_i²) along coordinate i.
        tilt = np.sqrt(np.maximum(0.0, 1.0 - self._frame[2] ** 2))
        ends = [
            np.asarray(c) + sign * r * tilt
            for c, r in ((self.start, self.start_radius), (self.end, self.end_radius))
        ]
        reach = np.maximum(*ends) if sign > 0 else np.minimum(*ends)
        return tuple(map(float, reach))

    @cached_property
    def _areas(self) -> np.ndarray:
        """Areas of the mantle and the two caps."""
        a, b = self.start_radius, self.end_radius
        slant = math.hypot(self._height, b - a)
        return np.array([math.pi * (a + b) * slant, math.pi * a * a, math.pi * b * b])

    @property
    def area(self) -> float:
        return float(self._areas.sum())

    @property
    def corners(self) -> np.ndarray:
        tilt = np.sqrt(np.maximum(0.0, 1.0 - self._frame[2] ** 2))
        return np.array(
            [
                np.asarray(c) + sign * r * tilt
                for c, r in ((self.start, self.start_radius), (self.end, self.end_radius))
                for sign in (-1.0, 0.0, 1.0)
            ]
        )

    def support(self, direction: np.ndarray) -> float:
        tilt = float(np.linalg.norm(self._frame[:2] @ direction))
        ends = ((self.start, self.start_radius), (self.end, self.end_radius))
        return max(float(direction @ np.asarray(c)) + r * tilt for c, r in ends)

    @property
    def spine(self) -> np.ndarray | None:
        return np.asarray(self._frame[2])

    @cached_property
    def faces(self) -> Quadrics:  # type: ignore[override]
        """The mantle ``ρ² = (r_0 + s h)²`` with the slope s, and the planes of both ends."""
        slope = (self.end_radius - self.start_radius) / self._height
        frame, start = self._frame, np.asarray(self.start)
        size = max(self.start_radius, self.end_radius)
        mantle = Quadrics(
            np.diag([1.0, 1.0, -slope * slope])[None] / size,
            np.array([[0.0, 0.0, -2.0 * self.start_radius * slope]]) / size,
            np.array([-(self.start_radius**2)]) / size,
        ).image(frame, start)
        ends = Quadrics.planes(np.stack([frame[2], frame[2]]), np.array([self.start, self.end]))
        return Quadrics.joined([mantle, ends], 3)

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Return the distance in the half plane of (distance from the axis, height)."""
        local = (points - np.asarray(self.start)) @ self._frame.T
        q = np.stack([np.hypot(local[:, 0], local[:, 1]), local[:, 2]], axis=1)
        corners = np.array(
            [
                [0.0, 0.0],
                [self.start_radius, 0.0],
                [self.end_radius, self._height],
                [0.0, self._height],
            ]
        )
        nearest = np.full(len(q), np.inf)
        for a, b in itertools.pairwise(corners):
            e = b - a
            length = float(e @ e)
            along = np.clip((q - a) @ e / length, 0.0, 1.0) if length > 0 else np.zeros(len(q))
            nearest = np.minimum(nearest, np.linalg.norm(q - a - along[:, None] * e, axis=1))
        slope = (self.end_radius - self.start_radius) / self._height
        inside = (q[:, 1] > 0) & (q[:, 1] < self._height)
        inside &= q[:, 0] < self.start_radius + slope * q[:, 1]
        return np.where(inside, -nearest, nearest)

    def surface(self, unit: np.ndarray) -> Patch:
        shares = np.cumsum(self._areas) / self.area
        u, angle = unit[:, 0], 2.0 * np.pi * unit[:, 1]
        part = np.minimum(np.searchsorted(shares, u, side="right"), 2)
        starts = np.concatenate([[0.0], shares[:-1]])
        fraction = np.clip((u - starts[part]) / (shares - starts)[part], 0.0, 1.0)
        a, b, h = self.start_radius, self.end_radius, self._height
        # Even over the mantle: the squared radius is even, or the height where a = b.
        along = fraction if a == b else (np.sqrt(a * a + fraction * (b * b - a * a)) - a) / (b - a)
        radius = np.select(
            [part == 0, part == 1],
            [a + along * (b - a), a * np.sqrt(fraction)],
            b * np.sqrt(fraction),
        )
        height = np.select([part == 0, part == 1], [along * h, 0.0], h)
        slant = math.hypot(h, b - a)
        out = np.where(part == 0, h / slant, 0.0)
        up = np.select([part == 0, part == 1], [(a - b) / slant, -1.0], 1.0)
        around = np.cos(angle), np.sin(angle)
        local = np.stack([radius * around[0], radius * around[1], height], axis=1)
        normal = np.stack([out * around[0], out * around[1], up], axis=1)
        return Patch(np.asarray(self.start) + local @ self._frame, normal @ self._frame)


@dataclass(frozen=True, eq=False)
class Torus(Leaf):
    """A tube of radius ``tube`` around a circle of ``radius`` about ``centre``, normal to ``axis``."""

    centre: Ends
    axis: Ends
    radius: float
    tube: float
    parameters = 2

    @cached_property
    def _frame(self) -> np.ndarray:
        return orthonormal_frame(np.asarray(self.axis, float))

    @cached_property
    def _reach(self) -> np.ndarray:
        return self.radius * np.sqrt(np.maximum(0.0, 1.0 - self._frame[2] ** 2)) + self.tube

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return tuple(map(float, np.asarray(self.centre) - self._reach))

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return tuple(map(float, np.asarray(self.centre) + self._reach))

    @property
    def corners(self) -> np.ndarray:
        # A slice through the hole is two pieces, one through the rim alone is one.
        inner = self._reach - 2.0 * self.tube
        return np.array(
            [np.asarray(self.centre) + s * r for r in (self._reach, inner) for s in (-1, 1)]
        )

    @property
    def area(self) -> float:
        return 4.0 * math.pi**2 * self.radius * self.tube

    def support(self, direction: np.ndarray) -> float:
        local = self._frame @ direction
        reach = self.radius * float(np.linalg.norm(local[:2])) + self.tube * float(
            np.linalg.norm(local)
        )
        return float(direction @ np.asarray(self.centre)) + reach

    @property
    def spine(self) -> np.ndarray:
        return np.asarray(self._frame[2])

    def crossings(
        self, origins: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Roots of ``(|x|² + R² − r²)² = 4 R² (x_1² + x_2²)``, in order."""
        size = self.radius + self.tube
        u = self._frame @ direction / size
        local = (origins - np.asarray(self.centre)) @ self._frame.T / size
        # From the point that is nearest to the centre, so that all roots are of unit size.
        length = float(np.linalg.norm(u))
        u = u / length
        foot = local @ u
        local = local - foot[:, None] * u
        big, small = self.radius / size, self.tube / size
        rest = np.sum(local * local, axis=1) + big * big - small * small
        flat = local[:, :2]
        one, zero = np.ones(len(local)), np.zeros(len(local))
        quartic = np.stack(
            [
                one,
                zero,
                2.0 * rest - 4.0 * big * big * (u[:2] @ u[:2]),
                -8.0 * big * big * (flat @ u[:2]),
                rest * rest - 4.0 * big * big * np.sum(flat * flat, axis=1),
            ],
            axis=1,
        )
        t = np.sort(polished(quartic, real_roots(quartic)), axis=1)
        return (t - foot[:, None]) / length, np.arange(4)

    def gradients(self, points: np.ndarray, parts: np.ndarray) -> np.ndarray:
        local = (points - np.asarray(self.centre)) @ self._frame.T
        ring = self.radius / np.hypot(local[:, 0], local[:, 1])
        local[:, :2] *= 1.0 - ring[:, None]
        return local @ self._frame

    def distance(self, points: np.ndarray) -> np.ndarray:
        local = (points - np.asarray(self.centre)) @ self._frame.T
        out = np.hypot(local[:, 0], local[:, 1]) - self.radius
        return np.hypot(out, local[:, 2]) - self.tube

    def surface(self, unit: np.ndarray) -> Patch:
        # Area between tube angles 0 and θ: proportional to θ + (r/R) sin θ; tabulated, inverted.
        table = np.linspace(0.0, 2.0 * np.pi, 4097)
        sums = (table + self.tube / self.radius * np.sin(table)) / (2.0 * np.pi)
        theta, phi = np.interp(unit[:, 0], sums, table), 2.0 * np.pi * unit[:, 1]
        out = self.radius + self.tube * np.cos(theta)
        local = np.stack([out * np.cos(phi), out * np.sin(phi), self.tube * np.sin(theta)], axis=1)
        normal = np.stack(
            [np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)], axis=1
        )
        return Patch(np.asarray(self.centre) + local @ self._frame, normal @ self._frame)
