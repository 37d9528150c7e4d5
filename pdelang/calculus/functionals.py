"""Global conditions and reports: scalars built from integrals, means, extrema and values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import sympy

from pdelang.calculus.borders import find_creases
from pdelang.calculus.constants import in_declared_unit
from pdelang.calculus.global_terms import expand_global
from pdelang.calculus.linearisation import linearise
from pdelang.calculus.measure import Measure
from pdelang.calculus.narrow_peaks import list_narrow_peaks
from pdelang.calculus.nonlocal_terms import find_nonlocals, list_kinks
from pdelang.calculus.operators import Expansion
from pdelang.calculus.spots import Spot, expand_at, find_spots
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AggregateIntegrand, Functional, Residual
from pdelang.calculus.tensors import Value, flatten, map_scalars
from pdelang.calculus.terms import (
    LabelledFunctional,
    component_suffixes,
    side_suffixes,
)
from pdelang.geometry.line_scan import Crease
from pdelang.semantics.conditions import Requirement, Unknown
from pdelang.semantics.expression import (
    Aggregate,
    AggregateKind,
    Elsewhere,
    Expression,
    RangeIntegral,
)
from pdelang.semantics.problem import Problem


def derive_requirements(problem: Problem, symbols: Symbols) -> tuple[LabelledFunctional, ...]:
    """Return ``left − right`` of every ``require`` with its label, sorted."""
    found: list[LabelledFunctional] = []
    for statement in problem.requirements:
        gathering = _Gathering(problem, symbols, True)
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
        gathering = _Gathering(problem, symbols, False)
        value = gathering.expansion(statement.value)
        suffixes = component_suffixes(value, symbols.names)
        for suffix, e in zip(suffixes, flatten(value), strict=True):
            e = in_declared_unit(e, statement)
            found.append(gathering.functional(statement.name + suffix, e, statement.span))
    return tuple(sorted(found, key=lambda functional: functional.name))


class _OutermostExpansion(Expansion):
    """Expands what stands outside of all integrals; ``inner`` says what a global quantity inside one is."""

    def __init__(
        self,
        symbols: Symbols,
        unknowns: Sequence[Unknown],
        aggregate: Callable[[Aggregate], Value],
        inner: Callable[[Aggregate], Value],
    ) -> None:
        super().__init__(symbols, unknowns, aggregate=aggregate)
        self._inside = Expansion(symbols, unknowns, aggregate=inner)

    def _expand(self, node: Expression) -> Value:
        if isinstance(node, Elsewhere | RangeIntegral):
            return self._inside.full(node)
        return super()._expand(node)


class _Gathering:
    """Replaces the aggregates of one statement by symbols and remembers them.

    ``is_searched``: extreme values are those at a `Peak`, which have a slope.
    """

    def __init__(self, problem: Problem, symbols: Symbols, is_searched: bool) -> None:
        self.is_searched = is_searched
        self.problem = problem
        self.symbols = symbols
        self.aggregates: list[AggregateIntegrand] = []
        self.weigh = Measure(problem.domain, symbols)
        self.inner = partial(expand_global, problem=problem, symbols=symbols)
        self.expansion = _OutermostExpansion(
            symbols, problem.unknowns, aggregate=self._aggregate, inner=self.inner
        )

    def functional(self, name: str, expression: sympy.Expr, span) -> Functional:
        """Return a functional with the aggregates that its expression contains."""
        expression = self._gather_places(expression)
        used = expression.free_symbols
        return Functional(
            name, expression, tuple(a for a in self.aggregates if a.symbol in used), span
        )

    def _gather_places(self, expression: sympy.Expr) -> sympy.Expr:
        """Return an expression with what varies with no place as its value at some point of space.

        That are the time, each varied parameter, and integrals, values elsewhere and extreme values. So a functional
        is one of aggregates alone, which know their time and the member of the family. A constant that
        is sought is among the fields, the same at every point.
        """
        symbols, box, time = self.symbols, self.problem.domain.box, self.problem.time
        beside = symbols.coordinates[symbols.space_dimension :]
        elsewhere = {term.symbol: term.reach for term in find_nonlocals(expression, symbols)}
        sought = [symbols.value(name) for name in symbols.sought]
        for found in (*beside, *sought, *elsewhere):
            if found in expression.free_symbols:
                symbol = symbols.fresh(f"{AggregateKind.VALUE.value}_{found.name}")
                expression = substitute(expression, {found: symbol})
                # What holds at one time is counted once.
                is_timeless = (
                    time is not None
                    and found in elsewhere
                    and symbols.coordinates[symbols.time_axis] not in elsewhere[found]
                )
                self.aggregates.append(
                    AggregateIntegrand(
                        kind=AggregateKind.VALUE,
                        symbol=symbol,
                        integrand=linearise(found, symbols),
                        on=None,
                        region=None,
                        point=tuple(float(x) for x in np.add(box.low, box.high) / 2),
                        time=time.bounds.high_value if is_timeless and time else None,
                    )
                )
        return expression

    def _aggregate(self, node: Aggregate) -> Value:
        if self.is_searched and node.kind in (AggregateKind.MAX, AggregateKind.MIN):
            return self.inner(node)
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
        integrand = expand_at(node.operand, spot, self.problem, self.symbols, self.inner)
        return map_scalars(lambda e: self._symbol(node, kind, e, spot), integrand)

    def _measure(self, node: Aggregate, spot: Spot) -> sympy.Expr:
        if self.weigh.is_uniform:
            return self._symbol(node, AggregateKind.INTEGRAL, sympy.S.One, spot)
        return sympy.Float(self.weigh.measure(spot.region, spot.part))

    def _at_its_time(self, node: Aggregate, integrand: sympy.Expr) -> sympy.Expr:
        """Return an integrand whose nonlocal parts are those of its one time, where it has one."""
        found, symbols, time = (
            find_nonlocals(integrand, self.symbols),
            self.symbols,
            self.problem.time,
        )
        if not found or time is None or (self.is_searched and node.time is None):
            return integrand
        moment = sympy.Float(time.bounds.high_value)
        if node.time is not None:
            moment = Expansion(symbols, self.problem.unknowns).scalar(node.time)
        move = {symbols.coordinates[symbols.time_axis]: moment}
        parts = {term.symbol: symbols.elsewhere.relocate(term.symbol, move) for term in found}
        return substitute(integrand, parts)

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
        integrand = self._at_its_time(node, integrand)
        if not self.weigh.is_uniform:
            kind, integrand = self._weighted(kind, integrand, spot)
        # Not the name of a global quantity inside the integrand, which is a symbol too.
        symbol = self.symbols.fresh(f"{kind.value}_{len(self.aggregates) + 1}")
        linear = linearise(integrand, self.symbols)
        time = None if node.time is None else float(fold.scalar(node.time))
        self.aggregates.append(
            AggregateIntegrand(
                kind=kind,
                symbol=symbol,
                integrand=linear,
                on=spot.part,
                region=spot.region,
                point=None
                if node.point is None
                else tuple(float(fold.scalar(e)) for e in node.point),
                time=time,
                creases=self._find_creases(linear, time),
            )
        )
        return symbol

    def _find_creases(self, integrand: Residual, time: float | None) -> tuple[Crease, ...]:
        """Return where a rule has to end: at jumps, kinks and narrow peaks, as far as the place decides."""
        symbols, box, beside = self.symbols, self.problem.domain.box, self.problem.extra_bounds
        low = np.array([*box.low, *(b.low_value for b in beside)])
        high = np.array([*box.high, *(b.high_value for b in beside)])
        given = integrand.expression
        borders = list_kinks(given, integrand.nonlocals)
        borders += list_narrow_peaks(given, symbols.coordinates, low, high)
        space = symbols.coordinates[: symbols.space_dimension]
        held = {} if time is None else {symbols.coordinates[symbols.time_axis]: sympy.Float(time)}
        return find_creases(borders, space, held)


def _combine(function: Callable[..., sympy.Expr], values: list[Value]) -> Value:
    first = values[0]
    if isinstance(first, tuple):
        return tuple(
            _combine(function, [value[i] for value in values])  # type: ignore[index]
            for i in range(len(first))
        )
    return function(*values)
