"""Exponents λ of solutions ``r^λ f(θ)`` at a point of the plane where regions, edges and conditions meet.

Near such a point only the highest derivatives count. Where those of every field are a multiple of
the Laplacian, a field of one sector is ``r^λ (A cos λφ + B sin λφ)`` with φ from the sector's
bisector, and every condition on a ray is a linear equation for the A and B of the sectors beside it.
λ is where these equations have another solution than zero: where the smallest singular value of
their matrix vanishes. Sources: Kondrat'ev 1967; Kellogg, Applicable Analysis 4 (1974) 101-129.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

_STEP = 0.005
_LEAST = 0.02  # constants, λ = 0, need no function of their own
_VANISHES = 1e-6
_BESIDE = 1e-2  # radians: curved edges are seen along a chord
_NEAR = 0.05  # a smallest singular value that may lead to zero


@dataclass(frozen=True, slots=True)
class Sector:
    """What one field has of the neighbourhood of a point: ``angle`` around ``bisector``, in radians."""

    bisector: float
    angle: float

    def has_edge(self, angle: float) -> bool:
        """Say whether a ray in direction ``angle`` is one of the two that bound the sector."""
        return abs(abs(_turn(angle - self.bisector)) - 0.5 * self.angle) < _BESIDE


@dataclass(frozen=True, slots=True)
class RayCondition:
    """A condition on the ray in direction ``angle``: per sector its number, ``(a, b_x, b_y)``.

    It says ``Σ a u + b·∇u = …``. Beside derivatives the values are of lower order and do not count.
    """

    angle: float
    parts: tuple[tuple[int, float, float, float], ...]

    @property
    def is_flux(self) -> bool:
        return any(bx or by for _, _, bx, by in self.parts)


def find_exponents(
    sectors: Sequence[Sector], conditions: Sequence[RayCondition], highest: float
) -> tuple[float, ...]:
    """Return all λ up to ``highest``, in order; none unless there are two conditions per sector."""
    if len(conditions) != 2 * len(sectors):
        return ()
    grid = np.arange(_LEAST, highest + 2.0 * _STEP, _STEP)
    smallest = _smallest(grid, sectors, conditions)
    found = []
    for k in range(1, len(grid) - 1):
        if smallest[k] > _NEAR or smallest[k] > min(smallest[k - 1], smallest[k + 1]):
            continue
        best: Any = minimize_scalar(
            lambda root: float(_smallest(np.array([root]), sectors, conditions)[0]),
            bounds=(grid[k - 1], grid[k + 1]),
            method="bounded",
            options={"xatol": 1e-13},
        )
        if best.fun < _VANISHES and (not found or best.x - found[-1] > _STEP / 2):
            found.append(float(best.x))
    return tuple(found)


def _smallest(
    roots: np.ndarray, sectors: Sequence[Sector], conditions: Sequence[RayCondition]
) -> np.ndarray:
    """Return the smallest singular value of the matrix of the conditions for every λ, ``(n,)``."""
    rows = np.zeros((len(roots), len(conditions), 2 * len(sectors)))
    for i, condition in enumerate(conditions):
        for number, value, bx, by in condition.parts:
            sector = sectors[number]
            phi = _turn(condition.angle - sector.bisector)
            cosine, sine = np.cos(roots * phi), np.sin(roots * phi)
            if condition.is_flux:
                # b along the ray and across it; the gradient is λ r^(λ−1) times what stands here.
                along = bx * math.cos(condition.angle) + by * math.sin(condition.angle)
                across = by * math.cos(condition.angle) - bx * math.sin(condition.angle)
            else:
                along, across = value, 0.0
            rows[:, i, 2 * number] += along * cosine - across * sine
            rows[:, i, 2 * number + 1] += along * sine + across * cosine
    sizes = np.linalg.norm(rows, axis=2, keepdims=True)
    rows /= np.where(sizes > 0.0, sizes, 1.0)
    return np.linalg.svd(rows, compute_uv=False)[:, -1]


def _turn(angle: float) -> float:
    """Return an angle between −π and π: a ray lies beside its sector's bisector by less than a turn."""
    return (angle + math.pi) % (2.0 * math.pi) - math.pi
