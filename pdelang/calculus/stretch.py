"""Places as boxes: which coordinates are fixed there, and over what the others run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import AtPoint, Interior, OnPiece, Place, Start
from pdelang.geometry.box import Box
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A place as a box: coordinate ``axis`` is ``low[axis] + length[axis]·s``; length 0 where fixed."""

    low: np.ndarray  # (d,)
    length: np.ndarray  # (d,)

    @property
    def is_point(self) -> bool:
        return not self.length.any()

    @property
    def measure(self) -> float:
        """Return the product of the lengths that are not 0."""
        return float(np.prod(self.length[self.length > 0.0]))


def stretch_in(domain: Domain, whole: Box, place: Place) -> Stretch:
    """Return the box of a place, without its predicates; ``whole`` is that of all coordinates."""
    low, length = np.array(whole.low), whole.lengths
    match place:
        case Interior(region=region) | Start(region=region):
            if region is not None:
                low[: region.body.d] = region.body.box.low
                length[: region.body.d] = region.body.box.lengths
            if isinstance(place, Start):
                length[domain.box.d] = 0.0
        case OnPiece(piece=Piece(side=side)):
            axis, box = side.axis, domain.box
            if axis is not None:
                low[axis] = (box.high if side.upper else box.low)[axis]
                length[axis] = 0.0
        case AtPoint(point=point):
            low[: len(point)] = point
            length[: len(point)] = 0.0
        case _:
            raise TypeError(f"no place: {place}")
    return Stretch(low, length)
