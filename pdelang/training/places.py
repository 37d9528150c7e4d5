"""Places as sets of points, and regions as quadrature nodes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pdelang.calculus.layers import Layers
from pdelang.calculus.placed_layers import find_placed_layers
from pdelang.calculus.stretch import Stretch, stretch_in
from pdelang.calculus.system import AggregateIntegrand, Place, System, place_key
from pdelang.geometry.box import Box
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadrature import body_quadrature, box_quadrature
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import measure_piece, quadrature_of_piece, sample_piece
from pdelang.semantics.problem import Problem

# Gauss–Legendre nodes per axis by the number of space dimensions; above, random points.
_TRAINING_ORDER = {0: 1, 1: 32, 2: 16, 3: 8}
_HIGH_DIMENSION_NODES = 4096
_MOST_NODES = 16_384  # of a rule for a piece; a scan has more


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
    return stretch_in(problem.domain, space_time_box(problem), place)


@lru_cache(maxsize=256)
def layers_of(system: System, place: Place) -> Layers | None:
    """Return the layers of what is given in the blocks of a place, or in the ansatz; see `layers`."""
    problem = system.problem
    given = [own.lift for own in system.ansatz]
    given += [
        block.residual.expression
        for term in system.terms
        for block in term.blocks
        if place_key(block.place) == place_key(place)
    ]
    box = space_time_box(problem)
    return find_placed_layers(given, system.coordinates, problem.domain, box, place)


def find_layers_of(system: System) -> list[Layers]:
    """Return the layers of all places of a system: what is thinner than the spacing of points."""
    places = {place_key(b.place): b.place for term in system.terms for b in term.blocks}
    found = (layers_of(system, place) for place in places.values())
    return [own for own in found if own is not None]


def quadrature_nodes(
    problem: Problem,
    aggregate: AggregateIntegrand,
    order: int | None = None,
    creases: tuple[Crease, ...] | None = None,
    more: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return space nodes ``(q, d_space)`` and weights ``(q,)`` of an aggregate's region.

    Tensor Gauss–Legendre of ``order`` per axis up to three dimensions, low-discrepancy
    points of equal weight above. Pieces cut out of a side by predicates have as many
    equal weights. Where the normal varies it follows in ``d_space`` more columns. Rules end where the integrand
    is not smooth, at ``creases`` or those that the aggregate knows of. ``more`` adds to the order that training has.
    """
    creases = aggregate.creases if creases is None else creases
    domain = problem.domain
    box = domain.box
    order = order or _TRAINING_ORDER.get(box.d - (aggregate.on is not None), 0) + more
    if aggregate.kind is AggregateKind.VALUE:
        assert aggregate.point is not None
        return np.array([aggregate.point]), np.ones(1)
    if aggregate.on is not None:
        pairs = [_piece_nodes(piece, domain, order, creases) for piece in aggregate.on.pieces]
        if len({nodes.shape[1] for nodes, _ in pairs}) > 1:
            # The integrand does without the normal here: else every piece is on its own.
            pairs = [(nodes[:, : box.d], weights) for nodes, weights in pairs]
        return np.concatenate([n for n, _ in pairs]), np.concatenate([w for _, w in pairs])
    body = domain.body if aggregate.region is None else aggregate.region.body
    if body is not None:
        return body_quadrature(body, order, creases)
    if box.d in _TRAINING_ORDER:
        return box_quadrature(box, order, creases)
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


def _piece_nodes(
    piece: Piece, domain: Domain, order: int, creases: tuple[Crease, ...]
) -> tuple[np.ndarray, np.ndarray]:
    face = domain.box.d - 1
    if face in _TRAINING_ORDER:
        points, weights = quadrature_of_piece(piece, domain, order, creases)
        if piece.is_box_side or len(points) <= _MOST_NODES:
            return points, weights
    points = sample_piece(piece, domain, _HIGH_DIMENSION_NODES, 0)
    return points, np.full(len(points), measure_piece(piece, domain) / len(points))
