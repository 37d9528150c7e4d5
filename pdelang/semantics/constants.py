"""Constants: literals read exactly while they are small, and folded without ever growing big."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from pdelang.diagnostics.span import Span
from pdelang.semantics.expression import (
    Apply,
    Comparison,
    Conditional,
    Constant,
    Coordinate,
    Derivative,
    Expression,
    Logic,
    Parameter,
    Pi,
    Rank,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.traversal import children, post_order

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


_RULES: dict[str, Callable[..., Number]] = {
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
    "erf": _total(math.erf),
    "erfc": _total(math.erfc),
}
"""Every scalar function of the function table, on constants."""

_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
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
        return _settle(_RULES[function](*arguments))
    except OverflowError:
        raise UndefinedConstantError("larger than the largest number, about 1.8e308") from None


@dataclass(slots=True)
class Folder:
    """Folds typed expressions to numbers; every node once, every fault once (E020)."""

    faults: Faults
    _values: dict[int, tuple[Expression, Number | bool | None]] = field(default_factory=dict)

    def fold(self, expression: Expression) -> float | None:
        """Return the value of a constant scalar expression; None where it is none or faulty."""
        self.check(expression)
        value = self._values[id(expression)][1]
        return None if value is None or isinstance(value, bool) else float(value)

    def check(self, expression: Expression) -> None:
        """Fold every constant part of an expression, and report those that have no value."""
        for node in post_order(expression, into_parameters=True):
            if id(node) not in self._values:
                self._values[id(node)] = (node, self._fold_node(node))

    def _fold_node(self, node: Expression) -> Number | bool | None:
        operands = [self._values[id(child)][1] for child in children(node)]
        match node:
            case Constant(value=value):
                return value
            case Pi():
                return math.pi
            case Parameter(definition=definition):
                return self._values[id(definition)][1]
            case Apply(function=function) if function in _RULES and node.rank is Rank.SCALAR:
                return self._apply(function, operands, node.span)
            case Comparison(operator=sign) if None not in operands:
                return _COMPARISONS[sign](operands[0], operands[1])  # type: ignore[arg-type]
            case Logic(operator=word) if None not in operands:
                return {"and": all(operands), "or": any(operands), "not": not operands[0]}[word]
            case Conditional() if None not in operands:
                return operands[1] if operands[0] else operands[2]
            case _:
                return None

    def _apply(
        self, function: str, operands: list[Number | bool | None], span: Span
    ) -> Number | None:
        numbers = tuple(v for v in operands if v is not None and not isinstance(v, bool))
        if len(numbers) < len(operands):
            # `x/0` and `x^(1/0)` are as undefined as `1/0`.
            if function == "/" and operands[1] == 0:
                self._report(span, "a division by zero")
            return None
        try:
            return apply_constant(function, numbers)
        except UndefinedConstantError as fault:
            self._report(span, str(fault))
            return None

    def _report(self, span: Span, fault: str) -> None:
        self.faults.add(
            "E020", f"the constant `{clip(span.text)}` is {fault}", span, "has no finite value"
        )


def is_constant(expression: Expression) -> bool:
    """Say whether an expression depends on nothing but numbers and parameters."""
    return all(
        isinstance(
            node, Constant | Pi | Parameter | Apply | Comparison | Logic | Conditional | VectorOf
        )
        for node in post_order(expression)
    ) and not any(
        isinstance(n, Coordinate | UnknownReference | Derivative) for n in post_order(expression)
    )


def clip(text: str, longest: int = 40) -> str:
    """Return a text on one line, cut in the middle if need be, to be quoted in a message."""
    flat = " ".join(text.split())
    if len(flat) <= longest:
        return flat
    half = (longest - 3) // 2
    return f"{flat[:half]} … {flat[-half:]}"
