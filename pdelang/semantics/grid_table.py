"""Tables on grids as smooth functions: tensor products of interpolating splines.

Of degree 5 (less where an axis has fewer than six ticks), so that fourth derivatives are continuous.
Kept as polynomials between the ticks,

    f(x) = Σ_j c_j (x − b)^j      on the piece that begins at b,

along every axis, which NumPy and JAX evaluate alike.
Source: de Boor, "A Practical Guide to Splines" (2001), chapters XIII and XVII.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

HIGHEST_DEGREE = 5


@dataclass(frozen=True, slots=True, eq=False)
class GridTable:
    """Values on the grid of ``ticks``, one ascending array per axis; compared by identity.

    ``starts[a]`` are where the pieces along axis a begin; ``coefficients`` has two axes for each
    of the grid's: the power of ``x − start``, then the piece.
    """

    path: str
    ticks: tuple[np.ndarray, ...]
    values: np.ndarray
    starts: tuple[np.ndarray, ...]
    coefficients: np.ndarray

    @classmethod
    def of(cls, path: str, ticks: tuple[np.ndarray, ...], values: np.ndarray) -> GridTable:
        """Interpolate ``values``, one index per axis, each of two ticks or more."""
        # Only a spec with a table pays for this import.
        from scipy.interpolate import make_interp_spline

        coefficients, starts = values, []
        for axis, own in enumerate(ticks):
            degree = min(HIGHEST_DEGREE, len(own) - 1)
            spline = make_interp_spline(own, np.moveaxis(coefficients, 2 * axis, 0), k=degree)
            begin = np.unique(spline.t)[:-1]
            starts.append(begin)
            # (powers, pieces, rest), then both to where the axis was: Taylor at every start.
            powers = [spline(begin, nu=j) / math.factorial(j) for j in range(degree + 1)]
            coefficients = np.moveaxis(np.array(powers), (0, 1), (2 * axis, 2 * axis + 1))
        return cls(path, ticks, values, tuple(starts), np.ascontiguousarray(coefficients))

    @property
    def bounds(self) -> tuple[tuple[float, float], ...]:
        """The least and the largest tick of every axis."""
        return tuple((float(t[0]), float(t[-1])) for t in self.ticks)

    def evaluate(self, arguments: list[Any], orders: tuple[int, ...], module: Any = np) -> Any:
        """Return ``∂^orders f`` at arguments of one shape, with an array module.

        Beyond the table, by rounding, the polynomial of the last piece goes on.
        """
        arrays = [module.asarray(a) for a in arguments]
        shape = module.broadcast_shapes(*(module.shape(a) for a in arrays))
        flat = [module.broadcast_to(a, shape).reshape(-1) for a in arrays]
        pieces, powers = [], []
        for x, starts, order, size in zip(
            flat, self.starts, orders, self.coefficients.shape[::2], strict=True
        ):
            begin = module.asarray(starts, x.dtype)
            piece = module.clip(module.searchsorted(begin, x, side="right") - 1, 0, len(starts) - 1)
            local = x - begin[piece]
            rows = [
                math.perm(j, order) * local ** (j - order) if j >= order else 0.0 * local
                for j in range(size)
            ]
            pieces.append(piece)
            powers.append(module.stack(rows))
        d = len(flat)
        # The pieces' axes first, then one gather for all axes: (points, powers …).
        order_of_axes = (*range(1, 2 * d, 2), *range(0, 2 * d, 2))
        table = module.asarray(np.transpose(self.coefficients, order_of_axes), flat[0].dtype)
        found = table[tuple(pieces)]
        for power in reversed(powers):
            size = power.shape[0]
            ones = (1,) * (found.ndim - 2)
            found = (found * power.T.reshape(flat[0].shape[0], *ones, size)).sum(-1)
        return found.reshape(shape)
