"""The size of the features' frequencies, per coordinate, found on small problems.

The scale is the first-order knob of random features: too low and they cannot follow the
solution, too high and they oscillate between the points. Small fits are cheap, so it is
searched: first all coordinates together by factors of two, then each by itself, always
judged by the relative residual on points that the fit has not seen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdelang.training.journal import read_clock
from pdelang.training.least_squares.newton import Fit

_FIRST_SCALE = 4.0
_LARGEST_SCALE = 4096.0
_SMALLEST_SCALE = 0.125
# A finer scale has to earn its cost: the residual must fall by this factor.
_WORTHWHILE = 0.8
# Residuals below this are rounding error; there is nothing left to tell scales apart.
_ROUNDING = 1e-13


def search_scales(d: int, attempt: Callable[[np.ndarray, Fit | None], Fit], deadline: float) -> Fit:
    """Return the best fit over scales ``(d,)``.

    ``attempt(scales, best)`` makes one small fit, from the best one so far where that helps.
    """
    best = attempt(np.full(d, _FIRST_SCALE / np.sqrt(max(1.0, d / 2.0))), None)

    def climb(change: np.ndarray) -> bool:
        """Go on in one direction for as long as it pays; allow one step without a gain."""
        nonlocal best
        improved, patience, scales = False, 1, best.scales
        while read_clock() < deadline and best.residual > _ROUNDING:
            scales = scales * change
            if scales.max() > _LARGEST_SCALE or scales.min() < _SMALLEST_SCALE:
                break
            candidate = attempt(scales, best)
            if candidate.residual < _WORTHWHILE * best.residual:
                best, improved = candidate, True
            elif patience:
                patience -= 1
            else:
                break
        return improved

    if not climb(np.full(d, 2.0)):
        climb(np.full(d, 0.5))
    if 1 < d <= 4:
        for axis in range(d):
            change = np.ones(d)
            change[axis] = 2.0
            if not climb(change):
                climb(1.0 / change)
    return best
