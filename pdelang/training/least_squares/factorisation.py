"""Tall least-squares problems, a block of rows at a time.

    min_c ‖A c − y‖   by   QR of [A | y]

The orthogonal factor is never formed: the triangular factor of the augmented matrix holds
R, Qᵀy and the residual's norm. Rows may come in any number of blocks; what is kept between
blocks is one triangle, into which the next rows are folded by the QR of a triangle on top of
a rectangle, LAPACK's ``tpqrt``, which touches no zero (Golub, Van Loan, "Matrix
Computations", 6.5; Gunter, van de Geijn 2005). So a million rows fit.
Normal equations would square the condition number, which for random features is near 1e16.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

_geqrf, _tpqrt, _trcon = linalg.get_lapack_funcs(("geqrf", "tpqrt", "trcon"), dtype=np.float64)

# Rows are gathered up to this many bytes before they are folded into the triangle.
_BUFFER_BYTES = 1 << 30
_BLOCK = 64  # columns that LAPACK eliminates together
# Below this share of the largest singular value a direction is noise.
_CUTOFF = 1e-15
# A coefficient vector this long times rounding error spoils the sixth digit.
_LARGEST_NORM = 1e9
# Columns of independent features are dependent where the reciprocal condition is below this.
_SINGULAR = 1e-13


class TooFewRowsError(ArithmeticError):
    """Fewer equations than unknowns: the ``points`` that are set do not carry the features."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(f"{rows} equations for {columns} unknowns")
        self.rows = rows
        self.columns = columns


class RowFactor:
    """Collect rows ``[A | y]`` with ``columns`` unknowns, then solve.

    ``expected`` is the number of rows to come, where it is known.
    """

    def __init__(self, columns: int, expected: int | None = None) -> None:
        self.columns = columns
        width = columns + 1
        most = max(width, _BUFFER_BYTES // (8 * width))
        self._capacity = min(most, expected) if expected else most
        self._buffer: np.ndarray | None = None
        self._filled = 0
        self._triangle: np.ndarray | None = None
        self._pull = np.zeros(0)  # D² of the damping D, where there is one

    def add(self, rows: np.ndarray, values: np.ndarray, weight: float = 1.0) -> None:
        """Add equations ``rows (n, columns) · c = values (n,)``, times ``weight``."""
        start = 0
        while start < len(rows):
            if self._buffer is None:
                self._buffer = np.empty((self._capacity, self.columns + 1), order="F")
            if self._filled == self._capacity:
                self._fold()
                continue
            stop = min(len(rows), start + self._capacity - self._filled)
            target = self._buffer[self._filled : self._filled + stop - start]
            np.multiply(rows[start:stop], weight, out=target[:, :-1])
            np.multiply(values[start:stop], weight, out=target[:, -1])
            self._filled += stop - start
            start = stop

    def solve(self, independent: bool = False, seed: int | None = None) -> tuple[np.ndarray, float]:
        """Return the coefficients ``(columns,)`` and the norm of the residual.

        Back substitution where it is harmless; else singular values below 1e-15 of the
        largest are dropped, which picks the short solution among the equally good ones.
        ``independent`` columns are so unless the problem itself is singular. With a
        ``seed`` the answer is not the short one but a random one of the equally good, so
        that two solves of a problem with many solutions do not agree by habit. Raises
        TooFewRowsError where there are fewer rows than columns.
        """
        triangle = self._fold()
        p = self.columns
        if triangle.shape[0] < p:
            raise TooFewRowsError(triangle.shape[0], p)
        upper, target = triangle[:p, :p], triangle[:p, p]
        residual = abs(float(triangle[p, p])) if triangle.shape[0] > p else 0.0
        diagonal = np.abs(np.diag(upper))
        lengths = np.linalg.norm(upper, axis=0)
        lengths[lengths == 0.0] = 1.0
        if diagonal.min() > 0.0 and not (independent and _is_singular(upper / lengths)):
            solution = linalg.solve_triangular(upper, target, check_finite=False)
            if np.all(np.isfinite(solution)) and np.linalg.norm(solution) < _LARGEST_NORM * max(
                1.0, np.linalg.norm(target) / max(float(diagonal.max()), 1e-300)
            ):
                if seed is not None and self._pull.size:
                    solution += self._draw_free(upper, float(np.abs(solution).max()) or 1.0, seed)
                return solution, residual
        left, singular, right = linalg.svd(upper / lengths, check_finite=False)
        kept = singular > (_SINGULAR if independent else _CUTOFF) * singular[0]
        inverse = np.where(kept, 1.0 / np.where(kept, singular, 1.0), 0.0)
        scaled = right.T @ (inverse * (left.T @ target))
        dropped = target - (upper / lengths) @ scaled
        if seed is not None and not kept.all():
            free = np.random.default_rng(seed).standard_normal(int((~kept).sum()))
            size = np.linalg.norm(scaled) or 1.0
            scaled = scaled + right[~kept].T @ (size * free)
        return scaled / lengths, float(np.hypot(residual, np.linalg.norm(dropped)))

    def damp(self, share: float, absent: np.ndarray) -> None:
        """Add ``share · ‖column‖ · c_m = 0`` for every unknown: frames have long solutions too.

        Features that are close to combinations of others are then used as little as they help
        (Tikhonov; Adcock, Huybrechs, "Frames and numerical approximation", SIAM Review 61 (2019)).
        Unknowns numbered ``absent`` are 0.
        """
        lengths = np.linalg.norm(self._fold()[:, : self.columns], axis=0)
        lengths[lengths == 0.0] = 1.0
        damping = share * lengths
        self.add(np.diag(damping), np.zeros(self.columns))
        self._pull = damping**2
        self._pull[absent] = 0.0

    def _draw_free(self, upper: np.ndarray, size: float, seed: int) -> np.ndarray:
        """Return a random vector of entries of ``size`` in the directions that only damping determines.

        Damping towards z instead of 0 adds ``(RᵀR)⁻¹ D² z`` for ``RᵀR = AᵀA + D²``: z where A has
        nothing to say, next to nothing elsewhere. Combinations of features that vanish do not show
        it; an undetermined constant does.
        """
        z = size * np.random.default_rng(seed).standard_normal(self.columns)
        forward = linalg.solve_triangular(upper, self._pull * z, trans=1, check_finite=False)
        free = linalg.solve_triangular(upper, forward, check_finite=False)
        return free if np.all(np.isfinite(free)) else np.zeros(self.columns)

    def _fold(self) -> np.ndarray:
        """Take the gathered rows into the triangle and return it, ``(≤ p + 1, p + 1)``."""
        width = self.columns + 1
        if self._buffer is None or not self._filled:
            return np.zeros((0, width)) if self._triangle is None else self._triangle
        whole = self._buffer
        if self._filled < self._capacity:
            whole = np.asfortranarray(whole[: self._filled])
        if self._triangle is not None and len(self._triangle) == width:
            block = min(_BLOCK, width)
            self._triangle, _, _, info = _tpqrt(
                0, block, self._triangle, whole, overwrite_a=1, overwrite_b=1
            )
        else:
            if self._triangle is not None:
                whole = np.asfortranarray(np.concatenate([self._triangle, whole]))
            factored, _, _, info = _geqrf(whole, lwork=_BLOCK * width, overwrite_a=1)
            self._triangle = np.asfortranarray(np.triu(factored[:width]))
        if info:
            raise ValueError(f"LAPACK refused argument {-info}")
        # The buffer may be what LAPACK worked in, so the next rows get it anew.
        self._filled = 0
        assert self._triangle is not None
        return self._triangle


def _is_singular(upper: np.ndarray) -> bool:
    """Say whether a triangle with columns of length 1 is singular to rounding."""
    reciprocal, _ = _trcon(np.asfortranarray(upper))
    return bool(reciprocal < _SINGULAR)
