"""Parts of the boundary: what a name after ``on`` stands for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pdelang.diagnostics.message import Related
from pdelang.geometry.body import Sheet
from pdelang.geometry.box import Side
from pdelang.geometry.names import EDGE, find_side, name_side
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.domain import Domain, Region, Surface
from pdelang.semantics.edges import EdgeFinder
from pdelang.semantics.evaluate import NotEvaluableError
from pdelang.semantics.expression import Expression, Logic, Rank
from pdelang.semantics.interface_words import is_interface
from pdelang.semantics.interfaces import InterfaceFinder
from pdelang.semantics.pieces import scan_piece
from pdelang.semantics.places import WHERE
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Declaration, Kind, Scope
from pdelang.semantics.sides import SideFinder, Spot
from pdelang.syntax import tree

REST = "rest"


@dataclass(slots=True)
class PartTable:
    """Finds the part that an expression names; every declared part is resolved once.

    ``domain`` is None where it is faulty: names are still checked, but no part is given.
    ``doubtful`` are the sides of which a faulty `periodic` statement may speak.
    """

    scope: Scope
    domain: Domain | None
    resolver: Resolver
    spec: tree.Tree
    edges: EdgeFinder
    interfaces: InterfaceFinder
    periodic: dict[int, tree.Periodic | tree.Domain] = field(default_factory=dict)
    doubtful: set[Surface] = field(default_factory=set)
    anonymous: dict[str, Part] = field(default_factory=dict)
    _named: dict[str, Part | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _between: dict[str, tuple[Region, Region]] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[Part, ...]:
        return tuple(part for part in self._named.values() if part is not None)

    def resolve_all(self) -> None:
        """Resolve every `periodic` and `boundary` statement, whether used or not."""
        if self.domain is not None and self.domain.full_turn is not None:
            # A full turn is identified by itself.
            declared = (s for s in self.spec.statements if isinstance(s, tree.Domain))
            self.periodic[self.domain.full_turn] = next(declared)
        for statement in self.spec.statements:
            if isinstance(statement, tree.Periodic):
                self._resolve_periodic(statement)
        rests = []
        for statement in self.spec.statements:
            if isinstance(statement, tree.Boundary):
                if isinstance(statement.part, tree.Name) and statement.part.name == REST:
                    rests.append(statement)
                declaration = self.scope.find(statement.name.name, {Kind.BOUNDARY})
                if declaration is not None and declaration.statement is statement:
                    self._named_part(declaration)
        for second in rests[1:]:
            self.resolver.faults.add(
                "E102",
                "`rest` stands in two `boundary` statements",
                second.part.span,
                "the second `rest`",
                related=[Related(rests[0].part.span, "the first")],
                help="name the other part by its sides, or add a `where`",
            )

    def locate(self, node: tree.Expression) -> Part | None:
        """Return the part, or None after reporting that there is none of that name (E101)."""
        if isinstance(node, tree.Name):
            if node.name in self.scope.faulty:
                return None
            declaration = self.scope.find(node.name, {Kind.BOUNDARY})
            if declaration is not None and node.name not in self._open:
                return self._named_part(declaration)
        spot = SideFinder(self.scope, self.resolver.faults).find(node)
        if spot is None or self.domain is None:
            return None
        pieces = self.edges.pieces(spot, self.domain)
        name = self.edges.name(spot, self.domain, self.scope.space)
        if spot == Spot(None, None):
            # Periodic sides are no boundary: the edge is what is left.
            pieces = tuple(p for p in pieces if p.side.axis not in self.periodic)
            if not pieces:
                self.resolver.faults.add(
                    "E202",
                    "the edge selects no points, because every side is periodic",
                    node.span,
                    "nothing is left of it",
                    help="remove the condition",
                )
                return None
        domain = self.scope.names_of({Kind.DOMAIN})
        if domain and self.scope.find(name, {Kind.BOUNDARY}) is not None:
            # A boundary of the user's own has the bare name.
            name = f"{domain[0]}.{name}"
        if not pieces:
            self.resolver.faults.add(
                "E202",
                f"`{name}` selects no points of the boundary",
                node.span,
                "nothing of it lies on the edge of the domain",
                help=self.edges.explain(spot, self.domain),
            )
            return None
        # Two statements that name the same side speak of one part.
        if name not in self.anonymous:
            self.anonymous[name] = Part(name, pieces, node.span)
        return self.anonymous[name]

    # ------------------------------------------------------------ definitions

    def _named_part(self, declaration: Declaration) -> Part | None:
        name = declaration.name
        if name in self._named:
            return self._named[name]
        statement = declaration.statement
        assert isinstance(statement, tree.Boundary)
        self._open.append(name)
        pieces = self._define(statement)
        self._open.pop()
        part = None
        if pieces is not None and name not in self.scope.faulty:
            between = self._between.get(name)
            part = Part(name, pieces, statement.span, between)
            part = self._without_empty_pieces(part, statement)
        if part is None:
            self.scope.faulty.add(name)
        self._named[name] = part
        return part

    def _define(self, statement: tree.Boundary) -> tuple[Piece, ...] | None:
        predicate = None
        if statement.where is not None:
            predicate = self.resolver.resolve(statement.where, WHERE)
            if predicate is not None and not self.resolver.ranks.require_predicate(
                predicate, "where"
            ):
                predicate = None
            units = self.resolver.units
            if predicate is not None and units is not None and units.finder.find(predicate) is None:
                predicate = None
        part = statement.part
        if isinstance(part, tree.Name) and part.name == REST:
            pieces = self._rest(statement)
        elif is_interface(part):
            found = self.interfaces.find(part, statement.name.name)
            pieces = None if found is None else found[0]
            if found is not None:
                self._between[statement.name.name] = found[1]
        elif isinstance(part, tree.Binary | tree.Unary):
            self.resolver.faults.add(
                "E190",
                "combining boundary parts is not supported yet",
                part.span,
                "not supported yet",
                help="list the parts after `on`, separated by commas",
            )
            pieces = None
        elif (
            isinstance(part, tree.Name)
            and part.name in self._open
            and (find_side(part.name, len(self.scope.space)) is None and part.name != EDGE)
        ):
            self._report_cycle(part)
            pieces = None
        else:
            located = self.locate(part)
            pieces = located.pieces if located is not None else None
            if located is not None and located.interface is not None:
                self._between[statement.name.name] = located.interface
        if pieces is None or (statement.where is not None and predicate is None):
            return None
        if predicate is None:
            return pieces
        return tuple(Piece(p.side, (*p.inside, predicate), p.outside) for p in pieces)

    def _rest(self, statement: tree.Boundary) -> tuple[Piece, ...] | None:
        """Every side minus what other `boundary` and `periodic` statements name."""
        others: list[Part] = []
        sound = self.domain is not None
        for other in self.spec.statements:
            if not isinstance(other, tree.Boundary) or other is statement:
                continue
            if isinstance(other.part, tree.Name) and other.part.name == REST:
                continue
            declaration = self.scope.find(other.name.name, {Kind.BOUNDARY})
            if declaration is None or declaration.name in self._open:
                continue
            if _names_part(other.part, statement.name.name):
                # A part cut out of the rest takes nothing away from it.
                continue
            part = self._named_part(declaration)
            if part is None:
                sound = False
            else:
                others.append(part)
        if not sound or self.domain is None:
            return None
        left: list[Piece] = []
        for side in self.domain.surfaces:
            taken = [piece for part in others for piece in part.pieces if piece.side == side]
            if side.axis in self.periodic or any(piece.is_whole_side for piece in taken):
                continue
            left.append(Piece(side, (), tuple(_membership(piece) for piece in taken)))
        return tuple(left)

    def _without_empty_pieces(self, part: Part, statement: tree.Boundary) -> Part | None:
        """Return the part; report (E202) one that selects nothing, or that cannot be decided."""
        if self.domain is None:
            return part
        try:
            found = tuple(
                piece
                for piece in part.pieces
                if piece.is_whole_side or len(scan_piece(piece, self.domain))
            )
        except NotEvaluableError:
            assert statement.where is not None
            self.resolver.faults.add(
                "E107",
                "`where` compares formulas of the coordinates, without derivatives",
                statement.where.span,
                "cannot be decided point by point",
            )
            return None
        if found:
            return replace(part, pieces=found)
        where = statement.where or statement.part
        reason = (
            "no point of it satisfies the condition"
            if statement.where is not None
            else "the other parts and `periodic` leave nothing"
        )
        self.resolver.faults.add(
            "E202",
            f"the boundary part `{part.name}` selects no points",
            where.span,
            reason,
            help="remove it, or widen the condition"
            if statement.where is not None
            else "remove it",
        )
        return None

    def _report_cycle(self, node: tree.Name) -> None:
        names = self._open[self._open.index(node.name) :]
        ordered = sorted(names, key=lambda name: self.scope.names[name].span.start)
        self.scope.faulty.update(names)
        self.resolver.faults.add(
            "E104",
            "circular definition: " + " → ".join(f"`{n}`" for n in (*ordered, ordered[0]))
            if len(names) > 1
            else f"`{node.name}` is defined by itself",
            self.scope.names[ordered[0]].span,
            "needs itself",
            related=[
                Related(self.scope.names[n].span, "is needed on the way") for n in ordered[1:]
            ],
        )

    # -------------------------------------------------------------- periodic

    def _resolve_periodic(self, statement: tree.Periodic) -> None:
        first, second = self.locate(statement.first), self.locate(statement.second)
        if first is None or second is None:
            self.doubtful.update(self.domain.surfaces if self.domain is not None else ())
            return
        match first.pieces, second.pieces:
            case (Piece() as a,), (Piece() as b,) if a.side == b.side and a.side.axis is not None:
                self.doubtful.add(a.side)
                self.resolver.faults.add(
                    "E105",
                    "`periodic` identifies two parts, and these are one",
                    statement.span,
                    "the same side twice",
                    help=f"write `periodic {name_side(Side(a.side.axis, False), self.scope.space)}, "
                    f"{name_side(Side(a.side.axis, True), self.scope.space)}`",
                )
            case (Piece() as a,), (Piece() as b,) if self._are_opposite(a, b):
                assert a.side.axis is not None
                if a.side.axis in self.periodic:
                    self.resolver.faults.add(
                        "E102",
                        "these two sides are declared periodic twice",
                        statement.span,
                        "the second time",
                        related=[Related(self.periodic[a.side.axis].span, "the first")],
                        help="remove one of them",
                    )
                else:
                    self.periodic[a.side.axis] = statement
            case _:
                self.doubtful.update(piece.side for piece in (*first.pieces, *second.pieces))
                self.resolver.faults.add(
                    "E190",
                    "`periodic` is supported only between opposite sides of the box",
                    statement.span,
                    "not two opposite sides",
                    help="write for example `periodic left, right`",
                )

    def _are_opposite(self, a: Piece, b: Piece) -> bool:
        """Say whether two pieces are whole sides that face each other."""
        if not (a.is_whole_side and b.is_whole_side) or a.side.axis is None:
            return False
        body = None if self.domain is None else self.domain.body
        if body is not None and not all(
            isinstance(p.side, Sheet) and body.is_whole_side(p.side) for p in (a, b)
        ):
            return False
        return a.side.axis == b.side.axis and a.side.upper != b.side.upper


def _membership(piece: Piece) -> Expression:
    """Return a predicate that is true exactly on the piece."""
    terms: list[Expression] = list(piece.inside)
    terms += [Logic(p.span, Rank.SCALAR, "not", (p,)) for p in piece.outside]
    if len(terms) == 1:
        return terms[0]
    return Logic(terms[0].span, Rank.SCALAR, "and", tuple(terms))


def _names_part(node: tree.Expression, name: str) -> bool:
    return isinstance(node, tree.Name) and node.name == name
