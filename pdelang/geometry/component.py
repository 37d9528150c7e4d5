"""A connected piece of a shape: the shape, on its side of surfaces that lie between the pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pdelang.geometry.shape import Difference, Ends, Intersection, Leaf, Shape

if TYPE_CHECKING:
    from scipy.spatial import KDTree


@dataclass(frozen=True, slots=True, eq=False)
class Component(Shape):
    """The points of ``whole`` in ``place``, which is cut out of it where the shape has a gap.

    The cuts give nothing to its surface, so its leaves are those of ``whole``.
    """

    whole: Shape
    place: Shape

    @classmethod
    def cut(cls, whole: Shape, cuts: Sequence[tuple[Shape, bool]]) -> Component:
        """Return what of a shape lies inside of some cuts, or outside of those with False."""
        place = whole
        for cut, is_inside in cuts:
            place = Intersection(place, cut) if is_inside else Difference(place, cut)
        return cls(whole, place)

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return self.place.low

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return self.place.high

    def distance(self, points: np.ndarray) -> np.ndarray:
        return self.place.distance(points)

    def is_inside(self, points: np.ndarray) -> np.ndarray:
        return self.place.is_inside(points)

    def classify(self, points: np.ndarray, tolerance: float) -> np.ndarray:
        return self.place.classify(points, tolerance)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return self.whole.leaves

    def replaced(self, leaves: dict[int, Leaf]) -> Shape:
        return Component(self.whole.replaced(leaves), self.place.replaced(leaves))


@dataclass(frozen=True, eq=False)
class Territory(Shape):
    """The points nearer to some ``own (n, d)`` points than to any of ``others (m, d)``."""

    own: np.ndarray
    others: np.ndarray

    @property
    def low(self) -> Ends:  # type: ignore[override]
        return (-np.inf,) * self.own.shape[1]

    @property
    def high(self) -> Ends:  # type: ignore[override]
        return (np.inf,) * self.own.shape[1]

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Return half the difference of the distances to the nearest point of either kind, a lower bound."""
        return 0.5 * (self._trees[0].query(points)[0] - self._trees[1].query(points)[0])

    @cached_property
    def _trees(self) -> tuple[KDTree, KDTree]:
        # Imported only where it is needed: importing takes half a second of a `check`.
        from scipy.spatial import KDTree

        return KDTree(self.own), KDTree(self.others)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return ()

    def replaced(self, leaves: dict[int, Leaf]) -> Shape:
        return self
