"""Windows of a march as plain trees of arrays, for the journal.

Spaces are written once each and shared again when read: whether two windows have the same space
decides what is computed from one to the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.training.journal import State
from pdelang.training.splines.marched import Failure, Marched
from pdelang.training.splines.moments import steady_moments, window_moments
from pdelang.training.splines.point_space import PointSpace
from pdelang.training.splines.resolution import Resolution
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.window import Piece


def write_pieces(pieces: Sequence[Piece]) -> State:
    """Return the windows of a march."""
    spaces: list[SplineSpace] = []
    places: dict[int, int] = {}
    for piece in pieces:
        if id(piece.space) not in places:
            places[id(piece.space)] = len(spaces)
            spaces.append(piece.space)
    return {
        "breakpoints": [space.breakpoints for space in spaces],
        "degree": spaces[0].degree if spaces else 0,
        "is_periodic": bool(spaces) and spaces[0].is_periodic,
        "spaces": [places[id(piece.space)] for piece in pieces],
        "starts": [piece.moments.start for piece in pieces],
        "lengths": [piece.moments.length for piece in pieces],
        "states": [list(piece.state) for piece in pieces],
    }


def read_pieces(
    stored: State, orders: Sequence[int] | None, resolution: Resolution
) -> tuple[Piece, ...]:
    """Return the windows again; ``orders`` are the fields' time orders, None in a steady problem."""
    degree = stored["degree"]
    spaces = [
        # In time alone there is no degree.
        SplineSpace(degree, breakpoints, stored["is_periodic"]) if degree else PointSpace()
        for breakpoints in stored["breakpoints"]
    ]
    columns = (stored[name] for name in ("spaces", "starts", "lengths", "states"))
    return tuple(
        Piece(
            spaces[number],
            steady_moments(len(state))
            if orders is None
            else window_moments(start, length, orders, resolution.stages),
            tuple(state),
        )
        for number, start, length, state in zip(*columns, strict=True)
    )


def write_marched(marched: Marched) -> State:
    """Return a whole march."""
    return {
        "pieces": write_pieces(marched.pieces),
        "reached": marched.reached,
        "rejected": marched.rejected,
        "iterations": marched.iterations,
        "weights": dict(marched.weights),
        "sizes": list(marched.sizes),
        "failure": None if marched.failure is None else marched.failure.name,
        "unresolved": [list(stretch) for stretch in marched.unresolved],
    }


def read_marched(stored: State, orders: Sequence[int] | None, resolution: Resolution) -> Marched:
    """Return a march again."""
    return Marched(
        read_pieces(stored["pieces"], orders, resolution),
        stored["reached"],
        stored["rejected"],
        stored["iterations"],
        dict(stored["weights"]),
        tuple(stored["sizes"]),
        None if stored["failure"] is None else Failure[stored["failure"]],
        tuple((low, high) for low, high in stored["unresolved"]),
    )
