"""The holes of a plane domain, around which solutions have parts that no polynomial follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.least_squares.corner_sites import is_plane
from pdelang.training.least_squares.singular_functions import Exponents

# A leaf's outline is closed on the boundary if no more than this share of it is missing.
_MISSING = 0.01


@dataclass(frozen=True, slots=True)
class HoleSite:
    """A hole around ``centre``; no point of the domain is nearer to that than ``radius``.

    Its functions are ``r^{−j} cos kθ, r^{−j} sin kθ``: a solution that is analytic outside the hole is a
    polynomial plus such a sum, as in Laurent's series.
    """

    centre: tuple[float, float]
    radius: float

    def map(self, system: System) -> tuple[np.ndarray, complex]:
        """Return ``μ (2,)`` and ``ν`` with ``z = μ·ξ + ν`` on scaled coordinates ξ, |z| ≥ 1."""
        h, c = system.scaling.half_width, system.scaling.centre
        linear = np.array([h[0], 1j * h[1]]) / self.radius
        x, y = self.centre
        return linear, complex(((c[0] - x) + 1j * (c[1] - y)) / self.radius)

    def exponents(self, order: int) -> tuple[Exponents, ...]:
        """Return ``z^a z̄^b = r^{−j} e^{ikθ}`` for j = 1 … order and k = 0 … order."""
        return tuple(
            (0.5 * (k - j), -0.5 * (k + j), 0)
            for j in range(1, order + 1)
            for k in range(order + 1)
        )


def find_holes(system: System) -> tuple[HoleSite, ...]:
    """Return the holes of a steady problem in the plane that one shape alone makes."""
    problem = system.problem
    body = problem.domain.body
    if body is None or not is_plane(system):
        return ()
    found = []
    for leaf, rim in zip(body.shape.leaves, body.rims, strict=True):
        if not len(rim.points) or rim.areas.sum() < (1.0 - _MISSING) * leaf.area:
            continue
        centre = rim.areas @ rim.points / rim.areas.sum()
        rays = rim.points - centre
        if np.einsum("ij,ij->i", rays, rim.normals).max() >= 0.0:
            continue
        if problem.domain.contains(centre[None])[0]:
            continue
        radius = float(np.linalg.norm(rays, axis=1).min())
        found.append(HoleSite((float(centre[0]), float(centre[1])), radius))
    return tuple(found)
