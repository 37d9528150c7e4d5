"""Numbers from SymPy expressions: a walk that knows only what `function_table` names.

It serves NumPy here and ``jax.numpy`` in `lowering`. No code is generated: the expression
itself is walked, common subexpressions first. Anything that the table does not know is an
internal error, never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from pdelang import special_functions
from pdelang.calculus.function_table import FUNCTION_NAMES, RELATION_NAMES, ArrayFunctions
from pdelang.calculus.numeric_function import NumericFunction
from pdelang.calculus.substitution import branches

# Beyond this many operations `sympy.cse` looks for shared sums and products for too long;
# equal subtrees are shared by the walk in any case.
_CSE_LIMIT = 4000

# exp(exp(exp(1))) is about 4e6; one more is beyond every double.
_TALLEST_TOWER = 3


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Expressions with their common subexpressions named, ready to be evaluated."""

    shared: tuple[tuple[sympy.Symbol, sympy.Basic], ...]
    expressions: tuple[sympy.Basic, ...]


def plan(expressions: Sequence[sympy.Expr]) -> Plan:
    """Return the expressions with what they share computed once."""
    if sum(int(e.count_ops()) for e in expressions) > _CSE_LIMIT:
        return Plan((), tuple(expressions))
    names = iter(lambda: sympy.Dummy(real=True), None)
    shared, reduced = sympy.cse(list(expressions), symbols=names, order="none", list=True)
    return Plan(tuple(shared), tuple(reduced))  # type: ignore[arg-type]


def evaluate(
    planned: Plan,
    values: Mapping[sympy.Symbol, Any],
    functions: ArrayFunctions,
    zero_slope_at_kinks: bool = False,
) -> list[Any]:
    """Return the value of every planned expression.

    ``values`` maps every free symbol to an array or a number; a result without symbols is
    a Python float, so that it takes on the precision of whatever it meets. With
    ``zero_slope_at_kinks`` fractional negative powers of 0 are 0: in a linearisation they
    come from roots, whose slope at 0 is then the subgradient 0, as for ``abs``.
    """
    walk = _Walk(values, functions, zero_slope_at_kinks)
    # What has no value is NaN, and NumPy need not warn of it: a normal off its surface is 0/0.
    with np.errstate(all="ignore"):
        for symbol, expression in planned.shared:
            walk.known[symbol] = walk(expression)
        return [walk(e) for e in planned.expressions]


@lru_cache(maxsize=4096)
def constant_value(expression: sympy.Basic) -> float:
    """Return an expression without symbols as a double, NaN where it has no real value.

    A tower such as ``exp(exp(exp(exp(exp(1)))))`` is computed from the inside in doubles, because
    SymPy would look for all digits of its last exponent.
    """
    if _tower_height(expression) > _TALLEST_TOWER:
        rounded = (
            sympy.Float(constant_value(a)) if isinstance(a, sympy.Expr) else a
            for a in expression.args
        )
        expression = expression.func(*rounded)
    try:
        return float(expression)  # type: ignore[arg-type]
    except TypeError:  # complex
        return float("nan")


@lru_cache(maxsize=4096)
def _product_value(constants: tuple[sympy.Expr, ...]) -> float:
    product = math.prod(map(constant_value, constants))
    # Only SymPy knows the products of what no double holds.
    is_sound = math.isfinite(product) and product != 0.0
    return product if is_sound else constant_value(sympy.Mul(*constants))


def _tower_height(expression: sympy.Basic) -> int:
    """Return how many powers and functions stand on top of each other."""
    below = max(map(_tower_height, expression.args), default=0)
    return below + isinstance(expression, sympy.Pow | sympy.Function)


def numpy_functions() -> ArrayFunctions:
    """Return the table's functions over NumPy."""
    return ArrayFunctions(
        np,
        special_functions.erf,
        special_functions.erfc,
        special_functions.besselj,
        special_functions.bessely,
        without_gradient=lambda value: value,
    )


def evaluate_points(
    expressions: Sequence[sympy.Expr],
    symbols: Sequence[sympy.Symbol],
    columns: np.ndarray,
) -> np.ndarray:
    """Return expressions at points in float64.

    ``columns`` is ``(len(symbols), n)``; the result ``(len(expressions), n)``. Where an
    expression has no real value the result is NaN, without a warning.
    """
    n = columns.shape[1]
    # Equal subtrees are shared by the walk; finding more would cost more than it saves here.
    results = evaluate(
        Plan((), tuple(expressions)),
        dict(zip(symbols, columns, strict=True)),
        numpy_functions(),
    )
    rows = [np.broadcast_to(np.asarray(r, float), (n,)) for r in results]
    return np.array(rows).reshape(len(rows), n)


def _is_negative_integer(exponent: sympy.Basic) -> bool:
    return isinstance(exponent, sympy.Integer) and int(exponent) < 0


class _Walk:
    """One evaluation: values of subexpressions, each computed once."""

    def __init__(
        self,
        known: Mapping[sympy.Symbol, Any],
        functions: ArrayFunctions,
        zero_slope_at_kinks: bool,
    ) -> None:
        self.known: dict[sympy.Basic, Any] = {**known}
        self.constant: dict[sympy.Basic, bool] = {}
        self.functions = functions
        self.zero_slope_at_kinks = zero_slope_at_kinks

    def __call__(self, e: sympy.Basic) -> Any:
        if e not in self.known:
            self.known[e] = self._evaluate(e)
        return self.known[e]

    def _evaluate(self, e: sympy.Basic) -> Any:
        match e:
            case BooleanTrue():
                return True
            case BooleanFalse():
                return False
            case sympy.Symbol():
                raise KeyError(f"no value for the symbol {e}")
            case sympy.Expr() if self._is_constant(e):
                return constant_value(e)
            case sympy.Add():
                return reduce(lambda a, b: a + b, map(self, e.args))
            case sympy.Mul():
                return self._multiply(e)
            case sympy.Pow():
                return self._raise(e.args[0], e.args[1])
            case sympy.Piecewise():
                return self._select(e)
            case Relational():
                compare = self.functions.named(RELATION_NAMES[type(e)])
                return compare(self(e.lhs), self(e.rhs))
            case sympy.And():
                return reduce(self.functions.module.logical_and, map(self, e.args))
            case sympy.Or():
                return reduce(self.functions.module.logical_or, map(self, e.args))
            case sympy.Not():
                return self.functions.module.logical_not(self(e.args[0]))
            case NumericFunction():
                return e.evaluate([self(a) for a in e.args], self.functions)
            case _ if type(e) in FUNCTION_NAMES:
                return self._apply(e)
            case _:
                raise TypeError(f"the function table does not know {type(e).__name__}: {e}")

    def _is_constant(self, e: sympy.Basic) -> bool:
        """Return whether an expression has no symbols; SymPy's own answer walks it each time."""
        if e not in self.constant:
            self.constant[e] = not e.is_Symbol and all(map(self._is_constant, e.args))
        return self.constant[e]

    def _apply(self, e: sympy.Basic) -> Any:
        function = self.functions.named(FUNCTION_NAMES[type(e)])
        match e:
            case sympy.Max() | sympy.Min():
                return reduce(function, map(self, e.args))
            case sympy.Heaviside():
                return function(self(e.args[0]), 0.5)
            case sympy.log():
                return self._guarded(function, self(e.args[0]), lambda a: a > 0, 1.0)
            case sympy.asin() | sympy.acos():
                return self._guarded(function, self(e.args[0]), lambda a: abs(a) < 1, 0.0)
            case _:
                return function(*map(self, e.args))

    def _multiply(self, e: sympy.Mul) -> Any:
        constants: list[Any] = []
        above: list[Any] = []
        below: list[Any] = []
        for factor in e.args:
            if self._is_constant(factor):
                constants.append(factor)
            elif isinstance(factor, sympy.Pow) and _is_negative_integer(factor.args[1]):
                below.append(self._raise(factor.args[0], -factor.args[1]))  # type: ignore[operator]
            else:
                above.append(self(factor))
        coefficient = _product_value(tuple(constants)) if constants else 1.0
        product = reduce(lambda a, b: a * b, above) if above else None
        if product is None:
            product = coefficient
        elif coefficient == -1.0:
            product = -product
        elif coefficient != 1.0:
            product = coefficient * product
        if not below:
            return product
        return self._divide(product, reduce(lambda a, b: a * b, below))

    def _raise(self, base: sympy.Basic, exponent: sympy.Basic) -> Any:
        if exponent.is_Integer:  # type: ignore[attr-defined]
            k = int(exponent)  # type: ignore[arg-type]
            value = self(base)
            if k < 0:
                return self._divide(1.0, value if k == -1 else value**-k)
            return value**k
        module = self.functions.module
        if exponent == sympy.S.Half or exponent == -sympy.S.Half:
            root = self._guarded(module.sqrt, self(base), lambda a: a > 0, 1.0)
            if exponent == sympy.S.Half:
                return root
            return self._fractional_reciprocal(root)
        if not self._is_constant(exponent):
            power = self(exponent)
            return self._guarded(lambda a: module.power(a, power), self(base), lambda a: a > 0, 1.0)
        power = constant_value(exponent)
        magnitude = self._guarded(
            lambda a: module.power(a, abs(power)), self(base), lambda a: a > 0, 1.0
        )
        return magnitude if power > 0 else self._fractional_reciprocal(magnitude)

    def _fractional_reciprocal(self, value: Any) -> Any:
        if not self.zero_slope_at_kinks:
            return self._divide(1.0, value)
        where = self.functions.module.where
        return where(value == 0, 0.0, 1.0 / where(value == 0, 1.0, value))

    def _divide(self, numerator: Any, denominator: Any) -> Any:
        """Return the quotient; at a zero of the denominator no gradient flows into it."""
        where = self.functions.module.where
        is_zero = denominator == 0
        infinite = self.functions.without_gradient(numerator * np.inf)
        return where(is_zero, infinite, numerator / where(is_zero, 1.0, denominator))

    def _guarded(
        self,
        function: Callable[[Any], Any],
        value: Any,
        is_inside: Callable[[Any], Any],
        safe: float,
    ) -> Any:
        """Return ``function(value)``, its gradient 0 outside the open set where it is smooth.

        `where` passes a zero cotangent into the branch not taken; multiplied by an infinite
        slope it would be NaN. So the slope is taken at a safe value there, and only the
        value, NaN included, comes from outside.
        """
        where = self.functions.module.where
        inside = is_inside(value)
        outside = self.functions.without_gradient(function(where(inside, safe, value)))
        return where(inside, function(where(inside, value, safe)), outside)

    def _select(self, e: sympy.Piecewise) -> Any:
        *cases, (last, otherwise) = branches(e)
        if otherwise != sympy.true:
            raise TypeError(f"a conditional without a last case: {e}")
        value = self(last)
        for expression, condition in reversed(cases):
            value = self.functions.module.where(self(condition), self(expression), value)
        return value
