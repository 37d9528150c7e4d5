"""Numbers that are given, or tied to each other: ``u_i = f u_j + g``, resolved to those that are free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

_GIVEN = -1


@dataclass(slots=True, eq=False)
class Ties:
    """``u_i = factors[i] · u_roots[i] + shifts[i]``; a root of −1 stands for a number that is given."""

    roots: np.ndarray
    factors: np.ndarray
    shifts: np.ndarray

    @classmethod
    def of(cls, count: int) -> Ties:
        """Return ``count`` numbers that are all free."""
        return cls(np.arange(count), np.ones(count), np.zeros(count))

    def resolve(self, i: int) -> tuple[int, float, float]:
        """Return root, factor and shift of number i, whose own root is free or given."""
        root, factor, shift = int(self.roots[i]), float(self.factors[i]), float(self.shifts[i])
        if root not in (_GIVEN, i):
            root, more, rest = self.resolve(root)
            factor, shift = factor * more, factor * rest + shift
            self.roots[i], self.factors[i], self.shifts[i] = root, factor, shift
        return root, factor, shift

    def give(self, i: int, value: float) -> None:
        """Let ``u_i = value``; what is given already stays."""
        root, factor, shift = self.resolve(i)
        if root != _GIVEN:
            self._set(root, _GIVEN, 0.0, (value - shift) / factor)

    def tie(self, i: int, j: int, factor: float, shift: float) -> bool:
        """Let ``u_i = factor · u_j + shift``; say whether that is new, or follows from what was known."""
        root, own, rest = self.resolve(i)
        other, theirs, far = self.resolve(j)
        if root == other:
            return False
        # own u_root + rest = factor (theirs u_other + far) + shift
        if root != _GIVEN:
            self._set(root, other, factor * theirs / own, (factor * far + shift - rest) / own)
        else:
            self._set(other, _GIVEN, 0.0, ((rest - shift) / factor - far) / theirs)
        return True

    def reduce(self) -> tuple[csr_matrix, np.ndarray]:
        """Return ``T (n, free)`` and ``u0 (n,)`` with ``u = T y + u0`` for any free numbers y."""
        n = len(self.roots)
        for i in np.flatnonzero(self.roots != np.arange(n)):
            self.resolve(int(i))
        free = np.flatnonzero(self.roots == np.arange(n))
        place = np.full(n, -1)
        place[free] = np.arange(len(free))
        rows = np.flatnonzero(self.roots != _GIVEN)
        entries = (self.factors[rows], (rows, place[self.roots[rows]]))
        return csr_matrix(entries, shape=(n, len(free))), self.shifts.copy()

    def _set(self, i: int, root: int, factor: float, shift: float) -> None:
        self.roots[i], self.factors[i], self.shifts[i] = root, factor, shift
