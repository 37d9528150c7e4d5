"""A system with other coefficients of its fitted fields, without deriving it again.

A field stands in every expression as a function of its own (`fit_expression`), so that another field
of the same form is another function in its place. Scales stay: they are those of the first one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from pdelang.calculus.fit_expression import series_table
from pdelang.calculus.system import Block, Functional, Residual, System, Term
from pdelang.calculus.table_function import TableFunction, table_function
from pdelang.semantics.grid_table import GridTable
from pdelang.semantics.measured import FieldSeries
from pdelang.semantics.problem import Problem


def exchange_fields(system: System, problem: Problem) -> System | None:
    """Return the system of ``problem``; None where more than its fields' coefficients is other."""
    tables: dict[GridTable, GridTable] = {}
    for old, new in zip(system.problem.fits, problem.fits, strict=True):
        before, after = old.value, new.value
        if isinstance(before, FieldSeries) and isinstance(after, FieldSeries):
            if before.degrees != after.degrees:
                return None
            if before is not after:
                tables[series_table(old.name, before)] = series_table(new.name, after)
        elif before != after:
            return None
    terms = (*system.terms, *system.observations)
    quantities = [f for t in terms for f in t.functionals] + list(system.reports)
    residuals = [b.residual for t in terms for b in t.blocks]
    residuals += [a.integrand for f in quantities for a in f.aggregates]
    if any(residual.nonlocals for residual in residuals):
        return None
    exchange = _Exchange(tables)
    return replace(
        system,
        problem=problem,
        terms=tuple(map(exchange.term, system.terms)),
        observations=tuple(map(exchange.term, system.observations)),
        hard=tuple(map(exchange.block, system.hard)),
        ansatz=tuple(
            replace(a, lift=exchange(a.lift), cutoff=exchange(a.cutoff)) for a in system.ansatz
        ),
        reports=tuple(map(exchange.functional, system.reports)),
        fits=tuple((name, exchange(e)) for name, e in system.fits),
    )


class _Exchange:
    """Puts new tables in the place of old ones, in every expression of a system."""

    def __init__(self, tables: dict[GridTable, GridTable]) -> None:
        self.tables = tables
        self._known: dict[TableFunction, sympy.Expr] = {}

    def __call__(self, e: sympy.Expr) -> sympy.Expr:
        changes: dict[Any, Any] = {
            node: self._renew(node) for node in e.atoms(TableFunction) if node.table in self.tables
        }
        return e.xreplace(changes) if changes else e  # type: ignore[return-value]

    def _renew(self, node: TableFunction) -> sympy.Expr:
        if node not in self._known:
            new = table_function(self.tables[node.table], node.orders)
            self._known[node] = new(*node.args)  # type: ignore[assignment]
        return self._known[node]

    def residual(self, residual: Residual) -> Residual:
        expression = self(residual.expression)
        if expression is residual.expression:
            return residual
        slopes = tuple(map(self, residual.derivatives))
        return replace(residual, expression=expression, derivatives=slopes)

    def block(self, block: Block) -> Block:
        return replace(block, residual=self.residual(block.residual))

    def functional(self, functional: Functional) -> Functional:
        return replace(
            functional,
            expression=self(functional.expression),
            aggregates=tuple(
                replace(a, integrand=self.residual(a.integrand)) for a in functional.aggregates
            ),
        )

    def term(self, term: Term) -> Term:
        return replace(
            term,
            blocks=tuple(map(self.block, term.blocks)),
            functionals=tuple(map(self.functional, term.functionals)),
        )
