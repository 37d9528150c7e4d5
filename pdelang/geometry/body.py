"""Domains that are no boxes: any combination of shapes, with its boundary in sheets.

The boundary consists of stretches of the leaves' surfaces. A point of a surface belongs to it if and
only if one side of the surface there is inside and the other outside; the normal points to
the latter. Where two leaves share a surface, the first one owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdelang.geometry.box import Box, Side, sample_unit_cube
from pdelang.geometry.scan import scan_unit
from pdelang.geometry.shape import Patch, Shape
from pdelang.geometry.surroundings import list_directions

# Points of the fixed scan of a leaf's surface, by the number of dimensions.
_SCANNED = {1: 2, 2: 4096}
_SCANNED_HIGH = 32768
_SCANNED_FOR_STRAYS = 512
_AT_A_TIME = 8
# Steps off the boundary, and how near to a plane is on it, relative to the diagonal.
_STEP = 1e-7
_ON = 1e-9
_MOST_DRAWN = 2**22
# Bounds that the scan finds this much too wide, relative to a length, are tightened. The tip of a
# cone has little area: a scan in three dimensions may miss it by a few hundredths.
_SLACK = {1: 0.0, 2: 0.01}
_SLACK_HIGH = 0.08

Keep = Callable[[np.ndarray], np.ndarray]  # boundary points (n, d) -> (n,) of bool


class UnboundedShapeError(ValueError):
    """A shape that reaches to infinity."""


class EmptyShapeError(ValueError):
    """A shape without points inside."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What some leaves, by number, give to the boundary: on one side of the bounding box, or off all.

    ``name`` is for people, and empty on a side, which has a name of its own.
    """

    leaves: tuple[int, ...]
    side: Side | None
    name: str = ""

    @property
    def axis(self) -> int | None:
        """The coordinate across the sheet where that is one and the same everywhere."""
        return None if self.side is None else self.side.axis

    @property
    def upper(self) -> bool:
        return self.side is not None and self.side.upper


@dataclass(frozen=True, slots=True, eq=False)
class Rim:
    """Boundary points ``(n, d)`` with outward normals ``(n, d)`` and areas ``(n,)``, and their sides.

    ``sides (n,)`` is ``2 axis + upper`` on a side of the bounding box, −1 elsewhere.
    """

    points: np.ndarray
    normals: np.ndarray
    areas: np.ndarray
    sides: np.ndarray

    @classmethod
    def joined(cls, rims: Sequence[Rim], d: int) -> Rim:
        empty = cls(np.zeros((0, d)), np.zeros((0, d)), np.zeros(0), np.zeros(0, int))
        return cls(
            *(
                np.concatenate([getattr(rim, name) for rim in (empty, *rims)])
                for name in ("points", "normals", "areas", "sides")
            )
        )

    def restricted(self, some: np.ndarray) -> Rim:
        return Rim(self.points[some], self.normals[some], self.areas[some], self.sides[some])


@dataclass(frozen=True, eq=False)
class Body:
    """A bounded shape with its bounding box; ``names`` are those of its leaves."""

    shape: Shape
    box: Box
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, shape: Shape, names: tuple[str, ...] = ()) -> Body:
        """Return the body of a shape; raises UnboundedShapeError, EmptyShapeError."""
        low, high = np.asarray(shape.low), np.asarray(shape.high)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            raise UnboundedShapeError
        if not (low < high).all():
            raise EmptyShapeError
        clipped = shape.replaced(
            {id(leaf): leaf.clipped(shape.low, shape.high) for leaf in shape.leaves}
        )
        loose = cls(clipped, Box(shape.low, shape.high))
        if not any(len(rim.points) for rim in loose.rims):
            raise EmptyShapeError
        return cls(clipped, loose._tight_box(), names)

    @property
    def d(self) -> int:
        return self.box.d

    @cached_property
    def _size(self) -> float:
        return float(np.linalg.norm(self.box.lengths))

    def contains(self, points: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
        """Say for each of ``points (n, d)`` whether it lies inside, within ``tolerance · diagonal``."""
        inside = self.box.contains(points, tolerance)
        found = np.flatnonzero(inside)
        inside[found] = self.shape.is_inside(points[found])
        if tolerance > 0:
            open_ = found[~inside[found]]
            place = self.shape.classify(points[open_], tolerance * self._size)
            inside[open_] = place <= 0
            if self.has_strays:
                edge = open_[place == 0]
                inside[edge] = self._touches(points[edge], tolerance)
        return inside

    @cached_property
    def has_strays(self) -> bool:
        """Whether surfaces of two leaves coincide where the shape lies on neither side.

        The outer edges of a corner that was cut off a box belong to both boxes, but not to what is left.
        """
        leaves, step = self.shape.leaves, _STEP * self._size
        if len(leaves) == 1:
            return False
        for leaf in leaves:
            patch = leaf.surface(scan_unit(leaf.parameters, _SCANNED_FOR_STRAYS))
            points = patch.points
            lone = self.shape.classify(points, _ON * self._size) == 0
            for side in (-step, step):
                lone &= ~self.shape.is_inside(points + side * patch.normals)
            if lone.any():
                return True
        return False

    def _touches(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        """Say of points on edges whether the inside begins there in any direction."""
        step = max(_STEP, 10 * tolerance) * self._size
        found = np.zeros(len(points), dtype=bool)
        directions = list_directions(self.d)
        groups = -(-len(directions) // _AT_A_TIME)
        # Several directions all round at a time: most points are found by the first, the others by none.
        for start in range(groups):
            left = np.flatnonzero(~found)
            if not left.size:
                break
            some = directions[start::groups]
            moved = points[left][:, None] + step * some
            inside = self.shape.is_inside(moved.reshape(-1, self.d))
            found[left] = inside.reshape(len(left), len(some)).any(axis=1)
        return found

    def sample(self, count: int, seed: int) -> np.ndarray:
        """Return ``count`` low-discrepancy points of the inside, ``(count, d)``."""
        return self.sample_with(count, self.d, seed)

    def sample_with(self, count: int, columns: int, seed: int) -> np.ndarray:
        """Return ``count`` points inside, with more columns of the unit cube: ``(count, columns)``.

        All columns together are of low discrepancy: Sobol points, those outside left out.
        """
        drawn = max(64, 2 * count)
        while drawn <= _MOST_DRAWN:
            unit = sample_unit_cube(drawn, columns, seed)
            unit[:, : self.d] = np.asarray(self.box.low) + self.box.lengths * unit[:, : self.d]
            inside = unit[self.contains(unit[:, : self.d])]
            if len(inside) >= count:
                return inside[:count]
            drawn *= 2
        raise ValueError("the domain fills too little of its bounding box to be sampled")

    # ------------------------------------------------------------ boundary

    @cached_property
    def rims(self) -> tuple[Rim, ...]:
        """The fixed scan of every leaf's share of the boundary; no random numbers in it."""
        return tuple(self._scan(number) for number in range(len(self.shape.leaves)))

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets: sides of the bounding box first, then what is left of every leaf."""
        found = []
        for number, side in enumerate(self.box.sides):
            leaves = [i for i, rim in enumerate(self.rims) if (rim.sides == number).any()]
            if leaves:
                found.append(Sheet(tuple(leaves), side))
        for i, rim in enumerate(self.rims):
            if (rim.sides < 0).any():
                found.append(Sheet((i,), None, self.names[i] if self.names else ""))
        return tuple(found)

    def scan_sheet(self, sheet: Sheet, keep: Keep | None = None) -> Rim:
        """Return the scan of a sheet, only where ``keep`` is true."""
        chosen = [self.rims[i] for i in sheet.leaves]
        mine = [rim.sides == self.number_of(sheet) for rim in chosen]
        rim = Rim.joined([r.restricted(m) for r, m in zip(chosen, mine, strict=True)], self.d)
        return rim if keep is None else rim.restricted(keep(rim.points))

    def measure(self, sheet: Sheet, keep: Keep | None = None) -> float:
        """Return the length, area, … of a sheet, from its scan."""
        return float(self.scan_sheet(sheet, keep).areas.sum())

    def is_whole_side(self, sheet: Sheet) -> bool:
        """Say whether a sheet is a full side of the bounding box."""
        if sheet.side is None:
            return False
        face = self.box.side_box(sheet.side)
        from pdelang.geometry.scan import scan_side

        points = scan_side(self.box, sheet.side)
        normal = sheet.side.normal(self.d)
        inside = self.shape.is_inside(points - _STEP * self._size * normal)
        return bool(inside.all()) and face.d == self.d - 1

    def sample_sheet(
        self, sheet: Sheet, count: int, seed: int, keep: Keep | None = None, extra: int = 0
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return exactly ``count`` low-discrepancy points of a sheet and the normals there.

        With them go ``extra`` more columns of the unit cube, for the time and the like: all together
        are of low discrepancy, which two sets made apart and put side by side are not.
        Raises ValueError for a sheet that is too small.
        """
        scans = [self.scan_sheet(Sheet((i,), sheet.side), keep) for i in sheet.leaves]
        shares = _share(count, [float(rim.areas.sum()) for rim in scans])
        found = [
            self._sample_leaf(i, sheet, share, seed + 31 * k, keep, extra)
            for k, (i, share) in enumerate(zip(sheet.leaves, shares, strict=True))
            if share
        ]
        points, normals, columns = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return points, normals, columns

    def _sample_leaf(
        self, number: int, sheet: Sheet, count: int, seed: int, keep: Keep | None, extra: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        leaf = self.shape.leaves[number]
        if self.d == 1:
            rim = self.scan_sheet(Sheet((number,), sheet.side), keep)
            chosen = np.arange(count) % max(1, len(rim.points))
            return rim.points[chosen], rim.normals[chosen], sample_unit_cube(count, extra, seed)
        drawn = max(64, 2 * count)
        own = leaf.parameters
        while drawn <= _MOST_DRAWN:
            unit = sample_unit_cube(drawn, own + 1 + extra, seed)
            density = leaf.surface(unit[:, :own]).density
            if density is not None:
                # As often as the density asks for, so that those left are even.
                unit = unit[unit[:, own] * density.max() < density]
            unit = unit[self.on_sheet(number, sheet, unit[:, :own], keep)]
            if len(unit) >= count:
                rim = self.rim_at(number, unit[:count, :own])
                return rim.points, rim.normals, unit[:count, own + 1 :]
            drawn *= 2
        raise ValueError("a part of the boundary is too small to be sampled")

    def rim_at(self, number: int, unit: np.ndarray) -> Rim:
        """Return a leaf's surface at parameters that are known to lie on the boundary."""
        patch = self.shape.leaves[number].surface(unit)
        points, normals = patch.points, patch.normals
        step = _STEP * self._size
        outward = np.where(self.shape.is_inside(points + step * normals), -1.0, 1.0)
        normals = outward[:, None] * normals
        sides = self.known_sides(number, points, normals)
        return Rim(points, normals, np.ones(len(points)), sides)

    def on_sheet(
        self, number: int, sheet: Sheet, unit: np.ndarray, keep: Keep | None
    ) -> np.ndarray:
        """Say for parameters of a leaf's surface whether they lie on a sheet."""
        patch = self.shape.leaves[number].surface(unit)
        on, sign = self._is_boundary(number, patch)
        normals = sign[:, None] * patch.normals
        on &= self.known_sides(number, patch.points, normals) == self.number_of(sheet)
        return on if keep is None else on & keep(patch.points)

    def _scan(self, number: int) -> Rim:
        leaf = self.shape.leaves[number]
        count = _SCANNED.get(self.d, _SCANNED_HIGH)
        patch = leaf.surface(scan_unit(leaf.parameters, count))
        return self._select(number, patch, leaf.area / count)

    def _select(self, number: int, patch: Patch, area: float = 1.0) -> Rim:
        """Return the points of a leaf's surface that lie on the boundary."""
        points, normals = patch.points, patch.normals
        areas = np.full(len(points), area) if patch.density is None else area * patch.density
        on, sign = self._is_boundary(number, patch)
        points, normals = points[on], sign[on, None] * normals[on]
        return Rim(points, normals, areas[on], self._find_sides(points, normals))

    def _is_boundary(self, number: int, patch: Patch) -> tuple[np.ndarray, np.ndarray]:
        """Return which points lie on the boundary, and the sign that turns their normals outward."""
        leaves, is_inside = self.shape.leaves, self.shape.is_inside
        points, normals = patch.points, patch.normals
        if len(leaves) == 1:
            return np.ones(len(points), dtype=bool), np.ones(len(points))
        step = _STEP * self._size
        behind, ahead = is_inside(points - step * normals), is_inside(points + step * normals)
        on = behind != ahead
        for earlier in leaves[:number]:
            on[on] = earlier.classify(points[on], _ON * self._size) != 0
        return on, np.where(behind, 1.0, -1.0)

    def known_sides(self, number: int, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """Return the sides, −1 where a round leaf only touches a side in a point."""
        sides = self._find_sides(points, normals)
        return np.where(np.isin(sides, self.rims[number].sides), sides, -1)

    def _find_sides(self, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        sides = np.full(len(points), -1)
        near = 1e3 * _ON * self._size
        for number, side in enumerate(self.box.sides):
            sign = 1.0 if side.upper else -1.0
            on = np.abs(points[:, side.axis] - self.box.side_value(side)) <= near
            sides[on & (sign * normals[:, side.axis] > 1.0 - 1e-13)] = number
        return sides

    def number_of(self, sheet: Sheet) -> int:
        """Return the number of a sheet's side, as in `Rim`."""
        return -1 if sheet.side is None else 2 * sheet.side.axis + sheet.side.upper

    def _tight_box(self) -> Box:
        """Return the bounding box without what a difference or an intersection left empty."""
        points = np.concatenate([rim.points for rim in self.rims])
        low, high = np.array(self.box.low), np.array(self.box.high)
        corners = np.concatenate([leaf.corners for leaf in self.shape.leaves])
        for axis in range(self.d):
            slack = _SLACK.get(self.d, _SLACK_HIGH) * self.box.lengths[axis]
            least, most = points[:, axis].min(), points[:, axis].max()
            values = corners[:, axis]
            if least > low[axis] + slack:
                near = values[(values <= least) & (values >= least - slack)]
                low[axis] = near.max() if near.size else least - slack
            if most < high[axis] - slack:
                near = values[(values >= most) & (values <= most + slack)]
                high[axis] = near.min() if near.size else most + slack
        return Box(tuple(map(float, low)), tuple(map(float, high)))


def _share(count: int, measures: list[float]) -> list[int]:
    """Return whole shares of ``count`` in proportion to ``measures``, by largest remainder."""
    total = sum(measures)
    if total <= 0:
        return [count] + [0] * (len(measures) - 1)
    ideal = [count * m / total for m in measures]
    shares = [int(i) for i in ideal]
    order = sorted(range(len(ideal)), key=lambda i: shares[i] - ideal[i])
    for i in order[: count - sum(shares)]:
        shares[i] += 1
    return shares
