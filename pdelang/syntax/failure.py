"""Where the grammar could not go on in a statement, and what surrounds that place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pdelang.diagnostics.span import Span
from pdelang.syntax.lexeme import CLOSING, OPENING, Lexeme


@dataclass(frozen=True, slots=True)
class Failure:
    """``lexemes[index]`` was refused; ``accepted`` are the types that could stand there.

    ``index`` is ``len(lexemes)`` when the statement ends too early. ``$END`` is accepted
    where the statement is complete.
    """

    lexemes: tuple[Lexeme, ...]
    index: int
    accepted: frozenset[str]

    @property
    def word(self) -> Lexeme:
        """The first lexeme, a statement word in all but headless stretches."""
        return self.lexemes[0]

    def at(self, position: int) -> Lexeme | None:
        """Return the lexeme at a position, None outside the stretch."""
        return self.lexemes[position] if 0 <= position < len(self.lexemes) else None

    @property
    def found(self) -> Lexeme | None:
        return self.lexemes[self.index] if self.index < len(self.lexemes) else None

    @property
    def found_type(self) -> str | None:
        return self.found.type if self.found else None

    @property
    def found_text(self) -> str:
        return self.found.value if self.found else ""

    @property
    def before(self) -> Lexeme | None:
        return self.lexemes[self.index - 1] if self.index else None

    @property
    def before_type(self) -> str | None:
        return self.before.type if self.before else None

    @property
    def before_text(self) -> str:
        return self.before.value if self.before else ""

    @property
    def pair(self) -> dict[str, str]:
        """The words on both sides of the place, as fields of a message."""
        return {"before": self.before_text, "found": self.found_text}

    @property
    def place(self) -> Span:
        """The refused lexeme, or the empty place after the last one."""
        if self.found:
            return self.found.span
        end = self.lexemes[-1].span
        return Span(end.source, end.end, end.end)

    @property
    def gap(self) -> Span:
        """The empty place after the last accepted lexeme."""
        if self.before is None:
            return self.place
        end = self.before.span
        return Span(end.source, end.end, end.end)

    @property
    def opened(self) -> tuple[Lexeme, ...]:
        """The brackets that are open at the place, outermost first."""
        stack: list[Lexeme] = []
        for lexeme in self.lexemes[: self.index]:
            if lexeme.type in OPENING:
                stack.append(lexeme)
            elif lexeme.type in CLOSING and stack:
                stack.pop()
        return tuple(stack)

    def outer(self) -> Iterator[tuple[int, Lexeme]]:
        """Yield the lexemes before the place that stand outside all brackets, with their index."""
        depth = 0
        for position, lexeme in enumerate(self.lexemes[: self.index]):
            if lexeme.type in CLOSING:
                depth -= 1
            if depth == 0 and lexeme.type not in CLOSING:
                yield position, lexeme
            if lexeme.type in OPENING:
                depth += 1

    def last_outer(self, kind: str) -> Lexeme | None:
        """Return the last lexeme of a type outside brackets before the place, if any."""
        found = [lexeme for _, lexeme in self.outer() if lexeme.type == kind]
        return found[-1] if found else None

    def opening_of_last(self) -> int | None:
        """Return the index of the bracket that the lexeme before the place closes, if it does."""
        depth = 0
        for position in range(self.index - 1, -1, -1):
            kind = self.lexemes[position].type
            depth += (kind in CLOSING) - (kind in OPENING)
            if depth == 0:
                return position if kind in OPENING else None
        return None
