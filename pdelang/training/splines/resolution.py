"""How finely splines resolve a solution."""

from __future__ import annotations

from dataclasses import dataclass

PER_ELEMENT = 2  # Gauss points: two rows for every new spline
# The same for initial data. With two, what is left at the ends of the interval has third derivatives
# so large that the first window's equations do not hold between its moments (two solitons).
PER_ELEMENT_AT_START = 4
FIRST_ELEMENTS = 24
MOST_ELEMENTS = 4000
SHORTEST_ELEMENT = 1e-8  # of the domain
SPACE_SHARE = 0.1  # of the tolerance: equations lose some of what the splines could resolve


@dataclass(frozen=True, slots=True)
class Resolution:
    """How finely a march resolves: ``tolerance`` per window, relative to the largest value."""

    tolerance: float
    degree: int
    stages: int
    windows: int | None = None  # of equal length, when the user has set their number
    elements: int | None = None  # of equal length, likewise
    longest: float | None = None  # window that may be taken, however small its error
    fewest: int = FIRST_ELEMENTS  # elements to begin with
