"""Two data for one component at one point: where they differ, and the words for it."""

from __future__ import annotations

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.box import Box, Side
from pdelang.geometry.names import name_side
from pdelang.semantics.domain import Domain, Surface
from pdelang.semantics.evaluate import NotEvaluableError
from pdelang.semantics.faults import Faults
from pdelang.semantics.start_data import GivenData

# Data written in two ways, `sin(pi*x)` at x = 1 and `0`, agree to rounding: 1e-15 of their size,
# a few more digits lost in long formulas. Measured data are given to three digits or more.
_ROUNDING = 1e-9
_SMALLEST = 1e-12
_SAMPLES = 9
_NO_PLACE = 1e-12


def find_clash(
    a: GivenData,
    b: GivenData,
    points: np.ndarray,
    coordinates: tuple[str, ...],
    negligible: float = 0.0,
) -> tuple[np.ndarray, float, float] | None:
    """Return the point where the data differ most, and both values; None if they agree.

    Differences up to ``negligible``, in the data's unit, count as none.
    """
    if points.shape[0] == 0:
        return None
    try:
        first, second = a.evaluate(points, coordinates), b.evaluate(points, coordinates)
    except NotEvaluableError:
        return None
    size = max(np.max(np.abs(first), initial=0.0), np.max(np.abs(second), initial=0.0))
    worst = find_worst(first, second, size)
    if worst is None or abs(float(first[worst] - second[worst])) <= negligible:
        return None
    return points[worst], float(first[worst]), float(second[worst])


def find_worst(
    first: np.ndarray, second: np.ndarray, size: float, rounding: float = _ROUNDING
) -> int | None:
    """Return where two arrays differ most, None if they agree to rounding or are not finite."""
    difference = np.abs(first - second)
    if not np.all(np.isfinite(difference)):
        return None
    worst = int(np.argmax(difference))
    return None if difference[worst] <= max(_SMALLEST, rounding * size) else worst


def report_clash(
    code: str,
    what: str,
    a: GivenData,
    b: GivenData,
    where: str,
    clash: tuple[np.ndarray, float, float],
    coordinates: tuple[str, ...],
    faults: Faults,
) -> None:
    point, first, second = clash
    size = float(np.max(np.abs(point), initial=0.0))
    # Ends of curves are known to rounding, which nobody wants to read as a coordinate.
    place = np.where(np.abs(point) > _NO_PLACE * size, point, 0.0)
    at = ", ".join(f"{name} = {value:g}" for name, value in zip(coordinates, place, strict=True))
    is_rate = a.is_rate or b.is_rate
    ordered = sorted(
        [
            (data.condition.span, f"{_verb(data, is_rate)} {value:.6g}")
            for data, value in ((a, first), (b, second))
        ],
        key=lambda entry: (entry[0].source.name, entry[0].start),
    )
    (earlier, earlier_words), (later, later_words) = ordered
    faults.add(
        code,
        f"`{what}` is given two values {where}",
        later,
        f"{later_words} at {at}",
        related=[Related(earlier, f"{earlier_words} there")],
        notes=["no smooth solution takes both; the error will be largest near that point"],
        help=f'if the jump is meant, write `allow {code}: "the reason"`',
    )


def _verb(data: GivenData, is_rate: bool) -> str:
    return "changes at the rate" if is_rate and not data.is_rate else "gives"


def grid(box: Box, sides: set[Side]) -> np.ndarray:
    """Return a tensor grid of the box, its points on all of ``sides``; few points per axis."""
    free = box.d - len({side.axis for side in sides})
    count = max(2, min(_SAMPLES * 5, int(4096 ** (1 / max(1, free)))))
    if free > 12:
        # A tensor grid would be too large: both ends of one diagonal and its middle stand for it.
        t = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
        points = np.asarray(box.low) + t * box.lengths
    else:
        axes = {side.axis for side in sides}
        points = box.grid(tuple(1 if axis in axes else count for axis in range(box.d)))
    for side in sides:
        points[:, side.axis] = box.side_value(side)
    return points


def name_on(side: Surface, domain: Domain) -> str:
    return name_side(side, domain.coordinates)
