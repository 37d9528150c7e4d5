"""Pairs of real expressions as complex numbers: their algebra and their functions.

With z = a + i b:  z w = (a c − b d) + i (a d + b c),  z/w = z conj(w)/|w|²,
exp z = e^a (cos b + i sin b),  sin z = sin a cosh b + i cos a sinh b,
cosh z = cosh a cos b + i sinh a sin b,  log z = log|z| + i arg z,
√z = √|z| (cos(arg z/2) + i sin(arg z/2)).
``log``, ``sqrt``, ``arg`` and powers take their principal values: arg z in (−π, π].
Formulas: Abramowitz and Stegun (1964), 3.7, 4.1, 4.3, 4.5. ``dot`` does not conjugate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from pdelang.diagnostics.span import Span
from pdelang.semantics.expression import (
    Apply,
    ComplexOf,
    Constant,
    Expression,
    Rank,
    VectorOf,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two parts of a value; None is an exact zero."""

    re: Expression | None
    im: Expression | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """The algebra of pairs: all that is made bears ``span``; ``space`` counts the space coordinates."""

    span: Span
    space: int

    def analytic(self, name: str, z: Pair) -> Pair:
        """Return an analytic function of a value, by its name."""
        a, b = self.some(z.re), self.some(z.im)
        call = self.call
        match name:
            case "exp":
                return self.polar(call("exp", a), b)
            case "sin":
                return Pair(
                    self.times(call("sin", a), call("cosh", b)),
                    self.times(call("cos", a), call("sinh", b)),
                )
            case "cos":
                return Pair(
                    self.times(call("cos", a), call("cosh", b)),
                    self.negate(self.times(call("sin", a), call("sinh", b))),
                )
            case "sinh":
                return Pair(
                    self.times(call("sinh", a), call("cos", b)),
                    self.times(call("cosh", a), call("sin", b)),
                )
            case "cosh":
                return Pair(
                    self.times(call("cosh", a), call("cos", b)),
                    self.times(call("sinh", a), call("sin", b)),
                )
            case "tan":
                return self.divide(self.analytic("sin", z), self.analytic("cos", z))
            case "tanh":
                return self.divide(self.analytic("sinh", z), self.analytic("cosh", z))
            case "log":
                return Pair(self.log_modulus(z), self.argument(z))
            case "sqrt":
                # The polar form is smooth away from the cut, as the usual roots of |z| ± a are not.
                half = number_of(self.span, Fraction(1, 2))
                angle = self.times(half, self.argument(z))
                return self.polar(call("sqrt", self.modulus(z)), angle)
            case _:
                raise AssertionError(name)

    def whole_power(self, z: Pair, exponent: int) -> Pair:
        """Return ``z^exponent`` of a whole exponent ≥ 0 as a product."""
        result = Pair(number_of(self.span, 1), None)
        while exponent:
            if exponent % 2:
                result = self.multiply(result, z, "*", Rank.SCALAR)
            exponent //= 2
            z = self.multiply(z, z, "*", Rank.SCALAR) if exponent else z
        return result

    def multiply(self, z: Pair, w: Pair, function: str, rank: Rank) -> Pair:
        """Return ``z w``, or another bilinear ``function`` of the two."""

        def times(a: Expression | None, b: Expression | None) -> Expression | None:
            if a is None or b is None:
                return None
            if function == "*" and (one := _other_than_one(a, b)) is not None:
                return one
            return Apply(self.span, rank, function, (a, b))

        return Pair(
            self.subtract(times(z.re, w.re), times(z.im, w.im)),
            self.add(times(z.re, w.im), times(z.im, w.re)),
        )

    def divide(self, z: Pair, w: Pair) -> Pair:
        """Return ``z/w``."""
        if w.im is None:
            by = self.some(w.re)
            return self.map(lambda e: Apply(self.span, e.rank, "/", (e, by)), z)
        rank = next(e.rank for e in (z.re, z.im, w.im) if e is not None)
        above = self.multiply(z, Pair(w.re, self.negate(w.im)), "*", rank)
        below = self.some(self.add(self.square(w.re), self.square(w.im)))
        return self.map(lambda e: Apply(self.span, e.rank, "/", (e, below)), above)

    def polar(self, size: Expression, angle: Expression) -> Pair:
        """Return ``size · exp(i angle)``."""
        return Pair(
            self.times(size, self.call("cos", angle)), self.times(size, self.call("sin", angle))
        )

    def argument(self, z: Pair) -> Expression:
        """Return arg z."""
        return self.call("atan2", self.some(z.im), self.some(z.re))

    def modulus(self, z: Pair) -> Expression:
        """Return |z|."""
        if z.im is None or z.re is None:
            return self.call("abs", self.some(z.re if z.im is None else z.im))
        return self.call("sqrt", self.some(self.add(self.square(z.re), self.square(z.im))))

    def log_modulus(self, z: Pair) -> Expression:
        """Return log|z|."""
        if z.im is None:
            return self.call("log", self.some(z.re))
        half = number_of(self.span, Fraction(1, 2))
        square = self.some(self.add(self.square(z.re), self.square(z.im)))
        return self.times(half, self.call("log", square))

    def map(self, function: Callable[[Expression], Expression], z: Pair) -> Pair:
        """Return a real linear function of both parts."""
        return Pair(
            None if z.re is None else function(z.re), None if z.im is None else function(z.im)
        )

    def each(
        self,
        function: Callable[..., Expression],
        re: tuple[Expression | None, ...],
        im: tuple[Expression | None, ...],
        rank: Rank,
    ) -> Pair:
        """Return a function of the real parts and the same of the imaginary ones; zeros have ``rank``."""

        def build(parts: tuple[Expression | None, ...]) -> Expression | None:
            if all(part is None for part in parts):
                return None
            zero = zero_of(self.span, rank, self.space)
            return function(*(zero if part is None else part for part in parts))

        return Pair(build(re), build(im))

    def some(self, e: Expression | None) -> Expression:
        """Return a part, the number 0 for none."""
        return number_of(self.span, 0) if e is None else e

    def call(self, function: str, *arguments: Expression) -> Expression:
        """Return a function of real scalars."""
        return Apply(self.span, Rank.SCALAR, function, arguments)

    def times(self, a: Expression, b: Expression) -> Expression:
        """Return the product of two real scalars."""
        return Apply(self.span, Rank.SCALAR, "*", (a, b))

    def square(self, e: Expression | None) -> Expression | None:
        """Return the square of a part."""
        if e is None:
            return None
        return Apply(self.span, Rank.SCALAR, "^", (e, number_of(self.span, 2)))

    def add(self, a: Expression | None, b: Expression | None = None) -> Expression | None:
        """Return the sum of two parts."""
        if a is None or b is None:
            return b if a is None else a
        return Apply(self.span, a.rank, "+", (a, b))

    def subtract(self, a: Expression | None, b: Expression | None) -> Expression | None:
        """Return the difference of two parts."""
        if a is None or b is None:
            return self.negate(b) if a is None else a
        return Apply(self.span, a.rank, "-", (a, b))

    def negate(self, e: Expression | None) -> Expression | None:
        """Return the negative of a part."""
        return None if e is None else Apply(self.span, e.rank, "neg", (e,))


def parts_of(value: Expression) -> Pair:
    """Return a value as a pair."""
    if isinstance(value, ComplexOf):
        return Pair(None if _is_number(value.re, 0) else value.re, value.im)
    return Pair(None if _is_number(value, 0) else value, None)


def _is_number(e: Expression, number: int) -> bool:
    return isinstance(e, Constant) and e.value == number


def _other_than_one(a: Expression, b: Expression) -> Expression | None:
    """Return the other factor of a product with 1."""
    if _is_number(a, 1):
        return b
    return a if _is_number(b, 1) else None


def number_of(span: Span, value: int | Fraction) -> Constant:
    """Return a number at a place."""
    return Constant(span, Rank.SCALAR, Fraction(value))


def zero_of(span: Span, rank: Rank, space: int) -> Expression:
    """Return the zero of a rank."""
    zero = number_of(span, 0)
    match rank:
        case Rank.SCALAR:
            return zero
        case Rank.VECTOR:
            return VectorOf(span, rank, (zero,) * space)
        case Rank.TENSOR:
            return Apply(span, rank, "*", (zero, Apply(span, rank, "identity", ())))
