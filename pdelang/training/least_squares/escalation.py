"""More features until two independent solves agree to the tolerance.

The estimate of the error is the distance between the answer and a second, smaller fit with
other features, other points and another seed, on points that neither has seen. Its floor is
the relative residual on fresh points (a tenth of it for linear problems, where the residual
cannot hide in a wrong branch), so that two fits which share a fault (contradictory
conditions, a front between the points) are not believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import Interior, System
from pdelang.training.least_squares.collocation import draw_points
from pdelang.training.least_squares.newton import Fit, Start, fit
from pdelang.training.least_squares.scales import search_scales

_FIRST_COUNTS = {1: 60, 2: 250}
_FIRST_COUNT = 400  # in three and more coordinates
# Growth of the feature count from level to level; between the two it follows from how fast
# the residual has fallen so far.
_LEAST_GROWTH = 1.25
_MOST_GROWTH = 2.5
_CHECK_SHARE = 0.9  # features of the second solve, relative to the first
_MOST_COLUMNS = 6000
_PROBES = 2000
# A second solve is worth its time once the residual is this close to the tolerance.
_PROMISING = 300.0
_RESIDUAL_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Level:
    """One row of the history: how many features, how good."""

    seconds: float
    features: int
    scales: tuple[float, ...]
    residual: float
    estimate: float
    iterations: int


@dataclass(frozen=True, slots=True, eq=False)
class Escalation:
    """The best fit, its estimate per unknown, every level on the way, and why it ended."""

    fit: Fit
    estimate: dict[str, float] | None
    levels: tuple[Level, ...]
    reached: bool
    out_of_time: bool
    ambiguous: bool  # every fit satisfies the equations, yet no two agree


def escalate(
    system: System,
    tolerance: float,
    seed: int,
    deadline: float,
    count: int | None = None,
    points: int | None = None,
    start: Start | None = None,
    on_level: Callable[[Level], None] | None = None,
) -> Escalation:
    """Fit with more and more features until the estimate is within the tolerance.

    ``count`` and ``points`` fix the number of features and of interior points, as far as
    the user has set them.
    """
    began = time.monotonic()
    d, fields = len(system.coordinates), len(system.fields)
    first = count or _FIRST_COUNTS.get(d, _FIRST_COUNT)
    most = count or max(first, _MOST_COLUMNS // fields)
    probes = draw_points(system, Interior(), _PROBES, seed + 900_001)

    def attempt(scales: np.ndarray, best: Fit | None) -> Fit:
        origin = best.jets if best is not None else start
        return fit(system, min(first, 400), scales, seed, origin, None, iterations=8)

    tuned = search_scales(d, attempt, began + 0.3 * max(0.0, deadline - began))
    current = tuned
    if count is not None and (tuned.dictionary.count != count or points is not None):
        current = fit(system, count, tuned.scales, seed, tuned.jets, points)
    levels: list[Level] = []
    answer, estimate = current, None
    previous: Fit | None = None
    stalled, out_of_time = 0, False
    while True:
        found = None if previous is None else _compare(system, current, previous, probes)
        share_of_residual = _RESIDUAL_SHARE if system.is_linear else 1.0
        residual_floor = share_of_residual * current.residual
        close = current.residual <= _PROMISING * tolerance
        last = current.dictionary.count >= most
        if (close or last) and (found is None or max(found.values()) > tolerance):
            scales = current.scales
            share = max(8, int(_CHECK_SHARE * current.dictionary.count))
            check = fit(system, share, scales, seed + 1, current.jets, points)
            second = _compare(system, current, check, probes)
            found = second if found is None else {k: min(found[k], second[k]) for k in second}
        if found is not None:
            found = {k: max(v, residual_floor) for k, v in found.items()}
        worst = max(found.values()) if found else float("inf")
        best = max(estimate.values()) if estimate else float("inf")
        helped = worst < 0.5 * best or (
            previous is not None and current.residual < 0.5 * previous.residual
        )
        stalled = 0 if helped or previous is None else stalled + 1
        if worst <= best:
            answer, estimate = current, found or estimate
        level = Level(
            time.monotonic() - began,
            current.dictionary.count,
            tuple(float(s) for s in current.scales),
            current.residual,
            worst,
            current.iterations,
        )
        levels.append(level)
        if on_level is not None:
            on_level(level)
        reached = estimate is not None and max(estimate.values()) <= tolerance
        if reached or last or stalled >= 2:
            break
        grown = min(most, _next_count(levels, tolerance))
        spent = time.monotonic() - began
        step = spent - (levels[-2].seconds if len(levels) > 1 else 0.0)
        if time.monotonic() + step * (grown / current.dictionary.count) ** 3 > deadline:
            out_of_time = True
            break
        previous = current
        current = fit(
            system, grown, previous.scales, seed + 10 * len(levels), previous.jets, points
        )
        if current.residual > 0.1 * previous.residual:
            # More features carry higher frequencies; try whether they help.
            finer = fit(
                system, grown, 1.4 * previous.scales, seed + 10 * len(levels), previous.jets, points
            )
            if finer.residual < current.residual:
                current = finer
    reached = estimate is not None and max(estimate.values()) <= tolerance
    ambiguous = (
        not reached
        and estimate is not None
        and answer.residual < 1e-6
        and max(estimate.values()) > max(1e-2, 1e4 * answer.residual)
    )
    return Escalation(answer, estimate, tuple(levels), reached, out_of_time, ambiguous)


def _next_count(levels: list[Level], tolerance: float) -> int:
    """Return the feature count at which the residual should pass the tolerance.

    For smooth solutions the logarithm of the residual falls about linearly with the count.
    """
    last = levels[-1]
    growth = _MOST_GROWTH
    if len(levels) > 1:
        before = levels[-2]
        fallen = np.log(before.residual / last.residual)
        if fallen > 0.0:
            wanted = np.log(max(1.0, 10.0 * last.residual / tolerance))
            more = (last.features - before.features) * wanted / fallen
            growth = 1.0 + 1.2 * more / last.features
    growth = min(_MOST_GROWTH, max(_LEAST_GROWTH, growth))
    if len(levels) == 1:
        growth = 1.7
    return int(growth * last.features) + 1


def _compare(system: System, answer: Fit, other: Fit, probes: np.ndarray) -> dict[str, float]:
    """Return the relative L2 distance per unknown; absolute where the answer is zero."""
    a, b = answer.fields(probes), other.fields(probes)
    distances = {}
    for unknown in system.problem.unknowns:
        rows = [system.fields.index(c) for c in unknown.components]
        size = float(np.linalg.norm(a[rows]))
        distance = float(np.linalg.norm(a[rows] - b[rows]))
        scale = size if size > 0.0 else float(np.sqrt(len(probes)))
        distances[unknown.name] = distance / scale
    return distances
