"""Constants in expressions: folded to numbers, every fault told once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pdelang.diagnostics.span import Span
from pdelang.semantics.arithmetic import (
    COMPARISONS,
    RULES,
    Number,
    UndefinedConstantError,
    apply_constant,
)
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
            case Apply(function=function) if function in RULES and node.rank is Rank.SCALAR:
                return self._apply(function, operands, node.span)
            case Comparison(operator=sign) if None not in operands:
                return COMPARISONS[sign](operands[0], operands[1])  # type: ignore[arg-type]
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
    """Say whether an expression depends on nothing but numbers and parameters that do not vary."""
    return all(
        isinstance(
            node, Constant | Pi | Parameter | Apply | Comparison | Logic | Conditional | VectorOf
        )
        for node in post_order(expression)
    ) and not any(
        isinstance(n, Coordinate | UnknownReference | Derivative)
        for n in post_order(expression, into_parameters=True)
    )


def clip(text: str, longest: int = 40) -> str:
    """Return a text on one line, cut in the middle if need be, to be quoted in a message."""
    flat = " ".join(text.split())
    if len(flat) <= longest:
        return flat
    half = (longest - 3) // 2
    return f"{flat[:half]} … {flat[-half:]}"
