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


@dataclass(slots=True)
class SideFinder:
    """Finds the sides of the domain by their names; reports E101, E105."""

    scope: Scope
    faults: Faults

    def find(self, node: tree.Expression) -> tuple[Side, ...] | None:
        """Return the sides that ``left``, ``plate.top``, ``edge`` or ``low(x)`` names."""
        space = self.scope.space
        match node:
            case tree.Name(name=word):
                return self._sides_by_word(word, node.span)
            case tree.Member(owner=tree.Name() as owner, member=member):
                if not self._is_domain(owner):
                    return None
                return self._sides_by_word(member.name, member.span)
            case tree.Call(function=tree.Name(name=word), arguments=arguments, owner=owner) if (
                word in END_FUNCTIONS
            ):
                if owner is not None and not self._is_domain(owner):
                    return None
                match arguments:
                    case (tree.Argument(name=None, value=tree.Name(name=name)),) if name in space:
                        return (Side(space.index(name), END_FUNCTIONS[word]),)
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

    def _sides_by_word(self, word: str, span: Span) -> tuple[Side, ...] | None:
        d = len(self.scope.space)
        if word == EDGE:
            return tuple(Side(axis, upper) for axis in range(d) for upper in (False, True))
        side = find_side(word, d)
        if side is None:
            self._report_unknown(word, span)
            return None
        return (side,)

    def _is_domain(self, owner: tree.Expression) -> bool:
        if isinstance(owner, tree.Name):
            if owner.name in self.scope.faulty:
                return False
            if self.scope.find(owner.name, {Kind.DOMAIN}) is not None:
                return True
        text = clip(owner.span.text)
        self.faults.add(
            "E101",
            f"`{text}` is not the domain",
            owner.span,
            "the domain is expected here",
            help=self.scope.suggest(text, self.scope.names_of({Kind.DOMAIN, Kind.SHAPE})),
        )
        return False

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
