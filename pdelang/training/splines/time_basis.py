"""Polynomials in time on one window, split into what is given at its start and what is sought.

On a window [t₀, t₀ + Δ], with τ = (t − t₀)/Δ, the highest rate below the time order k of a field is

    w = ∂_t^(k−1) u = u_(k−1)(x) + Σ_{i≤s} τ P_{i−1}(2τ − 1) · a_i(x)

with the data ``u_j = ∂_t^j u(x, t₀)`` of the window before and Legendre polynomials P. The equations
hold at the s Radau points of the window, the last of which is its end; there ∂_t^k u is ∂_t w, and
every lower rate integrates the interpolant of the one above it at these points. This is the
collocation method Radau IIA for the system of first order: order 2s − 1 at the ends, L-stable,
fit for constraints without any rate (k = 0: u = Σ P_{i−1} a_i) (Hairer, Wanner, "Solving Ordinary
Differential Equations II", IV.5 and VI.1). One polynomial with the equations of order k at these
points would be unstable for stiff waves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import Polynomial
from numpy.polynomial import legendre as legendre_module
from numpy.polynomial.polynomial import polyfit
from scipy.special import roots_jacobi

from pdelang.geometry.gauss_legendre import gauss_legendre


@lru_cache(maxsize=64)
def radau_points(count: int) -> np.ndarray:
    """Return the ``count`` right Radau points of (0, 1], ascending."""
    if count == 1:
        return np.ones(1)
    inner, _ = roots_jacobi(count - 1, 1.0, 0.0)
    return np.concatenate([0.5 * (1.0 + np.sort(inner)), [1.0]])


@dataclass(frozen=True, slots=True)
class TimeBasis:
    """The functions of time of one field: ``order`` given ones, then ``stages`` sought ones."""

    order: int
    stages: int

    @property
    def degree(self) -> int:
        """Return the degree of the field in time."""
        return self.stages if self.order else self.stages - 1

    def values(self, tau: np.ndarray, derivative: int, length: float) -> np.ndarray:
        """Return ``∂_t^derivative`` of all functions at ``tau (r,)``, ``(order + stages, r)``."""
        functions = _functions(self.order, self.stages)[derivative]
        rows = [
            length ** (j if j < self.order else 0) * function(tau)
            for j, function in enumerate(functions)
        ]
        return np.array(rows).reshape(len(rows), len(tau)) / length**derivative

    def legendre(self, degree: int, length: float) -> np.ndarray:
        """Return the functions' Legendre coefficients in 2τ − 1, ``(degree + 1, functions)``."""
        nodes = gauss_legendre(degree + 1)[0]
        matrix = legendre_module.legvander(nodes, degree)
        return np.linalg.solve(matrix, self.values(0.5 * (1.0 + nodes), 0, length).T)


@lru_cache(maxsize=64)
def _functions(order: int, stages: int) -> tuple[tuple[Polynomial, ...], ...]:
    """Return, per derivative in τ from 0 to the order, every function of τ."""
    shifted = Polynomial([-1.0, 2.0])
    legendre = [
        Polynomial(legendre_module.leg2poly([0.0] * i + [1.0]))(shifted) for i in range(stages)
    ]
    zero, one, tau = Polynomial([0.0]), Polynomial([1.0]), Polynomial([0.0, 1.0])
    if order == 0:
        return (tuple(legendre),)
    top = [zero] * (order - 1) + [one] + [tau * function for function in legendre]
    levels = [tuple(function.deriv() for function in top), tuple(top)]
    for level in range(order - 2, -1, -1):
        integrated = [_integral_of_interpolant(function, stages) for function in levels[-1]]
        integrated[level] = one
        levels.append(tuple(integrated))
    return tuple(reversed(levels))


def _integral_of_interpolant(function: Polynomial, stages: int) -> Polynomial:
    if stages == 0:  # the start of time, a single moment: τ stays 0
        return Polynomial([0.0])
    nodes = radau_points(stages)
    return Polynomial(polyfit(nodes, function(nodes), stages - 1)).integ()
