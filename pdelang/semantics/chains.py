"""Chains of operators, ``a + b - c …``: read as a whole, and bracketed in halves when long."""

from __future__ import annotations

from fractions import Fraction

from pdelang.diagnostics.span import Span
from pdelang.semantics.expression import Apply, Constant, Expression, Rank
from pdelang.semantics.ranks import RankChecker
from pdelang.syntax import tree

LONGEST_CHAIN = 16
"""Sums and products of more terms are bracketed in halves, which keeps them shallow."""

Link = tuple[str, tree.Expression, Span]
"""An operator, its right operand, and the place of all up to there."""


def collect_chain(node: tree.Binary) -> tuple[tree.Expression, list[Link]]:
    """Return the first operand of a chain of operators that bind alike, and its links in order."""
    alike = next((group for group in ("+-", "*/") if node.operator in group), None)
    links: list[tuple[str, tree.Expression, Span]] = []
    first: tree.Expression = node
    while isinstance(first, tree.Binary) and (
        first.operator == node.operator or (alike is not None and first.operator in alike)
    ):
        links.append((first.operator, first.right, first.span))
        first = first.left
        if node.operator == "^" or links[-1][0] not in ("+", "-", "*", "/", "and", "or"):
            break
    links.reverse()
    return first, links


def bracket(
    ranks: RankChecker, span: Span, operators: list[str], values: list[Expression]
) -> Expression | None:
    """Return ``a - b + c - d`` as ``(a - b) + (c - d)``, and so on for products.

    The depth is logarithmic in the length, so the recursion is too.
    """
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    left = bracket(ranks, span, operators[: half - 1], values[:half])
    rest, joint = list(values[half:]), operators[half - 1]
    if joint == "-":
        negated = ranks.complete(Apply(rest[0].span, rest[0].rank, "neg", (rest[0],)))
        if negated is None:
            return None
        rest[0] = negated
    elif joint == "/":
        one = Constant(rest[0].span, Rank.SCALAR, Fraction(1))
        inverse = ranks.build_binary(rest[0].span, "/", one, rest[0])
        if inverse is None:
            return None
        rest[0] = inverse
    right = bracket(ranks, span, operators[half:], rest)
    if left is None or right is None:
        return None
    return ranks.build_binary(span, "+" if joint in "+-" else "*", left, right)
