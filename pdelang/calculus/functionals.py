"""Global conditions and reports: scalars built from integrals, means, extrema and values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sympy

from pdelang.calculus.constants import in_declared_unit
from pdelang.calculus.linearisation import linearise
from pdelang.calculus.measure import Measure
from pdelang.calculus.operators import Expansion
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AggregateIntegrand, Functional
from pdelang.calculus.tensors import Value, flatten, map_scalars
from pdelang.calculus.terms import (
    LabelledFunctional,
    component_suffixes,
    outward_normal,
    side_suffixes,
)
from pdelang.semantics.expression import Aggregate, AggregateKind
from pdelang.semantics.problem import Part, Problem, Requirement


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
        used = expression.free_symbols
        return Functional(
            name, expression, tuple(a for a in self.aggregates if a.symbol in used), span
        )

    def _aggregate(self, node: Aggregate) -> Value:
        parts = self._uniform_parts(node)
        pieces = [self._on(node, part) for part in parts]
        if len(pieces) == 1:
            return pieces[0](node.kind)
        # A mean over several sides is the integral over all divided by their measure.
        match node.kind:
            case AggregateKind.INTEGRAL:
                return _combine(sympy.Add, [piece(node.kind) for piece in pieces])
            case AggregateKind.MAX:
                return _combine(sympy.Max, [piece(node.kind) for piece in pieces])
            case AggregateKind.MIN:
                return _combine(sympy.Min, [piece(node.kind) for piece in pieces])
            case AggregateKind.MEAN:
                total = _combine(sympy.Add, [piece(AggregateKind.INTEGRAL) for piece in pieces])
                measure = sympy.Add(*(self._measure(node, part) for part in parts))
                return _combine(lambda e: e / measure, [total])
            case kind:
                raise TypeError(f"{kind} on a boundary part")

    def _uniform_parts(self, node: Aggregate) -> tuple[Part | None, ...]:
        """Return the part itself, or its sides one by one where the normal matters."""
        on = node.on
        if on is None or len(on.pieces) == 1:
            return (on,)
        general = Expansion(self.symbols, self.problem.unknowns, self.symbols.normal)
        integrands = flatten(general(node.operand))
        has_normal = any(e.free_symbols & set(self.symbols.normal) for e in integrands)
        if not has_normal and self.weigh.is_uniform:
            return (on,)
        return tuple(Part(on.name, (piece,), on.span) for piece in on.pieces)

    def _on(self, node: Aggregate, part: Part | None) -> Callable[[AggregateKind], Value]:
        normal = None
        if part is not None:
            normal = outward_normal(part.pieces[0].side, self.symbols)
        integrand = Expansion(self.symbols, self.problem.unknowns, normal)(node.operand)

        def build(kind: AggregateKind) -> Value:
            return map_scalars(lambda e: self._symbol(node, kind, e, part), integrand)

        return build

    def _measure(self, node: Aggregate, part: Part | None) -> sympy.Expr:
        if self.weigh.is_uniform:
            return self._symbol(node, AggregateKind.INTEGRAL, sympy.S.One, part)
        return sympy.Float(self.weigh.measure(node.region, part))

    def _weighted(
        self, node: Aggregate, kind: AggregateKind, integrand: sympy.Expr, part: Part | None
    ) -> tuple[AggregateKind, sympy.Expr]:
        """Return an aggregate over space as one over the coordinates."""
        match kind:
            case AggregateKind.INTEGRAL:
                return kind, integrand * self.weigh.density(part)
            case AggregateKind.MEAN:
                measure = sympy.Float(self.weigh.measure(node.region, part))
                return AggregateKind.INTEGRAL, integrand * self.weigh.density(part) / measure
            case _:
                return kind, integrand

    def _symbol(
        self, node: Aggregate, kind: AggregateKind, integrand: sympy.Expr, part: Part | None
    ) -> sympy.Symbol:
        fold = Expansion(self.symbols, self.problem.unknowns)
        if not self.weigh.is_uniform:
            kind, integrand = self._weighted(node, kind, integrand, part)
        symbol = sympy.Symbol(f"{kind.value}_{len(self.aggregates) + 1}", real=True)
        self.aggregates.append(
            AggregateIntegrand(
                kind=kind,
                symbol=symbol,
                integrand=linearise(integrand, self.symbols),
                on=part,
                region=node.region,
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
