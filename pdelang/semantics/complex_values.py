"""Complex values: operators and functions spread over the real and the imaginary part.

A complex value is a pair of real expressions, `ComplexOf`, from the moment it is read; whatever is
made of it is again such a pair, or real (``abs(z)``, ``i*i``). So counting, derivation and solving
know real fields only, and a linear complex equation stays linear: two coupled real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pdelang.diagnostics.span import Span
from pdelang.semantics.complex_pairs import Pair, Pairs, number_of, parts_of, zero_of
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
    return ComplexOf(span, Rank.SCALAR, number_of(span, 0), number_of(span, 1))


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
    return ComplexOf(value.span, value.rank, value, zero_of(value.span, value.rank, space))


def spread(node: Expression, faults: Faults, space: int) -> Expression | None:
    """Return a node whose operands may be complex as a pair of real nodes, or as a real one.

    ``space`` counts the space coordinates. None after a reported fault: E105 for functions that
    are defined for real values only, E110 for comparisons.
    """
    is_part = isinstance(node, Apply) and node.function in COMPLEX_PARTS
    if not is_part and not any(isinstance(child, ComplexOf) for child in children(node)):
        return node
    return _Spreading(node.span, space, faults).spread(node)


@dataclass(frozen=True, slots=True)
class _Spreading(Pairs):
    """The pair of one node, from those of its operands."""

    faults: Faults

    def spread(self, node: Expression) -> Expression | None:
        match node:
            case Apply():
                pair = self._apply(node)
            case Comparison():
                return self._refuse_comparison(node)
            case Conditional():
                then, otherwise = parts_of(node.then), parts_of(node.otherwise)
                pair = self.each(
                    lambda a, b: Conditional(node.span, node.rank, node.predicate, a, b),
                    (then.re, otherwise.re),
                    (then.im, otherwise.im),
                    node.rank,
                )
            case Component() | Sided() | Jump() | Elsewhere() | RangeIntegral() | Derivative():
                pair = self.map(lambda e: replace(node, operand=e), parts_of(node.operand))
            case VectorOf():
                items = [parts_of(item) for item in node.items]
                pair = self.each(
                    lambda *es: VectorOf(node.span, node.rank, es),
                    tuple(item.re for item in items),
                    tuple(item.im for item in items),
                    Rank.SCALAR,
                )
            case Aggregate():
                pair = self._aggregate(node)
            case _:
                raise TypeError(f"not made of complex values: {type(node).__name__}")
        return None if pair is None else self._join(pair, node.rank)

    def _join(self, pair: Pair, rank: Rank) -> Expression:
        re = pair.re if pair.re is not None else zero_of(self.span, rank, self.space)
        return re if pair.im is None else ComplexOf(self.span, rank, re, pair.im)

    # ------------------------------------------------------------- functions

    def _apply(self, node: Apply) -> Pair | None:
        pairs = tuple(parts_of(argument) for argument in node.arguments)
        match node.function, pairs:
            case function, (z,) if function in _LINEAR:
                return self.map(lambda e: Apply(self.span, node.rank, function, (e,)), z)
            case "+", (z, w):
                return Pair(self.add(z.re, w.re), self.add(z.im, w.im))
            case "-", (z, w):
                return Pair(self.subtract(z.re, w.re), self.subtract(z.im, w.im))
            case function, (z, w) if function in _BILINEAR:
                return self.multiply(z, w, function, node.rank)
            case "/", (z, w):
                return self.divide(z, w)
            case "^", (z, w):
                return self._power(node, z, w)
            case "re", (z,):
                return Pair(z.re, None)
            case "im", (z,):
                return Pair(z.im, None)
            case "conj", (z,):
                return Pair(z.re, self.negate(z.im))
            case "arg", (z,):
                return Pair(self.argument(z), None)
            case "abs", (z,):
                return Pair(self.modulus(z), None)
            case "norm", (z,):
                squares = [self.square(self.call("norm", e)) for e in (z.re, z.im) if e]
                return Pair(self.call("sqrt", self.some(self.add(*squares))), None)
            case (
                ("exp" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "log" | "sqrt"),
                (z,),
            ):
                return self.analytic(node.function, z)
            case _:
                self.faults.add(
                    "E105",
                    f"`{node.function}` takes real values, and this one is complex",
                    node.span,
                    "complex",
                    help=REAL_ADVICE,
                )
                return None

    def _power(self, node: Apply, z: Pair, w: Pair) -> Pair | None:
        exponent = _fold(self.some(w.re)) if w.im is None else None
        if exponent is not None and exponent.is_integer() and abs(exponent) <= _LARGEST_PRODUCT:
            power = self.whole_power(z, int(abs(exponent)))
            return (
                power if exponent >= 0 else self.divide(Pair(number_of(self.span, 1), None), power)
            )
        if w.im is not None and z.im is None:
            base = _fold(self.some(z.re))
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
        logarithm = Pair(self.log_modulus(z), None if z.im is None else self.argument(z))
        return self.analytic("exp", self.multiply(w, logarithm, "*", Rank.SCALAR))

    def _aggregate(self, node: Aggregate) -> Pair | None:
        if node.kind in (AggregateKind.MAX, AggregateKind.MIN):
            self.faults.add(
                "E105",
                f"`{node.kind.value}` compares real values, and this one is complex",
                node.span,
                "complex",
                help=REAL_ADVICE,
            )
            return None

        return self.map(lambda e: replace(node, operand=e), parts_of(node.operand))

    def _refuse_comparison(self, node: Comparison) -> None:
        self.faults.add(
            "E110",
            f"`{node.operator}` compares real numbers, and this one is complex",
            (node.left if isinstance(node.left, ComplexOf) else node.right).span,
            "complex",
            help="compare a part or the modulus: `re(…)`, `im(…)` or `abs(…)`",
        )


def _fold(e: Expression) -> float | None:
    """Return the value of a constant, None for anything else."""
    try:
        value = evaluate(e, np.zeros((1, 0)), ())
    except NotEvaluableError:
        return None
    return float(value[0])
