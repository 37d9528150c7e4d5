"""One syntax message, with wrong texts that must give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.diagnostics.span import Span

_LONGEST = 40
_NO_FIELDS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One message. ``{…}`` in the texts are fields, filled where the row is reported.

    ``examples`` are the test of the row: ``‹…›`` stands around the place that the mark must
    show, and `pde 1` is put before a text unless the row speaks of the edition or a whole file.
    Which row applies is decided in `faults` (before parsing) and `choice` (where it stopped).
    """

    code: str
    message: str
    label: str
    help: str
    examples: tuple[str, ...]
    is_whole_file: bool = False

    def report(
        self,
        span: Span,
        fields: Mapping[str, str] = _NO_FIELDS,
        related: tuple[Related, ...] = (),
    ) -> Diagnostic:
        """Return the message with its fields filled; texts of the user are cut when long."""
        filled = {k: text if k == "help" else shorten(text) for k, text in fields.items()}
        return Diagnostic(
            self.code,
            self.message.format_map(filled),
            span,
            label=self.label.format_map(filled),
            related=related,
            help=self.help.format_map(filled) or None,
        )


def shorten(text: str) -> str:
    """Return ``text`` on one line, cut to a length that fits into a sentence."""
    line = " ".join(text.split()) if not text.isprintable() else text
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
