"""Interfaces: the surface that two bodies inside a domain have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.geometry.body import Body, Keep, Sheet

# A point this near to the other body's boundary, relative to the first body's diagonal, lies on it.
_ON = 1e-8
# Of the points off a seam, how far on either side of it they are looked at, relative likewise.
_STEP = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Seam:
    """The part of one ``sheet`` of ``body`` that lies on the boundary of ``other``.

    Its normals are the outward ones of ``body``, so they point into ``other``.
    """

    body: Body
    sheet: Sheet
    other: Body
    name: str

    @property
    def axis(self) -> None:
        """None: points of a seam carry their normals along, flat or not."""
        return None

    @property
    def upper(self) -> bool:
        return False

    def keep(self, points: np.ndarray) -> np.ndarray:
        """Say which points ``(n, d)`` of the sheet lie on the seam, ``(n,)``."""
        size = float(np.linalg.norm(self.body.box.lengths))
        return self.other.shape.classify(points, _ON * size) == 0

    def keeping(self, keep: Keep | None) -> Keep:
        """Return the function that keeps the points of the seam that ``keep`` keeps too."""
        if keep is None:
            return self.keep
        return lambda points: self.keep(points) & keep(points)


def find_seams(first: Body, second: Body, name: str) -> tuple[Seam, ...]:
    """Return the seams between two bodies, as pieces of the first one's sheets; none where they are apart."""
    found = (Seam(first, sheet, second, name) for sheet in first.sheets)
    return tuple(seam for seam in found if _is_seam(seam))


def _is_seam(seam: Seam) -> bool:
    """Say whether the two bodies lie on opposite sides of the points that they share."""
    rim = seam.body.scan_sheet(seam.sheet, seam.keep)
    step = _STEP * float(np.linalg.norm(seam.body.box.lengths))
    return bool(seam.other.contains(rim.points + step * rim.normals, 1e-12).any())


def do_overlap(first: Body, second: Body, scan: np.ndarray) -> bool:
    """Say whether two bodies have inner points in common; ``scan (n, d)`` are points of the first."""
    inside = _is_well_inside(first, scan) & _is_well_inside(second, scan)
    return bool(inside.any())


def _is_well_inside(body: Body, points: np.ndarray) -> np.ndarray:
    size = float(np.linalg.norm(body.box.lengths))
    return body.shape.classify(points, 10.0 * _ON * size) < 0
