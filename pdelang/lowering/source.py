"""SymPy expressions as Python source over ``jax.numpy``.

The names of the functions are those of the table that evaluates them, so that the text
and the compiled residual mean the same. The text is for people; nothing here runs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import sympy
from sympy.core.relational import Relational

from pdelang.calculus.function_table import FUNCTION_NAMES
from pdelang.calculus.substitution import branches
from pdelang.calculus.table_function import TableFunction
from pdelang.lowering.bessel import BESSEL_SOURCE
from pdelang.lowering.table_source import name_table

# Binding strengths of Python's operators, loosest first.
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)

# Python has exact integers of any size, but arrays cannot be multiplied by them.
_EXACT_INTEGER = 2**53

_LINE = 88

_RELATIONS: dict[type[sympy.Basic], str] = {
    sympy.StrictLessThan: "<",
    sympy.LessThan: "<=",
    sympy.StrictGreaterThan: ">",
    sympy.GreaterThan: ">=",
    sympy.Equality: "==",
    sympy.Unequality: "!=",
}


def write_expression(expression: sympy.Basic, names: Mapping[sympy.Symbol, str]) -> str:
    """Return Python source; ``names`` gives the text of every symbol."""
    return _Writer(names).write(expression)[0]


def write_return(expression: sympy.Basic, names: Mapping[sympy.Symbol, str]) -> str:
    """Return a ``return`` statement, one summand a line where one line would be long."""
    writer = _Writer(names)
    text = writer.write(expression)[0]
    if len(text) <= _LINE or not isinstance(expression, sympy.Add):
        return f"return {text}"
    lines = "".join(f"\n        {summand}" for summand in writer.summands(expression))
    return f"return ({lines}\n    )"


class _Writer:
    """Writes expressions; every method returns text and how tightly it binds."""

    def __init__(self, names: Mapping[sympy.Symbol, str]) -> None:
        self.names = names

    def write(self, e: sympy.Basic) -> tuple[str, int]:
        match e:
            case sympy.Symbol():
                return self.names[e], _ATOM
            case sympy.Integer() | sympy.Rational():
                return self._rational(e)
            case sympy.Float():
                return self._negative(repr(float(e)))
            case sympy.NumberSymbol():
                known = {sympy.pi: "jnp.pi", sympy.E: "jnp.e"}
                return known.get(e) or repr(float(e)), _ATOM
            case sympy.Add():
                return " ".join(self.summands(e)), _SUM
            case sympy.Mul():
                return self._product(e)
            case sympy.Pow():
                return self._power(e.base, e.exp)
            case sympy.Piecewise():
                return self._select(e), _ATOM
            case Relational():
                left, right = self.write(e.lhs)[0], self.write(e.rhs)[0]
                return f"({left} {_RELATIONS[type(e)]} {right})", _ATOM
            case sympy.And() | sympy.Or():
                name = "logical_and" if isinstance(e, sympy.And) else "logical_or"
                return self._fold(f"jnp.{name}", e.args), _ATOM
            case sympy.Not():
                return f"jnp.logical_not({self.write(e.args[0])[0]})", _ATOM
            case _ if e in (sympy.true, sympy.false):
                return str(bool(e)), _ATOM
            case TableFunction():
                arguments = ", ".join(self.write(a)[0] for a in e.args)
                return f"{name_table(type(e))}({arguments})", _ATOM
            case _ if type(e) in FUNCTION_NAMES:
                return self._call(e)
            case _:
                raise TypeError(f"the function table does not know {type(e).__name__}: {e}")

    def _within(self, e: sympy.Basic, strength: int) -> str:
        text, own = self.write(e)
        return text if own >= strength else f"({text})"

    def _negative(self, text: str) -> tuple[str, int]:
        return text, _SIGN if text.startswith("-") else _ATOM

    def _rational(self, e: sympy.Rational) -> tuple[str, int]:
        if max(abs(int(e.p)), int(e.q)) > _EXACT_INTEGER:
            return self._negative(repr(float(e)))
        if e.q == 1:
            return self._negative(str(int(e.p)))
        return f"{int(e.p)} / {int(e.q)}", _PRODUCT

    def summands(self, e: sympy.Add) -> list[str]:
        """Return the terms of a sum, each but the first with its sign before it."""
        first, *rest = cast("list[sympy.Expr]", e.as_ordered_terms())
        texts = [self._within(first, _PRODUCT)]
        for term in rest:
            if term.could_extract_minus_sign():
                texts.append(f"- {self._within(-term, _PRODUCT)}")
            else:
                texts.append(f"+ {self._within(term, _PRODUCT)}")
        return texts

    def _product(self, e: sympy.Mul) -> tuple[str, int]:
        coefficient, rest = e.as_coeff_Mul()
        if coefficient.is_negative:
            positive = self._within(sympy.Mul(-coefficient, rest), _PRODUCT)
            return f"-{positive}", _SIGN if "*" not in positive else _PRODUCT
        above: list[str] = []
        below: list[str] = []
        if (
            isinstance(coefficient, sympy.Rational)
            and coefficient.q != 1
            and (max(int(coefficient.p), int(coefficient.q)) <= _EXACT_INTEGER)
        ):
            if coefficient.p != 1:
                above.append(str(int(coefficient.p)))
            below.append(str(int(coefficient.q)))
        elif coefficient != 1:
            above.append(self._within(coefficient, _POWER))
        for factor in sympy.Mul.make_args(rest):
            if isinstance(factor, sympy.Pow) and factor.exp.is_Number and factor.exp < 0:
                below.append(self._within(sympy.Pow(factor.base, -factor.exp), _POWER))
            else:
                above.append(self._within(factor, _POWER))
        text = " * ".join(above) or "1"
        if below:
            text += " / " + (below[0] if len(below) == 1 else f"({' * '.join(below)})")
        return text, _PRODUCT

    def _power(self, base: sympy.Basic, exponent: sympy.Basic) -> tuple[str, int]:
        if exponent == sympy.S.Half:
            return f"jnp.sqrt({self.write(base)[0]})", _ATOM
        if exponent.is_Number and exponent < 0:  # type: ignore[operator]
            return f"1 / {self._within(sympy.Pow(base, -exponent), _POWER)}", _PRODUCT  # type: ignore[operator]
        return f"{self._within(base, _ATOM)} ** {self._within(exponent, _ATOM)}", _POWER

    def _select(self, e: sympy.Piecewise) -> str:
        *cases, (last, _) = branches(e)
        text = self.write(last)[0]
        for value, condition in reversed(cases):
            text = f"jnp.where({self.write(condition)[0]}, {self.write(value)[0]}, {text})"
        return text

    def _call(self, e: sympy.Basic) -> tuple[str, int]:
        name = FUNCTION_NAMES[type(e)]
        match e:
            case sympy.Max() | sympy.Min():
                return self._fold(f"jnp.{name}", e.args), _ATOM
            case sympy.Heaviside():
                return f"jnp.heaviside({self.write(e.args[0])[0]}, 0.5)", _ATOM
            case sympy.exp() if e.args[0] == 1:
                return "jnp.e", _ATOM
        if name in BESSEL_SOURCE:
            order, argument = e.args
            return f"{name}({float(order)!r}, {self.write(argument)[0]})", _ATOM  # type: ignore[arg-type]
        module = "jax.lax" if name in ("erf", "erfc") else "jnp"
        arguments = ", ".join(self.write(a)[0] for a in e.args)
        if name.startswith("reciprocal:"):
            return f"1 / {module}.{name.removeprefix('reciprocal:')}({arguments})", _PRODUCT
        return f"{module}.{name}({arguments})", _ATOM

    def _fold(self, name: str, arguments: tuple[sympy.Basic, ...]) -> str:
        text = self.write(arguments[0])[0]
        for argument in arguments[1:]:
            text = f"{name}({text}, {self.write(argument)[0]})"
        return text
