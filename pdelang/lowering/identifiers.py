"""Python identifiers for names of a spec: valid, readable, unique."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable


class Identifiers:
    """Hands out identifiers of one scope; ``reserved`` ones are never given."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = set(reserved)

    def name(self, wanted: str) -> str:
        """Return an identifier like ``wanted`` that nothing else in the scope has.

        Python compares identifiers in NFKC, so they are normalised before they are compared.
        """
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", wanted)).strip("_")
        if not plain.isidentifier() or keyword.iskeyword(plain) or keyword.issoftkeyword(plain):
            plain = f"_{plain}" if plain and not plain.isidentifier() else f"{plain or 'term'}_"
        if not plain.isidentifier():
            plain = "term"
        unique, count = plain, 1
        while unique in self._taken:
            count += 1
            unique = f"{plain}_{count}"
        self._taken.add(unique)
        return unique
