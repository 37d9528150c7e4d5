"""Newton's iteration in function space: linearise at the current jets, solve for a whole new model.

A whole step may raise the weighted residual: where the linearisation is close to singular, as for
a shock that hardly minds where it stands, what is left after a good step may be larger than
what was there before. So whole steps are tried a few times, and only if they lead nowhere a
shorter one is taken that lowers the residual (the watchdog technique, Chamberlain, Powell,
Lemaréchal, Pedersen 1982; Armijo's rule).

Features that cannot follow the solution leave a residual that no step removes, and features
that depend on each other leave their coefficients to rounding, so that steps need not become
small. There the iteration has converged by the relative offset, once the fields have settled
(Bates, Watts, "A relative offset orthogonality convergence criterion for nonlinear least
squares", Technometrics 23 (1981)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.equations import Equations

_SHORTEST_STEP = 2.0**-8
_DARING = 3  # whole steps that need not lower the residual
_NEGLIGIBLE = 1e-6
_STALLED = 1e-6  # relative change of the jets where the residual cannot fall any further
_SETTLED = 1e-2  # the same, where no step may lead far away by a way that hardly matters
_OFFSET = 1e-3
# Fields that no longer move in a double are at the end, though residuals of rounding jump about.
_ROUNDING = 1e-13
_ROUNDING_OFFSET = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class _Anchor:
    """The last iterate that lowered the merit, and where Newton's whole step from it leads."""

    coefficients: np.ndarray
    states: list[np.ndarray]
    proposed: np.ndarray
    targets: list[np.ndarray]
    weights: dict[str, float]
    merit: float


# A whole step may lead so far that residuals overflow there: an infinite merit is refused.
@np.errstate(over="ignore", invalid="ignore")
def iterate(
    equations: Equations,
    dictionary: FeatureDictionary,
    coefficients: np.ndarray,
    iterations: int,
    seed: int,
    enough: float,
) -> tuple[np.ndarray, dict[str, float], int, bool]:
    """Return coefficients, weights of the terms, iterations, and whether they converged.

    Newton's method ends with the step whose relative change is below ``enough``, with the one
    that finds nothing left but rounding error, or at a relative offset below 1e-3.
    """
    states = equations.states(dictionary, coefficients)
    anchor: _Anchor | None = None
    daring = 0
    weights: dict[str, float] = {}
    for k in range(iterations):
        proposed, weights, left = equations.solve(states, dictionary, seed)
        targets = equations.states(dictionary, proposed)
        change = _relative_change(states, targets, equations.shares)
        moved = _field_change(equations, states, targets)
        if anchor is None or equations.merit(states, anchor.weights) <= 0.9 * anchor.merit:
            merit = equations.merit(states, weights)
            anchor = _Anchor(coefficients, states, proposed, targets, weights, merit)
            daring = 0
        is_settled = change < _SETTLED or moved < enough
        offset = _ROUNDING_OFFSET if moved < _ROUNDING else _OFFSET
        if is_settled and _is_stationary(equations, states, targets, weights, left, offset):
            return proposed, weights, k + 1, True
        whole = equations.merit(targets, anchor.weights)
        if whole <= 0.9 * anchor.merit or (daring < _DARING and np.isfinite(whole)):
            if whole > 0.9 * anchor.merit:
                if change < _STALLED:
                    # Nothing left to gain but rounding error.
                    return coefficients, weights, k + 1, True
                daring += 1
            coefficients, states = proposed, targets
            if change < enough:
                return coefficients, weights, k + 1, True
            continue
        step = _shorten(equations, anchor)
        if step is None:
            # No way down: at rounding error this is the end, elsewhere a failure.
            return anchor.coefficients, anchor.weights, k + 1, change < _STALLED
        coefficients = (1.0 - step) * anchor.coefficients + step * anchor.proposed
        states = _between(anchor, step)
        anchor = None
    if anchor is not None and equations.merit(states, anchor.weights) > anchor.merit:
        coefficients, weights = anchor.coefficients, anchor.weights
    return coefficients, weights, iterations, False


def _field_change(equations: Equations, before: list[np.ndarray], after: list[np.ndarray]) -> float:
    """Return the largest change of the fields themselves, relative to their sizes over all points.

    Derivatives may go on changing where functions that are singular nearly cancel.
    """
    squares: dict[str, np.ndarray] = {}
    for basis, old, new in zip(equations.bases, before, after, strict=True):
        # What follows the jets are those at the nodes of integrals.
        for jet, a, b in zip(basis.jets, old, new, strict=False):
            if not any(jet.orders):
                pair = np.array([np.sum((b - a) ** 2), np.sum(b**2)])
                squares[jet.field] = squares.get(jet.field, 0.0) + pair
    return max((math.sqrt(d / s) for d, s in squares.values() if s > 0.0), default=math.inf)


def _is_stationary(
    equations: Equations,
    states: list[np.ndarray],
    targets: list[np.ndarray],
    weights: dict[str, float],
    left: float,
    offset: float,
) -> bool:
    """Say whether what is left of the residual is the features' and no longer Newton's.

    ``left`` is what the linearised equations leave. The relative offset compares what a step could
    still remove with that, ``√(m² − left²)/left`` for the merit m.
    """
    least = left * math.sqrt(1.0 + offset**2)
    return all(equations.merit(some, weights) <= least for some in (states, targets))


def _shorten(equations: Equations, anchor: _Anchor) -> float | None:
    """Return a step below 1 from an anchor that lowers the merit (Armijo's rule), or None."""
    step = 0.5
    while step >= _SHORTEST_STEP:
        merit = equations.merit(_between(anchor, step), anchor.weights)
        if merit <= (1.0 - 0.1 * step) * anchor.merit:
            return step
        step /= 2.0
    return None


def _between(anchor: _Anchor, step: float) -> list[np.ndarray]:
    pairs = zip(anchor.states, anchor.targets, strict=True)
    return [(1.0 - step) * s + step * t for s, t in pairs]


def _relative_change(
    before: list[np.ndarray], after: list[np.ndarray], shares: list[np.ndarray | float]
) -> float:
    """Return the largest change of any jet relative to its own size.

    A jet far smaller than the largest at the same points may be nothing but rounding error,
    and counts relative to that one.
    """
    largest = 0.0
    for old, new, share in zip(before, after, shares, strict=True):
        old, new = share * old, share * new
        size = np.linalg.norm(new, axis=1)
        size = np.maximum(size, _NEGLIGIBLE * size.max(initial=0.0))
        difference = np.linalg.norm(new - old, axis=1)
        largest = max(largest, float(np.max(difference / np.where(size > 0, size, 1.0), initial=0)))
    return largest
