"""Complex values: operators and functions spread over the real and the imaginary part.

A complex value is a pair of real expressions, `ComplexOf`, from the moment it is read; whatever is
made of it is again such a pair, or real (``abs(z)``, ``i*i``). So counting, derivation and solving
know real fields only, and a linear complex equation stays linear: two coupled real ones.

With z = a + i b:  z w = (a c − b d) + i (a d + b c),  z/w = z conj(w)/|w|²,
exp z = e^a (cos b + i sin b),  sin z = sin a cosh b + i cos a sinh b,
cosh z = cosh a cos b + i sinh a sin b,  log z = log|z| + i arg z,
√z = √|z| (cos(arg z/2) + i sin(arg z/2)).
``log``, ``sqrt``, ``arg`` and powers take their principal values: arg z in (−π, π].
Formulas: Abramowitz and Stegun (1964), 3.7, 4.1, 4.3, 4.5. ``dot`` does not conjugate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from pdelang.diagnostics.span import Span
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.expression import (
    Aggregate,
    AggregateKind,
    Apply,
    Comparison,
    ComplexOf,
    ComplexPart,
    ComplexReference,
    Component,
    Conditional,
    Constant,
    Derivative,
    Elsewhere,
    Expression,
    Jump,
    Parameter,
    RangeIntegral,
    Rank,
    Sided,
    VectorOf,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.functions import COMPLEX_PARTS
from pdelang.semantics.traversal import children

PART_NAMES = ("re", "im")
"""The components of a complex unknown, and the columns of its tables: ``psi.re``, ``psi.im``."""

REAL_ADVICE = "take `re(…)`, `im(…)` or `abs(…)` of it"

_LINEAR = frozenset(
    ["neg", "grad", "div", "lap", "curl", "transpose", "tr", "sym", "dn", "tangential"]
)
_BILINEAR = frozenset(["*", "dot", "cross", "outer", "adv"])
_LARGEST_PRODUCT = 16
"""Whole powers up to this one are products; larger ones are taken in polar form."""


def complex_unknown(span: Span, name: str) -> ComplexOf:
    """Return a complex unknown as its two real fields."""
    field = ComplexReference(span, Rank.VECTOR, name)
    parts = (ComplexPart(span, Rank.SCALAR, field, axis) for axis in (0, 1))
    return ComplexOf(span, Rank.SCALAR, *parts)


def imaginary_unit(span: Span) -> ComplexOf:
    """Return ``i``."""
    return ComplexOf(span, Rank.SCALAR, _number(span, 0), _number(span, 1))


def complex_parameter(span: Span, name: str, definition: ComplexOf) -> ComplexOf:
    """Return a ``param`` with a complex value: two real ones."""
    parts = (Parameter(span, Rank.SCALAR, n, e) for n, e in name_parts(name, definition))
    return ComplexOf(span, Rank.SCALAR, *parts)


def name_parts(name: str, value: Expression) -> tuple[tuple[str, Expression], ...]:
    """Return the real values that a name stands for: one, or ``Z.re`` and ``Z.im``."""
    if isinstance(value, ComplexOf):
        return ((f"{name}.re", value.re), (f"{name}.im", value.im))
    return ((name, value),)


def widen(value: Expression, space: int) -> ComplexOf:
    """Return a value as a complex one: a real one with the imaginary part 0."""
    if isinstance(value, ComplexOf):
        return value
    return ComplexOf(value.span, value.rank, value, _zero(value.span, value.rank, space))


def spread(node: Expression, faults: Faults, space: int) -> Expression | None:
    """Return a node whose operands may be complex as a pair of real nodes, or as a real one.

    ``space`` counts the space coordinates. None after a reported fault: E105 for functions that
    are defined for real values only, E110 for comparisons.
    """
    is_part = isinstance(node, Apply) and node.function in COMPLEX_PARTS
    if not is_part and not any(isinstance(child, ComplexOf) for child in children(node)):
        return node
    return _Spreading(node.span, faults, space).spread(node)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two parts of a value; None is an exact zero."""

    re: Expression | None
    im: Expression | None


@dataclass(frozen=True, slots=True)
class _Spreading:
    """The algebra of pairs for one node: all that is made bears its ``span``."""

    span: Span
    faults: Faults
    space: int

    def spread(self, node: Expression) -> Expression | None:
        match node:
            case Apply():
                pair = self._apply(node)
            case Comparison():
                return self._refuse_comparison(node)
            case Conditional():
                then, otherwise = _parts(node.then), _parts(node.otherwise)
                pair = self._each(
                    lambda a, b: Conditional(node.span, node.rank, node.predicate, a, b),
                    (then.re, otherwise.re),
                    (then.im, otherwise.im),
                    node.rank,
                )
            case Component():
                pair = self._map(
                    lambda e: Component(node.span, node.rank, e, node.axis), _parts(node.operand)
                )
            case Sided():
                pair = self._map(
                    lambda e: Sided(node.span, node.rank, e, node.region), _parts(node.operand)
                )
            case Jump():
                pair = self._map(lambda e: Jump(node.span, node.rank, e), _parts(node.operand))
            case Elsewhere():
                pair = self._map(
                    lambda e: Elsewhere(node.span, node.rank, e, node.moves), _parts(node.operand)
                )
            case RangeIntegral():
                pair = self._map(
                    lambda e: RangeIntegral(
                        node.span, node.rank, e, node.variable, node.low, node.high
                    ),
                    _parts(node.operand),
                )
            case Derivative():
                pair = self._map(
                    lambda e: Derivative(node.span, node.rank, e, node.coordinates),
                    _parts(node.operand),
                )
            case VectorOf():
                items = [_parts(item) for item in node.items]
                pair = self._each(
                    lambda *es: VectorOf(node.span, node.rank, es),
                    tuple(item.re for item in items),
                    tuple(item.im for item in items),
                    Rank.SCALAR,
                )
            case Elsewhere() | RangeIntegral():
                pair = self._map(lambda e: replace(node, operand=e), _parts(node.operand))
            case Aggregate():
                pair = self._aggregate(node)
            case _:
                raise TypeError(f"not made of complex values: {type(node).__name__}")
        return None if pair is None else self._join(pair, node.rank)

    def _join(self, pair: _Pair, rank: Rank) -> Expression:
        re = pair.re if pair.re is not None else _zero(self.span, rank, self.space)
        return re if pair.im is None else ComplexOf(self.span, rank, re, pair.im)

    # ------------------------------------------------------------- functions

    def _apply(self, node: Apply) -> _Pair | None:
        pairs = tuple(_parts(argument) for argument in node.arguments)
        match node.function, pairs:
            case function, (z,) if function in _LINEAR:
                return self._map(lambda e: Apply(self.span, node.rank, function, (e,)), z)
            case "+", (z, w):
                return _Pair(self._add(z.re, w.re), self._add(z.im, w.im))
            case "-", (z, w):
                return _Pair(self._subtract(z.re, w.re), self._subtract(z.im, w.im))
            case function, (z, w) if function in _BILINEAR:
                return self._multiply(z, w, function, node.rank)
            case "/", (z, w):
                return self._divide(z, w)
            case "^", (z, w):
                return self._power(node, z, w)
            case "re", (z,):
                return _Pair(z.re, None)
            case "im", (z,):
                return _Pair(z.im, None)
            case "conj", (z,):
                return _Pair(z.re, self._negate(z.im))
            case "arg", (z,):
                return _Pair(self._argument(z), None)
            case "abs", (z,):
                return _Pair(self._modulus(z), None)
            case "norm", (z,):
                squares = [self._square(self._call("norm", e)) for e in (z.re, z.im) if e]
                return _Pair(self._call("sqrt", self._some(self._add(*squares))), None)
            case (
                ("exp" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "log" | "sqrt"),
                (z,),
            ):
                return self._analytic(node.function, z)
            case _:
                self.faults.add(
                    "E105",
                    f"`{node.function}` takes real values, and this one is complex",
                    node.span,
                    "complex",
                    help=REAL_ADVICE,
                )
                return None

    def _analytic(self, name: str, z: _Pair) -> _Pair:
        a, b = self._some(z.re), self._some(z.im)
        call = self._call
        match name:
            case "exp":
                return self._polar(call("exp", a), b)
            case "sin":
                return _Pair(
                    self._times(call("sin", a), call("cosh", b)),
                    self._times(call("cos", a), call("sinh", b)),
                )
            case "cos":
                return _Pair(
                    self._times(call("cos", a), call("cosh", b)),
                    self._negate(self._times(call("sin", a), call("sinh", b))),
                )
            case "sinh":
                return _Pair(
                    self._times(call("sinh", a), call("cos", b)),
                    self._times(call("cosh", a), call("sin", b)),
                )
            case "cosh":
                return _Pair(
                    self._times(call("cosh", a), call("cos", b)),
                    self._times(call("sinh", a), call("sin", b)),
                )
            case "tan":
                return self._divide(self._analytic("sin", z), self._analytic("cos", z))
            case "tanh":
                return self._divide(self._analytic("sinh", z), self._analytic("cosh", z))
            case "log":
                return _Pair(self._log_modulus(z), self._argument(z))
            case "sqrt":
                # The polar form is smooth away from the cut, as the usual roots of |z| ± a are not.
                half = _number(self.span, Fraction(1, 2))
                angle = self._times(half, self._argument(z))
                return self._polar(call("sqrt", self._modulus(z)), angle)
            case _:
                raise AssertionError(name)

    def _power(self, node: Apply, z: _Pair, w: _Pair) -> _Pair | None:
        exponent = _fold(self._some(w.re)) if w.im is None else None
        if exponent is not None and exponent.is_integer() and abs(exponent) <= _LARGEST_PRODUCT:
            power = self._whole_power(z, int(abs(exponent)))
            return (
                power if exponent >= 0 else self._divide(_Pair(_number(self.span, 1), None), power)
            )
        if w.im is not None and z.im is None:
            base = _fold(self._some(z.re))
            if base is None or base <= 0:
                self.faults.add(
                    "E105",
                    "a power with a complex exponent needs a positive constant as its base",
                    node.span,
                    "which branch of the logarithm is meant is not clear",
                    help="write `exp(w*log(z))` for z^w with the logarithm that is meant",
                )
                return None
        # z^w = exp(w log z), the principal value.
        logarithm = _Pair(self._log_modulus(z), None if z.im is None else self._argument(z))
        return self._analytic("exp", self._multiply(w, logarithm, "*", Rank.SCALAR))

    def _whole_power(self, z: _Pair, exponent: int) -> _Pair:
        result = _Pair(_number(self.span, 1), None)
        while exponent:
            if exponent % 2:
                result = self._multiply(result, z, "*", Rank.SCALAR)
            exponent //= 2
            z = self._multiply(z, z, "*", Rank.SCALAR) if exponent else z
        return result

    def _aggregate(self, node: Aggregate) -> _Pair | None:
        if node.kind in (AggregateKind.MAX, AggregateKind.MIN):
            self.faults.add(
                "E105",
                f"`{node.kind.value}` compares real values, and this one is complex",
                node.span,
                "complex",
                help=REAL_ADVICE,
            )
            return None

        def take(e: Expression) -> Expression:
            return Aggregate(
                node.span, node.rank, node.kind, e, node.on, node.region, node.point, node.time
            )

        return self._map(take, _parts(node.operand))

    def _refuse_comparison(self, node: Comparison) -> None:
        self.faults.add(
            "E110",
            f"`{node.operator}` compares real numbers, and this one is complex",
            (node.left if isinstance(node.left, ComplexOf) else node.right).span,
            "complex",
            help="compare a part or the modulus: `re(…)`, `im(…)` or `abs(…)`",
        )

    # --------------------------------------------------------------- algebra

    def _multiply(self, z: _Pair, w: _Pair, function: str, rank: Rank) -> _Pair:
        def times(a: Expression | None, b: Expression | None) -> Expression | None:
            if a is None or b is None:
                return None
            if function == "*" and (one := _other_than_one(a, b)) is not None:
                return one
            return Apply(self.span, rank, function, (a, b))

        return _Pair(
            self._subtract(times(z.re, w.re), times(z.im, w.im)),
            self._add(times(z.re, w.im), times(z.im, w.re)),
        )

    def _divide(self, z: _Pair, w: _Pair) -> _Pair:
        if w.im is None:
            by = self._some(w.re)
            return self._map(lambda e: Apply(self.span, e.rank, "/", (e, by)), z)
        rank = next(e.rank for e in (z.re, z.im, w.im) if e is not None)
        above = self._multiply(z, _Pair(w.re, self._negate(w.im)), "*", rank)
        below = self._some(self._add(self._square(w.re), self._square(w.im)))
        return self._map(lambda e: Apply(self.span, e.rank, "/", (e, below)), above)

    def _polar(self, size: Expression, angle: Expression) -> _Pair:
        return _Pair(
            self._times(size, self._call("cos", angle)), self._times(size, self._call("sin", angle))
        )

    def _argument(self, z: _Pair) -> Expression:
        return self._call("atan2", self._some(z.im), self._some(z.re))

    def _modulus(self, z: _Pair) -> Expression:
        if z.im is None or z.re is None:
            return self._call("abs", self._some(z.re if z.im is None else z.im))
        return self._call("sqrt", self._some(self._add(self._square(z.re), self._square(z.im))))

    def _log_modulus(self, z: _Pair) -> Expression:
        if z.im is None:
            return self._call("log", self._some(z.re))
        half = _number(self.span, Fraction(1, 2))
        square = self._some(self._add(self._square(z.re), self._square(z.im)))
        return self._times(half, self._call("log", square))

    def _map(self, function: Callable[[Expression], Expression], z: _Pair) -> _Pair:
        return _Pair(
            None if z.re is None else function(z.re), None if z.im is None else function(z.im)
        )

    def _each(
        self,
        function: Callable[..., Expression],
        re: tuple[Expression | None, ...],
        im: tuple[Expression | None, ...],
        rank: Rank,
    ) -> _Pair:
        def build(parts: tuple[Expression | None, ...]) -> Expression | None:
            if all(part is None for part in parts):
                return None
            zero = _zero(self.span, rank, self.space)
            return function(*(zero if part is None else part for part in parts))

        return _Pair(build(re), build(im))

    def _some(self, e: Expression | None) -> Expression:
        return _number(self.span, 0) if e is None else e

    def _call(self, function: str, *arguments: Expression) -> Expression:
        return Apply(self.span, Rank.SCALAR, function, arguments)

    def _times(self, a: Expression, b: Expression) -> Expression:
        return Apply(self.span, Rank.SCALAR, "*", (a, b))

    def _square(self, e: Expression | None) -> Expression | None:
        if e is None:
            return None
        return Apply(self.span, Rank.SCALAR, "^", (e, _number(self.span, 2)))

    def _add(self, a: Expression | None, b: Expression | None = None) -> Expression | None:
        if a is None or b is None:
            return b if a is None else a
        return Apply(self.span, a.rank, "+", (a, b))

    def _subtract(self, a: Expression | None, b: Expression | None) -> Expression | None:
        if a is None or b is None:
            return self._negate(b) if a is None else a
        return Apply(self.span, a.rank, "-", (a, b))

    def _negate(self, e: Expression | None) -> Expression | None:
        return None if e is None else Apply(self.span, e.rank, "neg", (e,))


def _parts(value: Expression) -> _Pair:
    if isinstance(value, ComplexOf):
        return _Pair(None if _is_number(value.re, 0) else value.re, value.im)
    return _Pair(None if _is_number(value, 0) else value, None)


def _is_number(e: Expression, number: int) -> bool:
    return isinstance(e, Constant) and e.value == number


def _other_than_one(a: Expression, b: Expression) -> Expression | None:
    """Return the other factor of a product with 1."""
    if _is_number(a, 1):
        return b
    return a if _is_number(b, 1) else None


def _number(span: Span, value: int | Fraction) -> Constant:
    return Constant(span, Rank.SCALAR, Fraction(value))


def _zero(span: Span, rank: Rank, space: int) -> Expression:
    zero = _number(span, 0)
    match rank:
        case Rank.SCALAR:
            return zero
        case Rank.VECTOR:
            return VectorOf(span, rank, (zero,) * space)
        case Rank.TENSOR:
            return Apply(span, rank, "*", (zero, Apply(span, rank, "identity", ())))


def _fold(e: Expression) -> float | None:
    """Return the value of a constant, None for anything else."""
    try:
        value = evaluate(e, np.zeros((1, 0)), ())
    except NotEvaluableError:
        return None
    return float(value[0])
