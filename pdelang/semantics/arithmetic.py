"""Arithmetic of constants: exact while they are small, and never growing big."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction

from pdelang import special_functions

Number = Fraction | float

# A Fraction stays one only while both its parts fit into this many bits; then it is a float.
_EXACT_BITS = 128
_LONGEST_EXACT_LITERAL = 30
# Every float from here on is a whole number.
_WHOLE = 2.0**53


class UndefinedConstantError(Exception):
    """An arithmetic fault in a constant; the message completes "… is"."""


def read_literal(text: str) -> Number:
    """Return the value of a number as written; raise `UndefinedConstantError` on overflow.

    Exact where the text is short and moderate. The float is taken first, so that
    ``1e999999999`` never becomes a large integer.
    """
    approximate = float(text)
    if math.isinf(approximate):
        raise UndefinedConstantError("larger than the largest number, about 1.8e308")
    if approximate == 0.0 and any(digit in "123456789" for digit in text.lower().split("e")[0]):
        raise UndefinedConstantError("smaller than the smallest number, about 1e-308")
    if len(text) > _LONGEST_EXACT_LITERAL or (
        approximate != 0.0 and not 1e-30 < abs(approximate) < 1e30
    ):
        return approximate
    return Fraction(text)


def _settle(value: Number) -> Number:
    """Return the value in the form it may keep: exact while small, finite always."""
    if isinstance(value, Fraction):
        if max(value.numerator.bit_length(), value.denominator.bit_length()) <= _EXACT_BITS:
            return value
        try:
            return float(value)
        except OverflowError:
            raise UndefinedConstantError("larger than the largest number") from None
    if math.isnan(value):
        raise UndefinedConstantError("not a number")
    if math.isinf(value):
        raise UndefinedConstantError("larger than the largest number, about 1.8e308")
    return value


def _divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise UndefinedConstantError("a division by zero")
    return a / b


def _power(base: Number, exponent: Number) -> Number:
    if base == 0 and exponent < 0:
        raise UndefinedConstantError("a division by zero")
    if base == 0 or exponent == 0:
        return Fraction(int(exponent == 0))
    whole = float(exponent).is_integer() if abs(exponent) < _WHOLE else True
    if base < 0 and not whole:
        raise UndefinedConstantError("a fractional power of a negative number, which is not real")
    # Size first: the bits of base^exponent are at most exponent times the bits of base.
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and whole:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(exponent) * bits <= _EXACT_BITS:
            return base ** int(exponent)
    size = abs(float(exponent)) * abs(math.log(abs(base)))
    if size > 709.0:
        grows = (exponent > 0) == (abs(base) > 1)
        raise UndefinedConstantError(
            "larger than the largest number, about 1.8e308"
            if grows
            else "smaller than the smallest number, about 1e-308"
        )
    return float(base) ** (int(exponent) if whole else float(exponent))


def _guarded(
    function: Callable[..., float], defined: Callable[..., bool], fault: str
) -> Callable[..., Number]:
    def apply(*arguments: Number) -> Number:
        if not defined(*arguments):
            raise UndefinedConstantError(fault)
        return function(*map(float, arguments))

    return apply


def _total(function: Callable[..., float]) -> Callable[..., Number]:
    return _guarded(function, lambda *_: True, "")


def _bessel(function: Callable[[float, float], float]) -> Callable[..., Number]:
    def apply(order: Number, value: Number) -> Number:
        return _settle(function(float(order), float(value)))

    return apply


def _square_root(value: Number) -> Number:
    if value < 0:
        raise UndefinedConstantError("the square root of a negative number, which is not real")
    if isinstance(value, Fraction):
        top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if top * top == value.numerator and bottom * bottom == value.denominator:
            return Fraction(top, bottom)
    return math.sqrt(value)


def _sign(value: Number) -> Number:
    return Fraction((value > 0) - (value < 0))


def _heaviside(value: Number) -> Number:
    # The value 1/2 at 0 is the convention of Abramowitz & Stegun 29.1.3.
    return Fraction(1 + (value > 0) - (value < 0), 2)


RULES: dict[str, Callable[..., Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "^": _power,
    "neg": lambda a: -a,
    "abs": lambda a: abs(a),
    "min": min,
    "max": max,
    "sign": _sign,
    "heaviside": _heaviside,
    "sqrt": _square_root,
    "exp": _total(math.exp),
    "log": _guarded(math.log, lambda a: a > 0, "the logarithm of a number that is not positive"),
    "sin": _total(math.sin),
    "cos": _total(math.cos),
    "tan": _total(math.tan),
    "asin": _guarded(math.asin, lambda a: -1 <= a <= 1, "`asin` outside -1 .. 1"),
    "acos": _guarded(math.acos, lambda a: -1 <= a <= 1, "`acos` outside -1 .. 1"),
    "atan": _total(math.atan),
    "atan2": _total(math.atan2),
    "sinh": _total(math.sinh),
    "cosh": _total(math.cosh),
    "tanh": _total(math.tanh),
    "besselj": _bessel(special_functions.besselj),
    "bessely": _bessel(special_functions.bessely),
    "erf": _total(math.erf),
    "erfc": _total(math.erfc),
}
"""Every scalar function of the function table, on constants."""

COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def apply_constant(function: str, arguments: tuple[Number, ...]) -> Number:
    """Apply an operator or function to numbers; raise `UndefinedConstantError`."""
    # Mixed arithmetic of a Fraction and a float would convert the Fraction by itself, but
    # raises OverflowError where that is too large.
    try:
        return _settle(RULES[function](*arguments))
    except OverflowError:
        raise UndefinedConstantError("larger than the largest number, about 1.8e308") from None
