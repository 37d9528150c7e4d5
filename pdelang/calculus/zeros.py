"""Zeros along the variable of an integral, for every point its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from pdelang.calculus.borders import Border
from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.moved_jets import Variable
from pdelang.calculus.numeric import Plan, evaluate

# Cells between the ends that show a change of sign, and steps that follow it: halvings, then Newton's.
_CELLS, _HALVINGS, _STEPS = 64, 10, 5


def find_zeros(
    variable: Variable,
    borders: tuple[Border, ...],
    low: Any,
    length: Any,
    known: Mapping[sympy.Symbol, Any],
    functions: ArrayFunctions,
) -> list[Any]:
    """Return places between the ends of an integral, 0 to 1, at which borders are zero: arrays of the shape of ``low``.

    Of every border as many as it has at most; those that are missing lie at 1. They are constants of any
    differentiation.
    """
    module = functions.module
    column = (-1, *(1 for _ in low.shape))
    ticks = module.asarray(np.linspace(0.0, 1.0, _CELLS + 1), low.dtype).reshape(column)
    number = module.asarray(np.arange(_CELLS)).reshape(column)
    # (places, outer nodes, n)
    start_at, span = low[None], length[None]
    beside = {symbol: module.asarray(value)[None] for symbol, value in known.items()}
    found: list[Any] = []
    for border in borders:

        def values(tau: Any, *expressions: sympy.Expr) -> list[Any]:
            at = {**beside, variable.symbol: start_at + span * tau}
            return [
                module.broadcast_to(module.asarray(e), tau.shape)
                for e in evaluate(Plan((), expressions), at, functions)
            ]

        grid = module.broadcast_to(ticks, (_CELLS + 1, *low.shape))
        (level,) = values(grid, border.expression)
        changes = (level[1:] > 0) != (level[:-1] > 0)
        most = border.most
        if module is np and changes.size:
            # Every piece has nodes, those of no length too. A traced program has to be ready for the most there may be.
            most = min(most, int(changes.sum(axis=0).max()))
        cells = module.sort(module.where(changes, number, _CELLS), axis=0)[:most]
        first = module.asarray(cells / _CELLS, low.dtype)
        last = module.minimum(first + 1.0 / _CELLS, 1.0)
        (start,) = values(first, border.expression)
        for _ in range(_HALVINGS):
            middle = 0.5 * (first + last)
            (level,) = values(middle, border.expression)
            same = (level > 0) == (start > 0)
            first, last = module.where(same, middle, first), module.where(same, last, middle)
        place = 0.5 * (first + last)
        for _ in range(_STEPS):
            level, slope = values(place, border.expression, border.slope)
            slope = slope * span
            step = module.where(slope == 0, 0.0, level / module.where(slope == 0, 1.0, slope))
            place = module.clip(place - step, first, last)
        place = module.where(cells < _CELLS, place, 1.0)
        found += list(functions.without_gradient(place))
    return found
