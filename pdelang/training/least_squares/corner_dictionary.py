"""Frozen features for regions with re-entrant corners: polynomials, and polynomials times singularities.

    φ_m(x) = T_{a}(ξ_1) T_{b}(ξ_2) C(x),   C = 1 or (r/R)^ν cos(νθ + φ) at a corner

with the exponents ν = kπ/ω of a corner of opening ω that are no whole numbers: those of conditions
on the value on both sides of it have ``sin``, those of fluxes ``cos``, mixed ones half-integer k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from pdelang.calculus.system import OnPiece, System
from pdelang.geometry.reentrant import Corner, find_reentrant
from pdelang.networks.corner_functions import SIZE, corner_derivative
from pdelang.training.least_squares.degrees import DegreeSet
from pdelang.training.least_squares.dictionary import Orders
from pdelang.training.least_squares.polynomials import PolynomialTables

# Exponents of each corner up to this one; what is smoother than that is left to the polynomials.
_HIGHEST_EXPONENT = 4.5
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class CornerTables:
    """What derivatives at some points share: polynomials there, and the points themselves."""

    polynomials: PolynomialTables
    points: np.ndarray  # physical
    known: dict[Orders, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class CornerDictionary:
    """``degrees (M, 2)`` of the polynomials and ``corners (6, M)`` of the singular factors."""

    degrees: np.ndarray
    corners: np.ndarray
    centre: np.ndarray
    half_width: np.ndarray

    @property
    def count(self) -> int:
        return len(self.degrees)

    @property
    def is_graded(self) -> bool:
        return True

    @property
    def highest(self) -> int:
        return int(self.degrees.max(initial=0))

    @property
    def is_independent(self) -> bool:
        return False

    @property
    def sharpness(self) -> float:
        return float(self.highest)

    @property
    def options(self) -> tuple[tuple[str, int | float | str], ...]:
        return (("kind", "corners"), ("count", self.count), ("degree", self.highest))

    @property
    def frozen(self) -> dict[str, np.ndarray]:
        return {
            "degrees": np.ascontiguousarray(self.degrees.T.astype(np.int32)),
            "corners": self.corners,
            "map": np.stack([self.centre, self.half_width]),
        }

    @property
    def description(self) -> str:
        return f"{self.count} polynomials of degree {self.highest} and corner singularities"

    def tables(self, inputs: np.ndarray) -> CornerTables:
        return CornerTables(
            PolynomialTables(inputs, self.degrees.max(axis=0, initial=0), {}),
            self.centre + self.half_width * inputs,
            {},
        )

    def combine(
        self, tables: CornerTables, weights: Mapping[Orders, np.ndarray], out: np.ndarray
    ) -> None:
        """Add ``Σ_β weights_β(x) ∂^β φ_m(x)`` to ``out (n, M)``."""
        for beta, weight in weights.items():
            out += np.broadcast_to(weight, (len(out),))[:, None] * self._derivative(tables, beta)

    def apply(self, tables: CornerTables, orders: Orders, coefficients: np.ndarray) -> np.ndarray:
        """Return ``Σ_m c_m ∂^orders φ_m`` at the points, ``(n,)``."""
        return self._derivative(tables, orders) @ coefficients

    def _derivative(self, tables: CornerTables, orders: Orders) -> np.ndarray:
        if orders not in tables.known:
            m, n = orders
            total = np.zeros((len(tables.points), self.count))
            for i in range(m + 1):
                for j in range(n + 1):
                    singular = self.half_width[0] ** (m - i) * self.half_width[1] ** (n - j)
                    singular = singular * corner_derivative(
                        np, tables.points[:, 0], tables.points[:, 1], self.corners, (m - i, n - j)
                    )
                    first = tables.polynomials.factor(0, i)[self.degrees[:, 0]]
                    second = tables.polynomials.factor(1, j)[self.degrees[:, 1]]
                    total += comb(m, i) * comb(n, j) * (first * second).T * singular
            tables.known[orders] = total
        return tables.known[orders]


def corner_dictionary(
    system: System, corners: Sequence[Corner], degree: float, local_degree: float
) -> CornerDictionary:
    """Return polynomials up to ``degree``, and times each singularity up to ``local_degree``."""
    plain = DegreeSet(np.full(2, degree), (None, None)).list_degrees()
    local = DegreeSet(np.full(2, local_degree), (None, None)).list_degrees()
    degrees, parameters = [plain], [np.tile(_column(None, 0.0, 0.0), (1, len(plain)))]
    for corner in corners:
        for exponent, phase in _exponents(system, corner):
            degrees.append(local)
            parameters.append(np.tile(_column(corner, exponent, phase), (1, len(local))))
    return CornerDictionary(
        np.concatenate(degrees),
        np.concatenate(parameters, axis=1),
        np.asarray(system.scaling.centre),
        np.asarray(system.scaling.half_width),
    )


def find_corners(system: System) -> tuple[Corner, ...]:
    """Return the corners that call for singular features: of a steady problem in the plane."""
    problem = system.problem
    body = problem.domain.body
    if body is None or problem.time is not None or body.d != 2 or problem.periodic_axes:
        return ()
    return find_reentrant(body)


def _exponents(system: System, corner: Corner) -> list[tuple[float, float]]:
    """Return (exponent, phase) of what may be singular at a corner."""
    orders = {
        max(jet.order for jet in block.residual.jets)
        for term in system.terms
        for block in term.blocks
        if isinstance(block.place, OnPiece) and block.residual.jets
    }
    values, fluxes = orders == {0}, orders == {1}
    steps = [1.0] if values or fluxes else [1.0, 0.5]
    found = []
    for step in steps:
        k = step
        while (exponent := k * np.pi / corner.opening) <= _HIGHEST_EXPONENT:
            if abs(exponent - round(exponent)) > _WHOLE:
                turned = k * np.pi / 2
                if not fluxes:
                    found.append((exponent, turned - np.pi / 2))
                if not values:
                    found.append((exponent, turned))
            k += 1.0
    return found


def _column(corner: Corner | None, exponent: float, phase: float) -> np.ndarray:
    if corner is None:
        column = np.zeros((6, 1))
        column[SIZE] = 1.0
        return column
    (x, y), size = corner.point, corner.size
    return np.array([[x], [y], [size], [corner.bisector], [exponent], [phase]])
