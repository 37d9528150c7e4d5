"""Integrals of known functions, as in ``exact u = integral(exp(-s^2), s = 0 .. x)``, as SymPy functions.

Each is a function of the symbols that are free in it, computed by the quadrature of `node_rule`, with the derivative

    D ∫_a^b e ds = e|_{s=b} · D b − e|_{s=a} · D a + ∫_a^b D e ds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from pdelang.calculus.borders import find_breaks
from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.moved_jets import Variable
from pdelang.calculus.node_rule import integrate_values, place_nodes
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.numeric import Plan, evaluate, numpy_functions
from pdelang.calculus.numeric_function import NumericFunction
from pdelang.calculus.substitution import substitute
from pdelang.calculus.total_derivative import partial_derivative

# Nodes per piece: smooth integrands are then exact to rounding.
_NODES = 32


class KnownIntegral(NumericFunction):
    """``∫ integrand`` over one variable; the subclasses that `known_integral` makes have one each."""

    term: Nonlocal
    formals: tuple[sympy.Symbol, ...]

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Return the derivative by an argument, counted from 1."""
        variable, formal = self._variable(), self.formals[argindex - 1]
        integrand = self.term.integrand
        total = known_integral(variable, partial_derivative(integrand, formal))
        for end, sign in ((variable.high, 1), (variable.low, -1)):
            slope = partial_derivative(end, formal)
            if slope != 0:
                total += sign * slope * substitute(integrand, {variable.symbol: end})
        return substitute(total, self._values())

    def _values(self) -> dict[sympy.Symbol, sympy.Expr]:
        pairs = zip(self.formals, self.args, strict=True)
        return {formal: argument for formal, argument in pairs if isinstance(argument, sympy.Expr)}

    def _variable(self) -> Variable:
        (variable,) = self.term.variables
        assert isinstance(variable, Variable)
        return variable

    def _written(self) -> sympy.Expr:
        """Return SymPy's own integral, for printers."""
        values = self._values()
        variable = self._variable()
        low, high = substitute(variable.low, values), substitute(variable.high, values)
        integrand = substitute(self.term.integrand, values)
        return sympy.Integral(integrand, (variable.symbol, low, high))  # type: ignore[return-value]

    def _sympystr(self, printer: Any) -> str:
        return printer.doprint(self._written())

    def _latex(self, printer: Any) -> str:
        return printer.doprint(self._written())

    def _eval_evalf(self, prec: int) -> sympy.Expr | None:
        if not all(argument.is_number for argument in self.args):
            return None
        arguments = [float(a) for a in self.args]  # type: ignore[arg-type]
        return sympy.Float(float(self.evaluate(arguments, numpy_functions())), prec)

    @classmethod
    def evaluate(cls, arguments: list[Any], functions: ArrayFunctions) -> Any:
        """Return the values at arguments of an array module."""
        return _evaluate(cls.term, dict(zip(cls.formals, arguments, strict=True)), functions)


def known_integral(variable: Variable, integrand: sympy.Expr) -> sympy.Expr:
    """Return ``∫ integrand`` as a function of the symbols that are free in it; a number without any."""
    if integrand == 0:
        return sympy.S.Zero
    return _known_integral(variable, integrand)


@lru_cache(maxsize=4096)
def _known_integral(variable: Variable, integrand: sympy.Expr) -> sympy.Expr:
    parts = (variable.low, variable.high)
    free = (integrand.free_symbols - {variable.symbol}).union(*(e.free_symbols for e in parts))
    formals = tuple(sorted(free, key=lambda s: s.name))  # type: ignore[attr-defined]
    breaks, borders = find_breaks(integrand, variable.symbol)
    term = Nonlocal(variable.symbol, (variable,), integrand, (), (), (breaks,), (borders,), True)
    if not formals:
        return sympy.Float(float(_evaluate(term, {}, numpy_functions())))
    members = {"term": term, "formals": formals, "nargs": len(formals)}
    own = type("integral", (KnownIntegral,), members)
    return own(*formals)  # type: ignore[return-value]


def _evaluate(term: Nonlocal, values: dict[Any, Any], functions: ArrayFunctions) -> Any:
    module = functions.module
    if not values:
        # A point to integrate at; nothing depends on it.
        values = {term.symbol: np.zeros(1)}
    names, arrays = list(values), [module.asarray(v) for v in values.values()]
    shape = module.broadcast_shapes(*(a.shape for a in arrays))
    flat = [module.broadcast_to(a * 1.0, shape).reshape(-1) for a in arrays]
    nodes = place_nodes(term, dict(zip(names, flat, strict=True)), _NODES, functions)
    (integrand,) = evaluate(Plan((), (term.integrand,)), nodes.values, functions)
    total = integrate_values(nodes, integrand, functions)
    return module.broadcast_to(total, flat[0].shape).reshape(shape)
