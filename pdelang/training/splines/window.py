"""The equations of a system on one window of time, over splines in space.

Unknown are spline coefficients of the functions of time that a window seeks (`time_basis`); rows are
all blocks of the system at Gauss points of every element and at single places, at the Radau points
of the window. The start of time, and a steady problem, are windows with a single moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import System
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.splines.banded_rows import ElementRows, solve_element_rows
from pdelang.training.splines.moments import Coefficients, Moments
from pdelang.training.splines.sites import Site, space_order
from pdelang.training.splines.spline_space import SplineSpace


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The solution on one window: coefficients per field, ``(splines, functions of time)``."""

    space: SplineSpace
    moments: Moments
    state: Coefficients


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Rows of a system over a spline space at the moments of one window."""

    system: System
    space: SplineSpace
    moments: Moments
    sites: tuple[Site, ...]

    @property
    def is_linear(self) -> bool:
        return all(planned.residual.is_linear for site in self.sites for _, planned in site.blocks)

    def residuals(self, state: Coefficients) -> list[tuple[Site, list, list]]:
        """Return per site the residuals ``(n, r)`` of its blocks, and their ``∂r/∂j (jets, n, r)``."""
        results = []
        for site in self.sites:
            values = self._jets(site, state)
            points = self._points(site)
            shape = (len(site.x), len(self.moments.tau))
            located = SitePoints(self.system, site.jets, points)
            residuals, slopes = [], []
            for label, planned in site.blocks:
                residual, derivatives = planned.linearise(located, values)
                if not (np.isfinite(residual).all() and np.isfinite(derivatives).all()):
                    raise NotFiniteError(label)
                residuals.append(residual.reshape(shape))
                slopes.append(derivatives.reshape(len(site.jets), *shape))
            results.append((site, residuals, slopes))
        return results

    def sized_residuals(
        self, state: Coefficients
    ) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
        """Yield (label, residual, size of its summands, weights of the points) block by block."""
        for site, residuals, slopes in self.residuals(state):
            values = self._jets(site, state).reshape(len(site.jets), *residuals[0].shape)
            for (label, _), residual, slope in zip(site.blocks, residuals, slopes, strict=True):
                parts = slope * values
                size = np.abs(parts).sum(axis=0) + np.abs(residual - parts.sum(axis=0))
                yield label, residual, np.maximum(size, 1.0), site.weights

    def correct(
        self, linearised: list[tuple[Site, list, list]], rule: str
    ) -> tuple[Coefficients, dict[str, float]]:
        """Return the correction of the sought coefficients, and the weights λ_g of the terms.

        Raises SingularRowsError where the rows do not determine it.
        """
        blocks = [
            (site, label, self._rows(site, slope), -residual)
            for site, residuals, slopes in linearised
            for (label, _), residual, slope in zip(site.blocks, residuals, slopes, strict=True)
        ]
        weights = balance_blocks(blocks, rule)
        solution = solve_element_rows(self._collect(blocks, weights))
        parts: list[np.ndarray] = []
        at = 0
        for basis, own in zip(self.moments.bases, self.moments.sought, strict=True):
            part = np.zeros((self.space.count, basis.order + basis.stages))
            scales = self._column_scales[at : at + len(own)]
            part[:, own.start : own.stop] = scales * solution[:, at : at + len(own)]
            at += len(own)
            parts.append(part)
        return tuple(parts), weights

    def merit(self, linearised: list[tuple[Site, list, list]], weights: dict[str, float]) -> float:
        """Return the weighted root of the sum of squares of all rows."""
        total = 0.0
        for site, residuals, _ in linearised:
            for (label, _), residual in zip(site.blocks, residuals, strict=True):
                total += weights[label] * float(np.sum(site.weights[:, None] * residual**2))
        return float(np.sqrt(total))

    def _jets(self, site: Site, state: Coefficients) -> np.ndarray:
        """Return the jets of a state at a site's points, ``(jets, n · r)``, moments fastest."""
        fields = self.system.fields
        values = []
        for jet in site.jets:
            k = fields.index(jet.field)
            own = state[k][self.space.columns(site.elements)]
            along = np.einsum("np,npi->ni", site.splines[space_order(jet, self.system)], own)
            values.append((along @ self._time_values(k, jet)).ravel())
        return np.stack(values) if values else np.zeros((0, len(site.x) * len(self.moments.tau)))

    def _time_values(self, k: int, jet: Jet) -> np.ndarray:
        """Return the functions of time of field k in a jet, ``(functions, r)``."""
        derivative = jet.orders[-1] if self.system.problem.time is not None else 0
        return self.moments.bases[k].values(self.moments.tau, derivative, self.moments.length)

    def _points(self, site: Site) -> np.ndarray:
        """Return all points of a site with all moments, ``(n · r, d)``."""
        n, r = len(site.x), len(self.moments.tau)
        if self.system.problem.time is None:
            return np.repeat(site.x, r)[:, None]
        if not self.system.problem.domain.coordinates:
            return self.moments.times[:, None]
        return np.stack([np.repeat(site.x, r), np.tile(self.moments.times, n)], axis=1)

    def _rows(self, site: Site, slopes: np.ndarray) -> np.ndarray:
        """Return ``∂r/∂c`` over the splines of each point's element, ``(n, r, p + 1, slots)``."""
        slots = self.moments.slots
        n, r, p = len(site.x), len(self.moments.tau), self.space.degree
        rows = np.zeros((n, r, p + 1, len(slots)))
        for jet, slope in zip(site.jets, slopes, strict=True):
            if not slope.any():
                continue
            k = self.system.fields.index(jet.field)
            chosen = [place for place, (field, _) in enumerate(slots) if field == k]
            if not chosen:
                continue
            own = self.moments.sought[k]
            in_time = self._time_values(k, jet)[own.start : own.stop]
            in_space = site.splines[space_order(jet, self.system)]
            # (n, r) · (i, r) → (n, r, i), then times the splines.
            both = slope[:, :, None] * in_time.T[None]
            rows[:, :, :, chosen[0] : chosen[-1] + 1] += (
                in_space[:, None, :, None] * both[:, :, None]
            )
        return rows * self._column_scales

    @property
    def _column_scales(self) -> np.ndarray:
        """Return the size of every slot's coefficients: the field's, per unit time for rates."""
        scaling = self.system.scaling
        scales = []
        for k, i in self.moments.slots:
            rate = i if i < self.moments.bases[k].order else 0
            scales.append(scaling.field_scale[k] / scaling.half_width[-1] ** rate)
        return np.array(scales)

    def _collect(self, blocks: list, weights: dict[str, float]) -> ElementRows:
        elements, p = self.space.elements, self.space.degree
        width = len(self.moments.slots)
        inner: list[np.ndarray] = []
        extra: dict[int, list[np.ndarray]] = {}
        for site, label, rows, target in blocks:
            factor = np.sqrt(weights[label] * site.weights)
            flat = rows.reshape(*target.shape, (p + 1) * width)
            whole = np.concatenate([flat, target[:, :, None]], axis=2) * factor[:, None, None]
            if site.placed.x is None:
                inner.append(whole.reshape(elements, -1, whole.shape[-1]))
            else:
                for element, own in zip(site.elements, whole, strict=True):
                    extra.setdefault(int(element), []).append(own)
        together = (
            np.concatenate(inner, axis=1) if inner else np.zeros((elements, 0, (p + 1) * width + 1))
        )
        gathered = {e: np.concatenate(parts) for e, parts in extra.items()}
        return ElementRows(p, width, self.space.is_periodic, together, gathered)


@dataclass(frozen=True, slots=True, eq=False)
class SitePoints:
    """What a residual needs to know of the points where it is linearised."""

    system: System
    jets: tuple[Jet, ...]
    points: np.ndarray

    @property
    def place_values(self) -> dict[sympy.Symbol, np.ndarray]:
        """Return the coordinates, ``(n,)`` each; the normal of an end is a constant."""
        return dict(zip(self.system.coordinates, self.points.T, strict=True))


def balance_blocks(
    blocks: list[tuple[Site, str, np.ndarray, np.ndarray]], rule: str
) -> dict[str, float]:
    """Return the weight of every term: ``Tr K / Tr K_g`` of the splines' kernel, by ``rule``."""
    traces: dict[str, float] = {}
    counts: dict[str, int] = {}
    for site, label, rows, _ in blocks:
        squares = np.einsum("nrpc,nrpc->n", rows, rows)
        traces[label] = traces.get(label, 0.0) + float(site.weights @ squares)
        counts[label] = counts.get(label, 0) + rows.shape[0] * rows.shape[1]
    match rule:
        case "fixed":
            return dict.fromkeys(traces, 1.0)
        case "ntk":
            sizes = traces
        case "ntk_mean":
            sizes = {g: t / counts[g] for g, t in traces.items()}
        case _:
            raise ValueError(f"splines have no weights {rule!r}")
    total = sum(sizes.values())
    return {g: total / s if s > 0.0 else 1.0 for g, s in sizes.items()}
