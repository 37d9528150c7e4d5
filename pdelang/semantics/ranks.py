"""Rank checks: scalars, vectors and tensors are combined only where mathematics allows (E110)."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.complex_values import spread
from pdelang.semantics.constants import clip
from pdelang.semantics.expression import (
    Apply,
    Comparison,
    Component,
    Conditional,
    Constant,
    Expression,
    Logic,
    Normal,
    Rank,
    VectorOf,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.functions import FUNCTIONS, RANK_NAMES

_LIFTABLE = (Comparison, Logic)


@dataclass(slots=True)
class RankChecker:
    """Builds typed nodes; returns None after reporting where the ranks do not fit."""

    faults: Faults
    space: tuple[str, ...]

    @property
    def zero(self) -> str:
        """The zero vector as it is written here."""
        return f"({', '.join('0' for _ in self.space)})"

    def build_binary(
        self, span: Span, operator: str, left: Expression, right: Expression
    ) -> Expression | None:
        if self._is_predicate(left) or self._is_predicate(right):
            return None
        match operator:
            case "+" | "-":
                if left.rank is not right.rank:
                    self.report_unequal(
                        span, left, right, "added" if operator == "+" else "subtracted"
                    )
                    return None
                return self.complete(Apply(span, left.rank, operator, (left, right)))
            case "*":
                if Rank.SCALAR not in (left.rank, right.rank):
                    self._report_operands(
                        span,
                        "`*` multiplies by a scalar, and neither side is one",
                        left,
                        right,
                        f"write `dot({clip(left.span.text)}, {clip(right.span.text)})` or `outer(…)`",
                    )
                    return None
                return self.complete(Apply(span, max(left.rank, right.rank), "*", (left, right)))
            case "/":
                if right.rank is not Rank.SCALAR:
                    self._report_one(
                        right,
                        f"cannot divide by {RANK_NAMES[right.rank]}",
                        "write `norm(…)` for its length",
                    )
                    return None
                return self.complete(Apply(span, left.rank, "/", (left, right)))
            case "^":
                for side in (left, right):
                    if side.rank is not Rank.SCALAR:
                        advice = f"write `dot({clip(side.span.text)}, {clip(side.span.text)})` for its square"
                        self._report_one(
                            side,
                            f"`^` is defined for scalars, and this is {RANK_NAMES[side.rank]}",
                            advice if side is left and side.rank is Rank.VECTOR else None,
                        )
                        return None
                return self.complete(Apply(span, Rank.SCALAR, "^", (left, right)))
            case _:
                raise AssertionError(operator)

    def build_comparison(
        self, span: Span, operator: str, left: Expression, right: Expression
    ) -> Expression | None:
        for side in (left, right):
            if self._is_predicate(side):
                return None
            if side.rank is not Rank.SCALAR:
                self._report_one(
                    side, f"`{operator}` compares scalars, and this is {RANK_NAMES[side.rank]}"
                )
                return None
        return self.complete(Comparison(span, Rank.SCALAR, operator, left, right))

    def build_conditional(
        self, span: Span, predicate: Expression, then: Expression, otherwise: Expression
    ) -> Expression | None:
        if not self.require_predicate(predicate, "if"):
            return None
        if self._is_predicate(then) or self._is_predicate(otherwise):
            return None
        if then.rank is not otherwise.rank:
            self.report_unequal(span, then, otherwise, "alternatives of one `if`")
            return None
        return self.complete(Conditional(span, then.rank, predicate, then, otherwise))

    def build_call(
        self, span: Span, function: str, arguments: tuple[Expression, ...]
    ) -> Expression | None:
        entry = FUNCTIONS[function]
        if any(self._is_predicate(argument) for argument in arguments):
            return None
        rank = entry.rank(tuple(a.rank for a in arguments), len(self.space))
        if rank is None:
            self._report_arguments(span, function, arguments)
            return None
        node = Apply(span, rank, function, arguments)
        if function == "dot" and arguments:
            self._warn_transposed(node)
        return self.complete(node)

    def build_component(self, span: Span, operand: Expression, axis: int) -> Expression | None:
        if operand.rank is not Rank.VECTOR:
            self._report_one(
                operand,
                f"only a vector has components, and this is {RANK_NAMES[operand.rank]}",
                f"declare it as `unknown {clip(operand.span.text)}: vector`"
                if operand.rank is Rank.SCALAR
                else None,
            )
            return None
        return self.complete(Component(span, Rank.SCALAR, operand, axis))

    def build_tuple(self, span: Span, items: tuple[Expression, ...]) -> Expression | None:
        if len(items) != len(self.space):
            self.faults.add(
                "E110",
                f"a vector has {len(self.space)} component{'s' if len(self.space) != 1 else ''} here, "
                f"and this tuple has {len(items)}",
                span,
                f"{len(items)} components",
                notes=[
                    "vectors have one component per space coordinate: "
                    + (", ".join(self.space) or "none here")
                ],
            )
            return None
        for item in items:
            if self._is_predicate(item):
                return None
            if item.rank is not Rank.SCALAR:
                self._report_one(
                    item, f"a tuple is made of scalars, and this is {RANK_NAMES[item.rank]}"
                )
                return None
        return self.complete(VectorOf(span, Rank.VECTOR, items))

    def complete(self, node: Expression) -> Expression | None:
        """Return a node ready for use: one with complex operands as a pair of real nodes."""
        return spread(node, self.faults, len(self.space))

    def require_predicate(self, expression: Expression, word: str) -> bool:
        if isinstance(expression, _LIFTABLE):
            return True
        self.faults.add(
            "E110",
            f"`{word}` needs a comparison, and this is a value",
            expression.span,
            "not true or false",
            help=f"write for example `{clip(expression.span.text)} > 0`",
        )
        return False

    def require_rank(
        self, expression: Expression, rank: Rank, reason: str, advice: str | None = None
    ) -> bool:
        if self._is_predicate(expression):
            return False
        if expression.rank is rank:
            return True
        self._report_one(expression, f"{reason}, and this is {RANK_NAMES[expression.rank]}", advice)
        return False

    def check_equation(self, span: Span, left: Expression, right: Expression) -> bool:
        if self._is_predicate(left) or self._is_predicate(right):
            return False
        if left.rank is right.rank:
            return True
        self.report_unequal(span, left, right, "the two sides of an equation")
        return False

    def report_unequal(self, span: Span, left: Expression, right: Expression, what: str) -> None:
        advice = None
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Constant) and side.value == 0 and other.rank is Rank.VECTOR:
                advice = f"write `{self.zero}` for the zero vector"
            elif side.rank is Rank.SCALAR and other.rank is Rank.TENSOR:
                advice = f"a multiple of the unit tensor is `{clip(side.span.text)}*identity`"
        sentence = (
            f"{what} must have the same rank"
            if what.startswith(("the", "alt"))
            else f"{RANK_NAMES[left.rank]} and {RANK_NAMES[right.rank]} cannot be {what}"
        )
        self._report_operands(span, sentence, left, right, advice)

    # --------------------------------------------------------------- messages

    def _is_predicate(self, expression: Expression) -> bool:
        if not isinstance(expression, _LIFTABLE):
            return False
        self.faults.add(
            "E110",
            f"the comparison `{clip(expression.span.text)}` is not a value",
            expression.span,
            "true or false, not a number",
            help="comparisons stand after `if` and `where` only: `if … then 1 else 0`",
        )
        return True

    def _report_one(self, expression: Expression, message: str, advice: str | None = None) -> None:
        self.faults.add("E110", message, expression.span, RANK_NAMES[expression.rank], help=advice)

    def _report_operands(
        self, span: Span, message: str, left: Expression, right: Expression, advice: str | None
    ) -> None:
        # A definition may put an operand far from the operator: then only the whole is marked.
        here = _lies_in(left.span, span) and _lies_in(right.span, span)
        self.faults.add(
            "E110",
            message,
            right.span if here else span,
            RANK_NAMES[right.rank]
            if here
            else f"{RANK_NAMES[left.rank]} and {RANK_NAMES[right.rank]}",
            related=[Related(left.span, RANK_NAMES[left.rank])] if here else [],
            help=advice,
        )

    def _report_arguments(
        self, span: Span, function: str, arguments: tuple[Expression, ...]
    ) -> None:
        entry = FUNCTIONS[function]
        given = " and ".join(RANK_NAMES[a.rank] for a in arguments)
        advice = None
        argument = arguments[0] if arguments else None
        if function == "div" and argument is not None and argument.rank is Rank.SCALAR:
            advice = f"write `grad({clip(argument.span.text)})` for the gradient"
        elif function == "abs" and argument is not None:
            advice = f"write `norm({clip(argument.span.text)})` for its length"
        elif function in ("curl", "cross") and len(self.space) not in (2, 3):
            advice = f"`{function}` exists in two and three dimensions"
        self.faults.add(
            "E110",
            f"`{function}` takes {entry.takes}, and this is {given}",
            span,
            given,
            help=advice,
        )

    def _warn_transposed(self, node: Apply) -> None:
        first, second = node.arguments
        if (
            isinstance(first, Apply)
            and first.function == "grad"
            and first.rank is Rank.TENSOR
            and second.rank is Rank.VECTOR
            and not isinstance(second, Normal)
        ):
            field = clip(first.arguments[0].span.text)
            along = clip(second.span.text)
            self.faults.add(
                "W111",
                f"`dot(grad({field}), {along})` is the transposed of the convective term",
                node.span,
                "sums over the components of the gradient's operand",
                notes=["grad(w)_ij = ∂_i w_j, so dot(grad(w), a)_i = a_j ∂_i w_j"],
                help=f"write `adv({along}, {field})` for ({along}·∇){field}",
            )


def _lies_in(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
