"""Windows put together: one array of coefficients for the network, one function for comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import System
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.window import Piece


def evaluate_pieces(
    system: System, pieces: tuple[Piece, ...], points: np.ndarray
) -> dict[str, np.ndarray]:
    """Return every field at physical points ``(n, d)``, ``(n,)`` each."""
    zero = (0,) * len(system.coordinates)
    return {name: evaluate_jet(system, pieces, Jet(name, zero), points) for name in system.fields}


def evaluate_jet(
    system: System, pieces: tuple[Piece, ...], jet: Jet, points: np.ndarray
) -> np.ndarray:
    """Return a derivative of one field at physical points ``(n, d)``, ``(n,)``.

    Its order in time is at most that of the field's equations.
    """
    k = system.fields.index(jet.field)
    values = np.zeros(len(points))
    is_steady = system.problem.time is None
    has_space = bool(system.problem.domain.coordinates)
    owner = np.zeros(len(points), int)
    if not is_steady:
        edges = np.array([piece.moments.start for piece in pieces])
        owner = np.clip(np.searchsorted(edges, points[:, -1], "right") - 1, 0, len(pieces) - 1)
    for number in np.unique(owner):
        piece, mine = pieces[number], owner == number
        moments = piece.moments
        tau = np.ones(mine.sum())
        if not is_steady:
            tau = (points[mine, -1] - moments.start) / moments.length
        x = points[mine, 0] if has_space else np.zeros(mine.sum())
        in_space = piece.space.evaluate(piece.state[k], x, jet.orders[0] if has_space else 0)
        order = 0 if is_steady else jet.orders[-1]
        in_time = moments.bases[k].values(tau, order, moments.length)
        values[mine] = np.einsum("nf,fn->n", in_space, in_time)
    return values


def collect_parameters(
    system: System, pieces: tuple[Piece, ...], space: SplineSpace
) -> tuple[dict[str, Any], int]:
    """Return the parameters of a `SplineNetwork`, of a `WindowNetwork` without space, over the finest space, and its time degree.

    All in the network's coordinates: ``ξ = (x − centre)/half_width``, fields by their scale.
    """
    scaling = system.scaling
    degree = max(basis.degree for piece in pieces for basis in piece.moments.bases)
    coefficients = np.zeros((len(pieces), degree + 1, space.count, len(system.fields)))
    for w, piece in enumerate(pieces):
        for k, (own, basis) in enumerate(zip(piece.state, piece.moments.bases, strict=True)):
            modes = basis.legendre(degree, piece.moments.length)
            fine = piece.space.carry(own, space)
            coefficients[w, :, :, k] = modes @ fine.T / scaling.field_scale[k]
    edges = np.array([-1.0, 1.0])
    if system.problem.time is not None:
        times = [piece.moments.start for piece in pieces]
        times.append(pieces[-1].moments.start + pieces[-1].moments.length)
        edges = (np.array(times) - scaling.centre[-1]) / scaling.half_width[-1]
    if not system.problem.domain.coordinates:
        trained = {"coefficients": coefficients[:, :, 0]}
        return {"trained": trained, "frozen": {"edges": edges}}, degree
    knots = (space.knots - scaling.centre[0]) / scaling.half_width[0]
    frozen = {"knots": knots, "edges": edges}
    return {"trained": {"coefficients": coefficients}, "frozen": frozen}, degree
