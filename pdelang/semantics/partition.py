"""The partition of a domain by its regions: which regions hold in which part of it.

A cell is the set of points that lie in the same regions. Equations, unknowns and conditions
each hold in some of the cells, and are counted cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce

import numpy as np

from pdelang.geometry.body import Body
from pdelang.geometry.scan import scan_unit
from pdelang.geometry.shape import Difference, Intersection, Shape, Union
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.evaluate import IN_REGION

_SCANNED = {1: 4096, 2: 8192}
_SCANNED_HIGH = 16_384
REST = "rest"
"""The name of what no named region covers; it is a word of the language, so no shape has it."""
# A scan point this near to the edge of a region says nothing of the cells beside it.
_ON = 1e-6
_WITHIN = 1e-9
_MOST_LOCATED = 64  # sets of points whose cells are remembered


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The ``cells`` of a domain: each is the set of those ``regions`` that it lies in."""

    domain: Domain
    regions: tuple[Region, ...]
    cells: tuple[frozenset[Region], ...]
    _joined: dict[frozenset[int], Region] = field(default_factory=dict)
    _located: dict[bytes, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, domain: Domain, regions: Iterable[Region]) -> Partition:
        """Return the partition by regions; one cell where there are none."""
        ordered = tuple(sorted(regions, key=lambda region: region.name))
        if not ordered:
            return cls(domain, (), (frozenset(),))
        scans = [scan_domain(domain), *(scan_body(region.body) for region in ordered)]
        points = np.concatenate(scans)
        where = np.stack([_classify(region, points) for region in ordered], axis=1)
        clear = where[(where != 0).all(axis=1)] < 0
        rows, counts = np.unique(clear, axis=0, return_counts=True)
        order = sorted(range(len(rows)), key=lambda i: (-counts[i], tuple(rows[i])))
        return cls(
            domain,
            ordered,
            tuple(
                frozenset(r for r, inside in zip(ordered, rows[i], strict=True) if inside)
                for i in order
            ),
        )

    @property
    def everywhere(self) -> frozenset[int]:
        """The numbers of all cells."""
        return frozenset(range(len(self.cells)))

    def cells_in(self, regions: Sequence[Region]) -> frozenset[int]:
        """Return the cells that lie in any of the regions; all of them where none is given."""
        if not regions:
            return self.everywhere
        return frozenset(i for i, cell in enumerate(self.cells) if not cell.isdisjoint(regions))

    def cells_at(self, points: np.ndarray) -> np.ndarray:
        """Return the cell that each of ``points (n, d)`` lies in or borders, ``(n,)``; −1 for none."""
        if not self.regions:
            return np.zeros(len(points), dtype=int)
        # The scans of the edges are asked about for every group of cells.
        key = points.tobytes()
        if key not in self._located:
            if len(self._located) >= _MOST_LOCATED:
                self._located.clear()
            self._located[key] = self._locate(points)
        return self._located[key].copy()

    def _locate(self, points: np.ndarray) -> np.ndarray:
        inside = [region.body.contains(points, IN_REGION) for region in self.regions]
        found = np.full(len(points), -1)
        for number, cell in enumerate(self.cells):
            own = [
                mask if r in cell else ~mask for r, mask in zip(self.regions, inside, strict=True)
            ]
            found[np.logical_and.reduce(own)] = number
        return found

    def cells_of(self, region: Region, body: Body) -> frozenset[int]:
        """Return the cells of a region that lie in a body: the region's own, or that of a piece of it.

        The region is one of the partition, or what `region_of` made of some cells.
        """
        joined = [cells for cells, own in self._joined.items() if own is region]
        cells = joined[0] if joined else self.cells_in((region,))
        if body is region.body:
            return cells
        return cells & frozenset(self.cells_at(scan_inside(body)).tolist())

    def cell_near(self, point: np.ndarray) -> int:
        """Return the cell of one point ``(d,)``; the first one that it borders on where it is in none."""
        found = int(self.cells_at(point[None])[0])
        if found >= 0:
            return found
        borders = [
            all(region.body.contains(point[None], IN_REGION)[0] for region in cell)
            for cell in self.cells
        ]
        return borders.index(True) if any(borders) else 0

    def lives(self, unknown: Unknown, cell: int) -> bool:
        """Say whether an unknown exists in a cell."""
        return not unknown.is_limited or self.home(unknown, cell) is not None

    def home(self, unknown: Unknown, cell: int) -> Region | None:
        """Return the one of an unknown's ``regions`` that a cell lies in; None where it has none."""
        return next((region for region in unknown.regions if region in self.cells[cell]), None)

    def is_one_function(self, unknown: Unknown, between: Sequence[Region]) -> bool:
        """Say whether an unknown is the same function in regions that meet, or exists in none."""
        homes = []
        for region in between:
            cells = [c for c in self.cells_in((region,)) if self.lives(unknown, c)]
            found = [self.home(unknown, c) for c in cells]
            homes.append({home and home.spoken for home in found} if cells else None)
        return all(home == homes[0] for home in homes)

    def region_of(self, cells: frozenset[int]) -> Region | None:
        """Return the region that some cells are together, None for the whole domain."""
        if cells == self.everywhere:
            return None
        for region in self.regions:
            if self.cells_in((region,)) == cells:
                return region
        if cells not in self._joined:
            shape = reduce(Union, [self._cell_shape(self.cells[i]) for i in sorted(cells)])
            names = sorted({region.name for i in cells for region in self.cells[i]})
            self._joined[cells] = Region(", ".join(names) or REST, Body.of(shape))
        return self._joined[cells]

    def groups(
        self, cells: frozenset[int], unknowns: Sequence[Unknown]
    ) -> list[tuple[Region | None, dict[str, Region | None]]]:
        """Return the regions within ``cells`` where the unknowns exist, each with their homes.

        In each of the regions every one of the unknowns is one function: that of its home.
        """
        found: dict[tuple[Region | None, ...], set[int]] = {}
        for cell in sorted(cells):
            if all(self.lives(unknown, cell) for unknown in unknowns):
                homes = tuple(self.home(unknown, cell) for unknown in unknowns)
                found.setdefault(homes, set()).add(cell)
        return [
            (
                self.region_of(frozenset(members)),
                {unknown.name: home for unknown, home in zip(unknowns, homes, strict=True)},
            )
            for homes, members in found.items()
        ]

    def _cell_shape(self, cell: frozenset[Region]) -> Shape:
        shape: Shape = self.domain.shape
        for region in self.regions:
            combine = Intersection if region in cell else Difference
            shape = combine(shape, region.body.shape)
        return shape


def scan_domain(domain: Domain) -> np.ndarray:
    """Return fixed points inside a domain, ``(n, d)``."""
    points = _scan_box(domain.box.low, domain.box.lengths)
    return points[domain.contains(points)]


def scan_body(body: Body) -> np.ndarray:
    """Return fixed points inside a body, ``(n, d)``."""
    points = _scan_box(body.box.low, body.box.lengths)
    return points[body.contains(points)]


@lru_cache(maxsize=64)
def scan_inside(body: Body) -> np.ndarray:
    """Return those points of the scan ``(n, d)`` that lie well inside, on no border of another region."""
    points = scan_body(body)
    return points[
        body.shape.classify(points, _WITHIN * float(np.linalg.norm(body.box.lengths))) < 0
    ]


def _scan_box(low: tuple[float, ...], lengths: np.ndarray) -> np.ndarray:
    d = len(low)
    return np.asarray(low) + lengths * scan_unit(d, _SCANNED.get(d, _SCANNED_HIGH))


def _classify(region: Region, points: np.ndarray) -> np.ndarray:
    """Return −1 inside, 0 near the boundary, 1 outside, ``(n,)``."""
    body = region.body
    tolerance = _ON * float(np.linalg.norm(body.box.lengths))
    return body.shape.classify(points, tolerance)
