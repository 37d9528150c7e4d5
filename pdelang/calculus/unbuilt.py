"""What the language allows and this stage does not build yet (E190)."""

from __future__ import annotations

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Span


class UnbuiltError(Exception):
    """A construct that is refused by name; ``diagnostic`` says so with its place."""

    def __init__(self, span: Span, what: str, help: str | None = None) -> None:
        super().__init__(what)
        sentence = f"{what} is not supported yet"
        self.diagnostic = Diagnostic(
            "E190", sentence[0].upper() + sentence[1:], span, label="not supported yet", help=help
        )
