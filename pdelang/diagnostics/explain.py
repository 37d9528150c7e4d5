"""The page of a code, as `pdelang explain` prints it."""

from __future__ import annotations

import textwrap

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.suggestion import similar

_WIDTH = 80


class UnknownCode(KeyError):  # noqa: N818  # it names the fault, as KeyError does not
    """A code that is in no catalogue; ``similar`` is the nearest one, if any is near."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.similar = similar(code, CATALOGUE)

    def __str__(self) -> str:
        hint = f"; did you mean `{self.similar}`?" if self.similar else ""
        return f"There is no code `{self.code}`{hint}"


def explain(code: str) -> str:
    """Return the page of ``code``; case and blanks around it do not matter.

    Raises UnknownCode for a code that is not in the catalogue.
    """
    key = code.strip().upper()
    if key not in CATALOGUE:
        raise UnknownCode(key)
    entry = CATALOGUE[key]
    level = Diagnostic(key, "", None).level.value
    parts = [f"{entry.code}: {entry.title} ({level})"]
    parts += [textwrap.fill(p, _WIDTH, break_on_hyphens=False) for p in entry.meaning.split("\n\n")]
    if entry.bad == entry.good:
        parts.append(f"Example:\n\n{_indent(entry.good)}")
    else:
        parts.append(f"Wrong:\n\n{_indent(entry.bad)}")
        parts.append(f"Right:\n\n{_indent(entry.good)}")
    return "\n\n".join(parts) + "\n"


def _indent(text: str) -> str:
    return textwrap.indent(text, "    ")
