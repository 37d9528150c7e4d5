"""Where given functions of one coordinate jump or have a kink, so that elements and windows end there."""

from __future__ import annotations

import itertools

import numpy as np
import sympy
from sympy.core.relational import Relational

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import System
from pdelang.training.splines.spline_space import SplineSpace

_SCANNED = 2001
_BISECTIONS = 60
_MOST = 40
_DISTINCT = 1e-9  # of the interval


def find_kinks(system: System, axis: int, low: float, high: float) -> np.ndarray:
    """Return the inner places of ``low .. high`` where some residual changes its form, ``(k,)``, in order.

    Those that a condition on this coordinate alone decides: `if`, `abs`, `sign`, `max`, `min` and
    `heaviside`. Beyond a few dozen none is returned: what oscillates is followed by refinement.
    """
    symbol = system.coordinates[axis]
    switches: set[sympy.Expr] = set()
    for block in (b for term in system.terms for b in term.blocks):
        switches |= _list_switches(block.residual.expression, symbol)
    grid = np.linspace(low, high, _SCANNED)
    found: list[float] = []
    for switch in switches:
        values = evaluate_points([switch], [symbol], grid[None])[0]
        zero = grid[1:-1][values[1:-1] == 0.0]
        # Beside a zero on the grid the sign may change without a step that shows it.
        crossing = np.flatnonzero(values[1:] * values[:-1] < 0.0)
        a, b = grid[crossing], grid[crossing + 1]
        for _ in range(_BISECTIONS if len(crossing) else 0):
            middle = 0.5 * (a + b)
            same = evaluate_points([switch], [symbol], middle[None])[0] * values[crossing] > 0.0
            a, b = np.where(same, middle, a), np.where(same, b, middle)
        found += [*zero.tolist(), *(0.5 * (a + b)).tolist()]
        if len(found) > _MOST:
            return np.zeros(0)
    span = high - low
    distinct: list[float] = []
    for place in sorted(found):
        if place - (distinct[-1] if distinct else low) > _DISTINCT * span:
            distinct.append(place)
    return np.array([place for place in distinct if high - place > _DISTINCT * span])


def _list_switches(expression: sympy.Expr, symbol: sympy.Symbol) -> set[sympy.Expr]:
    """Return the functions of one coordinate whose sign decides the form of an expression."""
    found: set[sympy.Expr] = set()
    for atom in expression.atoms(Relational, sympy.Abs, sympy.sign, sympy.Heaviside):
        found.add(atom.lhs - atom.rhs if isinstance(atom, Relational) else atom.args[0])  # type: ignore[operator]
    for atom in expression.atoms(sympy.Max, sympy.Min):
        found |= {a - b for a, b in itertools.combinations(atom.args, 2)}  # type: ignore[operator]
    return {switch for switch in found if switch.free_symbols == {symbol}}


def place_elements(
    degree: int, low: float, high: float, count: int, kinks: np.ndarray, is_periodic: bool
) -> SplineSpace:
    """Return ``count`` equal elements, or nearly so, of which some end at each of ``kinks``."""
    breakpoints = np.linspace(low, high, count + 1)
    moved: set[int] = set()
    added: list[float] = []
    for kink in kinks:
        nearest = int(np.argmin(np.abs(breakpoints - kink)))
        if 0 < nearest < count and nearest not in moved:
            breakpoints[nearest] = kink
            moved.add(nearest)
        else:
            added.append(float(kink))
    space = SplineSpace(degree, np.sort(np.append(breakpoints, added)), is_periodic)
    return space.refined(np.zeros(space.elements, bool))
