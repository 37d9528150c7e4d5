"""The collector of messages: one root cause, one message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pdelang.diagnostics.message import Diagnostic, Level, Related
from pdelang.diagnostics.span import Span

_ONE_PER_TEXT = frozenset({"E101"})
"""Codes whose messages name what is missing: the same words are the same fault, wherever."""
_MOST_PLACES = 3
_AGAIN = "and here"


@dataclass(slots=True)
class Faults:
    """Messages in the order found; the same code at the same place is kept once.

    A name that is missing in several places is one fault: it is told where the text has it
    first, and the next places are marked beside it.
    """

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
        found = Diagnostic(code, message, span, label, tuple(related), tuple(notes), help)
        # A definition used twice is read twice; its fault is still one. Messages without a
        # place are told apart by their text.
        key = (code, span, message if span is None else "")
        if code in _ONE_PER_TEXT:
            key = (code, None, message)
            if key in self._found:
                found = _join(self._found[key], found)
            self._found[key] = found
        else:
            self._found.setdefault(key, found)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self._found.setdefault((diagnostic.code, diagnostic.span, ""), diagnostic)

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        return tuple(self._found.values())

    @property
    def has_errors(self) -> bool:
        return any(d.level is Level.ERROR for d in self._found.values())


def _join(first: Diagnostic, second: Diagnostic) -> Diagnostic:
    """Return one message for two of the same text, at the earlier place, the other beside it."""
    spans = {first.span, second.span, *(r.span for r in first.related if r.label == _AGAIN)}
    places = sorted(
        (span for span in spans if span is not None), key=lambda s: (s.source.name, s.start)
    )
    if len(places) < 2:
        return first
    told = first if first.span == places[0] else second
    kept = tuple(r for r in told.related if r.label != _AGAIN)
    again = tuple(Related(span, _AGAIN) for span in places[1 : _MOST_PLACES + 1])
    return replace(told, related=kept + again)
