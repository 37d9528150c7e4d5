"""The unit basis of orthogonal coordinates, and differentiation in it.

With Lamé coefficients ``h_a`` the unit vectors turn along the coordinate lines:

    ∂_a e_b = (∂_b h_a / h_b) e_a  (a ≠ b),      ∂_a e_a = −Σ_{b≠a} (∂_b h_a / h_b) e_b,

so the components of the gradient of a vector w and of a tensor A are

    (∇w)_ac  = (∂_a w_c + Σ_b w_b ω_abc) / h_a,
    (∇A)_acd = (∂_a A_cd + Σ_b (A_bd ω_abc + A_cb ω_abd)) / h_a,

with ``ω_abc = (∂_a e_b)·e_c``. Vectors and tensors have an entry for every direction of space,
the suppressed ones included: that is how the hoop stress enters the divergence of a tensor.
Source: Batchelor, "An Introduction to Fluid Dynamics" (1967), appendix 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property

import sympy

from pdelang.calculus.constants import number
from pdelang.calculus.tensors import Value, items_of, map_scalars, scalar_of, scaled, total
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.semantics.metric import CYLINDRICAL, POLAR, SPHERICAL, Metric

Differentiate = Callable[[sympy.Expr, int], sympy.Expr]


class Frame:
    """The directions of space of one problem; ``coordinates`` are its space symbols."""

    def __init__(self, metric: Metric, coordinates: Iterable[sympy.Symbol]) -> None:
        self.metric = metric
        self.coordinates = tuple(coordinates)
        self.directions = metric.directions
        self.factors = tuple(number(factor) for factor in metric.factors)
        self._turning = tuple(sympy.Dummy("angle", real=True) for _ in self.directions)
        self.lame = self._lame()

    @property
    def is_straight(self) -> bool:
        """Whether the unit vectors are the same everywhere."""
        return self.metric.is_cartesian

    def physical(self, axis: int) -> sympy.Expr:
        """Return a coordinate in base units."""
        return self.factors[axis] * self.coordinates[axis]

    # ------------------------------------------------------- written and all entries

    def embed(self, value: Value) -> Value:
        """Return a vector or tensor with zeros along the suppressed directions."""
        if self.is_straight or not isinstance(value, tuple):
            return value
        zero = map_scalars(lambda e: sympy.S.Zero, self.embed(value[0]))
        return tuple(zero if axis is None else self.embed(value[axis]) for axis in self.directions)

    def restrict(self, value: Value) -> Value:
        """Return the entries along the coordinates that are written."""
        if self.is_straight or not isinstance(value, tuple):
            return value
        return tuple(
            self.restrict(item)
            for item, axis in zip(value, self.directions, strict=True)
            if axis is not None
        )

    @property
    def suppressed(self) -> int:
        """The direction that is not written where two of three are."""
        return self.directions.index(None)

    # ------------------------------------------------------------ derivatives

    def gradient(self, value: Value, d: Differentiate) -> tuple[Value, ...]:
        """Return ``∇`` of a scalar, vector or tensor: the first index is that of ``∇``.

        ``d(e, axis)`` is the derivative of a scalar along a coordinate.
        """
        return tuple(self.along(a, value, d) for a in range(len(self.directions)))

    def along(self, a: int, value: Value, d: Differentiate) -> Value:
        """Return the derivative of a value along direction ``a``, per unit of length."""
        axis = self.directions[a]
        slope = map_scalars(lambda e: sympy.S.Zero if axis is None else d(e, axis), value)
        slope = scaled(1 / self.lame[a], slope)
        if isinstance(value, tuple) and not self.is_straight:
            slope = total([slope, *self._turned(a, value)])
        return slope

    def _turned(self, a: int, value: tuple[Value, ...]) -> list[Value]:
        """Return what the turning of the unit vectors adds to ``∂_a/h_a`` of a vector or tensor."""
        directions = range(len(self.directions))
        rows = tuple(
            total([scaled(self._turning_rates[a][b][c], value[b]) for b in directions])
            for c in directions
        )
        if not isinstance(value[0], tuple):
            return [rows]
        columns = tuple(
            tuple(
                total([scaled(self._turning_rates[a][b][e], items_of(row)[b]) for b in directions])
                for e in directions
            )
            for row in value
        )
        return [rows, columns]

    @cached_property
    def _turning_rates(self) -> list[list[list[sympy.Expr]]]:
        """``[a][b][c]: (∂_a e_b)·e_c / h_a``; a suppressed sin θ cancels here."""
        count = len(self.directions)
        omega: list[list[list[sympy.Expr]]]
        omega = [[[sympy.S.Zero] * count for _ in range(count)] for _ in range(count)]
        for a in range(count):
            for b in range(count):
                if a != b:
                    rate = self._slope(self.lame[a], b) / (self.lame[a] * self.lame[b])
                    omega[a][b][a] = rate
                    omega[a][a][b] = -rate
        return omega

    def _slope(self, coefficient: sympy.Expr, b: int) -> sympy.Expr:
        axis = self.directions[b]
        symbol = self._turning[b] if axis is None else self.coordinates[axis]
        return partial_derivative(coefficient, symbol)

    def _lame(self) -> tuple[sympy.Expr, ...]:
        one, system = sympy.S.One, self.metric.system
        if self.is_straight:
            return self.factors
        r = self.physical(0)
        scale = [one if axis is None else self.factors[axis] for axis in self.directions]
        if system == POLAR:
            return (scale[0], r * scale[1])
        if system == CYLINDRICAL:
            return (scale[0], r * scale[1], scale[2])
        if system == SPHERICAL:
            return (scale[0], r * scale[1], r * sympy.sin(self._inclination) * scale[2])
        raise TypeError(f"no coordinate system {system}")

    @property
    def _inclination(self) -> sympy.Expr:
        axis = self.metric.inclination
        return self._turning[1] if axis is None else self.physical(axis)

    # --------------------------------------------------------------- measure

    def outward(self, normal: tuple[sympy.Expr, ...]) -> tuple[sympy.Expr, ...]:
        """Return the unit normal of a surface in space, all entries.

        ``normal`` is that of the surface in the space of the coordinates, one entry for each.
        """
        own = self._own_lame
        if any(h != own[0] for h in own) and not _is_axis(normal):
            covector = [n / h for n, h in zip(normal, own, strict=True)]
            length = sympy.sqrt(sympy.Add(*(c**2 for c in covector)))
            normal = tuple(c / length for c in covector)
        return tuple(scalar_of(e) for e in items_of(self.embed(normal)))

    def volume(self) -> sympy.Expr:
        """Return the measure per unit of the coordinates, suppressed angles included."""
        metric, angles = self.metric, _multiple_of_pi(self.metric.suppressed)
        scale = sympy.Mul(*self.factors)
        if self.is_straight:
            return scale
        r = self.physical(0)
        if metric.system != SPHERICAL:
            return angles * scale * r
        if metric.inclination is None:
            return angles * scale * r**2
        return angles * scale * r**2 * sympy.sin(self._inclination)

    def area(self, normal: tuple[sympy.Expr, ...]) -> sympy.Expr:
        """Return the measure of a surface per unit of it in the space of the coordinates.

        Nanson's formula: ``J |F⁻ᵀ N|`` with F the diagonal of the Lamé coefficients.
        """
        squares = ((n / h) ** 2 for n, h in zip(normal, self._own_lame, strict=True) if n != 0)
        return self.volume() * sympy.sqrt(sympy.Add(*squares))

    @property
    def _own_lame(self) -> tuple[sympy.Expr, ...]:
        return tuple(
            h for h, axis in zip(self.lame, self.directions, strict=True) if axis is not None
        )


def _is_axis(normal: tuple[sympy.Expr, ...]) -> bool:
    return sum(n != 0 for n in normal) == 1 and all(n.is_number for n in normal)


def _multiple_of_pi(value: float) -> sympy.Expr:
    return sympy.S.One if value == 1.0 else sympy.Integer(round(value / math.pi)) * sympy.pi
