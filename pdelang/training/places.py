"""Places as boxes of points, and regions as quadrature nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import AggregateIntegrand, AtPoint, Interior, OnPiece, Place, Start
from pdelang.geometry.box import Box
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import measure_piece, quadrature_of_piece, sample_piece
from pdelang.semantics.problem import Piece, Problem

# Gauss–Legendre nodes per axis by the number of space dimensions; above, random points.
_TRAINING_ORDER = {0: 1, 1: 32, 2: 16, 3: 8}
_HIGH_DIMENSION_NODES = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A place as a box: coordinate ``axis`` is ``low[axis] + length[axis]·s``; length 0 where fixed."""

    low: np.ndarray  # (d,)
    length: np.ndarray  # (d,)

    @property
    def is_point(self) -> bool:
        return not self.length.any()


def space_time_box(problem: Problem) -> Box:
    """Return the domain with the time as its last coordinate."""
    box = problem.domain.box
    if problem.time is None:
        return box
    bounds = problem.time.bounds
    return Box((*box.low, bounds.low_value), (*box.high, bounds.high_value))


def stretch_of(problem: Problem, place: Place) -> Stretch:
    """Return the box of a place, without its predicates."""
    whole = space_time_box(problem)
    low, length = np.array(whole.low), whole.lengths
    match place:
        case Interior():
            pass
        case Start():
            length[-1] = 0.0
        case OnPiece(piece=Piece(side=side)):
            low[side.axis] = problem.domain.box.side_value(side)
            length[side.axis] = 0.0
        case AtPoint(point=point):
            low[: len(point)] = point
            length[: len(point)] = 0.0
        case _:
            raise TypeError(f"no place: {place}")
    return Stretch(low, length)


def quadrature_nodes(
    problem: Problem, aggregate: AggregateIntegrand, order: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return space nodes ``(q, d_space)`` and weights ``(q,)`` of an aggregate's region.

    Tensor Gauss–Legendre of ``order`` per axis up to three dimensions, low-discrepancy
    points of equal weight above. Pieces cut out of a side by predicates have as many
    equal weights.
    """
    box, space = problem.domain.box, problem.domain.coordinates
    if aggregate.kind is AggregateKind.VALUE:
        assert aggregate.point is not None
        return np.array([aggregate.point]), np.ones(1)
    if aggregate.on is None:
        if box.d in _TRAINING_ORDER:
            return box.quadrature(order or _TRAINING_ORDER[box.d])
        points = box.sample(_HIGH_DIMENSION_NODES, seed=0)
        return points, np.full(len(points), box.measure / len(points))
    pairs = [_piece_nodes(piece, box, order, space) for piece in aggregate.on.pieces]
    return np.concatenate([n for n, _ in pairs]), np.concatenate([w for _, w in pairs])


def _piece_nodes(
    piece: Piece, box: Box, order: int | None, space: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    face = box.d - 1
    if face in _TRAINING_ORDER:
        points, weights = quadrature_of_piece(piece, box, order or _TRAINING_ORDER[face], space)
        if piece.is_whole_side or len(points) <= _HIGH_DIMENSION_NODES:
            return points, weights
    points = sample_piece(piece, box, _HIGH_DIMENSION_NODES, 0, space)
    return points, np.full(len(points), measure_piece(piece, box, space) / len(points))
