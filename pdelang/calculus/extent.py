"""The extent of a problem in space and time: exact ends and sample points of every place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import sympy

from pdelang.calculus.layers import Layers
from pdelang.calculus.operators import Expansion
from pdelang.calculus.placed_layers import find_placed_layers
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AtPoint, Interior, OnPiece, Place, Start
from pdelang.geometry.box import Box, spread_in_unit_cube
from pdelang.geometry.interface import Seam
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Bounds, Domain, Region
from pdelang.semantics.pieces import scan_curved, select
from pdelang.semantics.problem import Problem

# About this many sample points; enough to see the size of a smooth function.
_POINTS = 600


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """``low[i] <= x[i] <= high[i]`` for every coordinate, space first, exactly as written.

    For a domain that is no box these are the ends of the box around it.
    """

    symbols: Symbols
    low: tuple[sympy.Expr, ...]
    high: tuple[sympy.Expr, ...]
    low_values: tuple[float, ...]
    high_values: tuple[float, ...]
    domain: Domain
    homes: Mapping[str, Region] = field(default_factory=dict)  # of fields that exist in one region

    @classmethod
    def of(cls, problem: Problem, symbols: Symbols) -> Extent:
        """Return the extent of a problem's domain and time."""
        bounds: tuple[Bounds, ...] = (*problem.domain.bounds, *problem.extra_bounds)
        expansion = Expansion(symbols, problem.unknowns)
        return cls(
            symbols,
            tuple(expansion.scalar(b.low) for b in bounds),
            tuple(expansion.scalar(b.high) for b in bounds),
            tuple(b.low_value for b in bounds),
            tuple(b.high_value for b in bounds),
            problem.domain,
            {
                name: region
                for unknown in problem.unknowns
                for region in unknown.regions
                for name in unknown.fields_in(region)
            },
        )

    @property
    def lengths(self) -> np.ndarray:
        return np.subtract(self.high_values, self.low_values)

    def home_of(self, field: str) -> Interior:
        """Return where a field exists: in the domain, or in a region of it."""
        return Interior(self.homes.get(field))

    def fixed(self, place: Place) -> dict[int, sympy.Expr]:
        """Return the coordinates that are constant at a place, by axis."""
        match place:
            case Interior() | OnPiece(piece=Piece(side=Seam())):
                return {}
            case OnPiece(piece=Piece(side=side)) if side.axis is None:
                return {}
            case OnPiece(piece=Piece(side=side)):
                assert side.axis is not None
                return {side.axis: (self.high if side.upper else self.low)[side.axis]}
            case Start():
                return {self.symbols.time_axis: self.low[self.symbols.time_axis]}
            case AtPoint(point=point):
                return {axis: sympy.Float(value) for axis, value in enumerate(point)}
            case _:
                raise TypeError(f"no place: {place}")

    def names(self, place: Place) -> tuple[sympy.Symbol, ...]:
        """Return the symbols of the rows of `sample`: coordinates, and the normal where it varies."""
        if isinstance(place, OnPiece) and place.piece.has_normals:
            return (*self.symbols.coordinates, *self.symbols.normal)
        return self.symbols.coordinates

    def find_layers(self, expressions: Sequence[sympy.Expr], place: Place) -> Layers | None:
        """Return the thin layers of expressions of the coordinates at a place; see `layers`."""
        whole = Box(self.low_values, self.high_values)
        return find_placed_layers(expressions, self.symbols.coordinates, self.domain, whole, place)

    def sample(self, place: Place, generic: bool = False) -> np.ndarray:
        """Return points of a place, ``(len(names), n)``, never empty.

        They include the ends of every axis, to find the largest value of data, unless
        ``generic`` asks for points without any symmetry, to tell zero from nonzero.
        """
        columns = self._sample(place, generic)
        # Formulas such as sin(r)/r have a limit on the axis and no value.
        return self.domain.off_poles(columns.T).T

    def _sample(self, place: Place, generic: bool) -> np.ndarray:
        region = place.region if isinstance(place, Interior | Start) else None
        if region is not None:
            return self._sample_region(region, place, generic)
        is_seam = isinstance(place, OnPiece) and isinstance(place.piece.side, Seam)
        if self.domain.body is not None or is_seam:
            return self._sample_body(place, generic)
        fixed = {axis: float(value) for axis, value in self.fixed(place).items()}
        columns = self.spread(fixed, generic)
        if isinstance(place, OnPiece) and not place.piece.is_whole_side:
            space = self.domain.coordinates
            inside = select(place.piece, columns[: len(space)].T, space)
            if inside.any():
                columns = columns[:, inside]
        return columns

    def _sample_body(self, place: Place, generic: bool) -> np.ndarray:
        """Return points of a place in a domain that is no box."""
        body, d = self.domain.body, self.symbols.space_dimension
        fixed = {axis: float(value) for axis, value in self.fixed(place).items()}
        if not isinstance(place, OnPiece):
            assert body is not None
            columns = self.spread(fixed, generic)
            inside = body.contains(columns[:d].T, 1e-9)
            if inside.any():
                return columns[:, inside]
            # A thin domain slips through the grid of its box: its edge stands for it.
            points = np.concatenate([rim.points for rim in body.rims])
            return self._with_times(points[:: max(1, len(points) // _POINTS)], fixed)
        rim = scan_curved(place.piece, self.domain)
        some = slice(None, None, max(1, len(rim.points) // _POINTS))
        columns = self._with_times(rim.points[some], {})
        if not place.piece.has_normals:
            return columns
        return np.vstack([columns, rim.normals[some].T])

    def _sample_region(self, region: Region, place: Place, generic: bool) -> np.ndarray:
        """Return points of a region of the domain."""
        body, d = region.body, self.symbols.space_dimension
        fixed = {axis: float(value) for axis, value in self.fixed(place).items()}
        columns = self.spread(fixed, generic)
        low, high = np.asarray(self.domain.box.low), np.asarray(self.domain.box.high)
        unit = (columns[:d] - low[:, None]) / (high - low)[:, None]
        columns[:d] = np.asarray(body.box.low)[:, None] + body.box.lengths[:, None] * unit
        inside = body.contains(columns[:d].T, 1e-9)
        if inside.any():
            return columns[:, inside]
        points = np.concatenate([rim.points for rim in body.rims])
        return self._with_times(points[:: max(1, len(points) // _POINTS)], fixed)

    def _with_times(self, points: np.ndarray, fixed: dict[int, float]) -> np.ndarray:
        """Return points ``(n, d_space)`` as columns, with the other coordinates spread over theirs."""
        columns = [*points.T]
        for axis in range(self.symbols.space_dimension, self.symbols.dimension):
            unit = _generic_times(len(points), axis - self.symbols.space_dimension)
            values = self.low_values[axis] + self.lengths[axis] * unit
            columns.append(np.full(len(points), fixed[axis]) if axis in fixed else values)
        return np.array(columns)

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


def _lobatto_points(d: int) -> np.ndarray:
    """Return the tensor grid of Chebyshev–Lobatto nodes in the unit cube, ``(d, n)``."""
    per_axis = int(_POINTS ** (1 / d)) if d else 1
    if per_axis < 5:
        return _generic_points(d)
    nodes = (1 - np.cos(np.pi * np.arange(per_axis) / (per_axis - 1))) / 2 if d else np.zeros(1)
    return np.array([axis.ravel() for axis in np.meshgrid(*[nodes] * d, indexing="ij")]).reshape(
        d, -1
    )


def _generic_times(n: int, number: int = 0) -> np.ndarray:
    """Return ``n`` numbers in the unit interval, both ends among them.

    ``number`` tells apart the coordinates that need some: the time takes multiples of the golden
    ratio, others those of square roots.
    """
    step = 0.6180339887498949 if number == 0 else np.sqrt(number + 1.0) % 1.0
    if step == 0:
        step = np.sqrt(number + 1.5) % 1.0
    unit = (0.5 + step * np.arange(n)) % 1.0
    unit[:2] = (0.0, 1.0)[: len(unit[:2])]
    return unit


def _generic_points(d: int) -> np.ndarray:
    """Return points in the unit cube without any symmetry, ``(d, n)``."""
    if d == 0:
        return np.zeros((0, 1))
    return spread_in_unit_cube(64 if d == 1 else 160, d).T
