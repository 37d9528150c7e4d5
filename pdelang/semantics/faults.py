"""The collector of messages: one root cause, one message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pdelang.diagnostics.message import Diagnostic, Level, Related
from pdelang.diagnostics.span import Span


@dataclass(slots=True)
class Faults:
    """Messages in the order found; the same code at the same place is kept once."""

    _found: dict[tuple[str, Span | None, str], Diagnostic] = field(default_factory=dict)

    def add(
        self,
        code: str,
        message: str,
        span: Span | None,
        label: str = "",
        *,
        related: Iterable[Related] = (),
        notes: Iterable[str] = (),
        help: str | None = None,
    ) -> None:
        """Record a message, its first letter raised, unless this code already stands here."""
        message = message[:1].upper() + message[1:]
        # A definition used twice is read twice; its fault is still one. Messages without a
        # place are told apart by their text.
        key = (code, span, message if span is None else "")
        if key not in self._found:
            self._found[key] = Diagnostic(
                code, message, span, label, tuple(related), tuple(notes), help
            )

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self._found.setdefault((diagnostic.code, diagnostic.span, ""), diagnostic)

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        return tuple(self._found.values())

    @property
    def has_errors(self) -> bool:
        return any(d.level is Level.ERROR for d in self._found.values())
