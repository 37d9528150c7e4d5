"""Known solutions: does ``exact`` satisfy what the spec states?

Every equation and condition whose fields are all known is evaluated on the known solution:
first SymPy tries to show it zero, then numbers decide, relative to the size of its terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import sympy

from pdelang.calculus.defect import Defect, Substitution
from pdelang.calculus.extent import Extent
from pdelang.calculus.notation import format_expression
from pdelang.calculus.periodicity import check_periodic
from pdelang.calculus.requirement_check import requirement_defect
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Functional, Interior
from pdelang.calculus.terms import LabelledBlock, LabelledFunctional
from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.semantics.conditions import KnownSolution
from pdelang.semantics.problem import Problem

# Constants copied from papers have eight digits or more; a wrong term is larger.
_TOLERANCE = 1e-8
# A condition may be off by this share of the tolerance of the solution: domains that go on for ever
# are cut somewhere, and what is left of a wave there is not zero.
_NEGLIGIBLE = 1e-2
_SHOWN_OPERATIONS = 30


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
    check = Substitution(exact, extent, symbols)
    # One residual without a proof is enough: the others are then judged by numbers, which is faster,
    # and a proof is sought only for one that the numbers do not acquit.
    proven = not requirements
    diagnostics: dict[tuple[int, int], Diagnostic] = {}
    for _, _, block in labelled:
        if not all(jet.field in exact for jet in block.residual.touched):
            continue
        residual = check.substitute(block.residual.expression) if check.is_short(block) else None
        is_tried = proven
        if is_tried and residual is not None and check.is_proven(residual, block):
            continue
        proven = False
        defect = check.defect(block)
        slack = 0.0 if isinstance(block.place, Interior) else problem.settings.tolerance
        if not defect.relative > max(_TOLERANCE, _NEGLIGIBLE * slack):
            continue
        if is_tried or residual is None or not check.is_proven(residual, block):
            place = (block.span.start, block.span.end)
            diagnostics.setdefault(place, _report(problem, block, residual, defect, symbols))
    for _, functional in requirements:
        found = requirement_defect(
            functional, exact, extent, symbols, check.substitute, check.jet_values
        )
        if found is not None and found[1]:
            place = (functional.span.start, functional.span.end)
            diagnostics.setdefault(place, _report_requirement(problem, functional, found[0]))
    unperiodic = check_periodic(problem, labelled, exact, extent, symbols)
    return proven and not unperiodic, (*diagnostics.values(), *unperiodic)


def _report(
    problem: Problem, block: Block, residual: sympy.Expr | None, defect: Defect, symbols: Symbols
) -> Diagnostic:
    where = ", ".join(
        f"{name} = {value:.4g}" for name, value in zip(symbols.names, defect.point, strict=True)
    )
    if np.isnan(defect.value):
        notes = [f"left side minus right side has no finite real value at {where}"]
    else:
        notes = [
            f"left side minus right side is {defect.value:.3g} at {where}, "
            f"{defect.relative:.1g} of the size of its terms"
        ]
    is_shown = residual is not None and residual.count_ops() <= _SHOWN_OPERATIONS
    if residual is not None and is_shown and not block.residual.nonlocals:
        notes.append(f"left side minus right side is {format_expression(residual)}")
    fields = {jet.field for jet in block.residual.touched}
    return Diagnostic(
        "E250",
        f"The exact solution does not satisfy {block.name}",
        block.span,
        label="not satisfied by the exact solution",
        related=_related(problem, fields),
        notes=tuple(notes),
        help="correct the exact solution, or the equation or condition that it fails",
    )


def _report_requirement(problem: Problem, functional: Functional, value: float) -> Diagnostic:
    fields = {jet.field for a in functional.aggregates for jet in a.integrand.touched}
    return Diagnostic(
        "E250",
        f"The exact solution does not satisfy {functional.name}",
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
