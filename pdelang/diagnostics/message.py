"""Diagnostics as data: what is wrong, where, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from pdelang.diagnostics.span import Span


class Level(Enum):
    """How grave a message is; the first letter of its code says which."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_LEVELS = {"E": Level.ERROR, "W": Level.WARNING, "I": Level.INFO}


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that the message speaks of, with its own label."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message.

    ``message`` is one plain sentence without a final stop; ``label`` stands at the
    mark under the user's line; ``help`` is a change to make; ``notes`` are facts.
    ``span`` is None only when no text exists to point at (a missing file).
    """

    code: str
    message: str
    span: Span | None
    label: str = ""
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None

    @property
    def level(self) -> Level:
        return _LEVELS[self.code[0]]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.level is Level.ERROR for d in diagnostics)


def sort_by_place(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the messages in the order of their places; those without one come first."""

    def place(d: Diagnostic) -> tuple[str, int, int, str]:
        if d.span is None:
            return ("", -1, -1, d.code)
        return (d.span.source.name, d.span.start, d.span.end, d.code)

    return tuple(sorted(diagnostics, key=place))


class SpecError(Exception):
    """A spec that cannot be compiled. ``diagnostics`` holds every fault found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self._summary())

    def _summary(self) -> str:
        from pdelang.diagnostics.render import render_text

        return render_text(self.diagnostics, color=False)
