"""Functions that are singular at a corner, in closed form with all derivatives.

In polar coordinates around the corner, θ from the bisector of the region,

    C(x) = (r/R)^ν cos(νθ + φ) = Re e^{iφ} (ζ/R)^ν,   ζ = (x − p) e^{−ib},

with p the corner and b the angle of the bisector: the branch cut lies outside the region. C is
holomorphic in ζ, so ``∂_x^m ∂_y^n C = ν(ν−1)…(ν−k+1) R^{−k} (r/R)^{ν−k} cos((ν−k)θ + φ − kb + nπ/2)``,
k = m + n. These are the leading terms of solutions of second-order equations at corners
(Kondrat'ev 1967; Grisvard, "Elliptic Problems in Nonsmooth Domains", 1985, chapter 4).
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

# Rows of the parameters of M such functions, ``(6, M)``.
POINT_X, POINT_Y, SIZE, BISECTOR, EXPONENT, PHASE = range(6)
ROWS = 6
# At the corner itself a negative power has no value; a radius of no meaning stands in for zero.
_SMALLEST = 1e-120


def corner_derivative(
    module: ModuleType, x: Any, y: Any, parameters: Any, orders: tuple[int, int]
) -> Any:
    """Return ``∂_x^m ∂_y^n`` of every function at points ``x, y (n,)``, ``(n, M)``.

    ``module`` is NumPy or JAX's, ``parameters (6, M)`` as the rows above say. An exponent 0 with
    phase 0 is the constant 1.
    """
    px, py, size, b, nu, phase = (parameters[row][None, :] for row in range(ROWS))
    dx, dy = (x[:, None] - px) / size, (y[:, None] - py) / size
    u = module.cos(b) * dx + module.sin(b) * dy
    v = module.cos(b) * dy - module.sin(b) * dx
    r = module.sqrt(module.maximum(u * u + v * v, _SMALLEST))
    theta = module.arctan2(v, module.where((u == 0) & (v == 0), 1.0, u))
    m, n = orders
    k = m + n
    falling = module.ones_like(nu)
    for i in range(k):
        falling = falling * (nu - i)
    angle = (nu - k) * theta + phase - k * b + 0.5 * n * module.pi
    return falling * size ** (-k) * r ** (nu - k) * module.cos(angle)
