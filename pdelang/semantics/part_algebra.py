"""Union, difference and intersection of boundary parts, as pieces that do not overlap."""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.semantics.boundary import Piece
from pdelang.semantics.periodic_pairs import leave

Pieces = Sequence[Piece]


def combine(operator: str, first: Pieces, second: Pieces) -> tuple[Piece, ...]:
    """Return the pieces of ``first + second``, ``first - second`` or ``first & second``."""
    match operator:
        case "+":
            return (*first, *subtract(second, first))
        case "-":
            return subtract(first, second)
        case "&":
            return tuple(
                Piece(a.side, (*a.inside, *b.inside), (*a.outside, *b.outside))
                for a in first
                for b in second
                if a.side == b.side
            )
        case _:
            raise ValueError(f"no operator of parts: {operator}")


def subtract(first: Pieces, second: Pieces) -> tuple[Piece, ...]:
    """Return what of the first pieces lies on none of the second."""
    left = (leave(a, [b for b in second if b.side == a.side]) for a in first)
    return tuple(piece for piece in left if piece is not None)
