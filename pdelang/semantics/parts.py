"""Parts of the boundary: what a name after ``on`` stands for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pdelang.diagnostics.message import Related
from pdelang.geometry.names import EDGE, find_side
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.constants import clip
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.edges import EdgeFinder
from pdelang.semantics.evaluate import NotEvaluableError
from pdelang.semantics.interface_words import is_interface
from pdelang.semantics.interfaces import InterfaceFinder
from pdelang.semantics.part_algebra import combine
from pdelang.semantics.periodic_pairs import PeriodicPairs, leave
from pdelang.semantics.pieces import scan_piece
from pdelang.semantics.places import WHERE
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Declaration, Kind, Scope
from pdelang.semantics.seam import close_turn
from pdelang.semantics.sides import SideFinder
from pdelang.syntax import tree

REST = "rest"
OPERATORS = ("+", "-", "&")


@dataclass(slots=True)
class PartTable:
    """Finds the part that an expression names; every declared part is resolved once.

    ``domain`` is None where it is faulty: names are still checked, but no part is given.
    ``pairs`` are the parts that `periodic` makes one; those are no boundary.
    """

    scope: Scope
    domain: Domain | None
    resolver: Resolver
    spec: tree.Tree
    edges: EdgeFinder
    interfaces: InterfaceFinder
    pairs: PeriodicPairs = field(default_factory=PeriodicPairs)
    anonymous: dict[str, Part] = field(default_factory=dict)
    _named: dict[str, Part | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _between: dict[str, tuple[Region, Region]] = field(default_factory=dict)
    _is_settled: bool = False  # whether all `periodic` statements are read

    @property
    def declared(self) -> tuple[Part, ...]:
        return tuple(part for part in self._named.values() if part is not None)

    def resolve_all(self) -> None:
        """Resolve every `periodic` and `boundary` statement, whether used or not."""
        if self.domain is not None and self.domain.full_turn is not None:
            # A full turn is identified by itself.
            declared = (s for s in self.spec.statements if isinstance(s, tree.Domain))
            close_turn(self.pairs, self.domain, next(declared))
        for statement in self.spec.statements:
            if isinstance(statement, tree.Periodic):
                first, second = self.locate(statement.first), self.locate(statement.second)
                self.pairs.read(statement, first, second, self.domain, self.resolver.faults)
        self._is_settled = True
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
        if isinstance(node, tree.Binary | tree.Unary):
            return self._locate_combined(node)
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
        is_edge = name == EDGE and spot.side is None
        if is_edge:
            # What is periodic is no boundary: the edge is what is left.
            pieces = self._some(self.pairs.without(pieces), self.domain)
            if not pieces:
                self.resolver.faults.add(
                    "E202",
                    "the edge selects no points, because every side is periodic",
                    node.span,
                    "nothing is left of it",
                    help="remove the condition",
                )
                return None
        elif self.pairs.turn is not None and any(p.side.axis == self.pairs.turn for p in pieces):
            # Of the ends of a full turn, what is no seam; a condition on the seam alone is told so.
            pieces = self._some(self.pairs.without(pieces), self.domain) or pieces
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
        if is_edge and not self._is_settled:
            return Part(name, pieces, node.span)  # what is periodic may still leave it
        # Two statements that name the same side speak of one part.
        if name not in self.anonymous:
            self.anonymous[name] = Part(name, pieces, node.span)
        return self.anonymous[name]

    def _locate_combined(self, node: tree.Expression) -> Part | None:
        """Return the part that ``left + hole.edge`` is where it stands without a name."""
        pieces = self._combine(node)
        if pieces is None or self.domain is None:
            return None
        kept = self._some(pieces, self.domain)
        name = clip(node.span.text)
        if not kept:
            self.resolver.faults.add(
                "E202",
                f"`{name}` selects no points of the boundary",
                node.span,
                "nothing is left of it",
            )
            return None
        return self.anonymous.setdefault(name, Part(name, kept, node.span))

    def _some(self, pieces: tuple[Piece, ...], domain: Domain) -> tuple[Piece, ...]:
        """Return the pieces that select some points."""
        return tuple(p for p in pieces if p.is_whole_side or len(scan_piece(p, domain)))

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
            pieces = self._combine(part)
        elif isinstance(part, tree.Name) and self._is_circular(part):
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

    def _is_circular(self, node: tree.Name) -> bool:
        """Say whether a name is that of a part being defined, and not of a side too."""
        is_side = find_side(node.name, len(self.scope.space)) is not None or node.name == EDGE
        return node.name in self._open and not is_side

    def _combine(self, node: tree.Expression) -> tuple[Piece, ...] | None:
        """Return the pieces of parts put together by ``+``, ``-`` and ``&``; report E104, E105, E107."""
        links: list[tree.Binary] = []
        while isinstance(node, tree.Binary) and node.operator in OPERATORS:
            links.append(node)
            node = node.left
        pieces = self._operand(node)
        for link in reversed(links):
            other = self._combine(link.right)
            if pieces is not None:
                pieces = None if other is None else combine(link.operator, pieces, other)
        return pieces

    def _operand(self, node: tree.Expression) -> tuple[Piece, ...] | None:
        faults = self.resolver.faults
        if isinstance(node, tree.Binary | tree.Unary):
            faults.add(
                "E105",
                "parts of the boundary are put together by `+`, `-` and `&` alone",
                node.span,
                "no operation on parts",
                help="write `left + right`, `edge - lid` or `edge & hole.edge`",
            )
            return None
        if isinstance(node, tree.Name) and self._is_circular(node):
            self._report_cycle(node)
            return None
        located = None if is_interface(node) else self.locate(node)
        if is_interface(node) or (located is not None and located.interface):
            faults.add(
                "E107",
                "an interface is no part of the edge, and put together with no other part",
                node.span,
                "stands alone",
                help="list the parts after `on`, separated by commas",
            )
            return None
        return None if located is None else located.pieces

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
            left += [piece for piece in (leave(Piece(side), taken),) if piece is not None]
        return self.pairs.without(left)

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
            else "nothing is left of it"
            if isinstance(statement.part, tree.Binary)
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


def _names_part(node: tree.Expression, name: str) -> bool:
    """Say whether a part is made of the one of this name."""
    while isinstance(node, tree.Binary):
        if _names_part(node.right, name):
            return True
        node = node.left
    return isinstance(node, tree.Name) and node.name == name
