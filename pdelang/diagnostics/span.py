"""Places in a text: a source and two offsets."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Source:
    """A named text. ``name`` is what messages call it: a path, or ``<spec>``."""

    name: str
    text: str
    _line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        while end := self.text.find("\n", starts[-1]) + 1:
            starts.append(end)
        object.__setattr__(self, "_line_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of an offset; both count from 1, a byte order mark not at all."""
        line = bisect_right(self._line_starts, offset)
        column = offset - self._line_starts[line - 1] + 1
        return line, max(1, column - 1) if line == 1 and self.text.startswith(_MARK) else column

    def line(self, number: int) -> str:
        """Return the text of line ``number`` (from 1) without its line end."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        text = self.text[start:end].rstrip("\r\n")
        return text.removeprefix(_MARK) if number == 1 else text


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open stretch ``[start, end)`` of a source, in characters."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of ``other``."""
        return Span(self.source, self.start, max(self.end, other.end))
