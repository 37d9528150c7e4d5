"""Newton's method on one window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.training.splines.moments import Coefficients
from pdelang.training.splines.window import Window

_ITERATIONS = 8
_SETTLED = 1e-3  # of the tolerance: what the iteration may leave
_ROUNDING = 1e-13
# A change that grows by more, or is larger than this many sizes, is that of a failure.
_GROWTH, _LARGEST = 4.0, 1e3


class StepError(ArithmeticError):
    """Newton's method failed on this window."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowSolve:
    """The coefficients of a window, the weights of its terms, and the iterations it took."""

    state: Coefficients
    weights: dict[str, float]
    iterations: int


def solve_window(
    window: Window, state: Coefficients, sizes: np.ndarray, tolerance: float, rule: str
) -> WindowSolve:
    """Solve the equations of a window from ``state``; changes are relative to ``sizes (fields,)``.

    Raises StepError where the iteration does not converge.
    """
    bound = max(_ROUNDING, _SETTLED * tolerance)
    before = np.inf
    for k in range(_ITERATIONS):
        linearised = window.residuals(state)
        change, weights = window.correct(linearised, rule)
        state = tuple(c + d for c, d in zip(state, change, strict=True))
        moved = max(
            float(np.abs(d).max(initial=0.0)) / s for d, s in zip(change, sizes, strict=True)
        )
        # The next change is smaller by at least the rate seen so far.
        ahead = moved * moved / before if np.isfinite(before) else np.inf
        if window.is_linear or min(moved, ahead) <= bound:
            return WindowSolve(state, weights, k + 1)
        if not np.isfinite(moved) or moved > _GROWTH * before or moved > _LARGEST:
            break
        before = moved
    raise StepError("Newton's method does not converge on a window")
