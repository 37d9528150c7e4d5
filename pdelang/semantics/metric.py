"""Coordinate systems: which directions of space the coordinates are, and what is suppressed.

By position, whatever the names: polar (r), (r, θ); cylindrical (r), (r, z), (r, θ, z);
spherical (r), (r, θ), (r, θ, φ) with θ measured from the axis. Directions that are not
written are symmetries: nothing depends on them and no vector has a component along them,
but tensors do (the hoop stress), and integrals go over them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

CARTESIAN = "cartesian"
POLAR = "polar"
CYLINDRICAL = "cylindrical"
SPHERICAL = "spherical"

FORMS: dict[str, tuple[tuple[str, ...], ...]] = {
    POLAR: (("r",), ("r", "θ")),
    CYLINDRICAL: (("r",), ("r", "z"), ("r", "θ", "z")),
    SPHERICAL: (("r",), ("r", "θ"), ("r", "θ", "φ")),
}
"""The coordinates that may be written, by system and in order."""

_DIRECTIONS = {POLAR: ("r", "θ"), CYLINDRICAL: ("r", "θ", "z"), SPHERICAL: ("r", "θ", "φ")}
_AZIMUTH = {POLAR: "θ", CYLINDRICAL: "θ", SPHERICAL: "φ"}
# Points on a pole are moved off it by this share of an edge where a formula has 1/r.
_OFF = 1e-6


@dataclass(frozen=True, slots=True)
class Metric:
    """A coordinate system with ``d`` coordinates written.

    ``factors[i]`` times coordinate i is its value in base units (radians, for an angle).
    """

    system: str
    factors: tuple[Fraction | float, ...]

    @classmethod
    def cartesian(cls, d: int) -> Metric:
        return cls(CARTESIAN, (Fraction(1),) * d)

    @property
    def d(self) -> int:
        return len(self.factors)

    @property
    def is_cartesian(self) -> bool:
        return self.system == CARTESIAN

    @property
    def is_trivial(self) -> bool:
        """Whether coordinates are lengths in base units along straight axes."""
        return self.is_cartesian and all(factor == 1 for factor in self.factors)

    @property
    def is_flat(self) -> bool:
        """Whether the coordinates are lengths along straight axes of their plane or space, in one unit."""
        is_straight = self.is_cartesian or (self.system == CYLINDRICAL and "θ" not in self.written)
        return is_straight and len(set(self.factors)) == 1

    @property
    def written(self) -> tuple[str, ...]:
        """The directions written, in the letters of the module; none in a Cartesian system."""
        return () if self.is_cartesian else FORMS[self.system][self.d - 1]

    @property
    def directions(self) -> tuple[int | None, ...]:
        """The coordinate of every direction of space, None for a suppressed one."""
        if self.is_cartesian:
            return tuple(range(self.d))
        return tuple(
            self.written.index(letter) if letter in self.written else None
            for letter in _DIRECTIONS[self.system]
        )

    @property
    def azimuth(self) -> int | None:
        """The coordinate that turns about the axis, None where it is not written."""
        return self._axis_of(_AZIMUTH.get(self.system))

    @property
    def inclination(self) -> int | None:
        """The coordinate that is the angle from the axis of a sphere, None where there is none."""
        return self._axis_of("θ") if self.system == SPHERICAL else None

    @property
    def suppressed(self) -> float:
        """What the suppressed angles give to an integral: 1, 2π or 4π.

        A suppressed z counts 1: per unit of length.
        """
        if self.is_cartesian or self.azimuth is not None:
            return 1.0
        return 4 * math.pi if self.system == SPHERICAL and self.d == 1 else 2 * math.pi

    @property
    def turning(self) -> frozenset[tuple[int, int, int]]:
        """The (a, b, c) for which unit vector b turns towards c along direction a."""
        pairs = {CARTESIAN: (), SPHERICAL: ((1, 0), (2, 0), (2, 1))}.get(self.system, ((1, 0),))
        return frozenset(t for a, b in pairs for t in ((a, a, b), (a, b, a)))

    def density(self, points: np.ndarray) -> np.ndarray | None:
        """Return the measure per unit of coordinates at points ``(n, ≥ d)``, up to constants.

        ``r`` in polar and cylindrical, ``r²`` or ``r² sin θ`` in spherical coordinates; None
        where it is the same everywhere.
        """
        if self.is_cartesian:
            return None
        r = np.abs(points[:, 0])
        if self.system != SPHERICAL:
            return r
        theta = self.inclination
        if theta is None:
            return r**2
        return r**2 * np.abs(np.sin(float(self.factors[theta]) * points[:, theta]))

    def _axis_of(self, letter: str | None) -> int | None:
        return self.written.index(letter) if letter in self.written else None


def move_off(points: np.ndarray, axis: int, end: float, into: float) -> None:
    """Move the points ``(n, d)`` that lie at ``end`` of an axis towards ``into``, in place."""
    step = _OFF * (into - end)
    near = np.abs(points[:, axis] - end) < abs(step)
    points[near, axis] = end + step
