"""How well a window resolves the time, and how long the next one may be."""

from __future__ import annotations

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.splines.moments import Coefficients, Moments
from pdelang.training.splines.resolution import Resolution

_SAFETY = 0.9
_SHORTEST, FASTEST = 0.15, 3.0
"""Bounds of the growth from window to window."""


def find_time_error(state: Coefficients, moments: Moments, sizes: np.ndarray) -> float:
    """Return the size of the first mode in time that is not there, extrapolated.

    It is relative to ``sizes (fields,)``.
    """
    worst = 0.0
    for c, basis, size in zip(state, moments.bases, sizes, strict=True):
        modes = np.abs(c[:, basis.order :]).max(axis=0) / size
        ratio = modes[-1] / max(modes[-2], 1e-300) if len(modes) > 1 else 1.0
        worst = max(worst, float(modes[-1] * min(1.0, ratio)))
    return worst


def find_growth(error: float, resolution: Resolution) -> float:
    """Return by what the length of a window with this error in time is to be multiplied."""
    share = resolution.tolerance / max(error, 1e-300)
    return float(np.clip(_SAFETY * share ** (1.0 / (resolution.stages + 1)), _SHORTEST, FASTEST))


def time_orders(system: System) -> tuple[int, ...]:
    """Return the highest time derivative of every field in any equation."""
    highest = dict.fromkeys(system.fields, 0)
    for jet in system.jets:
        highest[jet.field] = max(highest[jet.field], jet.orders[-1])
    return tuple(highest[name] for name in system.fields)
