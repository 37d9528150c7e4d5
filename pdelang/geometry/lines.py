"""Where lines meet a body."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdelang.geometry.box import Box
from pdelang.geometry.intervals import NO_LABEL, Intervals
from pdelang.geometry.line_scan import LINE_CELLS, Crease, scan_lines
from pdelang.geometry.shape import Leaf, Shape

# Relative to the length of the box: nearer points of a line are one.
_DISTINCT = 1e-13
# A box that a scan has drawn is too narrow by less than this.
_SLACK = 0.02
_CELLS_AT_ONCE = 1 << 20
_LABELS = 1 << 32  # of one source
PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines through a shape within a box along the last row of an orthonormal ``frame (d, d)``.

    A line is known by its other coordinates ``frame[:-1] @ x``. ``creases`` are surfaces inside at which an
    integrand is not smooth.
    """

    shape: Shape
    box: Box
    frame: np.ndarray
    creases: tuple[Crease, ...] = ()

    @property
    def d(self) -> int:
        return len(self.frame)

    @cached_property
    def _reach(self) -> np.ndarray:
        """The ends ``(2, d)`` of the box along the frame; wider where a scan has found it, which misses tips."""
        slack = 0.0 if self.has_equations else _SLACK * self.box.lengths
        low = np.maximum(np.asarray(self.box.low) - slack, self.shape.low)
        high = np.minimum(np.asarray(self.box.high) + slack, self.shape.high)
        ends = self.frame * low, self.frame * high
        return np.stack([np.minimum(*ends).sum(axis=1), np.maximum(*ends).sum(axis=1)])

    @cached_property
    def low(self) -> np.ndarray:
        return self._reach[0]

    @cached_property
    def lengths(self) -> np.ndarray:
        return self._reach[1] - self._reach[0]

    @cached_property
    def sources(self) -> tuple[Leaf | Crease, ...]:
        return (*self.shape.leaves, *self.creases)

    @cached_property
    def equations(self) -> list[Leaf]:
        """The leaves of which it is known where a line meets them."""
        return [leaf for leaf in self.shape.leaves if leaf.has_equations]

    @cached_property
    def has_equations(self) -> bool:
        return len(self.equations) == len(self.shape.leaves) and all(
            len(s.faces) for s in self.creases
        )

    def place(self, prefix: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Return points ``(n, d)`` in the coordinates of space."""
        return np.column_stack([prefix, last]) @ self.frame

    def split(self, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of the source of every label, and which of its parts it is; creases count after the leaves."""
        return labels // _LABELS, labels % _LABELS

    def cut(self, prefix: np.ndarray) -> tuple[Intervals, np.ndarray]:
        """Return the inside of lines ``(n, d − 1)``, and a number for each that says what it meets, ``(n,)``.

        Intervals end at creases too. Lines that meet nothing have the number 0.
        """
        step = max(1, _CELLS_AT_ONCE // self._columns)
        parts = [self._cut_some(prefix[i : i + step], i) for i in range(0, len(prefix), step)]
        return Intervals.joined([p for p, _ in parts]), np.concatenate(
            [*(h for _, h in parts), np.zeros(0, np.uint64)]
        )

    @property
    def _columns(self) -> int:
        return sum(2 * len(s.faces) or LINE_CELLS[self.d] for s in self.sources) + 2

    def _cut_some(self, prefix: np.ndarray, start: int) -> tuple[Intervals, np.ndarray]:
        length = float(self.lengths[-1])
        origins = self.place(prefix, np.full(len(prefix), self.low[-1]))
        direction = self.frame[-1]
        found, labels = [np.zeros((len(prefix), 1))], [np.full((len(prefix), 1), NO_LABEL)]
        for number, source in enumerate(self.sources):
            t, label = self._meet(source, origins, direction, length)
            slack = _DISTINCT * length
            with np.errstate(invalid="ignore"):
                valid = (t > -slack) & (t < length + slack)
            found.append(np.clip(np.where(valid, t, length), 0.0, length))
            labels.append(np.where(valid, label + number * _LABELS, NO_LABEL))
        found.append(np.full((len(prefix), 1), length))
        labels.append(np.full((len(prefix), 1), NO_LABEL))
        t, label = np.concatenate(found, axis=1), np.concatenate(labels, axis=1)
        order = np.argsort(t, axis=1, kind="stable")
        t, label = np.take_along_axis(t, order, axis=1), np.take_along_axis(label, order, axis=1)
        wide = np.diff(t, axis=1) > _DISTINCT * length
        row, column = np.nonzero(wide)
        inside = wide.copy()
        # Where a scan may have missed that a line leaves the body, more than the middle is asked.
        for share in (0.5,) if self.has_equations else (0.5, 0.211, 0.829):
            at = t[row, column] + share * (t[row, column + 1] - t[row, column])
            inside[row, column] &= self.shape.is_inside(origins[row] + at[:, None] * direction)
        # Lines along a crease never meet it: on which side a piece lies tells them apart.
        sides = np.zeros(wide.shape, np.uint64)
        row, column = np.nonzero(inside)
        middle = 0.5 * (t[row, column] + t[row, column + 1])
        for number, crease in enumerate(self.creases):
            above = crease.values(origins[row] + middle[:, None] * direction) > 0
            sides[row, column] += above.astype(np.uint64) << np.uint64(number % 60)
        intervals, number = self._collect_pieces(t, label, wide, inside, sides)
        return Intervals(
            intervals.owner + start,
            self.low[-1] + intervals.start,
            self.low[-1] + intervals.stop,
            intervals.first,
            intervals.last,
        ), number

    def _collect_pieces(
        self,
        t: np.ndarray,
        label: np.ndarray,
        wide: np.ndarray,
        inside: np.ndarray,
        sides: np.ndarray,
    ) -> tuple[Intervals, np.ndarray]:
        """Join pieces of lines that are not told apart by a surface of the body or a crease."""
        n = len(t)
        at_crease = label >= len(self.shape.leaves) * _LABELS
        at_crease &= label < NO_LABEL
        least, creased = np.full(n, NO_LABEL), np.zeros(n, dtype=bool)
        state, number = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.uint64)
        begun, begun_at = np.zeros(n), np.full(n, NO_LABEL)
        found: list[tuple[np.ndarray, ...]] = []
        for k in range(t.shape[1]):
            least = np.minimum(least, label[:, k])
            creased |= at_crease[:, k]
            is_end = k == t.shape[1] - 1
            decided = np.ones(n, dtype=bool) if is_end else wide[:, k]
            ahead = np.zeros(n, dtype=bool) if is_end else inside[:, k]
            cut = decided & ((ahead != state) | (creased & ahead & state))
            closed = np.flatnonzero(cut & state)
            found.append((closed, begun[closed], t[closed, k], begun_at[closed], least[closed]))
            begun, begun_at = np.where(cut, t[:, k], begun), np.where(cut, least, begun_at)
            beyond = np.uint64(0) if is_end else sides[:, k] * PRIME
            number = np.where(cut, number * PRIME + least.astype(np.uint64) + beyond + 1, number)
            state = np.where(decided, ahead, state)
            least = np.where(decided, NO_LABEL, least)
            creased &= ~decided
        return Intervals(*(np.concatenate(p) for p in zip(*found, strict=True))), number

    def _meet(
        self, source: Leaf | Crease, origins: np.ndarray, direction: np.ndarray, length: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return where lines meet one source, ``(n, k)``, and which of its surfaces that is."""
        if isinstance(source, Leaf):
            known = source.crossings(origins, direction)
            if known is not None:
                return known
        if len(source.faces):
            return source.faces.roots(origins, direction), np.arange(2 * len(source.faces))
        return scan_lines(source, origins, direction, length)
