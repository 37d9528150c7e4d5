"""Places as sets of points, and regions as quadrature nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import AggregateIntegrand, AtPoint, Interior, OnPiece, Place, Start
from pdelang.geometry.box import Box
from pdelang.geometry.quadrature import body_quadrature
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import measure_piece, quadrature_of_piece, sample_piece
from pdelang.semantics.problem import Problem

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
    """Return the box around the domain, with the time and the varied parameters after it."""
    box, bounds = problem.domain.box, problem.extra_bounds
    return Box(
        (*box.low, *(b.low_value for b in bounds)), (*box.high, *(b.high_value for b in bounds))
    )


def sample_domain(
    problem: Problem, count: int, seed: int, region: Region | None = None
) -> np.ndarray:
    """Return ``count`` low-discrepancy points of the domain, or a region, at all times, ``(count, d)``."""
    body, whole = problem.domain.body if region is None else region.body, space_time_box(problem)
    if body is None:
        return whole.sample(count, seed)
    points = body.sample_with(count, whole.d, seed)
    points[:, body.d :] = whole.low[body.d :] + whole.lengths[body.d :] * points[:, body.d :]
    return points


def stretch_of(problem: Problem, place: Place) -> Stretch:
    """Return the box of a place, without its predicates."""
    whole = space_time_box(problem)
    low, length = np.array(whole.low), whole.lengths
    match place:
        case Interior(region=region) | Start(region=region):
            if region is not None:
                low[: region.body.d] = region.body.box.low
                length[: region.body.d] = region.body.box.lengths
            if isinstance(place, Start):
                length[problem.domain.box.d] = 0.0
        case OnPiece(piece=Piece(side=side)):
            axis, box = side.axis, problem.domain.box
            if axis is not None:
                low[axis] = (box.high if side.upper else box.low)[axis]
                length[axis] = 0.0
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
    equal weights. Where the normal varies it follows in ``d_space`` more columns.
    """
    domain = problem.domain
    box = domain.box
    if aggregate.kind is AggregateKind.VALUE:
        assert aggregate.point is not None
        return np.array([aggregate.point]), np.ones(1)
    if aggregate.on is not None:
        pairs = [_piece_nodes(piece, domain, order) for piece in aggregate.on.pieces]
        if len({nodes.shape[1] for nodes, _ in pairs}) > 1:
            # The integrand does without the normal here: else every piece is on its own.
            pairs = [(nodes[:, : box.d], weights) for nodes, weights in pairs]
        return np.concatenate([n for n, _ in pairs]), np.concatenate([w for _, w in pairs])
    body = domain.body if aggregate.region is None else aggregate.region.body
    if body is not None:
        return body_quadrature(body, order or _TRAINING_ORDER.get(box.d, 0))
    if box.d in _TRAINING_ORDER:
        return box.quadrature(order or _TRAINING_ORDER[box.d])
    points = box.sample(_HIGH_DIMENSION_NODES, seed=0)
    return points, np.full(len(points), box.measure / len(points))


def add_times(nodes: np.ndarray, times: np.ndarray, space: int) -> np.ndarray:
    """Return nodes ``(q, space + k)`` at every time: ``(times · q, space + m + k)``, time by time.

    ``times (times, m)`` holds all that follows the space coordinates: the time and the varied
    parameters.
    """
    q = len(nodes)
    repeated = np.tile(nodes, (len(times), 1))
    return np.column_stack([repeated[:, :space], np.repeat(times, q, axis=0), repeated[:, space:]])


def _piece_nodes(piece: Piece, domain: Domain, order: int | None) -> tuple[np.ndarray, np.ndarray]:
    face = domain.box.d - 1
    if face in _TRAINING_ORDER:
        points, weights = quadrature_of_piece(piece, domain, order or _TRAINING_ORDER[face])
        if piece.is_box_side or len(points) <= _HIGH_DIMENSION_NODES:
            return points, weights
    points = sample_piece(piece, domain, _HIGH_DIMENSION_NODES, 0)
    return points, np.full(len(points), measure_piece(piece, domain) / len(points))
