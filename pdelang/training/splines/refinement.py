"""Solve, solve more finely, compare: until the two agree to the tolerance.

The distance of two solves of different resolution is the error of the coarser one, nearly; the
finer one is the answer, so the estimate is on the large side. Its floor is a tenth of the relative
residual between the points, so that two solves that share a fault are not believed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from enum import Enum

import numpy as np

from pdelang.calculus.system import System
from pdelang.semantics.settings import Settings
from pdelang.training.journal import read_clock, remember
from pdelang.training.norms import bound_by_residuals, compare_fields, expected_sizes
from pdelang.training.places import space_time_box
from pdelang.training.splines.banded_rows import SingularRowsError
from pdelang.training.splines.evidence import measure_residuals
from pdelang.training.splines.march import march
from pdelang.training.splines.marched import Failure, Marched
from pdelang.training.splines.resolution import Resolution
from pdelang.training.splines.sites import space_order
from pdelang.training.splines.steady import settle
from pdelang.training.splines.storage import read_marched, write_marched
from pdelang.training.splines.tabulation import evaluate_pieces
from pdelang.training.splines.time_error import time_orders

# Every solve resolves this much more finely than the one before it.
_FINER = 10.0
_COARSER = 100.0  # of a solve that only the last one is compared with
# Where the windows grow as fast as they may, two solves of other tolerances would have the same ones
# and the same error, which their distance does not show.
_SHORTER = 0.7
# Likewise the elements to begin with, which may be all that either needs.
_MORE_ELEMENTS = 1.4
_FIRST_SHARE = 3.0  # of the tolerance, per window: errors of all windows mostly add up to less
_FINEST = 1e-13
_MOST_LEVELS = 8
# Of a number of elements or windows that the user has set, the share of the first solve.
_CHECK_SHARE = 0.75
_PROBES = 8192
_PROBE_SEED = 424_243
# The next solve takes about this much longer than the one before it.
_COST_GROWTH = 2.0
# Of a relative residual: below it a solve has followed the solution, if coarsely.
_HOLDS = 0.1


class Ending(Enum):
    """Why the refinement ended."""

    REACHED = "the estimate is within the tolerance"
    STALLED = "a finer solve no longer helps"
    FAILED = "a finer solve failed"
    OUT_OF_TIME = "there is no time for a finer solve"
    INTERRUPTED = "stopped from the keyboard"


@dataclass(frozen=True, slots=True)
class Level:
    """One row of the history: one solve."""

    seconds: float
    tolerance: float
    elements: int
    windows: int
    iterations: int
    estimate: float


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """The finest solve that reached the end, and its estimate per unknown.

    ``marched`` is an unfinished solve where none reached the end, and None where there is nothing.
    ``failure`` is that of the last solve.
    """

    marched: Marched | None
    resolution: Resolution
    estimate: dict[str, float]
    residuals: dict[str, float]
    levels: tuple[Level, ...]
    ending: Ending
    failure: Failure | None


def refine(
    system: System,
    settings: Settings,
    deadline: float,
    on_progress: Callable[[float, int, int], None],
    on_estimate: Callable[[dict[str, float]], None],
) -> Refinement:
    """Solve a problem in one space coordinate until its estimate is within the tolerance.

    ``deadline`` is a reading of ``time.monotonic()``; ``on_progress(time, windows, elements)`` is
    called after every window, ``on_estimate`` after every solve. Raises NotFiniteError where a term has no finite value at the start.
    """
    probes = space_time_box(system.problem).sample(_PROBES, _PROBE_SEED)
    wanted = choose_resolution(system, settings)
    is_fixed = wanted.elements is not None or wanted.windows is not None
    resolution = _coarser(wanted) if is_fixed else wanted
    answer: Marched | None = None
    levels: list[Level] = []
    began = read_clock()
    estimate: dict[str, float] = {}
    residuals: dict[str, float] = {}
    failure, ending = None, Ending.STALLED
    used = resolution
    try:
        while len(levels) < (2 if is_fixed else _MOST_LEVELS):
            before = read_clock()
            # A solve that does not hold may have spikes, and says nothing of the fields' size.
            is_known = answer is not None and max(residuals.values(), default=0.0) < _HOLDS
            sizes = answer.sizes if answer is not None and is_known else None
            rule = settings.weights.name
            current = _solve(system, resolution, deadline, rule, on_progress, sizes)
            failure = current.failure
            if failure is not None:
                ending = Ending.OUT_OF_TIME if failure is Failure.OUT_OF_TIME else Ending.FAILED
                answer = current if answer is None and current.pieces else answer
                break
            found = {} if answer is None else _compare(system, current, answer, probes)
            between = measure_residuals(system, current)
            floor = bound_by_residuals(between)
            found = {name: max(value, floor) for name, value in found.items()}
            on_estimate(found)
            worst, earlier = _worst(found), _worst(estimate)
            levels.append(
                Level(
                    read_clock() - began,
                    resolution.tolerance,
                    current.space.elements,
                    len(current.pieces),
                    current.iterations,
                    worst,
                )
            )
            if worst < earlier or not estimate:
                answer, used, estimate, residuals = current, resolution, found, between
            if worst <= settings.tolerance:
                ending = Ending.REACHED
                break
            if len(levels) > 2 and worst > 0.5 * earlier:
                break
            if read_clock() + _COST_GROWTH * (read_clock() - before) > deadline:
                ending = Ending.OUT_OF_TIME
                if not estimate and not is_fixed:
                    # Too late for a finer solve, but what there is may be compared with a coarser.
                    coarse = replace(resolution, tolerance=_COARSER * resolution.tolerance)
                    other = _solve(system, coarse, deadline, rule, on_progress, sizes)
                    if other.failure is None:
                        distance = _compare(system, current, other, probes)
                        estimate = {name: max(value, floor) for name, value in distance.items()}
                        on_estimate(estimate)
                        levels[-1] = replace(levels[-1], estimate=_worst(estimate))
                break
            if resolution.tolerance <= _FINEST:
                break
            resolution = wanted if is_fixed else _finer(resolution, current)
    except KeyboardInterrupt:
        ending = Ending.INTERRUPTED
    return Refinement(answer, used, estimate, residuals, tuple(levels), ending, failure)


def choose_resolution(system: System, settings: Settings) -> Resolution:
    """Return degrees that suit the tolerance and the order of the equations.

    Measured on Burgers, Allen-Cahn and two solitons: degree 7 with four moments is the cheapest
    down to about 1e-6, more pays below.
    """
    options = dict(settings.network.options) if settings.network is not None else {}
    highest = max((space_order(jet, system) for jet in system.jets), default=0)
    tolerance = settings.tolerance
    degree = max(7 if tolerance > 1e-9 else 9, highest + 4)
    stages = 4 if tolerance > 3e-6 else 5 if tolerance > 1e-9 else 7
    return Resolution(
        max(_FINEST, _FIRST_SHARE * tolerance),
        int(options.get("degree", degree)),
        int(options.get("time_degree", stages)),
        settings.windows,
        int(options["elements"]) if "elements" in options else None,
    )


def _solve(
    system: System,
    resolution: Resolution,
    deadline: float,
    rule: str,
    on_progress: Callable[[float, int, int], None],
    sizes: tuple[float, ...] | None,
) -> Marched:
    is_steady = system.problem.time is None

    def solve() -> Marched:
        try:
            if is_steady:
                return settle(system, resolution, deadline, on_progress, rule)
            return march(system, resolution, deadline, on_progress, rule, sizes)
        except SingularRowsError:
            return Marched((), 0.0, 0, 0, {}, (), Failure.UNDETERMINED)

    orders = None if is_steady else time_orders(system)
    return remember(
        "level",
        [rule, *astuple(resolution)],
        solve,
        write_marched,
        lambda stored: read_marched(stored, orders, resolution),
        is_final=lambda marched: marched.failure is not Failure.OUT_OF_TIME,
    )


def _finer(resolution: Resolution, before: Marched) -> Resolution:
    tolerance = max(_FINEST, resolution.tolerance / _FINER)
    longest = max(piece.moments.length for piece in before.pieces)
    return replace(
        resolution,
        tolerance=tolerance,
        longest=_SHORTER * longest,
        fewest=math.ceil(_MORE_ELEMENTS * resolution.fewest),
    )


def _coarser(resolution: Resolution) -> Resolution:
    def fewer(number: int | None) -> int | None:
        return None if number is None else max(1, int(_CHECK_SHARE * number))

    return replace(
        resolution,
        elements=fewer(resolution.elements),
        windows=fewer(resolution.windows),
        tolerance=_FINER * resolution.tolerance,
    )


def _compare(
    system: System, answer: Marched, other: Marched, probes: np.ndarray
) -> dict[str, float]:
    """Return the relative L2 distance per unknown; absolute where the answer is zero."""
    own = evaluate_pieces(system, answer.pieces, probes)
    others = evaluate_pieces(system, other.pieces, probes)
    weights = system.problem.domain.density(probes)
    return compare_fields(system.problem.unknowns, others, own, weights, expected_sizes(system))


def _worst(estimate: dict[str, float]) -> float:
    return max(estimate.values(), default=np.inf)
