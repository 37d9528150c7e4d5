"""Edges and sides of the domain and of other shapes, as pieces of the domain's boundary."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pdelang.diagnostics.span import Span
from pdelang.geometry.body import Body, EmptyShapeError, Sheet, UnboundedShapeError
from pdelang.geometry.box import Box, Side
from pdelang.geometry.names import EDGE, name_side
from pdelang.geometry.shape import Shape
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Surface
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import OnEdge, Rank
from pdelang.semantics.pieces import scan_surface
from pdelang.semantics.shapes import ShapeReader
from pdelang.semantics.sides import Spot

# A point this near to a shape's edge, relative to the domain's diagonal, lies on it.
_ON = 1e-8


@dataclass(slots=True)
class EdgeFinder:
    """Turns a spot into pieces: ``hole.edge`` is the part of that edge on the domain's boundary."""

    shapes: ShapeReader
    _bounds: dict[int, Box | None] = field(default_factory=dict)

    def pieces(self, spot: Spot, domain: Domain) -> tuple[Piece, ...]:
        """Return the pieces of a spot; empty where nothing of it lies on the boundary."""
        shape = self._foreign(spot, domain)
        if shape is None:
            return tuple(
                Piece(surface)
                for surface in domain.surfaces
                if spot.side is None or _is_side(surface, spot.side)
            )
        found = (self._piece(spot, shape, surface, domain) for surface in domain.surfaces)
        return tuple(piece for piece in found if piece is not None)

    def name(self, spot: Spot, domain: Domain, space: tuple[str, ...]) -> str:
        """Return ``left``, ``edge``, ``hole.edge``."""
        word = EDGE if spot.side is None else name_side(spot.side, space)
        return word if self._foreign(spot, domain) is None else f"{spot.owner}.{word}"

    def explain(self, spot: Spot, domain: Domain) -> str | None:
        """Return what may be meant instead of a spot that selects nothing."""
        if spot.side is not None and spot.side in domain.poles:
            name = domain.coordinates[spot.side.axis]
            return f"`{name}` ends there on the axis, which is no boundary and takes no condition"
        if spot.side is not None:
            return "the domain is round or cut off there; `edge` is all of its boundary"
        return f"combine `{spot.owner}` into `{domain.name}`, or name another part"

    def _foreign(self, spot: Spot, domain: Domain) -> Shape | None:
        """Return the shape that owns a spot, None for the domain itself."""
        if spot.owner is None:
            return None
        shape = self.shapes.named(spot.owner)
        return None if shape is domain.shape else shape

    def _piece(self, spot: Spot, shape: Shape, surface: Surface, domain: Domain) -> Piece | None:
        if spot.side is None and isinstance(surface, Sheet) and surface.side is None:
            own = {id(leaf) for leaf in shape.leaves}
            if all(id(domain.shape.leaves[i]) in own for i in surface.leaves):
                # Crossing this leaf changes the domain, which knows it through this shape alone.
                return Piece(surface)
        side = None
        if spot.side is not None:
            bounds = self._find_bounds(shape)
            if bounds is None:
                return None
            side = (spot.side.axis, bounds.side_value(spot.side))
        size = float(np.linalg.norm(domain.box.lengths))
        name = f"{spot.owner}.{EDGE}" if side is None else f"a side of {spot.owner}"
        predicate = OnEdge(_nowhere(domain), Rank.SCALAR, name, shape, side, _ON * size)
        points = scan_surface(domain, surface)
        on = evaluate(predicate, points, domain.coordinates)
        if spot.side is not None and domain.body is not None and isinstance(surface, Sheet):
            # A corner of the side is not the side.
            normals = domain.body.scan_sheet(surface).normals
            on &= np.abs(normals[:, spot.side.axis]) > 1.0 - 1e-9
        if not on.any():
            return None
        return Piece(surface) if on.all() else Piece(surface, (predicate,))

    def _find_bounds(self, shape: Shape) -> Box | None:
        if id(shape) not in self._bounds:
            try:
                self._bounds[id(shape)] = shape if isinstance(shape, Box) else Body.of(shape).box
            except (UnboundedShapeError, EmptyShapeError):
                self._bounds[id(shape)] = None
        return self._bounds[id(shape)]


def _is_side(surface: Surface, side: Side) -> bool:
    return (surface.side if isinstance(surface, Sheet) else surface) == side


def _nowhere(domain: Domain) -> Span:
    """Return the span that stands for a predicate that no text wrote."""
    return domain.span
