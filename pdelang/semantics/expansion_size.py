"""How large an expression is with its definitions written out (E020)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pdelang.diagnostics.span import Span
from pdelang.semantics.expression import Expression
from pdelang.semantics.faults import Faults
from pdelang.semantics.traversal import children, post_order

LARGEST_EXPRESSION = 200_000
"""Nodes of an expression, a shared definition counted at every use."""

DEEPEST_EXPRESSION = 400
"""Operators inside operators: two for each of the 200 brackets that a text may open."""


@dataclass(slots=True)
class SizeGuard:
    """Measures expressions, every node once."""

    faults: Faults
    _sizes: dict[int, tuple[Expression, int, int]] = field(default_factory=dict)

    def check(self, expression: Expression, span: Span) -> bool:
        """Report (E020) an expression too large with its definitions written out."""
        for node in post_order(expression):
            if id(node) not in self._sizes:
                below = [self._sizes[id(child)] for child in children(node)]
                size = 1 + sum(entry[1] for entry in below)
                depth = 1 + max((entry[2] for entry in below), default=0)
                self._sizes[id(node)] = (node, min(size, 10 * LARGEST_EXPRESSION), depth)
        _, size, depth = self._sizes[id(expression)]
        if size > LARGEST_EXPRESSION:
            self.report_size(span)
            return False
        if depth > DEEPEST_EXPRESSION:
            self.faults.add(
                "E020",
                f"this is nested more than {DEEPEST_EXPRESSION} deep when its definitions are written out",
                span,
                "too deep",
            )
            return False
        return True

    def report_size(self, span: Span) -> None:
        self.faults.add(
            "E020",
            f"this is more than {LARGEST_EXPRESSION} terms long when its definitions are written out",
            span,
            "too large",
        )
