"""The space-time box of a problem: exact ends and sample points of every place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.operators import Expansion
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AtPoint, Interior, OnPiece, Place, Start
from pdelang.semantics.problem import Bounds, Piece, Problem

# About this many sample points; enough to see the size of a smooth function.
_POINTS = 600


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """``low[i] <= x[i] <= high[i]`` for every coordinate, space first, exactly as written."""

    symbols: Symbols
    low: tuple[sympy.Expr, ...]
    high: tuple[sympy.Expr, ...]
    low_values: tuple[float, ...]
    high_values: tuple[float, ...]
    expansion: Expansion

    @classmethod
    def of(cls, problem: Problem, symbols: Symbols) -> Extent:
        """Return the extent of a problem's domain and time."""
        bounds: tuple[Bounds, ...] = problem.domain.bounds
        if problem.time is not None:
            bounds += (problem.time.bounds,)
        expansion = Expansion(symbols, problem.unknowns)
        return cls(
            symbols,
            tuple(expansion.scalar(b.low) for b in bounds),
            tuple(expansion.scalar(b.high) for b in bounds),
            tuple(b.low_value for b in bounds),
            tuple(b.high_value for b in bounds),
            expansion,
        )

    @property
    def lengths(self) -> np.ndarray:
        return np.subtract(self.high_values, self.low_values)

    def fixed(self, place: Place) -> dict[int, sympy.Expr]:
        """Return the coordinates that are constant at a place, by axis."""
        match place:
            case Interior():
                return {}
            case OnPiece(piece=Piece(side=side)):
                return {side.axis: (self.high if side.upper else self.low)[side.axis]}
            case Start():
                return {self.symbols.dimension - 1: self.low[-1]}
            case AtPoint(point=point):
                return {axis: sympy.Float(value) for axis, value in enumerate(point)}
            case _:
                raise TypeError(f"no place: {place}")

    def sample(self, place: Place, generic: bool = False) -> np.ndarray:
        """Return points of a place, ``(d, n)``, never empty.

        They include the ends of every axis, to find the largest value of data, unless
        ``generic`` asks for points without any symmetry, to tell zero from nonzero.
        """
        fixed = {axis: float(value) for axis, value in self.fixed(place).items()}
        columns = self.spread(fixed, generic)
        if isinstance(place, OnPiece) and not place.piece.is_whole_side:
            inside = self._selected(place.piece, columns)
            if inside.any():
                columns = columns[:, inside]
        return columns

    def spread(self, fixed: dict[int, float], generic: bool = False) -> np.ndarray:
        """Return points ``(d, n)`` spread over the box with some coordinates held fixed."""
        free = [i for i in range(self.symbols.dimension) if i not in fixed]
        unit = _generic_points(len(free)) if generic else _lobatto_points(len(free))
        columns = np.empty((self.symbols.dimension, unit.shape[1]))
        for axis, value in fixed.items():
            columns[axis] = value
        for row, axis in enumerate(free):
            columns[axis] = self.low_values[axis] + self.lengths[axis] * unit[row]
        return columns

    def _selected(self, piece: Piece, columns: np.ndarray) -> np.ndarray:
        predicates = [self.expansion.predicate(p) for p in piece.inside]
        predicates += [sympy.Not(self.expansion.predicate(p)) for p in piece.outside]
        chosen = [sympy.Piecewise((1, p), (0, True), evaluate=False) for p in predicates]
        return evaluate_points(chosen, self.symbols.coordinates, columns).min(axis=0) > 0.5


def _lobatto_points(d: int) -> np.ndarray:
    """Return the tensor grid of Chebyshev–Lobatto nodes in the unit cube, ``(d, n)``."""
    per_axis = int(_POINTS ** (1 / d)) if d else 1
    if per_axis < 5:
        return _generic_points(d)
    nodes = (1 - np.cos(np.pi * np.arange(per_axis) / (per_axis - 1))) / 2 if d else np.zeros(1)
    return np.array([axis.ravel() for axis in np.meshgrid(*[nodes] * d, indexing="ij")]).reshape(
        d, -1
    )


def _generic_points(d: int) -> np.ndarray:
    """Return the additive recurrence of Roberts (2018) in the unit cube, ``(d, n)``."""
    if d == 0:
        return np.zeros((0, 1))
    phi = 2.0
    for _ in range(40):  # φ^(d+1) = φ + 1; the iteration contracts
        phi = (1 + phi) ** (1 / (d + 1))
    steps = phi ** -np.arange(1.0, d + 1)
    n = 64 if d == 1 else 160
    return (0.5 + np.outer(steps, np.arange(1, n + 1))) % 1.0
