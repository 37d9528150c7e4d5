"""Constant expressions as exact SymPy numbers."""

from __future__ import annotations

from fractions import Fraction

import sympy

from pdelang.semantics.conditions import Report, Unknown

# Exact powers of numbers stop here; beyond it a double is all that any use of them needs.
_EXACT_BITS = 2048


def number(value: Fraction | float) -> sympy.Expr:
    """Return a literal: a Rational where the text was exact, else a Float."""
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return sympy.Float(value)


def in_base_units(value: sympy.Expr, owner: Unknown | Report) -> sympy.Expr:
    """Return a number in the declared unit of an unknown or report in base units."""
    if owner.conversion is None:
        return value
    return number(owner.conversion.factor) * value + number(owner.conversion.offset)


def in_declared_unit(value: sympy.Expr, owner: Unknown | Report) -> sympy.Expr:
    """Return a value in base units in the declared unit of an unknown or report."""
    if owner.conversion is None:
        return value
    return (value - number(owner.conversion.offset)) / number(owner.conversion.factor)


def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """Return ``base^exponent`` without ever building a giant integer.

    SymPy evaluates ``(2*x)^k`` to ``2^k*x^k``, so large integer exponents of products are
    as dangerous as those of numbers; such powers are taken in floating point.
    """
    if (
        exponent.is_Integer
        and abs(int(exponent)) > 64
        and _bits(base) * abs(int(exponent)) > _EXACT_BITS
    ):  # type: ignore[arg-type]
        exponent = sympy.Float(exponent)
        if base.is_Rational:
            base = sympy.Float(base)
    elif exponent.is_Rational and base.is_Rational and _bits(exponent) > 64:
        exponent = sympy.Float(exponent)
    return sympy.Pow(base, exponent)


def _bits(e: sympy.Basic) -> int:
    """Return how many bits the numbers have that a power of ``e`` would multiply out."""
    match e:
        case sympy.Rational():
            return max(int(e.p).bit_length(), int(e.q).bit_length()) if abs(e) != 1 else 0
        case sympy.Mul() | sympy.Pow():
            return max(_bits(a) for a in e.args)
        case _:
            return 0
