"""Terminal colours, or none."""

from __future__ import annotations

from dataclasses import dataclass

_RESET = "\x1b[0m"
_LEVELS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps pieces of a report in ANSI sequences when ``is_on``."""

    is_on: bool

    def level(self, level: str, text: str) -> str:
        return self._wrap(_LEVELS[level], text)

    def strong(self, text: str) -> str:
        return self._wrap("\x1b[1m", text)

    def frame(self, text: str) -> str:
        return self._wrap("\x1b[34m", text)

    def _wrap(self, start: str, text: str) -> str:
        return f"{start}{text}{_RESET}" if self.is_on and text else text


PLAIN = Paint(is_on=False)
VIVID = Paint(is_on=True)
