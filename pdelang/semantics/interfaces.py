"""Interfaces as a spec names them: ``boundary weld = interface(a, b)``."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.geometry.interface import do_overlap, find_seams
from pdelang.geometry.separation import find_pieces
from pdelang.semantics.boundary import Piece
from pdelang.semantics.constants import clip
from pdelang.semantics.domain import Region
from pdelang.semantics.faults import Faults
from pdelang.semantics.orders import count_noun
from pdelang.semantics.partition import scan_body
from pdelang.semantics.region_finder import RegionFinder
from pdelang.syntax import tree


@dataclass(slots=True)
class InterfaceFinder:
    """Finds the seams between two regions; reports E101, E105, E202."""

    regions: RegionFinder
    faults: Faults

    def find(
        self, call: tree.Call, name: str
    ) -> tuple[tuple[Piece, ...], tuple[Region, Region]] | None:
        """Return the pieces of ``interface(a, b)`` and its two regions, or None after a report."""
        if len(call.arguments) != 2 or any(a.name is not None for a in call.arguments):
            self.faults.add(
                "E105",
                f"`interface` takes two regions, and here {'is' if len(call.arguments) == 1 else 'are'} "
                f"{count_noun(len(call.arguments), 'argument')}",
                call.span,
                "not two regions",
                help="write `interface(a, b)` with the names of two shapes",
            )
            return None
        found = [self.regions.find(argument.value) for argument in call.arguments]
        if any(f is None for f in found):
            return None
        first, second = (f.region if f is not None else None for f in found)
        if first is None or second is None or first is second or self._do_overlap(first, second):
            self._report_overlap(call, first is None or second is None)
            return None
        # Each lies between one piece of either region: on another piece an unknown is another function.
        seams = [
            seam
            for a in find_pieces(first.body)
            for b in find_pieces(second.body)
            for seam in find_seams(a, b, name)
        ]
        if not seams:
            self.faults.add(
                "E202",
                f"the interface `{name}` selects no points: `{first.name}` and `{second.name}` do not touch",
                call.span,
                "nothing in common",
                help="name two regions that share a part of their edges",
            )
            return None
        return tuple(Piece(seam) for seam in seams), (first, second)

    def _do_overlap(self, first: Region, second: Region) -> bool:
        return do_overlap(first.body, second.body, scan_body(first.body)) or do_overlap(
            second.body, first.body, scan_body(second.body)
        )

    def _report_overlap(self, call: tree.Call, is_domain: bool) -> None:
        names = [clip(argument.span.text) for argument in call.arguments]
        domain = self.regions.domain
        self.faults.add(
            "E105",
            f"an interface lies between two regions, and `{names[0]}` and `{names[1]}` overlap",
            call.span,
            "one of them is the whole domain" if is_domain else "they have points in common",
            related=[Related(domain.span, "the domain")] if is_domain and domain else [],
            help="take one out of the other: `shape matrix = cell - fibre`",
        )
