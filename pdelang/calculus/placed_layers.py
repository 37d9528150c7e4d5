"""The layers of a place of the problem: inside its region, and on its part of a side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy

from pdelang.calculus.layer_search import find_layers
from pdelang.calculus.layers import Layers
from pdelang.calculus.stretch import stretch_in
from pdelang.calculus.system import AtData, Interior, OnPiece, Place, Start
from pdelang.geometry.box import Box, Side, spread_in_unit_cube
from pdelang.semantics.domain import Domain
from pdelang.semantics.pieces import select

_COUNTED = 2048  # points of the box, to know the share of it that a place has


def find_placed_layers(
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    domain: Domain,
    whole: Box,
    place: Place,
) -> Layers | None:
    """Return the layers of expressions at a place, None without any; ``whole`` is the box of all coordinates.

    Those of data are None, whose points are what they are, and those of curved surfaces.
    """
    is_side = isinstance(place, OnPiece) and isinstance(place.piece.side, Side)
    if isinstance(place, AtData) or (
        isinstance(place, OnPiece) and not (is_side and domain.body is None)
    ):
        return None
    stretch = stretch_in(domain, whole, place)
    found = find_layers(expressions, coordinates, stretch.low, stretch.low + stretch.length)
    if found is None:
        return None

    def is_there(points: np.ndarray) -> np.ndarray:
        if isinstance(place, OnPiece):
            return select(place.piece, points[:, : domain.box.d], domain.coordinates)
        region = place.region if isinstance(place, Interior | Start) else None
        body = domain.body if region is None else region.body
        if body is None:
            return np.ones(len(points), bool)
        return body.contains(points[:, : body.d])

    unit = spread_in_unit_cube(_COUNTED, len(stretch.low))
    share = float(np.mean(is_there(stretch.low + stretch.length * unit)))
    return found.among(is_there(found.points), share) if share else None
