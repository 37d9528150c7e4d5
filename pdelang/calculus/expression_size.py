"""A bound on expressions: definitions on top of definitions can double in size each time."""

from __future__ import annotations

import sympy

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Span

# Written out in full. The residuals of three-dimensional mechanics have some hundreds of nodes;
# SymPy takes about a second for this many.
LARGEST = 20_000

# Levels of the tree. Every walk over it takes some frames of Python's stack per level, and its
# second derivative is up to twice as deep; 120 leave room for both below the caller's frames.
DEEPEST = 120


class ExpressionTooLargeError(Exception):
    """An expression that, written out, is too large or too deep to be differentiated (E020)."""

    def __init__(self, span: Span, what: str) -> None:
        super().__init__(what)
        self.diagnostic = Diagnostic(
            "E020",
            f"This expression, with its definitions and derivatives written out, is {what}",
            span,
            label="here",
            help="take fewer derivatives of definitions, or define fewer names on top of each other",
        )


class ExpressionSizes:
    """Measures expressions as if nothing were shared, each shared node once."""

    def __init__(self) -> None:
        self._known: dict[sympy.Basic, tuple[int, int]] = {}

    def check(self, expression: sympy.Basic, span: Span) -> None:
        """Raise `ExpressionTooLargeError` for an expression beyond `LARGEST` or `DEEPEST`."""
        size, depth = self._measure(expression)
        if depth > DEEPEST:
            raise ExpressionTooLargeError(span, "nested too deep")
        if size > LARGEST:
            raise ExpressionTooLargeError(span, "too large")

    def _measure(self, expression: sympy.Basic) -> tuple[int, int]:
        """Return the number of nodes of an expression written out in full, and its depth."""
        if expression not in self._known:
            below = [self._measure(argument) for argument in expression.args]
            size = 1 + sum(size for size, _ in below)
            self._known[expression] = size, 1 + max((depth for _, depth in below), default=0)
        return self._known[expression]
