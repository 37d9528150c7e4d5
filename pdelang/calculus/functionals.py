"""Global conditions and reports: scalars built from integrals, means, extrema and values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy

from pdelang.calculus.constants import in_declared_unit
from pdelang.calculus.linearisation import linearise
from pdelang.calculus.measure import Measure
from pdelang.calculus.operators import Expansion
from pdelang.calculus.spots import Spot, expand_at, find_spots
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AggregateIntegrand, Functional
from pdelang.calculus.tensors import Value, flatten, map_scalars
from pdelang.calculus.terms import (
    LabelledFunctional,
    component_suffixes,
    side_suffixes,
)
from pdelang.semantics.conditions import Requirement
from pdelang.semantics.expression import Aggregate, AggregateKind
from pdelang.semantics.problem import Problem


def derive_requirements(problem: Problem, symbols: Symbols) -> tuple[LabelledFunctional, ...]:
    """Return ``left − right`` of every ``require`` with its label, sorted."""
    found: list[LabelledFunctional] = []
    for statement in problem.requirements:
        gathering = _Gathering(problem, symbols)
        left, right = gathering.expansion(statement.left), gathering.expansion(statement.right)
        suffixes = side_suffixes(statement.left, left, symbols.names)
        for suffix, a, b in zip(suffixes, flatten(left), flatten(right), strict=True):
            name = statement.label + suffix
            found.append((statement.label, gathering.functional(name, a - b, statement.span)))
    return tuple(sorted(found, key=lambda item: (item[0], item[1].name, str(item[1].expression))))


def derive_surplus(problem: Problem, symbols: Symbols) -> tuple[LabelledFunctional, ...]:
    """Return ``left − right`` of every `require` that only fits can satisfy, sorted."""
    surplus = tuple(s for s in problem.surplus if isinstance(s, Requirement))
    return derive_requirements(replace(problem, requirements=surplus), symbols)


def derive_reports(problem: Problem, symbols: Symbols) -> tuple[Functional, ...]:
    """Return every ``report`` by name; the components of a vector are reported one by one."""
    found: list[Functional] = []
    for statement in problem.reports:
        gathering = _Gathering(problem, symbols)
        value = gathering.expansion(statement.value)
        suffixes = component_suffixes(value, symbols.names)
        for suffix, e in zip(suffixes, flatten(value), strict=True):
            e = in_declared_unit(e, statement)
            found.append(gathering.functional(statement.name + suffix, e, statement.span))
    return tuple(sorted(found, key=lambda functional: functional.name))


class _Gathering:
    """Replaces the aggregates of one statement by symbols and remembers them."""

    def __init__(self, problem: Problem, symbols: Symbols) -> None:
        self.problem = problem
        self.symbols = symbols
        self.aggregates: list[AggregateIntegrand] = []
        self.weigh = Measure(problem.domain, symbols)
        self.expansion = Expansion(symbols, problem.unknowns, aggregate=self._aggregate)

    def functional(self, name: str, expression: sympy.Expr, span) -> Functional:
        """Return a functional with the aggregates that its expression contains."""
        expression = self._gather_places(expression)
        used = expression.free_symbols
        return Functional(
            name, expression, tuple(a for a in self.aggregates if a.symbol in used), span
        )

    def _gather_places(self, expression: sympy.Expr) -> sympy.Expr:
        """Return an expression with the time and each varied parameter as its value at a point of space.

        So a functional is one of aggregates alone, which know their time and the member of the family.
        """
        symbols, box = self.symbols, self.problem.domain.box
        for parameter in symbols.coordinates[symbols.space_dimension :]:
            if parameter in expression.free_symbols:
                symbol = sympy.Symbol(f"{AggregateKind.VALUE.value}_{parameter.name}", real=True)
                expression = substitute(expression, {parameter: symbol})
                self.aggregates.append(
                    AggregateIntegrand(
                        kind=AggregateKind.VALUE,
                        symbol=symbol,
                        integrand=linearise(parameter, symbols),
                        on=None,
                        region=None,
                        point=tuple(float(x) for x in np.add(box.low, box.high) / 2),
                        time=None,
                    )
                )
        return expression

    def _aggregate(self, node: Aggregate) -> Value:
        spots = find_spots(node, self.problem, self.symbols, self.weigh)
        if len(spots) == 1:
            return self._on(node, spots[0], node.kind)
        # A mean over several sides is the integral over all divided by their measure.
        match node.kind:
            case AggregateKind.INTEGRAL:
                return _combine(sympy.Add, [self._on(node, spot, node.kind) for spot in spots])
            case AggregateKind.MAX:
                return _combine(sympy.Max, [self._on(node, spot, node.kind) for spot in spots])
            case AggregateKind.MIN:
                return _combine(sympy.Min, [self._on(node, spot, node.kind) for spot in spots])
            case AggregateKind.MEAN:
                total = _combine(
                    sympy.Add, [self._on(node, spot, AggregateKind.INTEGRAL) for spot in spots]
                )
                measure = sympy.Add(*(self._measure(node, spot) for spot in spots))
                return _combine(lambda e: e / measure, [total])
            case kind:
                raise TypeError(f"{kind} on a boundary part")

    def _on(self, node: Aggregate, spot: Spot, kind: AggregateKind) -> Value:
        integrand = expand_at(node.operand, spot, self.problem, self.symbols)
        return map_scalars(lambda e: self._symbol(node, kind, e, spot), integrand)

    def _measure(self, node: Aggregate, spot: Spot) -> sympy.Expr:
        if self.weigh.is_uniform:
            return self._symbol(node, AggregateKind.INTEGRAL, sympy.S.One, spot)
        return sympy.Float(self.weigh.measure(spot.region, spot.part))

    def _weighted(
        self, kind: AggregateKind, integrand: sympy.Expr, spot: Spot
    ) -> tuple[AggregateKind, sympy.Expr]:
        """Return an aggregate over space as one over the coordinates."""
        match kind:
            case AggregateKind.INTEGRAL:
                return kind, integrand * self.weigh.density(spot.part)
            case AggregateKind.MEAN:
                measure = sympy.Float(self.weigh.measure(spot.region, spot.part))
                return AggregateKind.INTEGRAL, integrand * self.weigh.density(spot.part) / measure
            case _:
                return kind, integrand

    def _symbol(
        self, node: Aggregate, kind: AggregateKind, integrand: sympy.Expr, spot: Spot
    ) -> sympy.Symbol:
        fold = Expansion(self.symbols, self.problem.unknowns)
        if not self.weigh.is_uniform:
            kind, integrand = self._weighted(kind, integrand, spot)
        symbol = sympy.Symbol(f"{kind.value}_{len(self.aggregates) + 1}", real=True)
        self.aggregates.append(
            AggregateIntegrand(
                kind=kind,
                symbol=symbol,
                integrand=linearise(integrand, self.symbols),
                on=spot.part,
                region=spot.region,
                point=None
                if node.point is None
                else tuple(float(fold.scalar(e)) for e in node.point),
                time=None if node.time is None else float(fold.scalar(node.time)),
            )
        )
        return symbol


def _combine(function: Callable[..., sympy.Expr], values: list[Value]) -> Value:
    first = values[0]
    if isinstance(first, tuple):
        return tuple(
            _combine(function, [value[i] for value in values])  # type: ignore[index]
            for i in range(len(first))
        )
    return function(*values)
