"""The layers of a place of the problem: inside its region, and on its part of a side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import sympy

from pdelang.calculus.layer_search import find_layers, find_layers_along, find_layers_beside
from pdelang.calculus.layers import Layers
from pdelang.calculus.stretch import stretch_in
from pdelang.calculus.system import AtData, Interior, OnPiece, Place, Start
from pdelang.geometry.box import Box, Side, spread_in_unit_cube
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain
from pdelang.semantics.pieces import list_stretches, sample_curved, select

_PLACES = 4  # on a surface, for every point of a layer beside it
_COUNTED = 2048  # points of the box, to know the share of it that a place has


def find_placed_layers(
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    domain: Domain,
    whole: Box,
    place: Place,
) -> Layers | None:
    """Return the layers of expressions at a place, None without any; ``whole`` is the box of all coordinates.

    Those of data are None, whose points are what they are. On surfaces in space that are no side of a box, layers
    in time and varied parameters are found, and none that the place decides. Where the normal varies it
    follows the coordinates.
    """
    if isinstance(place, AtData):
        return None
    if isinstance(place, OnPiece) and not (
        isinstance(place.piece.side, Side) and domain.body is None
    ):
        find = _find_on_curve if domain.box.d == 2 else _find_beside_surface
        return find(expressions, coordinates, domain, whole, place.piece)
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


def _find_beside_surface(
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    domain: Domain,
    whole: Box,
    piece: Piece,
) -> Layers | None:
    """Return the layers in what is beside space on a piece of a surface, its points spread over the piece."""
    d = domain.box.d
    centre = 0.5 * (np.array(whole.low[:d]) + np.array(whole.high[:d]))
    low, high = np.array(whole.low[d:]), np.array(whole.high[d:])
    own = find_layers_beside(centre, expressions, coordinates, low, high)
    if own is None:
        return None
    count = _PLACES * len(own.points)
    places, _ = sample_curved(piece, domain, count, 0)
    beside = np.repeat(own.points[:, d:], _PLACES, axis=0)
    points = np.column_stack([places[:, :d], beside, places[:, d:]])
    return replace(
        own,
        points=points,
        shares=np.repeat(own.shares, _PLACES) / _PLACES,
        is_spare=np.repeat(own.is_spare, _PLACES),
        boxes=np.zeros((0, 2, points.shape[1])),
    )


def _find_on_curve(
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    domain: Domain,
    whole: Box,
    piece: Piece,
) -> Layers | None:
    """Return the layers on a piece of the edge of a body in the plane."""
    found: list[Layers] = []
    total = 0.0
    for body, leaf, stretches in list_stretches(piece, domain):
        patch = body.shape.leaves[leaf]
        for start, end in stretches:
            low = np.array([start, *whole.low[2:]])
            high = np.array([end, *whole.high[2:]])
            own = find_layers_along(
                lambda unit, patch=patch: patch.surface(unit).points,
                expressions,
                coordinates,
                low,
                high,
            )
            length = float(end - start) * patch.area
            total += length
            if own is None:
                continue
            rim = body.rim_at(leaf, own.points[:, :1])
            columns = [rim.points, own.points[:, 1:]]
            columns += [rim.normals] if piece.has_normals else []
            points = np.column_stack(columns)
            nowhere = np.zeros((0, 2, points.shape[1]))
            found.append(replace(own, points=points, shares=length * own.shares, boxes=nowhere))
    if not found:
        return None
    return replace(
        min(found, key=lambda own: own.thinnest.high - own.thinnest.low),
        points=np.concatenate([own.points for own in found]),
        shares=np.concatenate([own.shares for own in found]) / total,
        is_spare=np.concatenate([own.is_spare for own in found]),
    )
