"""Declared parts that share a stretch of the boundary (W205)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from pdelang.diagnostics.message import Related
from pdelang.semantics.atoms import Atom
from pdelang.semantics.boundary import Part
from pdelang.semantics.faults import Faults
from pdelang.semantics.orders import list_names


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two parts and the atoms that both contain; ``is_equal`` where they have no others."""

    first: Part
    second: Part
    atoms: tuple[Atom, ...]
    is_equal: bool


def find_overlaps(atoms: Sequence[Atom], declared: Sequence[Part]) -> tuple[Overlap, ...]:
    """Return the pairs that overlap; a part within another is a part of it, and no overlap."""
    found = []
    ordered = sorted(declared, key=lambda p: (p.span.source.name, p.span.start))
    for first, second in combinations(ordered, 2):
        own = {a for a in atoms if first.name in a.parts}
        others = {a for a in atoms if second.name in a.parts}
        shared = own & others
        if shared and (own == others or not (own <= others or others <= own)):
            both = tuple(a for a in atoms if a in shared)
            found.append(Overlap(first, second, both, own == others))
    return tuple(found)


def report_overlaps(overlaps: Sequence[Overlap], faults: Faults) -> None:
    for o in overlaps:
        names = list_names(dict.fromkeys(atom.name for atom in o.atoms))
        faults.add(
            "W205",
            f"the boundary parts `{o.first.name}` and `{o.second.name}` "
            + ("are the same" if o.is_equal else f"overlap on {names}"),
            o.second.span,
            "the same points as another part" if o.is_equal else "shares points with another part",
            related=[Related(o.first.span, "the other part")],
            notes=["where parts overlap, the conditions of both hold"],
            help="use one of them" if o.is_equal else "narrow one of them with `where`",
        )
