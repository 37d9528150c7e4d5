"""What a march over the windows of time leaves: the windows, or why they do not reach the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.window import Piece


class Failure(Enum):
    """Why a solve did not come to its end."""

    OUT_OF_TIME = "there was no time left"
    DIVERGED = "Newton's method does not converge"
    TOO_SHORT = "the solution changes faster than the shortest window"
    UNDETERMINED = "the equations do not determine the solution"
    NOT_FINITE = "a term has no finite value"
    TOO_FINE = "more elements would be needed than are allowed"


@dataclass(frozen=True, slots=True, eq=False)
class Marched:
    """All windows up to ``reached``, and what it took. ``failure`` says why that is not the end.

    Windows in the stretches of time ``unresolved`` were taken whatever their error, because the data jump.
    """

    pieces: tuple[Piece, ...]
    reached: float
    rejected: int
    iterations: int
    weights: dict[str, float]
    sizes: tuple[float, ...]  # the largest value of every field
    failure: Failure | None = None
    unresolved: tuple[tuple[float, float], ...] = ()

    def resolves(self, times: np.ndarray) -> np.ndarray:
        """Say which times ``(n,)`` lie outside the stretches that are unresolved, ``(n,)``."""
        resolved = np.ones(np.shape(times), bool)
        for low, high in self.unresolved:
            resolved &= (times < low) | (times >= high)
        return resolved

    @property
    def space(self) -> SplineSpace:
        """Return the finest space, which holds those of all windows."""
        return self.pieces[-1].space
