"""Where an extreme value is looked for, and how it is found between the places of a grid.

From the best place of a grid the search goes on over the polynomial through the places around it, by
halving. The value found is a sum of the values at these places, ``max e ≈ Σ_k L_k(x*) e(x_k)``, and by the
envelope theorem its derivative is that of the sum with x* held: the place moves, and that counts nothing
to first order.
Source: Danskin, "The Theory of Max-Min" (1967).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdelang.calculus.function_table import ArrayFunctions
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box

# Places per axis of the polynomial, by the number of coordinates: of degree 6, 4 and 3.
_STENCIL = {1: 7, 2: 5, 3: 4}
# Places of the search around the best one so far, per axis, and how often their distance is halved.
_AROUND = np.linspace(-1.0, 1.0, 5)
_HALVINGS = 18


@dataclass(frozen=True, slots=True, eq=False)
class PeakGrid:
    """Places ``nodes (q, d)``, and for each those that the polynomial near it goes through.

    ``stencils (q, k^a)`` are numbers of places, ``spot (q, a)`` where among them a place stands, in steps along each
    of the ``a`` axes. A place without a polynomial stands alone: its ``stencils`` are its own number, and
    ``is_alone`` is true. ``width`` is k.
    """

    nodes: np.ndarray
    stencils: np.ndarray
    spot: np.ndarray
    is_alone: np.ndarray
    width: int

    @classmethod
    def of_box(cls, box: Box, count: int) -> PeakGrid:
        """Return ``count`` places per axis, ends included."""
        if box.d not in _STENCIL:
            return cls.of_points(box.grid((1,) * box.d) if box.d == 0 else box.sample(4096, 0))
        width = _STENCIL[box.d]
        count = max(count, width)
        nodes = box.grid((count,) * box.d)
        inside = np.ones(len(nodes), dtype=bool)
        return _with_stencils(nodes, inside, (count,) * box.d, width)

    @classmethod
    def of_body(cls, body: Body, count: int) -> PeakGrid:
        """Return the places of a grid that lie in a body, and places on its boundary."""
        rim = cls.of_points(np.concatenate([rim.points for rim in body.rims]))
        if body.d not in _STENCIL:
            return cls.of_points(np.concatenate([body.sample(4096, 0), rim.nodes]))
        width = _STENCIL[body.d]
        count = max(count, width)
        nodes = body.box.grid((count,) * body.d)
        return _with_stencils(nodes, body.contains(nodes), (count,) * body.d, width).joined(rim)

    @classmethod
    def of_points(cls, points: np.ndarray) -> PeakGrid:
        """Return places that each stand alone."""
        numbers = np.arange(len(points))[:, None]
        alone = np.ones(len(points), dtype=bool)
        return cls(points, numbers, np.zeros((len(points), 1)), alone, 1)

    def joined(self, loose: PeakGrid) -> PeakGrid:
        """Return these places with others that stand alone."""
        more = np.repeat(loose.stencils + len(self.nodes), self.stencils.shape[1], axis=1)
        spot = np.zeros((len(loose.nodes), self.spot.shape[1]))
        return PeakGrid(
            np.concatenate([self.nodes, loose.nodes]),
            np.concatenate([self.stencils, more]),
            np.concatenate([self.spot, spot]),
            np.concatenate([self.is_alone, loose.is_alone]),
            self.width,
        )

    def moved(self, nodes: np.ndarray) -> PeakGrid:
        """Return the same grid with other coordinates of its places, ``(q, …)``."""
        return PeakGrid(nodes, self.stencils, self.spot, self.is_alone, self.width)

    def locate(self, values: Any, functions: ArrayFunctions) -> tuple[Any, Any]:
        """Return the places and their shares that give the largest of ``values (q, n)``, each ``(k^a, n)``."""
        module = functions.module
        # The place is a number here: its own slope counts nothing.
        values = functions.without_gradient(values)
        values = module.where(module.isfinite(values), values, -np.inf)
        best = module.argmax(values, axis=0)
        stencils, spots = module.asarray(self.stencils), module.asarray(self.spot, values.dtype)
        chosen = stencils[best]
        around = module.take_along_axis(values, chosen.T, axis=0)
        # A kink of the value itself, such as one beyond the domain, is no polynomial.
        is_alone = module.asarray(self.is_alone)[best] | ~module.isfinite(around).all(axis=0)
        around = module.where(module.isfinite(around), around, 0.0)
        start = spots[best]
        axes = start.shape[1]
        low = module.maximum(start - 1.0, 0.0)
        high = module.minimum(start + 1.0, self.width - 1.0)
        steps = module.asarray(list(itertools.product(_AROUND, repeat=axes)), values.dtype)
        at, size = start, 0.5
        for _ in range(_HALVINGS if self.width > 1 else 0):
            tried = module.clip(at[:, None] + size * steps[None], low[:, None], high[:, None])
            height = module.einsum("npk,kn->np", self._shares(tried, module), around)
            index = module.argmax(height, axis=1)[:, None, None]
            at = module.take_along_axis(tried, index, axis=1)[:, 0]
            size /= 2
        shares = self._shares(at[:, None], module)[:, 0]
        own = module.asarray(np.arange(shares.shape[1]) == 0, values.dtype)
        alone_at = module.where(is_alone[:, None], best[:, None], chosen)
        shares = module.where(is_alone[:, None], own[None], shares)
        return alone_at.T, shares.T

    def _shares(self, at: Any, module: Any) -> Any:
        """Return the Lagrange polynomials at places ``(n, p, a)`` of stencils, ``(n, p, k^a)``."""
        total = None
        for axis in range(at.shape[2]):
            x = at[:, :, axis]
            factors = []
            for i in range(self.width):
                factor = module.ones_like(x)
                for j in range(self.width):
                    if j != i:
                        factor = factor * (x - j) / (i - j)
                factors.append(factor)
            own = module.stack(factors, axis=-1)
            if total is None:
                total = own
            else:
                total = (total[..., :, None] * own[..., None, :]).reshape(*x.shape, -1)
        return total


def _with_stencils(
    nodes: np.ndarray, inside: np.ndarray, shape: tuple[int, ...], width: int
) -> PeakGrid:
    """Return the places inside; each has the block of places around it that lies inside too, where one does."""
    axes = len(shape)
    grid = inside.reshape(shape)
    windows = np.lib.stride_tricks.sliding_window_view(grid, (width,) * axes)
    is_full: np.ndarray = np.all(windows, axis=tuple(range(axes, 2 * axes)))
    index = np.stack(np.unravel_index(np.flatnonzero(inside), shape), axis=-1)
    first = np.zeros_like(index)
    is_alone = np.ones(len(index), dtype=bool)
    middle = (width - 1) / 2
    offsets = itertools.product(range(width), repeat=axes)
    for offset in sorted(offsets, key=lambda o: sum((k - middle) ** 2 for k in o)):
        begin = index - np.array(offset)
        fits = is_alone & np.all((begin >= 0) & (begin <= np.array(shape) - width), axis=1)
        fits[fits] = is_full[tuple(begin[fits].T)]
        first[fits], is_alone[fits] = begin[fits], False
    number = np.cumsum(inside) - 1
    steps = np.array(list(itertools.product(range(width), repeat=axes)))
    places = np.where(is_alone[:, None], 0, first)[:, None] + steps[None]
    stencils = number[np.ravel_multi_index(tuple(places.reshape(-1, axes).T), shape)]
    stencils = stencils.reshape(len(index), -1)
    own = np.arange(len(index))
    stencils[is_alone] = own[is_alone, None]
    spot = np.where(is_alone[:, None], 0.0, index - first)
    return PeakGrid(nodes[inside], stencils, spot, is_alone, width)
