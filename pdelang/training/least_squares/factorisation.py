"""Tall least-squares problems, a block of rows at a time.

    min_c ‖A c − y‖   by   QR of [A | y]

The orthogonal factor is never formed: the triangular factor of the augmented matrix holds
R, Qᵀy and the residual's norm. Rows may come in any number of blocks; what is kept between
blocks is one triangle, so a million rows fit (Golub, Van Loan, "Matrix Computations", 6.5).
Normal equations would square the condition number, which for random features is near 1e16.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import linalg

# Rows are gathered up to this many bytes before they are folded into the triangle.
_BUFFER_BYTES = 1 << 30
# Below this share of the largest singular value a direction is noise.
_CUTOFF = 1e-15
# A coefficient vector this long times rounding error spoils the sixth digit.
_LARGEST_NORM = 1e9


@dataclass
class RowFactor:
    """Collect rows ``[A | y]`` with ``columns`` unknowns, then solve."""

    columns: int
    _blocks: list[np.ndarray] = field(default_factory=list)
    _bytes: int = 0

    def add(self, rows: np.ndarray, values: np.ndarray) -> None:
        """Add equations ``rows (n, columns) · c = values (n,)``."""
        block = np.concatenate([rows, values[:, None]], axis=1)
        self._blocks.append(block)
        self._bytes += block.nbytes
        if self._bytes > _BUFFER_BYTES:
            self._fold()

    def solve(self) -> tuple[np.ndarray, float]:
        """Return the coefficients ``(columns,)`` and the norm of the residual.

        Back substitution where it is harmless; else singular values below 1e-15 of the
        largest are dropped, which picks the short solution among the equally good ones.
        """
        triangle = self._fold()
        p = self.columns
        if triangle.shape[0] < p:
            raise ValueError(f"{triangle.shape[0]} equations for {p} unknowns")
        upper, target = triangle[:p, :p], triangle[:p, p]
        residual = abs(float(triangle[p, p])) if triangle.shape[0] > p else 0.0
        diagonal = np.abs(np.diag(upper))
        if diagonal.min() > 0.0:
            solution = linalg.solve_triangular(upper, target, check_finite=False)
            if np.all(np.isfinite(solution)) and np.linalg.norm(solution) < _LARGEST_NORM * max(
                1.0, np.linalg.norm(target) / max(float(diagonal.max()), 1e-300)
            ):
                return solution, residual
        lengths = np.linalg.norm(upper, axis=0)
        lengths[lengths == 0.0] = 1.0
        left, singular, right = linalg.svd(upper / lengths, check_finite=False)
        kept = singular > _CUTOFF * singular[0]
        inverse = np.where(kept, 1.0 / np.where(kept, singular, 1.0), 0.0)
        solution = (right.T @ (inverse * (left.T @ target))) / lengths
        dropped = target - upper @ solution
        return solution, float(np.hypot(residual, np.linalg.norm(dropped)))

    def _fold(self) -> np.ndarray:
        stacked = self._blocks[0] if len(self._blocks) == 1 else np.concatenate(self._blocks)
        factors = linalg.qr(stacked, mode="r", overwrite_a=True, check_finite=False)
        triangle = np.asarray(factors[0])[: self.columns + 1]
        self._blocks = [triangle]
        self._bytes = triangle.nbytes
        return triangle
