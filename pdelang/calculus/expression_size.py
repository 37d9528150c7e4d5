"""A bound on expressions: definitions on top of definitions can double in size each time."""

from __future__ import annotations

import sympy

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Span

# Written out in full. The residuals of three-dimensional mechanics have some hundreds of nodes;
# SymPy takes about a second for this many.
LARGEST = 20_000


class ExpressionTooLargeError(Exception):
    """An expression that, written out, is too large or too deep to be differentiated (E020)."""

    def __init__(self, span: Span, what: str) -> None:
        super().__init__(what)
        self.diagnostic = Diagnostic(
            "E020",
            f"this expression, with its definitions and derivatives written out, is {what}",
            span,
            label="here",
            help="take fewer derivatives of definitions, or define fewer names on top of each other",
        )


class ExpressionSizes:
    """Counts nodes as if nothing were shared, each shared node once."""

    def __init__(self) -> None:
        self._known: dict[sympy.Basic, int] = {}

    def __call__(self, expression: sympy.Basic) -> int:
        """Return the number of nodes of an expression written out in full."""
        if expression not in self._known:
            self._known[expression] = 1 + sum(map(self, expression.args))
        return self._known[expression]
