"""Statements at the true values of the fits, where the spec knows them: what E250 is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import sympy

from pdelang.calculus.fit_expression import fit_expression
from pdelang.calculus.functionals import derive_requirements, derive_surplus
from pdelang.calculus.operators import Expansion
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.terms import (
    LabelledBlock,
    LabelledFunctional,
    derive_blocks,
)
from pdelang.semantics.conditions import (
    BoundaryCondition,
    Equation,
    InitialCondition,
    PointCondition,
    Requirement,
)
from pdelang.semantics.expression import FitReference
from pdelang.semantics.measured import Fit
from pdelang.semantics.problem import Problem
from pdelang.semantics.traversal import post_order

_Stated = TypeVar(
    "_Stated", Equation, BoundaryCondition, InitialCondition, PointCondition, Requirement
)


def expand_fit(fit: Fit, problem: Problem, symbols: Symbols) -> sympy.Expr:
    """Return what a fit stands for so far."""
    return fit_expression(fit, Expansion(symbols, problem.unknowns).scalar, symbols)


def state_exactly(
    problem: Problem, symbols: Symbols
) -> tuple[tuple[LabelledBlock, ...], tuple[LabelledFunctional, ...]]:
    """Return blocks and requirements with each fit at its exact value.

    Statements that contain a fit without one are left out: nobody knows whether they hold. Data
    are not among them, as readings hold up to their noise only.
    """
    known = {fit.name for fit in problem.fits if fit.exact is not None}

    def keep(statements: tuple[_Stated, ...]) -> tuple[_Stated, ...]:
        return tuple(
            s
            for s in statements
            if all(
                node.name in known
                for node in post_order(s.left, s.right)
                if isinstance(node, FitReference)
            )
        )

    stated = replace(
        problem,
        equations=keep(problem.equations),
        boundary_conditions=keep(problem.boundary_conditions),
        initial_conditions=keep(problem.initial_conditions),
        point_conditions=keep(problem.point_conditions),
        requirements=keep(problem.requirements),
        surplus=tuple(s for s in problem.surplus if keep((s,))),  # type: ignore[type-var]
    )
    # The same symbols, so that jets stay the same; only what the fits stand for is another.
    before = symbols.fits
    symbols.fits = {
        name: fit if fit.exact is None else replace(fit, guess=fit.exact, value=None)
        for name, fit in before.items()
    }
    try:
        blocks = derive_blocks(replace(stated, data_conditions=()), symbols)
        return blocks, (*derive_requirements(stated, symbols), *derive_surplus(stated, symbols))
    finally:
        symbols.fits = before
