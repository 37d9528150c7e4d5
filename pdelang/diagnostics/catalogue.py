"""The one catalogue of codes: what each means, with a wrong spec and a right one."""

from __future__ import annotations

from pdelang.diagnostics.entry import Entry
from pdelang.diagnostics.pages import analysis, conditions, names, syntax

CATALOGUE: dict[str, Entry] = {
    entry.code: entry
    for family in (syntax, names, conditions, analysis)
    for entry in family.ENTRIES
}
"""Every code that a message can have, in order."""
