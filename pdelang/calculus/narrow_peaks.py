"""Peaks that are narrower than the spacing of even nodes: where rules of quadrature end."""

from __future__ import annotations

import numpy as np
import sympy

from pdelang.calculus.borders import list_peak_borders
from pdelang.calculus.layer_search import find_layers


def list_narrow_peaks(
    expression: sympy.Expr,
    coordinates: tuple[sympy.Symbol, ...],
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[sympy.Expr, ...]:
    """Return what `list_peak_borders` does where an expression has layers in a box ``low .. high (d,)``, else nothing.

    Peaks that are wide need no ends of their own, and all rules would be longer for them.
    """
    if find_layers([expression], coordinates, low, high) is None:
        return ()
    return list_peak_borders(expression)
