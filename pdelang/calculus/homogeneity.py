"""Homogeneous problems: where the unknowns may be zero whatever the fits are.

With an unknown constant in it and a requirement that zero does not meet, such a problem is an
eigenproblem: only for some values of the constant is there another solution.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block
from pdelang.diagnostics.message import Diagnostic
from pdelang.semantics.conditions import Requirement
from pdelang.semantics.problem import Problem


def refuse_eigenproblem(problem: Problem) -> Diagnostic | None:
    """Return E190 for an eigenproblem beyond one constant, one `require`, and no time."""
    first, *others = problem.fits
    reason = None
    if problem.time is not None:
        reason = "in time"
    elif others or first.is_field:
        reason = "with more than one constant"
    elif problem.data_conditions or len(problem.surplus) != 1:
        reason = "with other conditions than one `require`"
    elif not isinstance(problem.surplus[0], Requirement):
        reason = "without a `require`"
    if reason is None:
        return None
    return Diagnostic(
        "E190",
        f"An eigenproblem {reason} is not supported yet",
        first.span,
        "zero solves the problem for every value of it",
        help="fit one constant, and fix the size of the mode: `require integral(u^2) = 1`",
    )


def is_homogeneous(blocks: Iterable[Block], symbols: Symbols) -> bool:
    """Return whether every residual is linear and vanishes where all jets do."""
    for block in blocks:
        residual = block.residual
        if not residual.is_linear:
            return False
        zero = {symbols.symbol(jet): sympy.S.Zero for jet in residual.jets}
        for term in residual.nonlocals:
            if _vanishes(term):
                zero[term.symbol] = sympy.S.Zero
        if substitute(residual.expression, zero) != 0:
            return False
    return True


def _vanishes(term: Nonlocal) -> bool:
    """Say whether a nonlocal part is zero where all jets are."""
    none = {symbol: sympy.S.Zero for symbol, _ in term.moved}
    none |= {inner.symbol: sympy.S.Zero for inner in term.inner if _vanishes(inner)}
    return substitute(term.integrand, none) == 0
