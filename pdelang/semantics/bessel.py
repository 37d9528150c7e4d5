"""Bessel functions: ``besselj(m, x)`` and ``bessely(m, x)`` of constant order ``m``."""

from __future__ import annotations

import numpy as np

from pdelang.semantics.constants import is_constant
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import Apply, Constant, Expression, Rank
from pdelang.semantics.faults import Faults

BESSEL = ("besselj", "bessely")


def read_bessel(node: Apply, faults: Faults) -> Expression | None:
    """Return a Bessel function, a constant one as its number; report (E105) an order that varies.

    Series of cylinder waves hold dozens of constant ones, and SymPy takes milliseconds for each.
    A value that is not finite stays as it is: folding the constants reports it.
    """
    order, argument = node.arguments
    if not is_constant(order):
        faults.add(
            "E105",
            f"the order of `{node.function}` is a constant",
            order.span,
            "varies",
            help=f"write the order first: `{node.function}(0, x)`",
        )
        return None
    if not is_constant(argument):
        return node
    value = float(evaluate(node, np.zeros((1, 0)), ())[0])
    return Constant(node.span, Rank.SCALAR, value) if np.isfinite(value) else node
