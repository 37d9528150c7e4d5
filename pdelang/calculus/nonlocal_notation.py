"""Residuals with their nonlocal parts written out, for printers."""

from __future__ import annotations

import sympy

from pdelang.calculus.moved_jets import Peak, Spread
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.substitution import substitute
from pdelang.calculus.system import Residual, System


def write_out(residual: Residual, system: System, as_functions: bool = False) -> sympy.Expr:
    """Return a residual's expression with integrals as SymPy's and values elsewhere by name.

    A value elsewhere is named ``u(x = s)`` as in the language or, ``as_functions``, ``u(s, t)``.
    """
    if not residual.nonlocals:
        return residual.expression
    return substitute(
        residual.expression,
        {term.symbol: _write_term(term, system, as_functions) for term in residual.nonlocals},
    )


def _write_term(term: Nonlocal, system: System, as_functions: bool) -> sympy.Expr:
    integrand = term.integrand
    if as_functions:
        labels = {jet: symbol.name for jet, symbol in system.jet_symbols}
        names = [symbol.name for symbol in system.coordinates]
        values: dict[sympy.Symbol, sympy.Expr] = {}
        for symbol, moved in term.moved:
            if moved.place != system.coordinates:
                name = labels.get(moved.jet) or moved.jet.label(tuple(names))
                values[symbol] = sympy.Function(name, real=True)(*moved.place)  # type: ignore[assignment]
        integrand = substitute(integrand, values)
    inside = {inner.symbol: _write_term(inner, system, as_functions) for inner in term.inner}
    integrand = substitute(integrand, inside)
    for variable in reversed(term.variables):
        if isinstance(variable, Peak):
            name = "max" if variable.sign > 0 else "min"
            integrand = sympy.Function(name, real=True)(integrand)  # type: ignore[assignment]
            continue
        if isinstance(variable, Spread):
            limits = variable.point
        else:
            limits = ((variable.symbol, variable.low, variable.high),)
        integrand = sympy.Integral(integrand, *limits)  # type: ignore[assignment]
    return integrand
