"""Parts of the boundary, of which conditions speak."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.span import Span
from pdelang.geometry.box import Side
from pdelang.semantics.domain import Region, Surface
from pdelang.semantics.expression import Expression


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The points of one surface where every ``inside`` predicate is true and every ``outside`` one false."""

    side: Surface
    inside: tuple[Expression, ...] = ()
    outside: tuple[Expression, ...] = ()

    @property
    def is_whole_side(self) -> bool:
        """Whether the piece is all of its surface."""
        return not self.inside and not self.outside

    @property
    def is_box_side(self) -> bool:
        """Whether the piece is a whole side of a domain that is a box."""
        return isinstance(self.side, Side) and self.is_whole_side

    @property
    def has_normals(self) -> bool:
        """Whether the normal changes from point to point, so that points carry it along."""
        return self.side.axis is None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A named part of the boundary: a union of pieces of sides or sheets.

    One between two regions, an ``interface``, consists of seams; its normal points from the first
    region to the second. With ``moves``, new values of coordinates, it lies on the edge of the domain, where
    the first region ends, and the second one begins at the point that `periodic` makes one with it.
    """

    name: str
    pieces: tuple[Piece, ...]
    span: Span
    interface: tuple[Region, Region] | None = None
    moves: tuple[tuple[str, Expression], ...] = ()
