"""Splines on graded breakpoints: local features whose scales follow the solution.

A spline of degree p on breakpoints ``b_0 < … < b_E`` is ``Σ_l c_l B_l(x)`` with smooth
B-splines that live on p + 1 neighbouring elements each. They span what a layer of frozen
``max(0, x − b)^p`` features and a polynomial span, in a basis that is well conditioned at any
grading (de Boor, "A Practical Guide to Splines", 2001, ch. IX–X). Splitting elements only adds to
the space, so a refined space holds every spline of the old one exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_interp_spline

from pdelang.geometry.gauss_legendre import gauss_legendre

# Largest ratio of the lengths of two neighbouring elements: steeper grading spoils the
# smooth basis functions that reach over both.
_STEEPEST = 2.01


@dataclass(frozen=True, slots=True, eq=False)
class SplineSpace:
    """Splines of ``degree`` over ``breakpoints (E + 1,)``; identified ends when ``is_periodic``."""

    degree: int
    breakpoints: np.ndarray
    is_periodic: bool = False

    @property
    def elements(self) -> int:
        return len(self.breakpoints) - 1

    @property
    def count(self) -> int:
        """Return the number of basis functions."""
        return self.elements if self.is_periodic else self.elements + self.degree

    @property
    def knots(self) -> np.ndarray:
        """Return all knots, ``(E + 2p + 1,)``: repeated at free ends, continued at periodic ones."""
        b, p = self.breakpoints, self.degree
        if not self.is_periodic:
            return np.concatenate([np.full(p, b[0]), b, np.full(p, b[-1])])
        lengths, extended = np.diff(b), [b]
        wrapped = np.arange(p) % self.elements
        extended.insert(0, b[0] - np.cumsum(lengths[::-1][wrapped])[::-1])
        extended.append(b[-1] + np.cumsum(lengths[wrapped]))
        return np.concatenate(extended)

    def locate(self, x: np.ndarray) -> np.ndarray:
        """Return the element of every point, ``(n,)``; the right end belongs to the last one."""
        found = np.searchsorted(self.breakpoints, x, side="right") - 1
        return np.clip(found, 0, self.elements - 1)

    def columns(self, elements: np.ndarray) -> np.ndarray:
        """Return which basis functions live on given elements, ``(n, p + 1)``."""
        return (elements[:, None] + np.arange(self.degree + 1)) % self.count

    def values(self, x: np.ndarray, elements: np.ndarray, order: int) -> np.ndarray:
        """Return ``∂^order B_l(x)`` of the p + 1 functions that live on each point's element, ``(n, p + 1)``.

        The recurrence of Cox and de Boor up to degree p − order, then ``order`` differences.
        """
        t, p = self.knots, self.degree
        if order > p:
            return np.zeros((len(x), p + 1))
        at = elements + p  # t[at] ≤ x < t[at + 1]
        local = np.ones((len(x), 1))
        for k in range(1, p - order + 1):
            index = at[:, None] + np.arange(1 - k, 1)
            left, right = t[index], t[index + k]
            share = local / (right - left)
            grown = np.zeros((len(x), k + 1))
            grown[:, :-1] += (right - x[:, None]) * share
            grown[:, 1:] += (x[:, None] - left) * share
            local = grown
        for k in range(p - order + 1, p + 1):
            index = at[:, None] + np.arange(1 - k, 1)
            share = k * local / (t[index + k] - t[index])
            grown = np.zeros((len(x), k + 1))
            grown[:, :-1] -= share
            grown[:, 1:] += share
            local = grown
        return local

    def evaluate(self, coefficients: np.ndarray, x: np.ndarray, order: int = 0) -> np.ndarray:
        """Return ``∂^order`` of splines with ``coefficients (count, …)`` at ``x (n,)``, ``(n, …)``."""
        elements = self.locate(x)
        rows = self.values(x, elements, order)
        return np.einsum("np,np...->n...", rows, coefficients[self.columns(elements)])

    def gauss_points(self, per_element: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return Gauss points of every element: ``x (E·q,)``, elements and weights alike."""
        nodes, weights = gauss_legendre(per_element)
        lengths = np.diff(self.breakpoints)
        x = self.breakpoints[:-1, None] + lengths[:, None] * (0.5 + 0.5 * nodes)
        elements = np.repeat(np.arange(self.elements), per_element)
        return x.ravel(), elements, (lengths[:, None] * 0.5 * weights).ravel()

    def refined(self, marked: np.ndarray) -> SplineSpace:
        """Return the space with the elements of the mask ``marked (E,)`` halved, and smoothly graded."""
        breakpoints = _halve(self.breakpoints, marked)
        while True:
            lengths = np.diff(breakpoints)
            steep = np.zeros(len(lengths), bool)
            steep[:-1] |= lengths[:-1] > _STEEPEST * lengths[1:]
            steep[1:] |= lengths[1:] > _STEEPEST * lengths[:-1]
            if self.is_periodic:
                steep[0] |= lengths[0] > _STEEPEST * lengths[-1]
                steep[-1] |= lengths[-1] > _STEEPEST * lengths[0]
            if not steep.any():
                return SplineSpace(self.degree, breakpoints, self.is_periodic)
            breakpoints = _halve(breakpoints, steep)

    def carry(self, coefficients: np.ndarray, finer: SplineSpace) -> np.ndarray:
        """Return the coefficients ``(finer.count, …)`` of the same splines in a refined space."""
        if finer.count == self.count:
            return coefficients
        if not self.is_periodic:
            sites = greville(finer.knots, finer.degree, finer.count)
            values = self.evaluate(coefficients, np.clip(sites, *self.breakpoints[[0, -1]]))
            return make_interp_spline(sites, values, k=finer.degree, t=finer.knots).c
        # Interpolation over one period more at either end, cut off again: there is no end.
        p, low, high = finer.degree, *self.breakpoints[[0, -1]]
        period, spare = high - low, 6 * p
        around = np.arange(-spare, finer.elements + spare + 1)
        b = finer.breakpoints[around % finer.elements] + period * (around // finer.elements)
        longer = SplineSpace(p, b)
        sites = greville(longer.knots, p, longer.count)
        values = self.evaluate(coefficients, low + (sites - low) % period)
        c = make_interp_spline(sites, values, k=p, t=longer.knots).c
        return c[spare : spare + finer.count]

    def roughness(self, coefficients: np.ndarray) -> np.ndarray:
        """Return, per element, how far the best spline may be from the function: ``(E, …)``.

        ``h^(p+1) |u^(p+1)| K_p`` with the jumps of the p-th derivative over the distance of the
        element's neighbours in place of ``u^(p+1)``, and the constant ``K_p`` of Favard for the
        best approximation of periodic functions.
        """
        b, p = self.breakpoints, self.degree
        middle = 0.5 * (b[:-1] + b[1:])
        top = self.evaluate(coefficients, middle, p)
        jumps = np.abs(np.diff(top, axis=0)) / np.diff(middle).reshape(-1, *[1] * (top.ndim - 1))
        padded = np.concatenate([jumps[:1], jumps, jumps[-1:]])
        if self.is_periodic:
            across = np.abs(top[:1] - top[-1:]) / (0.5 * (b[1] - b[0] + b[-1] - b[-2]))
            padded[0], padded[-1] = across[0], across[0]
        steepest = np.maximum(padded[:-1], padded[1:])
        h = np.diff(b).reshape(-1, *[1] * (top.ndim - 1))
        return steepest * h ** (p + 1) * _FAVARD * np.pi ** -(p + 1)


# Favard's constants lie between 1 and π/2; the largest serves for all degrees.
_FAVARD = np.pi / 2


def greville(knots: np.ndarray, degree: int, count: int) -> np.ndarray:
    """Return the means of p neighbouring inner knots: where interpolation is always possible."""
    sums = np.cumsum(np.concatenate([[0.0], knots]))
    sites = (sums[degree + 1 : degree + 1 + count] - sums[1 : 1 + count]) / degree
    return np.clip(sites, knots[degree], knots[-degree - 1])


def _halve(breakpoints: np.ndarray, marked: np.ndarray) -> np.ndarray:
    middle = 0.5 * (breakpoints[:-1] + breakpoints[1:])
    return np.sort(np.concatenate([breakpoints, middle[marked]]))
