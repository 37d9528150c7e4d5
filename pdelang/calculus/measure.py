"""The measure of space over the coordinates, where it is not the same everywhere.

An integral over space is one over the coordinates of the integrand times
``h_1 h_2 h_3`` (suppressed angles included); over a surface of it, times Nanson's factor.
"""

from __future__ import annotations

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.symbols import Symbols
from pdelang.geometry.quadrature import body_quadrature
from pdelang.semantics.boundary import Part
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.pieces import quadrature_of_piece

_ORDER = {0: 1, 1: 64, 2: 48, 3: 20}


class Measure:
    """Densities and contents of regions and parts of the boundary of one domain."""

    def __init__(self, domain: Domain, symbols: Symbols) -> None:
        self.domain = domain
        self.symbols = symbols

    @property
    def is_uniform(self) -> bool:
        """Whether integrals over space and over the coordinates are the same."""
        return self.domain.metric is None or self.domain.metric.is_trivial

    def density(self, part: Part | None) -> sympy.Expr:
        """Return the factor of an integrand: over space, or over one piece of its boundary."""
        frame = self.symbols.frame
        if part is None:
            return frame.volume()
        return frame.area(self.symbols.outward_normal(part.pieces[0].side))

    def measure(self, region: Region | None, part: Part | None) -> float:
        """Return the content of a region (None: the domain) or of a part, all its pieces."""
        if part is not None:
            return sum(self._measure_piece(Part(part.name, (p,), part.span)) for p in part.pieces)
        body = self.domain.body if region is None else region.body
        order = _ORDER.get(self.domain.box.d, 16)
        if body is not None:
            nodes, weights = body_quadrature(body, order)
        else:
            nodes, weights = self.domain.box.quadrature(order)
        return self._sum(self.density(None), nodes, weights)

    def _measure_piece(self, part: Part) -> float:
        order = _ORDER.get(self.domain.box.d - 1, 16)
        nodes, weights = quadrature_of_piece(part.pieces[0], self.domain, order)
        return self._sum(self.density(part), nodes, weights)

    def _sum(self, density: sympy.Expr, nodes: np.ndarray, weights: np.ndarray) -> float:
        d = self.symbols.space_dimension
        names = (*self.symbols.coordinates[:d], *self.symbols.normal)[: nodes.shape[1]]
        return float(weights @ evaluate_points([density], names, nodes.T)[0])
