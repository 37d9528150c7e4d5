"""Where what lines meet changes its form from line to line.

Along the last coordinate a line meets the surfaces of the leaves in points; the pieces between them lie inside or
outside. Along the coordinates before it stand *events*, at which another surface is met or one is met in another
order: corners, crossings, turns. Between events everything depends analytically on the place of the line, up to a
square root at a turn. For surfaces of second degree events of plane sections are roots of polynomials; elsewhere
they are found by bisection of what a line meets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pdelang.geometry.affine import Affine
from pdelang.geometry.intervals import BESIDE, FORCED, NO_LABEL, Intervals, Places, find_roots
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.lines import PRIME, Lines
from pdelang.geometry.mesh import Mesh
from pdelang.geometry.polygon import Polygon
from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.shape import Leaf, list_by_row

# Cells that look for events without equations: across lines, and across planes.
_EVENT_CELLS, _PLANE_CELLS = 96, 48
_BISECTIONS = 46
_MOST_BETWEEN = 4  # events between two cells that show a difference
# Events nearer than this, relative to the length of the box, are one.
_DISTINCT = 1e-11
_MOST_PAIRS = 20_000
# Beside an event of planes, where several of lines come together.
_BESIDE_PLANES = 1e-5
# Halvings that look for a kink, nodes of either rule, and what of the whole is a difference.
_KINK_DEPTH, _KINK_NODES, _KINK_SEEN = 24, 12, 1e-9


@dataclass(frozen=True, eq=False)
class Arrangement:
    """What parallel lines meet, over the coordinates of their frame before the last."""

    lines: Lines

    @property
    def d(self) -> int:
        return self.lines.d

    @cached_property
    def _sections(self) -> Quadrics:
        """All surfaces of second degree, in the coordinates of the frame."""
        own = Quadrics.joined([s.faces for s in self.lines.sources], self.d)
        return own.image(self.lines.frame.T, np.zeros(self.d))

    @cached_property
    def _pairs(self) -> np.ndarray | None:
        """The pairs of surfaces that may meet, ``(p, 2)``; None where there are too many.

        Neighbouring edges of a polygon meet in its vertices, which are known.
        """
        counts = [len(s.faces) for s in self.lines.sources]
        owner = np.repeat(np.arange(len(counts)), counts)
        lone = np.array([_is_polygon(s) for s in self.lines.sources])[owner]
        within = sum(
            k**2 for k, s in zip(counts, self.lines.sources, strict=True) if not _is_polygon(s)
        )
        if len(owner) ** 2 - sum(k**2 for k in counts) + within > 2 * _MOST_PAIRS:
            return None
        i, j = np.triu_indices(len(owner), 1)
        some = ~((owner[i] == owner[j]) & lone[i])
        return np.stack([i[some], j[some]], axis=1)

    @cached_property
    def _is_exact(self) -> bool:
        """Whether all events of plane sections are roots of polynomials."""
        return all(len(s.faces) for s in self.lines.sources) and self._pairs is not None

    @cached_property
    def _is_flat(self) -> bool:
        return self._is_exact and not self._sections.is_curved.any()

    def cut(self, level: int, prefix: np.ndarray) -> tuple[Intervals, np.ndarray]:
        """Return the intervals of coordinate ``axes[level]`` between events, for ``prefix (n, level)``, and numbers.

        Only those over which the body lies.
        """
        if level == self.d - 1:
            return self.lines.cut(prefix)
        exact = self._candidates(level, prefix)
        if self._needs_grid(level):
            missed = self._bisect_between(level, prefix, exact.at)
            exact = Places.joined([exact, Places.of(missed, not self._is_flat)])
            if self.d == 2 and not self.lines.has_equations:
                exact = Places.joined([exact, Places.of(self._find_kinks(exact), False, FORCED)])
        return self._collect(level, prefix, exact, self._sorted(level, exact))

    def _number(self, level: int, prefix: np.ndarray) -> np.ndarray:
        """Return what `cut` says of every prefix, ``(n,)``, without looking for events that have no equations."""
        if level == self.d - 1:
            return self.lines.cut(prefix)[1]
        places = self._candidates(level, prefix)
        if self._needs_grid(level):
            places = self._with_grid(level, places)
        return self._collect(level, prefix, places, self._sorted(level, places))[1]

    def _needs_grid(self, level: int) -> bool:
        if level == self.d - 2:
            return not self._is_exact
        # Planes through a mesh cost too much to look for where they change.
        return not any(isinstance(leaf, Mesh) for leaf in self.lines.shape.leaves)

    def _with_grid(self, level: int, exact: Places) -> Places:
        """Return places with those of a grid after them."""
        cells = _PLANE_CELLS if level < self.d - 2 else _EVENT_CELLS
        # Off the places at which symmetric bodies have their events.
        grid = (np.arange(1, cells) + 0.0371) / cells
        grid = self.lines.low[level] + self.lines.lengths[level] * grid
        at = np.broadcast_to(grid, (len(exact.at), len(grid)))
        return Places.joined([exact, Places.of(at, False)])

    def _find_kinks(self, exact: Places) -> np.ndarray:
        """Return where the length of lines of a plane body has a kink that no event tells, ``(1, m)``.

        There one Gauss rule and two of half its width do not agree: what does not is halved until it does.
        """
        prefix = np.zeros((1, 0))
        intervals, _ = self._collect(0, prefix, exact, self._sorted(0, exact))
        coarse = self._integrate_lengths(intervals)
        total, found, parents = float(coarse.sum()), [np.zeros(0)], None
        for _ in range(_KINK_DEPTH):
            middle = 0.5 * (intervals.start + intervals.stop)
            halves = replace(intervals, stop=middle), replace(intervals, start=middle)
            sums = [self._integrate_lengths(half) for half in halves]
            differs = np.abs(sums[0] + sums[1] - coarse) > _KINK_SEEN * total
            if parents is not None:
                # Neither half has it: it is where they meet, as nearly as can be seen.
                found.append(parents[~differs.reshape(2, -1).any(axis=0)])
            if not differs.any():
                break
            parents = middle[differs]
            intervals = Intervals.joined([half.restricted(differs) for half in halves])
            coarse = np.concatenate([part[differs] for part in sums])
        return np.sort(np.concatenate(found))[None]

    def _integrate_lengths(self, intervals: Intervals) -> np.ndarray:
        """Return the area over every interval of the first coordinate of the plane."""
        numbered = replace(intervals, owner=np.arange(len(intervals.owner)))
        owner, x, w = numbered.place_nodes(_KINK_NODES)
        lines, _ = self.lines.cut(x[:, None])
        lengths = np.bincount(lines.owner, lines.stop - lines.start, minlength=len(x))
        return np.bincount(owner, w * lengths, minlength=len(intervals.owner))

    def _candidates(self, level: int, prefix: np.ndarray) -> Places:
        """Return places that may be events of lines or planes ``(n, level)``."""
        n = len(prefix)
        # Those of a formula or a mesh are not exact.
        known = [leaf.corners @ self.lines.frame[level] for leaf in self.lines.equations]
        ends = [end for leaf in self.lines.equations for end in self._ends(leaf, level)]
        is_round = level < self.d - 2 and not self._is_flat
        is_forced = is_round and len(self.lines.sources) > 1
        if level < self.d - 2:
            rough = [leaf for leaf in self.lines.shape.leaves if leaf not in self.lines.equations]
            ends += [float(x) for leaf in rough for x in (leaf.corners @ self.lines.frame[level])]
        groups = [
            (np.unique(np.concatenate([*known, np.zeros(0)])), is_round, NO_LABEL),
            # Where round solids have their middle two events may pass each other that look the same.
            (np.unique(ends), is_round or not self._is_exact, FORCED if is_forced else NO_LABEL),
        ]
        if level == self.d - 2:
            sections, f = self._sections.in_planes(prefix), len(self._sections)
            curved = self._sections.is_curved
            flags = np.concatenate([curved, curved, np.zeros(2 * f, bool)])
            groups.append((sections.find_turns(), flags, np.tile(np.arange(f), 4)))
            if self._pairs is not None:
                labels = f + np.repeat(np.arange(len(self._pairs)), 4)
                groups.append((sections.find_meetings(self._pairs), False, labels))
        at = [np.broadcast_to(x, (n, x.shape[-1])) for x, _, _ in groups]
        return Places.joined(
            [
                Places(x, np.broadcast_to(flag, x.shape), np.broadcast_to(label, x.shape))
                for x, (_, flag, label) in zip(at, groups, strict=True)
            ]
        )

    def _ends(self, leaf: Leaf, level: int) -> list[float]:
        """Return both ends and the middle of a bounded leaf along a coordinate; none of one that its corners tell."""
        if not np.isfinite([leaf.low, leaf.high]).all() or _is_polygon(leaf):
            return []
        direction = self.lines.frame[level]
        low, high = -leaf.support(-direction), leaf.support(direction)
        return [low, 0.5 * (low + high), high]

    def _sorted(self, level: int, places: Places) -> Places:
        """Return the ends of the box and all places within, in order: those without stand at the upper end."""
        low, length = self.lines.low[level], self.lines.lengths[level]
        high = low + length
        slack = _DISTINCT * length
        with np.errstate(invalid="ignore"):
            valid = (places.at > low - slack) & (places.at < high + slack)
        kept = valid.any(axis=0)
        at = np.clip(np.where(valid, places.at, high)[:, kept], low, high)
        inner = Places(
            at,
            (places.may_turn & valid)[:, kept],
            np.where(valid, places.labels, NO_LABEL)[:, kept],
        )
        ends = (Places.of(np.full((len(at), 1), x), False) for x in (low, high))
        whole = Places.joined([next(ends), inner, next(ends)])
        order = np.argsort(whole.at, axis=1, kind="stable")
        return Places(
            *(
                np.take_along_axis(x, order, axis=1)
                for x in (whole.at, whole.may_turn, whole.labels)
            )
        )

    def _collect(
        self, level: int, prefix: np.ndarray, exact: Places, places: Places
    ) -> tuple[Intervals, np.ndarray]:
        """Join pieces between ``places``, in order, in which the same is met; ``exact`` also has those beyond the box."""
        wide, numbers = self._look_between(level, prefix, places.at)
        n = len(prefix)
        state, number = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
        begun, least = places.at[:, 0].copy(), np.full(n, NO_LABEL)
        found: list[tuple[np.ndarray, ...]] = []
        for k in range(places.at.shape[1]):
            here = places.at[:, k]
            least = np.minimum(least, places.labels[:, k])
            is_end = k == places.at.shape[1] - 1
            decided = np.ones(n, bool) if is_end else wide[:, k]
            ahead = np.zeros(n, np.uint64) if is_end else numbers[:, k]
            cut = decided & ((ahead != state) | ((least == FORCED) & (state != 0)))
            closed = np.flatnonzero(cut & (state != 0))
            found.append((closed, begun[closed], here[closed]))
            begun = np.where(cut, here, begun)
            met = (number * PRIME + ahead) * PRIME + least.astype(np.uint64) + np.uint64(1)
            number = np.where(cut, met, number)
            state = np.where(decided, ahead, state)
            least = np.where(decided, NO_LABEL, least)
        owner, start, stop = (np.concatenate(p) for p in zip(*found, strict=True))
        return Intervals(owner, start, stop, *find_roots(owner, start, stop, exact)), number

    def _look_between(
        self, level: int, prefix: np.ndarray, points: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which pieces between points are more than rounding, and what is met in their middles."""
        wide = np.diff(points, axis=1) > _DISTINCT * self.lines.lengths[level]
        row, column = np.nonzero(wide)
        middle = 0.5 * (points[row, column] + points[row, column + 1])
        numbers = np.zeros(wide.shape, dtype=np.uint64)
        numbers[row, column] = self._number(level + 1, np.column_stack([prefix[row], middle]))
        return wide, numbers

    def _bisect_between(self, level: int, prefix: np.ndarray, exact: np.ndarray) -> np.ndarray:
        """Return events that are not among ``exact``, ``(n, m)``."""
        # Here the mark says which places are known.
        sorted_places = self._sorted(level, self._with_grid(level, Places.of(exact, True)))
        points, known = sorted_places.at, sorted_places.may_turn
        wide, numbers = self._look_between(level, prefix, points)
        # Planes in which events are looked for too are told apart by noise.
        looks_beside = level == self.d - 2 or self._is_exact
        beside_by = BESIDE if level == self.d - 2 else _BESIDE_PLANES
        n, step = len(prefix), beside_by * self.lines.lengths[level]
        state, at = np.zeros(n, np.uint64), points[:, 0] + step
        between = np.ones(n, bool)  # The ends of the box are known.
        earliest, latest = points[:, 0].copy(), points[:, 0].copy()
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for k in range(wide.shape[1]):
            here = known[:, k]
            earliest = np.where(here & ~between, points[:, k], earliest)
            latest = np.where(here, points[:, k], latest)
            between |= here
            middle = 0.5 * (points[:, k] + points[:, k + 1])
            changed = wide[:, k] & (numbers[:, k] != state)
            lone, beside = np.flatnonzero(changed & ~between), np.flatnonzero(changed & between)
            found.append((lone, at[lone], middle[lone]))
            if looks_beside:
                # Something may happen on either side of what is known.
                found.append((beside, at[beside], earliest[beside] - step))
                found.append((beside, latest[beside] + step, middle[beside]))
            state = np.where(wide[:, k], numbers[:, k], state)
            at = np.where(wide[:, k], middle, at)
            between &= ~wide[:, k]
        # A box that was drawn too wide ends after the body.
        if looks_beside:
            left = np.flatnonzero(state != 0)
            found.append((left, at[left], points[left, -1] - step))
        row, first, last = (np.concatenate(p) for p in zip(*found, strict=True))
        some = first < last
        row, first, last = row[some], first[some], last[some]
        before, after = (
            self._number(level + 1, np.column_stack([prefix[row], x])) for x in (first, last)
        )
        some = before != after
        row, first, last, before, after = (x[some] for x in (row, first, last, before, after))
        places: list[tuple[np.ndarray, np.ndarray]] = []
        while len(row) and len(places) < _MOST_BETWEEN:
            second = last
            for _ in range(_BISECTIONS):
                middle = 0.5 * (first + second)
                same = self._number(level + 1, np.column_stack([prefix[row], middle])) == before
                first, second = np.where(same, middle, first), np.where(same, second, middle)
            places.append((row, 0.5 * (first + second)))
            # What begins there need not be what is found at the end: then something happens in between.
            first = second + step
            before = self._number(level + 1, np.column_stack([prefix[row], first]))
            more = (before != after) & (first < last)
            row, first, last, before, after = (x[more] for x in (row, first, last, before, after))
        if not places:
            return np.zeros((n, 0))
        row, found_at = (np.concatenate(p) for p in zip(*places, strict=True))
        return list_by_row(n, row, found_at)


def _is_polygon(source: Leaf | Crease) -> bool:
    return isinstance(source.leaf if isinstance(source, Affine) else source, Polygon)
