"""The holes of a plane domain, around which solutions have parts that no polynomial follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import System
from pdelang.geometry.body import Body
from pdelang.training.least_squares.corner_sites import is_plane
from pdelang.training.least_squares.field_bodies import list_bodies
from pdelang.training.least_squares.singular_functions import Exponents

# A leaf's outline is closed on the boundary if no more than this share of it is missing.
_MISSING = 0.01


@dataclass(frozen=True, slots=True)
class HoleSite:
    """A hole around ``centre``; no point of the domain is nearer to that than ``radius``.

    ``fields`` are the numbers of the fields that live around it, all in one ``body``.

    Its functions are ``r^{−j} cos kθ, r^{−j} sin kθ``: a solution that is analytic outside the hole is a
    polynomial plus such a sum, as in Laurent's series.
    """

    centre: tuple[float, float]
    radius: float
    fields: tuple[int, ...]
    body: Body

    def map(self, system: System) -> tuple[np.ndarray, complex]:
        """Return ``μ (2,)`` and ``ν`` with ``z = μ·ξ + ν`` on scaled coordinates ξ, |z| ≥ 1."""
        frame = system.scaling.frame(self.fields[0])
        h, c = frame.half_width, frame.centre
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
    """Return the holes of a steady problem in the plane that one shape alone makes.

    A region has holes of its own, where another one fills them too.
    """
    if not is_plane(system):
        return ()
    bodies: dict[int, tuple[Body, list[int]]] = {}
    for k, body in enumerate(list_bodies(system)):
        if body is not None:
            bodies.setdefault(id(body), (body, []))[1].append(k)
    return tuple(hole for body, fields in bodies.values() for hole in _find_in(body, fields))


def _find_in(body: Body, fields: list[int]) -> list[HoleSite]:
    found = []
    for leaf, rim in zip(body.shape.leaves, body.rims, strict=True):
        if not len(rim.points) or rim.areas.sum() < (1.0 - _MISSING) * leaf.area:
            continue
        centre = rim.areas @ rim.points / rim.areas.sum()
        rays = rim.points - centre
        if np.einsum("ij,ij->i", rays, rim.normals).max() >= 0.0:
            continue
        if body.contains(centre[None])[0]:
            continue
        radius = float(np.linalg.norm(rays, axis=1).min())
        place = float(centre[0]), float(centre[1])
        found.append(HoleSite(place, radius, tuple(fields), body))
    return found
