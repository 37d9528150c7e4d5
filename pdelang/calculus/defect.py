"""How far a known solution is from satisfying a residual.

Doubles can only acquit: where they find more than rounding, or nothing at all (overflow),
the worst points are evaluated in 40 digits, and these decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.nonlocal_check import far_defect
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Residual
from pdelang.calculus.total_derivative import differentiate_orders, is_readable
from pdelang.calculus.vanishing import is_provably_zero

# Where doubles find no more than this at any point, the residual is below what `exact` is held to
# (1e-8): rounding, here below a tenth of it, cannot hide more at all points at once.
_DOUBLE_ROUNDING = 1e-9
_DIGITS = 40
_PRECISE_POINTS = 6


@dataclass(frozen=True, slots=True)
class Defect:
    """The largest residual found: absolute, relative to the terms, and where."""

    value: float
    relative: float
    point: tuple[float, ...]


class Substitution:
    """Substitutes the known solution for the jets of residuals."""

    def __init__(self, exact: Mapping[str, sympy.Expr], extent: Extent, symbols: Symbols) -> None:
        self.exact = exact
        self.extent = extent
        self.symbols = symbols
        self._derivatives: dict[Jet, sympy.Expr] = {}
        self._sizes: dict[Jet, float] = {}

    def substitute(self, expression: sympy.Expr) -> sympy.Expr:
        """Return an expression of the coordinates alone."""
        jets = self.symbols.jets_of(expression)
        return substitute(expression, {self.symbols.symbol(j): self.derivative(j) for j in jets})

    def is_short(self, block: Block) -> bool:
        """Return whether SymPy could show a residual to be zero: derivatives of long formulas it cannot."""
        return all(j.order == 0 or is_readable(self.exact[j.field]) for j in block.residual.jets)

    def derivative(self, jet: Jet) -> sympy.Expr:
        """Return a jet of the known solution."""
        if jet not in self._derivatives:
            self._derivatives[jet] = differentiate_orders(
                self.exact[jet.field], self.symbols.coordinates, jet.orders
            )
        return self._derivatives[jet]

    def is_proven(self, residual: sympy.Expr, block: Block) -> bool:
        """Return whether a substituted residual is zero at its place, by SymPy."""
        if block.residual.nonlocals:
            return False
        fixed = self.extent.fixed(block.place)
        coordinates = self.symbols.coordinates
        at_place = substitute(residual, {coordinates[axis]: e for axis, e in fixed.items()})
        return is_provably_zero(at_place, self.extent.names(block.place), self._points(block))

    def defect(self, block: Block) -> Defect:
        """Return the largest residual of a block; NaN where it has no real value."""
        if block.residual.nonlocals:
            known = self.jet_values, self._largest
            return Defect(*far_defect(block, *known, self.extent, self.symbols))
        points = self._points(block)
        residual = block.residual
        values, *slopes = self._evaluate(
            [residual.expression, *residual.derivatives], block, points
        )
        size = self._size(residual, np.array(slopes).reshape(-1, points.shape[1]))
        magnitudes = np.where(np.isfinite(values), np.abs(values), np.inf)
        order = np.argsort(-magnitudes)
        worst = order[0]
        if size > 0 and magnitudes[worst] <= _DOUBLE_ROUNDING * size:
            relative = float(magnitudes[worst] / size)
            return Defect(float(values[worst]), relative, self._place(points[:, worst]))
        finite = [i for i in order if np.isfinite(values[i])]
        chosen = dict.fromkeys([*order[:_PRECISE_POINTS], *finite[:_PRECISE_POINTS]])
        defects = [self._precise_defect(block.residual, points[:, i], size) for i in chosen]
        return max(defects, key=lambda defect: defect.relative)

    def _precise_defect(self, residual: Residual, point: np.ndarray, size: float) -> Defect:
        """Return the residual at a point in 40 digits, which no cancellation of doubles reaches."""
        place = self._place(point)
        symbols = (*self.symbols.coordinates, *self.symbols.normal)
        at = {
            symbol: sympy.Float(float(value), _DIGITS)
            for symbol, value in zip(symbols, point, strict=False)
        }
        jets = {
            self.symbols.symbol(jet): substitute(self.derivative(jet), at).evalf(_DIGITS)
            for jet in residual.jets
        }
        value = _real(substitute(residual.expression, jets | at).evalf(_DIGITS))
        if value is None:
            return Defect(float("nan"), float("inf"), place)
        slopes = [_real(substitute(e, jets | at).evalf(_DIGITS)) for e in residual.derivatives]
        terms = [
            abs(slope * float(jet))
            for slope, jet in zip(slopes, jets.values(), strict=True)
            if slope is not None
        ]
        scale = max([size, *terms])
        relative = abs(value) / scale if scale > 0 else (0.0 if value == 0 else float("inf"))
        return Defect(value, relative, place)

    def jet_values(self, jet: Jet, points: np.ndarray) -> np.ndarray:
        """Return a jet of the known solution at points ``(d, n)``, ``(n,)``."""
        return evaluate_points([self.derivative(jet)], self.symbols.coordinates, points)[0]

    def _place(self, point: np.ndarray) -> tuple[float, ...]:
        return tuple(map(float, point[: self.symbols.dimension]))

    def _points(self, block: Block) -> np.ndarray:
        return self.extent.sample(block.place, generic=True)

    def _size(self, residual: Residual, slopes: np.ndarray) -> float:
        """Return ``max Σ_j |∂r/∂j| · max|j|`` over points, jets at their largest in the whole domain.

        A condition ``u = 0`` met by ``u = 1e-17`` is not off by 100 %. ``slopes`` is ``(jets, n)``.
        """
        size = np.zeros(slopes.shape[1])
        for slope, jet in zip(slopes, residual.jets, strict=True):
            size += np.abs(slope) * self._largest(jet)
        finite = size[np.isfinite(size)]
        return float(finite.max()) if finite.size else 0.0

    def _largest(self, jet: Jet) -> float:
        """Return the largest magnitude of a jet of the known solution in the domain."""
        if jet not in self._sizes:
            everywhere = self.extent.sample(self.extent.home_of(jet.field))
            values = evaluate_points([self.derivative(jet)], self.symbols.coordinates, everywhere)
            finite = np.abs(values[np.isfinite(values)])
            self._sizes[jet] = float(finite.max()) if finite.size else 0.0
        return self._sizes[jet]

    def _evaluate(
        self, expressions: list[sympy.Expr], block: Block, points: np.ndarray
    ) -> np.ndarray:
        jets = block.residual.jets
        own = self.extent.names(block.place)
        values = evaluate_points([self.derivative(jet) for jet in jets], own, points)
        names = (*own, *(self.symbols.symbol(jet) for jet in jets))
        return evaluate_points(expressions, names, np.vstack([points, values]))


def _real(value: sympy.Basic) -> float | None:
    return float(value) if value.is_real and value.is_number else None  # type: ignore[arg-type]
