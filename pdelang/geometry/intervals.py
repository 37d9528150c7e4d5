"""Intervals along a coordinate, their quadrature, and the places that may end them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from pdelang.geometry.gauss_legendre import gauss_legendre

NO_LABEL = np.int64(1) << 60
FORCED = np.int64(-1)  # An event even where nothing is seen to change.
# Beside an event, to see what begins there.
BESIDE = 1e-9
# A square root this near beyond an interval, in its lengths, is felt in it.
_NEAR_ROOT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Intervals ``start .. stop`` of lines ``owner``, ``(k,)`` each; ``first`` and ``last`` say what ends them.

    Of a line these are labels of surfaces. Of events they are where there may be a square root, at the end or not far
    beyond it, infinite where there is none.
    """

    owner: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @classmethod
    def joined(cls, parts: list[Intervals]) -> Intervals:
        if not parts:
            zero = np.zeros(0)
            return cls(zero.astype(int), zero, zero, zero, zero)
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def restricted(self, some: np.ndarray) -> Intervals:
        return Intervals(*(getattr(self, f.name)[some] for f in fields(self)))

    def place_nodes(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``count`` nodes of every interval: its owner, the node, its weight.

        With square roots at ``m − h`` and ``m + h``, at the ends or beyond, they are even in θ, ``x = m − h cos θ``; with
        one at ``a`` in s, ``x = a ± s²``.
        """
        nodes, w = gauss_legendre(count)
        tau, share = 0.5 + 0.5 * nodes, 0.5 * w
        start, stop = self.start[:, None], self.stop[:, None]
        below, above = self.first[:, None], self.last[:, None]
        has_first, has_last = np.isfinite(below), np.isfinite(above)
        a, b = np.where(has_first, below, start), np.where(has_last, above, stop)
        middle, half = 0.5 * (a + b), 0.5 * (b - a)
        angle = np.arccos(np.clip((middle - start) / half, -1.0, 1.0))
        turn = np.arccos(np.clip((middle - stop) / half, -1.0, 1.0)) - angle
        theta = angle + turn * tau
        up, up_end = np.sqrt(start - a), np.sqrt(stop - a)
        down, down_end = np.sqrt(b - start), np.sqrt(b - stop)
        rise, fall = up + (up_end - up) * tau, down + (down_end - down) * tau
        kinds = [has_first & has_last, has_first, has_last]
        x = np.select(
            kinds,
            [middle - half * np.cos(theta), a + rise**2, b - fall**2],
            start + (stop - start) * tau,
        )
        slope = np.select(
            kinds,
            [
                half * np.sin(theta) * turn,
                2.0 * rise * (up_end - up),
                2.0 * fall * (down - down_end),
            ],
            stop - start,
        )
        return np.repeat(self.owner, count), x.ravel(), (slope * share).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places ``at (n, m)`` of events, NaN for none; whether there may be a square root, and which surfaces make them."""

    at: np.ndarray
    may_turn: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, at: np.ndarray, may_turn: bool, label: np.int64 = NO_LABEL) -> Places:
        return cls(at, np.full(at.shape, may_turn), np.full(at.shape, label))

    @classmethod
    def joined(cls, parts: list[Places]) -> Places:
        return cls(
            *(
                np.concatenate([getattr(p, name) for p in parts], axis=1)
                for name in ("at", "may_turn", "labels")
            )
        )


def find_roots(
    owner: np.ndarray, start: np.ndarray, stop: np.ndarray, places: Places
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest places of a square root below and above intervals, ``(k,)`` each, infinite for none or far ones."""
    length = stop - start
    slack = BESIDE * length
    at = np.where(places.may_turn, places.at, np.nan)[owner]
    with np.errstate(invalid="ignore"):
        below = np.where(at <= (start + slack)[:, None], at, -np.inf).max(axis=1, initial=-np.inf)
        above = np.where(at >= (stop - slack)[:, None], at, np.inf).min(axis=1, initial=np.inf)
    below, above = np.minimum(below, start), np.maximum(above, stop)
    below = np.where(start - below <= _NEAR_ROOT * length, below, -np.inf)
    return below, np.where(above - stop <= _NEAR_ROOT * length, above, np.inf)
