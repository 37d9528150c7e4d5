"""Derivatives of the normal of a curved boundary, extended constantly along itself.

That is the gradient of the signed distance d, so ``∂_i n_j = ∂_i ∂_j d``: symmetric, zero along n, with the
curvatures as its eigenvalues. Of simple surfaces it is written out and holds off the surface too,
with x the point and q its distance vector from the axis, t = w × q/|q|:

    ball      P (n·(x − c))/|x − c|²,                    P = 1 − n nᵀ,
    cone      (n·q)/|q|² t tᵀ     (a cylinder too; zero on the flat ends, where n·q = 0),
    torus     (n·q)/|q|² t tᵀ + (n·m)/|m|² (P − t tᵀ),   m = x − (c + R q/|q|).

Where the surface is ``f = 0`` it is ``W = P (∇∇f) P/(n·∇f)`` on the surface, and only there. Its own derivative is
known along the surface; across it, ``|∇d| = 1`` differentiated twice gives ``(n·∇) W = −W²``:

    ∂_k W_ij = P_kl ∂_l W_ij(x, n(x)) − n_k (W²)_ij,     ∂_l n = W_l on the right.

Derivatives beyond that are refused. The normal that points carry decides on the sign, so holes need no other formula.
Source: Gilbarg and Trudinger, "Elliptic Partial Differential Equations" (1983), 14.6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.constants import number
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.total_derivative import partial_derivative, total_derivative
from pdelang.geometry.affine import Affine
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Sheet
from pdelang.geometry.box import Box
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.interface import Seam
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.mesh import Mesh
from pdelang.geometry.polygon import Polygon
from pdelang.geometry.shape import Leaf
from pdelang.geometry.solids import Cone, Torus
from pdelang.semantics.domain import Domain, Surface
from pdelang.semantics.expression import Expression
from pdelang.semantics.point_formula import PointFormula

Vector = Sequence[sympy.Expr]
_FLAT = (Box, Halfspace, Polygon, Mesh)


class NoSlopeError(Exception):
    """A derivative of the normal that is not known; says which."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """``slopes (d, d)`` are ∂_i n_j on one surface; None where they are not known.

    Without ``is_exact`` they hold on the surface only.
    """

    slopes: sympy.Matrix | None
    is_exact: bool
    reason: str = ""


class NormalSlopes:
    """Derivatives of the normal's symbols on one surface, whose curvature is found when it is asked for.

    What holds on the surface only stands behind symbols until all is differentiated: the slopes W_ij, and
    their own derivatives.
    """

    def __init__(self, symbols: Symbols, find: Callable[[], Curvature]) -> None:
        self.symbols = symbols
        self._find = find
        self._found: Curvature | None = None
        self._behind: dict[sympy.Symbol, sympy.Expr] = {}
        self._slopes: dict[tuple[int, ...], sympy.Symbol] = {}
        self._bends: dict[tuple[int, ...], sympy.Symbol] = {}

    def slope(self, symbol: sympy.Symbol, axis: int) -> sympy.Expr | None:
        """Return ``∂_axis`` of a symbol, None where it has nothing to do with the normal.

        Raises NoSlopeError.
        """
        if symbol in self._bends.values():
            raise NoSlopeError("beyond the second on this surface")
        for place, own in self._slopes.items():
            if own == symbol:
                return self._bend(tuple(sorted((axis, *place))))
        if symbol not in self.symbols.normal:
            return None
        component = self.symbols.normal.index(symbol)
        slopes = self._matrix()
        if self._curvature.is_exact or slopes.is_zero_matrix:
            return _entry(slopes, axis, component)
        return self._stand_in(tuple(sorted((axis, component))))

    @property
    def _curvature(self) -> Curvature:
        if self._found is None:
            self._found = self._find()
        return self._found

    def _matrix(self) -> sympy.Matrix:
        if self._curvature.slopes is None:
            raise NoSlopeError(self._curvature.reason)
        return self._curvature.slopes

    def _stand_in(self, place: tuple[int, ...]) -> sympy.Symbol:
        """Return the symbol of a slope of the normal, which is the same for both orders."""
        if place not in self._slopes:
            self._slopes[place] = self._hide(place, _entry(self._matrix(), *place))
        return self._slopes[place]

    def _bend(self, place: tuple[int, ...]) -> sympy.Symbol:
        """Return the symbol of a second derivative of the normal, the same for every order."""
        if place in self._bends:
            return self._bends[place]
        k, *rest = place
        x, n = self.symbols.coordinates, self.symbols.normal
        own, axes = _entry(self._matrix(), *rest), range(len(n))

        def slope(i: int, j: int) -> sympy.Symbol:
            return self._stand_in(tuple(sorted((i, j))))

        by_normal = [partial_derivative(own, n[m]) for m in axes]
        along = [
            partial_derivative(own, x[a])
            + sympy.Add(*(by_normal[m] * slope(a, m) for m in axes if by_normal[m] != 0))
            for a in axes
        ]
        across = sympy.Add(*(slope(rest[0], m) * slope(m, rest[1]) for m in axes))
        found = along[k] - n[k] * (_dot(n, along) + across)
        self._bends[place] = self._hide(place, found)
        return self._bends[place]

    def _hide(self, place: tuple[int, ...], e: sympy.Expr) -> sympy.Symbol:
        first, *rest = place
        names = "".join(self.symbols.names[axis] for axis in rest)
        symbol = self.symbols.fresh(f"{self.symbols.normal[first].name}_{names}")
        self._behind[symbol] = e
        return symbol

    def written(self, e: sympy.Expr) -> sympy.Expr:
        """Return an expression with all derivatives of the normal written out."""
        if not self._behind:
            return e
        # Second derivatives are written with the first ones.
        return substitute(substitute(e, self._behind), self._behind)


def find_curvature(
    domain: Domain,
    surface: Surface,
    symbols: Symbols,
    expand: Callable[[Expression], sympy.Expr],
) -> Curvature:
    """Return how the normal of a surface changes; ``expand`` writes out a typed formula."""
    d = symbols.space_dimension
    x, n = symbols.coordinates[:d], symbols.normal
    # Around an axis of symmetry the frame knows how the normal turns; in the plane it is as in any other.
    if not symbols.frame.metric.is_flat:
        return Curvature(None, True, "in these coordinates")
    is_seam = isinstance(surface, Seam)
    body, sheet = (surface.body, surface.sheet) if is_seam else (domain.body, surface)
    if body is None or not isinstance(sheet, Sheet):
        return Curvature(sympy.zeros(d), True)
    if sheet.side is not None:
        return Curvature(sympy.zeros(d), True)
    (number_of_leaf,) = sheet.leaves
    return _bend(body.shape.leaves[number_of_leaf], x, n, symbols, expand)


def _bend(
    leaf: Leaf, x: Vector, n: Vector, symbols: Symbols, expand: Callable[[Expression], sympy.Expr]
) -> Curvature:
    d = len(x)
    if isinstance(leaf, _FLAT):
        return Curvature(sympy.zeros(d), True)
    match leaf:
        case Ball():
            arm = _minus(x, leaf.centre)
            return Curvature(_across(n) * _dot(n, arm) / _dot(arm, arm), True)
        case Cone():
            axis = np.subtract(leaf.end, leaf.start)
            along, _ = _around(_minus(x, leaf.start), axis / np.linalg.norm(axis), n)
            return Curvature(along, True)
        case Torus():
            axis = np.asarray(leaf.axis, float)
            arm = _minus(x, leaf.centre)
            along, q = _around(arm, axis / np.linalg.norm(axis), n)
            ring = [e / sympy.sqrt(_dot(q, q)) * _number(leaf.radius) for e in q]
            m = [a - r for a, r in zip(arm, ring, strict=True)]
            turn = _cross_axis(axis / np.linalg.norm(axis), q)
            beside = _outer(turn, turn) / _dot(q, q)
            return Curvature(along + (_across(n) - beside) * _dot(n, m) / _dot(m, m), True)
        case LevelSet():
            assert isinstance(leaf.formula, PointFormula)
            places = dict(zip(symbols.coordinates, x, strict=False))
            formula = substitute(expand(leaf.formula.expression), places)
            return Curvature(_of_formula(formula, n, symbols), False)
        case Affine():
            return _bend_image(leaf, x, n, symbols, expand)
        case _:
            return Curvature(None, True, "on this surface")


def _bend_image(
    leaf: Affine, x: Vector, n: Vector, symbols: Symbols, expand: Callable[[Expression], sympy.Expr]
) -> Curvature:
    """Return the curvature of a shape that is turned or stretched."""
    inverse = np.linalg.inv(leaf.matrix)
    shifted = _minus(x, leaf.offset)
    y = [
        sympy.Add(*(_number(float(a)) * e for a, e in zip(row, shifted, strict=True)))
        for row in inverse
    ]
    gram = leaf.matrix.T @ leaf.matrix
    size = float(np.sqrt(gram[0, 0]))
    if isinstance(leaf.leaf, _FLAT):
        return Curvature(sympy.zeros(len(x)), True)
    if isinstance(leaf.leaf, LevelSet):
        return _bend(leaf.leaf, y, n, symbols, expand)
    if np.allclose(gram, gram[0, 0] * np.eye(len(x)), rtol=0, atol=1e-12 * gram[0, 0]):
        turn = sympy.Matrix(
            len(x), len(x), [_number(float(e)) for e in (leaf.matrix / size).ravel()]
        )
        inner = _bend(leaf.leaf, y, list(turn.T * sympy.Matrix(n)), symbols, expand)
        if inner.slopes is None:
            return inner
        return Curvature(turn * inner.slopes * turn.T / _number(size), inner.is_exact)
    if isinstance(leaf.leaf, Ball):
        arm = _minus(y, leaf.leaf.centre)
        return Curvature(_of_formula(_dot(arm, arm), n, symbols), False)
    if isinstance(leaf.leaf, Torus):
        axis = np.asarray(leaf.leaf.axis, float)
        arm = _minus(y, leaf.leaf.centre)
        along = _dot([_number(float(w)) for w in axis / np.linalg.norm(axis)], arm)
        beside = sympy.sqrt(_dot(arm, arm) - along**2) - _number(leaf.leaf.radius)
        return Curvature(_of_formula(beside**2 + along**2, n, symbols), False)
    return Curvature(None, True, "on a stretched cone")


def _of_formula(formula: sympy.Expr, n: Vector, symbols: Symbols) -> sympy.Matrix:
    d = range(len(n))
    slope = [total_derivative(formula, i, symbols) for i in d]
    hessian = sympy.Matrix(len(n), len(n), lambda i, j: total_derivative(slope[i], j, symbols))
    across = _across(n)
    return across * hessian * across / _dot(n, slope)


def _around(arm: Vector, axis: np.ndarray, n: Vector) -> tuple[sympy.Matrix, Vector]:
    """Return the curvature around an axis, and the distance vector from it."""
    along = _dot([_number(float(w)) for w in axis], arm)
    q = [a - _number(float(w)) * along for a, w in zip(arm, axis, strict=True)]
    turn = _cross_axis(axis, q)
    square = _dot(q, q)
    return _outer(turn, turn) * _dot(n, q) / square**2, q


def _cross_axis(axis: np.ndarray, q: Vector) -> Vector:
    a, b, c = (_number(float(w)) for w in axis)
    return [b * q[2] - c * q[1], c * q[0] - a * q[2], a * q[1] - b * q[0]]


def _across(n: Vector) -> sympy.Matrix:
    return sympy.eye(len(n)) - _outer(n, n)


def _outer(a: Vector, b: Vector) -> sympy.Matrix:
    return sympy.Matrix(len(a), len(b), lambda i, j: a[i] * b[j])


def _dot(a: Vector, b: Vector) -> sympy.Expr:
    return sympy.Add(*(p * q for p, q in zip(a, b, strict=True)))


def _entry(matrix: sympy.Matrix, i: int, j: int) -> sympy.Expr:
    found = matrix[i, j]
    assert isinstance(found, sympy.Expr)
    return found


def _number(value: float) -> sympy.Expr:
    return sympy.Integer(int(value)) if value.is_integer() else number(value)


def _minus(x: Vector, point) -> list[sympy.Expr]:
    return [e - _number(float(p)) for e, p in zip(x, point, strict=True)]
