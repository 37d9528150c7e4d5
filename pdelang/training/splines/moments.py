"""The times of one window, and what is sought at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.training.splines.time_basis import TimeBasis, radau_points


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Times of a window in physical units, and per field the functions of time on it.

    ``sought[k]`` are the functions of field k whose coefficients are unknown.
    """

    start: float
    length: float
    tau: np.ndarray
    bases: tuple[TimeBasis, ...]
    sought: tuple[range, ...]

    @property
    def times(self) -> np.ndarray:
        return self.start + self.length * self.tau

    @property
    def slots(self) -> tuple[tuple[int, int], ...]:
        """Return (field, function of time) of every unknown per spline."""
        return tuple((k, i) for k, own in enumerate(self.sought) for i in own)


# Coefficients of every field: (splines, functions of time).
Coefficients = tuple[np.ndarray, ...]


def window_moments(start: float, length: float, orders: Sequence[int], stages: int) -> Moments:
    """Return the moments of a window whose fields have the given time orders."""
    bases = tuple(TimeBasis(k, stages) for k in orders)
    sought = tuple(range(k, k + stages) for k in orders)
    return Moments(start, length, radau_points(stages), bases, sought)


def start_moments(start: float, orders: Sequence[int]) -> Moments:
    """Return the start of time: sought are a field and its rates below the time order."""
    bases = tuple(TimeBasis(k, 0) for k in orders)
    return Moments(start, 1.0, np.zeros(1), bases, tuple(range(k) for k in orders))


def steady_moments(fields: int) -> Moments:
    """Return the single moment of a steady problem."""
    bases = (TimeBasis(0, 1),) * fields
    return Moments(0.0, 1.0, np.ones(1), bases, (range(1),) * fields)
