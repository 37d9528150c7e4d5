"""Borders between regions that no interface covers: two functions side by side, unrelated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.interface import find_seams
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.conditions import Equation, Unknown
from pdelang.semantics.domain import Region
from pdelang.semantics.faults import Faults
from pdelang.semantics.layout import list_unknowns_in
from pdelang.semantics.partition import Partition
from pdelang.semantics.pieces import scan_curved
from pdelang.semantics.resolved import Statements

# Scan points of two surfaces lie within the diagonal divided by this where the surfaces are one.
_SPACING = {1: 1e6, 2: 200.0}
_SPACING_HIGH = 25.0
_FEW_PAIRS = 40_000_000  # of points, up to which all distances are taken
_PAIRS_AT_ONCE = 100_000
# A point this near to an edge, relative to the diagonal, lies on it.
_ON = 1e-8


@dataclass(slots=True)
class BorderCheck:
    """Looks at every pair of regions that touch."""

    partition: Partition
    unknowns: tuple[Unknown, ...]
    statements: Statements
    faults: Faults

    def report_open(self, parts: Sequence[Part]) -> None:
        """Report (E201) regions that touch, with equations of their own, and nothing between them."""
        for unknown in self.unknowns:
            own = [
                e
                for e in self.statements.equations
                if e.regions and unknown.name in list_unknowns_in(e.left, e.right)
            ]
            named = {region for e in own for region in e.regions} | set(unknown.regions)
            told = False
            ordered = sorted(named, key=lambda region: region.name)
            for i, first in enumerate(ordered):
                for second in ordered[i + 1 :]:
                    if told or not self._are_apart(unknown, own, first, second):
                        continue
                    told = self._has_open_border(first, second, parts, unknown)
                    if told:
                        self._report_open(unknown, own, first, second)

    def _are_apart(
        self, unknown: Unknown, own: Sequence[Equation], first: Region, second: Region
    ) -> bool:
        """Say whether two regions have no cell in common, and different functions or equations."""
        a, b = self.partition.cells_in((first,)), self.partition.cells_in((second,))
        if first.spoken == second.spoken:
            return False  # pieces of one region touch in corners at most
        if a & b or not all(
            any(self.partition.lives(unknown, c) for c in cells) for cells in (a, b)
        ):
            return False
        if not self.partition.is_one_function(unknown, (first, second)):
            return True
        active = [
            {id(e) for e in own if self.partition.cells_in(e.regions) & cells} for cells in (a, b)
        ]
        return active[0] != active[1]

    def report_inner_edges(self, parts: Sequence[Part], differentiated: Collection[str]) -> None:
        """Report (E201) an unknown whose region ends inside the domain, where no interface lies.

        ``differentiated`` are the components that need conditions at an edge.
        """
        domain = self.partition.domain
        size = float(np.linalg.norm(domain.box.lengths))
        for unknown in self.unknowns:
            if not unknown.is_limited or not set(unknown.components) & set(differentiated):
                continue
            for region in unknown.regions:
                edge = np.concatenate([rim.points for rim in region.body.rims])
                inner = edge[domain.shape.classify(edge, _ON * size) < 0]
                others = [other for other in unknown.regions if other is not region]
                for other in others:
                    reach = _ON * float(np.linalg.norm(other.body.box.lengths))
                    inner = inner[other.body.shape.classify(inner, reach) > 0]
                declared = [
                    part
                    for part in parts
                    if region.spoken in (other.name for other in part.interface or ())
                ]
                if len(self._uncovered(inner, declared, size)):
                    self._report_inner_edge(unknown, region)
                    break

    def _report_inner_edge(self, unknown: Unknown, region: Region) -> None:
        name, domain = unknown.name, self.partition.domain.name
        home = region.spoken
        self.faults.add(
            "E201",
            f"`{name}` has no conditions where `{home}` ends inside `{domain}`",
            unknown.span,
            "conditions are missing for this unknown",
            help=f"name what lies beyond, `shape beyond = {domain} - {home}`, and add\n"
            f"`boundary inner = interface({home}, beyond)`\n`on inner: {name} = …`",
        )

    def _has_open_border(
        self, first: Region, second: Region, parts: Sequence[Part], unknown: Unknown
    ) -> bool:
        """Say whether two regions touch where no interface with conditions on the unknown lies."""
        covering = [
            part
            for part in parts
            if part.interface is not None
            and any(
                part in c.parts and unknown.name in list_unknowns_in(c.left, c.right)
                for c in self.statements.boundary_conditions
            )
        ]
        size = float(np.linalg.norm(first.body.box.lengths))
        for seam in find_seams(first.body, second.body, ""):
            points = scan_curved(Piece(seam), self.partition.domain).points
            if len(self._uncovered(points, covering, size)):
                return True
        return False

    def _uncovered(self, points: np.ndarray, parts: Sequence[Part], size: float) -> np.ndarray:
        """Return the points ``(n, d)`` that lie on no piece of some parts."""
        pieces = [piece for part in parts for piece in part.pieces]
        if not pieces or not len(points):
            return points
        scans = [scan_curved(piece, self.partition.domain).points for piece in pieces]
        near = _nearest(points, np.concatenate(scans))
        return points[near > size / _SPACING.get(points.shape[1], _SPACING_HIGH)]

    def _report_open(
        self, unknown: Unknown, own: Sequence[Equation], first: Region, second: Region
    ) -> None:
        name = unknown.name
        related = [
            Related(e.span, f"its equation in `{r.spoken}`")
            for r in (first, second)
            for e in own
            if r in e.regions
        ]
        self.faults.add(
            "E201",
            f"`{name}` has no conditions where `{first.spoken}` and `{second.spoken}` meet",
            unknown.span,
            "conditions are missing for this unknown",
            related=list(dict.fromkeys(related))[:2],
            notes=["two regions with equations of their own are joined by an interface"],
            help=f"add `boundary weld = interface({first.spoken}, {second.spoken})`\n"
            f"`on weld: jump({name}) = 0`\n`on weld: jump(k*dn({name})) = 0`",
        )


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the distance ``(n,)`` of every point ``(n, d)`` to the nearest of others ``(m, d)``.

    It is right to some 1e-8 of the extent of the points, as squares of differences are.
    """
    if len(points) * len(others) <= _FEW_PAIRS:
        centre = points.mean(axis=0)
        here, there = points - centre, others - centre
        # One matrix product, and less of it in memory than a cache holds.
        lengths = np.einsum("ij,ij->i", there, there)
        block = max(1, _PAIRS_AT_ONCE // len(others))
        least = [
            (lengths - 2 * here[i : i + block] @ there.T).min(axis=1)
            for i in range(0, len(here), block)
        ]
        return np.sqrt(np.maximum(np.einsum("ij,ij->i", here, here) + np.concatenate(least), 0))
    # Imported only where it saves time: importing takes half a second of a `check`.
    from scipy.spatial import KDTree

    return KDTree(others).query(points)[0]
