"""Known solutions: does ``exact`` satisfy what the spec states?

Every equation and condition whose fields are all known is evaluated on the known solution:
first SymPy tries to show it zero, then numbers decide, relative to the size of its terms.
Doubles decide first; where they find a residual that rounding could explain, or none at
all (overflow), the same points are evaluated in 40 digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.notation import format_expression
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.requirement_check import requirement_defect
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Functional, Interior
from pdelang.calculus.terms import LabelledBlock, LabelledFunctional
from pdelang.calculus.total_derivative import differentiate_orders
from pdelang.calculus.vanishing import is_provably_zero
from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.semantics.problem import KnownSolution, Problem

# Constants copied from papers have eight digits or more; a wrong term is larger.
_TOLERANCE = 1e-8
# Below this, doubles have shown a residual to be rounding.
_DOUBLE_ROUNDING = 1e-12
_DIGITS = 40
_PRECISE_POINTS = 6
_SHOWN_OPERATIONS = 30


@dataclass(frozen=True, slots=True)
class Defect:
    """The largest residual found: absolute, relative to the terms, and where."""

    value: float
    relative: float
    point: tuple[float, ...]


def check_exact(
    problem: Problem,
    labelled: Sequence[LabelledBlock],
    requirements: Sequence[LabelledFunctional],
    exact: Mapping[str, sympy.Expr],
    extent: Extent,
    symbols: Symbols,
) -> tuple[bool, tuple[Diagnostic, ...]]:
    """Return whether SymPy proved every residual zero, and E250 for each that is not."""
    if not exact:
        return False, ()
    check = _Check(exact, extent, symbols)
    proven = True
    diagnostics: dict[tuple[int, int], Diagnostic] = {}
    for _, _, block in labelled:
        if not all(jet.field in exact for jet in block.residual.jets):
            continue
        residual = check.substitute(block.residual.expression)
        if check.is_proven(residual, block):
            continue
        proven = False
        defect = check.defect(block)
        if defect is not None and defect.relative > _TOLERANCE:
            place = (block.span.start, block.span.end)
            diagnostics.setdefault(place, _report(problem, block, residual, defect, symbols))
    for _, functional in requirements:
        proven = False
        found = requirement_defect(functional, exact, extent, symbols, check.substitute)
        if found is not None and found[1]:
            place = (functional.span.start, functional.span.end)
            diagnostics.setdefault(place, _report_requirement(problem, functional, found[0]))
    return proven, tuple(diagnostics.values())


class _Check:
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

    def derivative(self, jet: Jet) -> sympy.Expr:
        """Return a jet of the known solution."""
        if jet not in self._derivatives:
            self._derivatives[jet] = differentiate_orders(
                self.exact[jet.field], self.symbols.coordinates, jet.orders
            )
        return self._derivatives[jet]

    def is_proven(self, residual: sympy.Expr, block: Block) -> bool:
        """Return whether a substituted residual is zero at its place, by SymPy."""
        fixed = self.extent.fixed(block.place)
        coordinates = self.symbols.coordinates
        at_place = substitute(residual, {coordinates[axis]: e for axis, e in fixed.items()})
        return is_provably_zero(at_place, coordinates, self._points(block))

    def defect(self, block: Block) -> Defect | None:
        """Return the largest residual of a block, None where no point has a value."""
        points = self._points(block)
        residual = block.residual
        values = self._residual_values(block, points)
        size = self._size(block, points)
        finite = np.isfinite(values)
        if size > 0 and finite.any():
            worst = int(np.argmax(np.where(finite, np.abs(values), -1.0)))
            relative = float(abs(values[worst]) / size)
            if relative <= _DOUBLE_ROUNDING or relative > 1e-3:
                return Defect(float(values[worst]), relative, tuple(map(float, points[:, worst])))
            chosen = points[:, np.argsort(np.where(finite, -np.abs(values), 1.0))]
        else:
            chosen = points
        return self._precise_defect(
            residual.expression, residual, chosen[:, :_PRECISE_POINTS], size
        )

    def _precise_defect(
        self, expression, residual, points: np.ndarray, size: float
    ) -> Defect | None:
        """Return the largest residual in 40 digits, where doubles cannot tell."""
        worst: Defect | None = None
        for point in points.T:
            at = {
                symbol: sympy.Float(float(value), _DIGITS)
                for symbol, value in zip(self.symbols.coordinates, point, strict=True)
            }
            jets = {
                self.symbols.symbol(jet): substitute(self.derivative(jet), at).evalf(_DIGITS)
                for jet in residual.jets
            }
            value = _real(substitute(expression, jets | at).evalf(_DIGITS))
            slopes = [_real(substitute(e, jets | at).evalf(_DIGITS)) for e in residual.derivatives]
            if value is None:
                continue
            terms = [
                abs(slope * float(jet))
                for slope, jet in zip(slopes, jets.values(), strict=True)
                if slope is not None
            ]
            scale = max([size, *terms]) if np.isfinite(size) else max(terms, default=0.0)
            relative = abs(value) / scale if scale > 0 else (0.0 if value == 0 else np.inf)
            if worst is None or relative > worst.relative:
                worst = Defect(value, float(relative), tuple(map(float, point)))
        return worst

    def _points(self, block: Block) -> np.ndarray:
        return self.extent.sample(block.place, generic=True)

    def _residual_values(self, block: Block, points: np.ndarray) -> np.ndarray:
        return self._evaluate([block.residual.expression], block, points)[0]

    def _size(self, block: Block, points: np.ndarray) -> float:
        """Return ``max Σ_j |∂r/∂j| · max|j|``, jets at their largest in the whole domain.

        A condition ``u = 0`` met by ``u = 1e-17`` is not off by 100 %.
        """
        slopes = self._evaluate(list(block.residual.derivatives), block, points)
        size = np.zeros(points.shape[1])
        for slope, jet in zip(slopes, block.residual.jets, strict=True):
            if jet not in self._sizes:
                everywhere = self.extent.sample(Interior())
                values = evaluate_points(
                    [self.derivative(jet)], self.symbols.coordinates, everywhere
                )
                finite = np.abs(values[np.isfinite(values)])
                self._sizes[jet] = float(finite.max()) if finite.size else 0.0
            size += np.abs(slope) * self._sizes[jet]
        finite = size[np.isfinite(size)]
        return float(finite.max()) if finite.size else 0.0

    def _evaluate(
        self, expressions: list[sympy.Expr], block: Block, points: np.ndarray
    ) -> np.ndarray:
        jets = block.residual.jets
        values = evaluate_points(
            [self.derivative(jet) for jet in jets], self.symbols.coordinates, points
        )
        names = (*self.symbols.coordinates, *(self.symbols.symbol(jet) for jet in jets))
        return evaluate_points(expressions, names, np.vstack([points, values]))


def _real(value: sympy.Basic) -> float | None:
    return float(value) if value.is_real and value.is_number else None  # type: ignore[arg-type]


def _report(
    problem: Problem, block: Block, residual: sympy.Expr, defect: Defect, symbols: Symbols
) -> Diagnostic:
    where = ", ".join(
        f"{name} = {value:.4g}" for name, value in zip(symbols.names, defect.point, strict=True)
    )
    notes = [
        f"left side minus right side is {defect.value:.3g} at {where}, "
        f"{defect.relative:.1g} of the size of its terms"
    ]
    if residual.count_ops() <= _SHOWN_OPERATIONS:
        notes.append(f"left side minus right side is {format_expression(residual)}")
    fields = {jet.field for jet in block.residual.jets}
    return Diagnostic(
        "E250",
        f"the exact solution does not satisfy {block.name}",
        block.span,
        label="not satisfied by the exact solution",
        related=_related(problem, fields),
        notes=tuple(notes),
        help="correct the exact solution, or the equation or condition that it fails",
    )


def _report_requirement(problem: Problem, functional: Functional, value: float) -> Diagnostic:
    fields = {jet.field for a in functional.aggregates for jet in a.integrand.jets}
    return Diagnostic(
        "E250",
        f"the exact solution does not satisfy {functional.name}",
        functional.span,
        label="not satisfied by the exact solution",
        related=_related(problem, fields),
        notes=(f"left side minus right side is {value:.3g}",),
        help="correct the exact solution, or the requirement that it fails",
    )


def _related(problem: Problem, fields: set[str]) -> tuple[Related, ...]:
    def concerns(statement: KnownSolution) -> bool:
        return any(f == statement.unknown or f.startswith(f"{statement.unknown}.") for f in fields)

    return tuple(
        Related(statement.span, "the exact solution")
        for statement in problem.exact
        if concerns(statement)
    )
