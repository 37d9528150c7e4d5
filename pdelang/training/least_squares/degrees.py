"""Which polynomials: sets of degrees, their radii read off the coefficients found so far.

    { m : Σ_i (m_i / r_i)^q ≤ 1 },   q = 2 up to three coordinates, 1 above

For functions that are analytic around the whole box, the Euclidean degree (q = 2) needs the
fewest terms (Trefethen, "Multivariate polynomial approximation in the hypercube", Proc. AMS
145 (2017)); in high dimension the total degree (q = 1) does before its asymptotics set in.
Along a periodic axis m counts the harmonics. An axis along which only even or only odd
degrees carry anything keeps those alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

_EUCLIDEAN_UP_TO = 3  # coordinates
# Radii are found where the envelope of the coefficients falls to this share of the tolerance.
_SHARE = 0.03
_ROUNDING = 2e-16
# The envelope is read up to this share of a radius: at the end of an axis only features that
# are constant along all other coordinates are left.
_READ_TO, _READ_FROM = 0.8, 0.4
# An axis is left as it is while another lacks this much more.
_BALANCED = 0.03
_MARGIN = 3  # degrees kept beyond the last that counts
_LEAST_GROWTH, _MOST_GROWTH = 1.15, 1.7
# A coefficient of the other parity below this share of the largest is always taken for zero.
_NO_PARITY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class DegreeSet:
    """``radii (d,)``; ``parity[i]`` is 0 for even, 1 for odd degrees only, None for all."""

    radii: np.ndarray
    parity: tuple[int | None, ...]
    periodic: Collection[int] = ()

    @property
    def power(self) -> int:
        return 2 if len(self.radii) <= _EUCLIDEAN_UP_TO else 1

    def list_degrees(self) -> np.ndarray:
        """Return every member, ``(M, d)``, the low degrees first."""
        members = np.zeros((1, 0), int)
        used = np.zeros(1)
        for axis, radius in enumerate(self.radii):
            parity = self.parity[axis]
            along = np.arange(parity or 0, self._size(axis), 1 if parity is None else 2)
            share = (self._measure(axis, along) / max(radius, 1e-9)) ** self.power
            total = used[:, None] + share[None, :]
            rows, columns = np.nonzero(total <= 1.0 + 1e-9)
            members = np.concatenate([members[rows], along[columns][:, None]], axis=1)
            used = total[rows, columns]
        return members[np.argsort(used, kind="stable")]

    def scaled(self, factor: float) -> DegreeSet:
        """Return the set with all radii times ``factor``."""
        return replace(self, radii=np.maximum(1.0, factor * self.radii))

    def along(self, axis: int, other: DegreeSet) -> DegreeSet:
        """Return the set with the radius of ``axis``, all others as in ``other`` or smaller."""
        radii = np.minimum(self.radii, other.radii)
        radii[axis] = self.radii[axis]
        return replace(self, radii=radii)

    def _size(self, axis: int) -> int:
        whole = int(np.floor(self.radii[axis] + 1e-9))
        return 2 * whole + 1 if axis in self.periodic else whole + 1

    def _measure(self, axis: int, along: np.ndarray) -> np.ndarray:
        return (along + 1) // 2 if axis in self.periodic else along

    def envelopes(self, degrees: np.ndarray, coefficients: np.ndarray) -> list[np.ndarray]:
        """Return per axis, by degree, the largest coefficient of that degree or a higher one.

        ``coefficients (M, fields)``; each field counts relative to its own largest.
        """
        largest = np.abs(coefficients).max(axis=0)
        size = (np.abs(coefficients) / np.where(largest > 0, largest, 1.0)).max(axis=1)
        found = []
        for axis in range(len(self.radii)):
            along = self._measure(axis, degrees[:, axis])
            envelope = np.zeros(int(along.max(initial=0)) + 1)
            np.maximum.at(envelope, along, size)
            found.append(np.maximum.accumulate(envelope[::-1])[::-1])
        return found

    def grow(
        self, degrees: np.ndarray, coefficients: np.ndarray, tolerance: float
    ) -> tuple[DegreeSet, float]:
        """Return the next set, and the factor by which the whole need still exceeds it.

        Along each axis the coefficients' envelope is extrapolated, geometrically, to where
        it falls below the tolerance.
        """
        target = max(_ROUNDING, _SHARE * tolerance)
        radii, excess = self.radii.copy(), 1.0
        envelopes = self.envelopes(degrees, coefficients)
        ends = [self._read(axis, envelope) for axis, envelope in enumerate(envelopes)]
        largest = max(envelope[high] for envelope, (_, high) in zip(envelopes, ends, strict=True))
        for axis, (envelope, (low, high)) in enumerate(zip(envelopes, ends, strict=True)):
            radius = self.radii[axis]
            below = np.flatnonzero(envelope <= target)
            if len(below):
                radii[axis] = min(radius, below[0] + _MARGIN)
                continue
            if envelope[high] < _BALANCED * largest:
                # This may be the shadow of what other axes lack; they are first.
                continue
            rate = np.log(envelope[low] / envelope[high]) / max(1, high - low)
            needed = _MOST_GROWTH**4 * radius
            if rate > 0.0:
                needed = min(needed, (high + np.log(envelope[high] / target) / rate) + 2.0)
            if needed > radius:
                radii[axis] = max(
                    radius + 1.0, min(needed, _MOST_GROWTH * radius), _LEAST_GROWTH * radius
                )
                excess = max(excess, needed / radii[axis])
        if np.all(radii <= self.radii):
            # Nothing is missing by the coefficients alone, yet the fit is not good enough.
            radii = self.radii
            radii = np.maximum(radii + 1.0, _LEAST_GROWTH * radii)
        return replace(self, radii=radii), float(excess)

    @property
    def is_whole(self) -> bool:
        """Say whether no parity is left out along any axis."""
        return not any(parity is not None for parity in self.parity)

    def whole(self) -> DegreeSet:
        """Return the set with all parities."""
        return replace(self, parity=(None,) * len(self.parity))

    def _read(self, axis: int, envelope: np.ndarray) -> tuple[int, int]:
        """Return the two degrees between which the fall of an envelope is measured."""
        high = min(len(envelope) - 1, max(1, int(_READ_TO * self.radii[axis])))
        return max(0, min(high - 1, int(_READ_FROM * self.radii[axis]))), high

    def with_parity(self, degrees: np.ndarray, coefficients: np.ndarray, noise: float) -> DegreeSet:
        """Return the set without the degrees, axis by axis, that carry no more than ``noise``.

        ``noise`` is relative to the largest coefficient.
        """
        noise = max(noise, _NO_PARITY)
        largest = np.abs(coefficients).max(axis=0)
        size = (np.abs(coefficients) / np.where(largest > 0, largest, 1.0)).max(axis=1)
        parity: list[int | None] = []
        for axis in range(len(self.radii)):
            odd = degrees[:, axis] % 2 == 1
            largest_odd, largest_even = size[odd].max(initial=0.0), size[~odd].max(initial=0.0)
            if axis in self.periodic:
                parity.append(None)
            elif largest_odd < noise * largest_even:
                parity.append(0)
            elif largest_even < noise * largest_odd:
                parity.append(1)
            else:
                parity.append(None)
        return replace(self, parity=tuple(parity))
