"""One page of the catalogue of codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code means, for people: a paragraph or two, a wrong spec and a right one.

    ``bad`` and ``good`` are fragments of specs; `pde 1` is left out where it does not matter.
    """

    code: str
    title: str
    meaning: str
    bad: str
    good: str
