"""Parts of the boundary that `periodic` makes one, and a full turn, which closes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.box import Side
from pdelang.geometry.motion import Motion
from pdelang.geometry.names import name_side
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.congruence import (
    find_motion,
    find_stray,
    is_sought_in_full,
    lies_on,
    outline,
)
from pdelang.semantics.domain import Domain, Surface
from pdelang.semantics.expression import Expression, Logic, Rank
from pdelang.semantics.faults import Faults
from pdelang.semantics.identification import Identification
from pdelang.semantics.pieces import measure_piece
from pdelang.syntax import tree

# Parts that share more of their points than this are declared twice; ends may be shared.
_SHARED = 0.005


@dataclass(slots=True)
class PeriodicPairs:
    """What is periodic: ``axes`` along which the solution repeats everywhere, and pairs ``identified``.

    ``opposite`` are the ends of the axes: what lies on either side of them may be functions of two regions.
    ``turn`` is the axis of a full turn that holes cut at its seam; ``doubtful`` are the sides of which
    a faulty statement may speak.
    """

    axes: dict[int, tree.Periodic | tree.Domain] = field(default_factory=dict)
    opposite: list[Identification] = field(default_factory=list)
    identified: list[Identification] = field(default_factory=list)
    doubtful: set[Surface] = field(default_factory=set)
    turn: int | None = None

    @property
    def repeating(self) -> tuple[int, ...]:
        """The axes along which the solution repeats, in order."""
        return tuple(sorted({*self.axes, *(() if self.turn is None else (self.turn,))}))

    def find(self, surface: Surface, names: frozenset[str]) -> tree.Periodic | tree.Domain | None:
        """Return the statement that makes a stretch of a surface periodic: it lies in the parts ``names``."""
        if surface.axis in self.axes:
            return self.axes[surface.axis]
        for one in self.identified:
            if any(part.name in names for part in one.parts):
                return one.statement
        return None

    def taken(self, surface: Surface) -> list[Piece]:
        """Return the pieces of a surface that are identified with others."""
        parts = [part for one in self.identified for part in one.parts]
        return [piece for part in parts for piece in part.pieces if piece.side == surface]

    def without(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """Return what of pieces is not periodic, and so still boundary."""
        kept = (leave(p, self.taken(p.side)) for p in pieces if p.side.axis not in self.axes)
        return tuple(piece for piece in kept if piece is not None)

    # --------------------------------------------------------------- statements

    def read(
        self,
        statement: tree.Periodic,
        first: Part | None,
        second: Part | None,
        domain: Domain | None,
        faults: Faults,
    ) -> None:
        """File a statement; report E102 for parts that are periodic already, E105 for unlike ones, E107 for interfaces."""
        if first is None or second is None or domain is None:
            self.doubtful.update(domain.surfaces if domain is not None else ())
            return
        inner = [part for part in (first, second) if part.interface is not None]
        if inner:
            faults.add(
                "E107",
                "an interface lies inside the domain, and `periodic` makes two parts of its edge one",
                statement.span,
                "names an interface",
                related=[Related(part.span, "the interface") for part in inner],
                help="name parts of the edge; across an interface conditions say what holds, as `jump(u) = 0`",
            )
            return
        before = self._find_earlier(domain, first, second)
        if before is not None:
            self.doubtful.update(piece.side for piece in (*first.pieces, *second.pieces))
            faults.add(
                "E102",
                "these two sides are declared periodic twice"
                if _is_side(first) and _is_side(second)
                else "a part is declared periodic twice",
                statement.span,
                "the second time",
                related=[Related(before.span, "the first")],
                help="remove one of them",
            )
        elif _is_same(domain, first, second):
            self._report_same(statement, first, domain, faults)
        elif (motion := find_motion(domain, first, second)) is None:
            self._report_unlike(statement, first, second, domain, faults)
        elif (axis := _find_axis(domain, first, second, motion)) is not None:
            self.axes[axis] = statement
            self.opposite.append(Identification(first, second, motion, statement))
        else:
            self.identified.append(Identification(first, second, motion, statement))

    def _find_earlier(
        self, domain: Domain, first: Part, second: Part
    ) -> tree.Periodic | tree.Domain | None:
        for piece in (*first.pieces, *second.pieces):
            if piece.side.axis in self.axes:
                return self.axes[piece.side.axis]
        for one in self.identified:
            if any(_do_share(domain, a, b) for a in one.parts for b in (first, second)):
                return one.statement
        return None

    def _report_same(
        self, statement: tree.Periodic, part: Part, domain: Domain, faults: Faults
    ) -> None:
        self.doubtful.update(piece.side for piece in part.pieces)
        axis = part.pieces[0].side.axis
        is_side = _is_side(part) and axis is not None
        names = [
            name_side(Side(axis, upper), domain.coordinates) if is_side and axis is not None else ""
            for upper in (False, True)
        ]
        faults.add(
            "E105",
            "`periodic` identifies two parts, and these are one"
            if is_side
            else "`periodic` identifies two parts, and these share points",
            statement.span,
            "the same side twice" if is_side else "they overlap",
            help=f"write `periodic {names[0]}, {names[1]}`" if is_side else "name two parts apart",
        )

    def _report_unlike(
        self,
        statement: tree.Periodic,
        first: Part,
        second: Part,
        domain: Domain,
        faults: Faults,
    ) -> None:
        self.doubtful.update(piece.side for piece in (*first.pieces, *second.pieces))
        sizes = [sum(measure_piece(p, domain) for p in part.pieces) for part in (first, second)]
        unlike = abs(sizes[0] - sizes[1]) > 1e-3 * max(sizes)
        if not unlike and not is_sought_in_full(domain, first, second):
            faults.add(
                "E190",
                "`periodic` between bent parts that are not shifted copies of each other is not supported yet",
                statement.span,
                "no shift carries one onto the other",
                related=[Related(part.span, "one of the parts") for part in (first, second)],
                help="cut the domain along planes, so that the two parts are flat",
            )
            return
        stray = find_stray(domain, first, second)
        is_bent = domain.metric is not None and not domain.metric.is_cartesian
        faults.add(
            "E105",
            f"no motion carries `{first.name}` onto `{second.name}`, so that what leaves through one "
            "enters through the other",
            statement.span,
            "these two cannot be one",
            related=[
                Related(part.span, f"measures {size:.4g}" if unlike else "one of the parts")
                for part, size in zip((first, second), sizes, strict=True)
                if part.span != statement.span
            ],
            notes=[
                f"most of them fits, and not what lies near {_show(stray, domain)}"
                if stray is not None
                else "in these coordinates only shifts of the angle about the axis, or along it, count"
                if is_bent
                else "the two parts are shifted, or turned, copies of each other, with the domain on "
                "opposite sides of them"
            ],
            help="cut the parts at the corners: a `where` that leaves slack round them takes in a bit of the "
            "next side; 1e-9 is enough"
            if stray is not None
            else "name two opposite parts of the same form, as in `periodic left, right`",
        )


def _show(point: np.ndarray, domain: Domain) -> str:
    return ", ".join(f"{n} = {v:.6g}" for n, v in zip(domain.coordinates, point, strict=True))


def leave(piece: Piece, taken: Sequence[Piece]) -> Piece | None:
    """Return a piece without other pieces of its surface, None where they leave nothing."""
    if any(other.is_whole_side for other in taken):
        return None
    return Piece(piece.side, piece.inside, (*piece.outside, *(_membership(p) for p in taken)))


def _membership(piece: Piece) -> Expression:
    """Return a predicate that is true exactly on the piece."""
    terms: list[Expression] = list(piece.inside)
    terms += [Logic(p.span, Rank.SCALAR, "not", (p,)) for p in piece.outside]
    if len(terms) == 1:
        return terms[0]
    return Logic(terms[0].span, Rank.SCALAR, "and", tuple(terms))


def _is_side(part: Part) -> bool:
    """Say whether a part is all that there is of one side of the bounding box."""
    return len(part.pieces) == 1 and part.pieces[0].is_whole_side and _axis(part) is not None


def _axis(part: Part) -> int | None:
    return part.pieces[0].side.axis


def _find_axis(domain: Domain, first: Part, second: Part, motion: Motion) -> int | None:
    """Return the axis along which two parts are the opposite ends of the whole domain.

    Then the solution repeats along the axis wherever it is asked for, and networks are built so.
    """
    axis = _axis(first)
    if not (_is_side(first) and _is_side(second)) or axis is None or axis != _axis(second):
        return None
    along = np.zeros(domain.box.d)
    along[axis] = domain.box.lengths[axis]
    reach = np.abs(np.abs(motion.shift) - along).max() <= 1e-9 * float(domain.box.lengths.max())
    return axis if motion.is_shift and reach else None


def _do_share(domain: Domain, first: Part, second: Part) -> bool:
    """Say whether two parts have more than ends in common."""
    surfaces = {piece.side for piece in first.pieces} & {piece.side for piece in second.pieces}
    if not surfaces:
        return False
    points = outline(domain, first).points
    return bool(len(points)) and float(np.mean(lies_on(domain, second, points))) > _SHARED


def _is_same(domain: Domain, first: Part, second: Part) -> bool:
    return first is second or _do_share(domain, first, second)
