"""A plane of polar or spherical coordinates, drawn as it lies in space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.semantics.metric import SPHERICAL
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True)
class Bend:
    """Maps ``(r, angle)`` to a plane; ``factor`` brings the angle to radians.

    Polar: ``(r cos θ, r sin θ)``. In spherical coordinates with θ from the axis, the half plane
    through it: ``(r sin θ, r cos θ)``, the axis upwards.
    """

    radius: int  # which of the two axes of a slice is r
    factor: float
    from_axis: bool

    @property
    def labels(self) -> tuple[str, str]:
        return ("ρ", "z") if self.from_axis else ("x", "y")

    def place(self, ticks: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return both plane coordinates on the grid of the ticks, one index per axis."""
        radial, _ = self._unit_vectors(ticks)
        r = np.meshgrid(*ticks, indexing="ij")[self.radius]
        return r * radial[0], r * radial[1]

    def turn(
        self, components: Sequence[np.ndarray], ticks: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return a vector given along r and the angle, by axis, along the plane's coordinates."""
        radial, angular = self._unit_vectors(ticks)
        along, across = components[self.radius], components[1 - self.radius]
        first, second = (along * a + across * b for a, b in zip(radial, angular, strict=True))
        return first, second

    def _unit_vectors(self, ticks: Sequence[np.ndarray]) -> tuple[tuple, tuple]:
        angle = self.factor * np.meshgrid(*ticks, indexing="ij")[1 - self.radius]
        sine, cosine = np.sin(angle), np.cos(angle)
        if self.from_axis:
            return (sine, cosine), (cosine, -sine)
        return (cosine, sine), (-sine, cosine)


def find_bend(problem: Problem, axes: tuple[str, ...]) -> Bend | None:
    """Return how a slice over r and an angle lies in space; None for any other slice."""
    metric, names = problem.domain.metric, problem.domain.coordinates
    if metric is None or metric.is_cartesian or len(axes) != 2 or names[0] not in axes:
        return None
    other = next(name for name in axes if name != names[0])
    if other not in names:
        return None
    axis = names.index(other)
    if metric.written[axis] not in "θφ":
        return None
    from_axis = metric.system == SPHERICAL and axis == metric.inclination
    return Bend(axes.index(names[0]), float(metric.factors[axis]), from_axis)
