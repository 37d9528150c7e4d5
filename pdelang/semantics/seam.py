"""The seam of a full turn: where the domain goes on across it, and where it ends there."""

from __future__ import annotations

import numpy as np

from pdelang.geometry.affine import transform
from pdelang.geometry.body import Body, Sheet
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
    ends = [
        [s for s in domain.surfaces if isinstance(s, Sheet) and s.side == Side(axis, upper)]
        for upper in (False, True)
    ]
    if body is None or all(len(s) == 1 and body.is_whole_side(s[0]) for s in ends):
        pairs.axes[axis] = statement
        return
    pairs.turn = axis
    period = np.zeros(domain.box.d)
    period[axis] = domain.box.lengths[axis]
    parts = []
    for sheets, sign, word in zip(ends, (1.0, -1.0), ("begins", "ends"), strict=True):
        # A point that is moved by the period lies in the domain where the domain moved back has it.
        back = transform(body.shape, np.eye(domain.box.d), -sign * period)
        beyond = Region(f"{domain.name} a turn away", Body.of(back))
        across = InRegion(domain.span, Rank.SCALAR, beyond)
        pieces = (Piece(sheet, (across,)) for sheet in sheets)
        kept = tuple(piece for piece in pieces if len(scan_piece(piece, domain)))
        parts.append(Part(f"where {domain.coordinates[axis]} {word}", kept, domain.span))
    motion = Motion(np.eye(domain.box.d), period)
    pairs.identified.append(Identification(parts[0], parts[1], motion, statement))
