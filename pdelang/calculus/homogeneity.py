"""Homogeneous problems: where the unknowns may be zero whatever the fits are.

With an unknown constant in it and a demand that zero does not meet, such a problem is an
eigenproblem: only for some values of the constant is there another solution. What zero does meet,
as `require integral(u*v) = 0`, chooses among the modes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.substitution import substitute
from pdelang.calculus.system import AtData, Block, Functional, Residual, Term
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.diagnostics.message import Diagnostic
from pdelang.semantics.expression import AggregateKind, Constant, Rank
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings_conflicts import JOINT

# The symbol of every jet of a system.
JetSymbols = Mapping[Jet, sympy.Symbol]

_ANYWHERE = 1.0  # of the bounds of a fit that has none
_EXTREMES = (AggregateKind.MAX, AggregateKind.MIN)


def refuse_eigenproblem(
    problem: Problem, observed: tuple[Term, ...], symbols: JetSymbols
) -> Diagnostic | None:
    """Return why an eigenproblem has no solution but zero (E260), or is not built (E190)."""
    first = problem.fits[0]
    if problem.time is not None:
        return Diagnostic(
            "E260",
            f"No value of `{first.name}` gives another solution than zero: the equations are "
            "linear, and start, boundary and sources are all zero",
            first.span,
            "zero solves the problem for every value of it",
            help="for modes that grow or oscillate put `exp(s*t)*v` for the unknown and state the "
            "problem of `v` without `time`, with `s` fitted; else give a start that is not zero",
        )
    if problem.varied and not first.is_of_members(problem.varied):
        return Diagnostic(
            "E190",
            "An eigenproblem beside `vary` whose constants are determined by data is not supported yet",
            problem.varied[0].span,
            "every member has an eigenvalue of its own, and data determine one value for all",
            help=f"solve once per value: `sweep {problem.varied[0].name} in [..]`",
        )
    if problem.varied and problem.settings.method.name in JOINT:
        return Diagnostic(
            "E190",
            f"An eigenproblem beside `vary` is not supported yet by `{problem.settings.method.name}`",
            problem.varied[0].span,
            "every member has a mode of its own",
            help="leave `method` to `auto`",
        )
    field = next(
        (f for f in problem.fits if f.is_field and not f.is_of_members(problem.varied)), None
    )
    if field is not None:
        return Diagnostic(
            "E190",
            "An eigenproblem with a field that is fitted is not supported yet",
            field.span,
            "zero solves the problem whatever it is",
            help="fit constants",
        )
    _, demanding = split_observed(observed, symbols)
    if not demanding:
        return Diagnostic(
            "E260",
            f"nothing determines `{first.name}`: zero meets every equation and every condition",
            first.span,
            "zero solves the problem for every value of it",
            help="fix the size of the mode: `require integral(u^2) = 1`",
        )
    return None


def move_fits(problem: Problem) -> Problem:
    """Return the problem with fits that are somewhere within their bounds, and not zero."""
    fits = []
    for fit in problem.fits:
        low, high = max(fit.low, -_ANYWHERE), min(fit.high, _ANYWHERE)
        value = low + 0.8 * (high - low) if low < high else fit.low + fit.high
        fits.append(replace(fit, guess=Constant(fit.span, Rank.SCALAR, value), value=None))
    return replace(problem, fits=tuple(fits))


def is_homogeneous(blocks: Iterable[Block], symbols: JetSymbols) -> bool:
    """Return whether every residual is linear and vanishes where all jets do."""
    return all(_vanishes(block.residual, symbols) for block in blocks)


def split_observed(
    observed: Iterable[Term], symbols: JetSymbols
) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Return what zero meets, linearly, and what it does not, of all that determines the fits."""
    met, unmet = [], []
    for term in observed:
        is_met = {
            b.name: not isinstance(b.place, AtData) and _vanishes(b.residual, symbols)
            for b in term.blocks
        } | {f.name: _is_met(f, symbols) for f in term.functionals}
        for kept, wanted in ((met, True), (unmet, False)):
            part = replace(
                term,
                blocks=tuple(b for b in term.blocks if is_met[b.name] is wanted),
                functionals=tuple(f for f in term.functionals if is_met[f.name] is wanted),
            )
            if part.blocks or part.functionals:
                kept.append(part)
    return tuple(met), tuple(unmet)


def _vanishes(residual: Residual, symbols: JetSymbols) -> bool:
    if not residual.is_linear:
        return False
    zero = {symbols[jet]: sympy.S.Zero for jet in residual.jets}
    for term in residual.nonlocals:
        if _is_nothing(term):
            zero[term.symbol] = sympy.S.Zero
    return substitute(residual.expression, zero) == 0


def _is_nothing(term: Nonlocal) -> bool:
    """Say whether a nonlocal part is zero where all jets are."""
    none = {symbol: sympy.S.Zero for symbol, _ in term.moved}
    none |= {inner.symbol: sympy.S.Zero for inner in term.inner if _is_nothing(inner)}
    return substitute(term.integrand, none) == 0


def _is_met(functional: Functional, symbols: JetSymbols) -> bool:
    moving = [a for a in functional.aggregates if a.integrand.jets or a.integrand.nonlocals]
    if any(a.kind in _EXTREMES or not _vanishes(a.integrand, symbols) for a in moving):
        return False
    names = {a.symbol for a in moving}
    zero = dict.fromkeys(names, sympy.S.Zero)
    if substitute(functional.expression, zero) != 0:
        return False
    slopes = (partial_derivative(functional.expression, name) for name in names)
    return not any(slope.free_symbols & names for slope in slopes)
