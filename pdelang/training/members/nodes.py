"""Nodes of the varied parameters, and polynomials through what is known there.

Chebyshev points of the second kind per parameter, ``z_j = −cos(π j/N)`` with ``N = 2^level``, and their
products: every level holds the nodes of the one before. Values at the nodes have one polynomial of
degree N along each parameter, ``Σ_m c_m Π_i T_{m_i}(z_i)``. Source: Trefethen, "Approximation Theory and
Approximation Practice" (2013), chapters 2 to 4.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.polynomial import chebyshev

from pdelang.semantics.measured import FieldSeries
from pdelang.semantics.problem import Problem

# A node by its place ``j/N`` along every parameter, the same on all levels.
Node = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The nodes of one level for ``count`` varied parameters."""

    level: int
    count: int

    @property
    def degree(self) -> int:
        """The degree of the polynomials along each parameter."""
        return 2**self.level

    @property
    def ticks(self) -> tuple[Fraction, ...]:
        """The places along one parameter."""
        return tuple(Fraction(j, self.degree) for j in range(self.degree + 1))

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, the last parameter running fastest."""
        return tuple(itertools.product(self.ticks, repeat=self.count))

    @property
    def degrees(self) -> tuple[tuple[int, ...], ...]:
        """The multi-indices of the polynomials, in the order of `coefficients`."""
        return tuple(itertools.product(range(self.degree + 1), repeat=self.count))

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """Return those of the polynomials through ``values (nodes, …)``, in the same shape."""
        size = self.degree + 1
        inverse = np.linalg.inv(chebyshev.chebvander(unit_places(self.ticks), self.degree))
        shaped = values.reshape((size,) * self.count + values.shape[1:])
        for axis in range(self.count):
            shaped = np.moveaxis(np.tensordot(inverse, shaped, (1, axis)), 0, axis)
        return shaped.reshape(values.shape)

    def evaluate(self, coefficients: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Return polynomials at ``places (n, count)`` in -1 .. 1, ``(n, …)``."""
        tables = [chebyshev.chebvander(z, self.degree) for z in places.T]
        products = np.stack(
            [
                np.prod([t[:, k] for t, k in zip(tables, degree, strict=True)], axis=0)
                for degree in self.degrees
            ],
            axis=1,
        )
        return np.tensordot(products, coefficients, (1, 0))

    def series(self, problem: Problem, coefficients: np.ndarray) -> FieldSeries:
        """Return polynomials with ``coefficients (nodes,)`` as a function of the varied parameters."""
        ends = [(v.bounds.low_value, v.bounds.high_value) for v in problem.varied]
        return FieldSeries(
            self.degrees,
            tuple(map(float, coefficients)),
            tuple((low + high) / 2 for low, high in ends),
            tuple((high - low) / 2 for low, high in ends),
        )


def unit_places(node: Iterable[Fraction | float]) -> np.ndarray:
    """Return where places ``j/N`` are in -1 .. 1."""
    return -np.cos(np.pi * np.array([float(share) for share in node]))


def values_at(problem: Problem, place: np.ndarray) -> dict[str, float]:
    """Return the varied parameters at a place in -1 .. 1."""
    return {
        v.name: v.bounds.low_value + (1.0 + z) / 2 * (v.bounds.high_value - v.bounds.low_value)
        for v, z in zip(problem.varied, map(float, place), strict=True)
    }
