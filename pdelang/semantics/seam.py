"""The seam of a full turn: where the domain goes on across it, and where it ends there."""

from __future__ import annotations

import numpy as np

from pdelang.geometry.body import Sheet
from pdelang.geometry.box import Side
from pdelang.geometry.motion import Motion
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.expression import InRegion, Rank
from pdelang.semantics.identification import Identification
from pdelang.semantics.periodic_pairs import PeriodicPairs
from pdelang.semantics.pieces import scan_piece
from pdelang.syntax import tree


def close_turn(pairs: PeriodicPairs, domain: Domain, statement: tree.Domain) -> None:
    """File a full turn as periodic.

    Where a hole cuts the seam, only those points of its two ends are one that have the domain on
    both sides; the others are boundary like any. The solution repeats along the axis in any case.
    """
    axis, body = domain.full_turn, domain.body
    assert axis is not None
    sides = (Side(axis, False), Side(axis, True))
    ends = [
        [s for s in domain.surfaces if (s.side if isinstance(s, Sheet) else s) == side]
        for side in sides
    ]
    period = np.zeros(domain.box.d)
    period[axis] = domain.box.lengths[axis]
    motion = Motion(np.eye(domain.box.d), period)
    is_whole = body is None or all(
        len(s) == 1 and isinstance(s[0], Sheet) and body.is_whole_side(s[0]) for s in ends
    )
    parts = []
    for surfaces, way, word in zip(
        ends, (motion, motion.inverse()), ("begins", "ends"), strict=True
    ):
        pieces = [Piece(surface) for surface in surfaces]
        if body is not None and not is_whole:
            beyond = InRegion(domain.span, Rank.SCALAR, Region(domain.name, body), way)
            pieces = [Piece(surface, (beyond,)) for surface in surfaces]
            pieces = [piece for piece in pieces if len(scan_piece(piece, domain))]
        parts.append(Part(f"where {domain.coordinates[axis]} {word}", tuple(pieces), domain.span))
    joined = Identification(parts[0], parts[1], motion, statement)
    if is_whole:
        pairs.axes[axis] = statement
        pairs.opposite.append(joined)
    else:
        pairs.turn = axis
        pairs.identified.append(joined)
