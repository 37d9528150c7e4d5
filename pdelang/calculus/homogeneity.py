"""Homogeneous problems: where the unknowns may be zero whatever the fits are.

With an unknown constant in it and a requirement that zero does not meet, such a problem is an
eigenproblem: only for some values of the constant is there another solution.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block


def is_homogeneous(blocks: Iterable[Block], symbols: Symbols) -> bool:
    """Return whether every residual is linear and vanishes where all jets do."""
    for block in blocks:
        residual = block.residual
        if not residual.is_linear:
            return False
        zero = {symbols.symbol(jet): sympy.S.Zero for jet in residual.jets}
        if substitute(residual.expression, zero) != 0:
            return False
    return True
