"""Sides as a spec names them: ``left``, ``plate.top``, ``edge``, ``low(x)``."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.span import Span
from pdelang.geometry.box import Side
from pdelang.geometry.names import EDGE, END_FUNCTIONS, find_side, list_side_names
from pdelang.semantics.constants import clip
from pdelang.semantics.faults import Faults
from pdelang.semantics.scope import Kind, Scope
from pdelang.syntax import tree


@dataclass(frozen=True, slots=True)
class Spot:
    """Where ``left``, ``plate.top``, ``hole.edge`` or ``low(x)`` points: ``side`` is None for an edge.

    ``owner`` names a shape, None for the domain.
    """

    owner: str | None
    side: Side | None


@dataclass(slots=True)
class SideFinder:
    """Finds sides and edges by their names; reports E101, E105."""

    scope: Scope
    faults: Faults

    def find(self, node: tree.Expression) -> Spot | None:
        """Return what ``left``, ``plate.top``, ``hole.edge`` or ``low(x)`` names."""
        space = self.scope.space
        match node:
            case tree.Name(name=word):
                return self._spot_by_word(word, node.span, None)
            case tree.Member(owner=tree.Name() as owner, member=member):
                found = self._find_owner(owner)
                return (
                    None if found is None else self._spot_by_word(member.name, member.span, *found)
                )
            case tree.Call(function=tree.Name(name=word), arguments=arguments, owner=owner) if (
                word in END_FUNCTIONS
            ):
                found = (None,) if owner is None else self._find_owner(owner)
                if found is None:
                    return None
                match arguments:
                    case (tree.Argument(name=None, value=tree.Name(name=name)),) if name in space:
                        return Spot(found[0], Side(space.index(name), END_FUNCTIONS[word]))
                    case _:
                        self.faults.add(
                            "E105",
                            f"`{word}` takes one space coordinate",
                            node.span,
                            "no space coordinate",
                            help=f"write `{word}({space[0]})`" if space else None,
                        )
                        return None
            case _:
                self._report_unknown(clip(node.span.text), node.span)
                return None

    def _spot_by_word(self, word: str, span: Span, owner: str | None) -> Spot | None:
        if word == EDGE:
            return Spot(owner, None)
        side = find_side(word, len(self.scope.space))
        if side is None:
            self._report_unknown(word, span)
            return None
        return Spot(owner, side)

    def _find_owner(self, owner: tree.Expression) -> tuple[str | None] | None:
        """Return the name of a shape, or None for the domain, in a tuple; None for neither."""
        if isinstance(owner, tree.Name):
            if owner.name in self.scope.faulty:
                return None
            if self.scope.find(owner.name, {Kind.DOMAIN}) is not None:
                return (None,)
            if self.scope.find(owner.name, {Kind.SHAPE}) is not None:
                return (owner.name,)
        text = clip(owner.span.text)
        self.faults.add(
            "E101",
            f"`{text}` is neither the domain nor a shape",
            owner.span,
            "a region is expected here",
            help=self.scope.suggest(text, self.scope.names_of({Kind.DOMAIN, Kind.SHAPE})),
        )
        return None

    def _report_unknown(self, word: str, span: Span) -> None:
        d = len(self.scope.space)
        if d == 0:
            return
        sides = list_side_names(d)
        candidates = (*sides, EDGE, *self.scope.names_of({Kind.BOUNDARY}))
        declaration = self.scope.find(word)
        if word in self.scope.faulty:
            return
        unnamed = [f"{end}({c})" for c in self.scope.space[3:5] for end in END_FUNCTIONS]
        shown = ", ".join((*sides, EDGE, *unnamed, *(["…"] if d > 5 else [])))
        self.faults.add(
            "E101",
            f"`{word}` is {declaration.kind.value}, not a boundary part"
            if declaration is not None
            else f"unknown boundary part `{word}`",
            span,
            "a boundary part is expected here",
            help=self.scope.suggest(word, candidates),
            notes=[f"a domain with {d} coordinate{'s' if d > 1 else ''} has {shown}"],
        )
