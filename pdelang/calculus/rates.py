"""How fast the solution of a problem varies, as far as its data and coefficients tell."""

from __future__ import annotations

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Interior, System
from pdelang.calculus.total_derivative import partial_derivative

# Rates in scaled coordinates: below the first, nothing seems to vary; beyond the last, a box holds five
# waves, and what is asked of the numerics is no longer what the given problem asks of them.
_LEAST_RATE, _MOST_RATE = 1.5, 16.0


def find_rates(system: System) -> np.ndarray:
    """Return per coordinate how fast the solution varies along it, in scaled coordinates.

    The fastest of what the sources and data do, ``sqrt(max|∂_i² s| / max|s|)``, and of what
    the equations ask for: ``(|c_0|/|c_m|)^(1/m)`` for coefficients of the field and of its m-th
    derivative (the wavenumber of Helmholtz's equation), and in time what balances the fastest
    derivative in space (``c k`` for a wave).
    """
    problem = system.problem
    symbols = symbols_of(system)
    extent = Extent.of(problem, symbols)
    half = extent.lengths / 2
    rates = np.full(len(half), _LEAST_RATE)
    blocks = list_blocks(system)
    names = dict(system.jet_symbols)
    for block in blocks:
        zero = substitute(
            block.residual.expression, {names[j]: sympy.S.Zero for j in block.residual.jets}
        )
        for axis, coordinate in enumerate(system.coordinates):
            if coordinate not in zero.free_symbols or zero.has(sympy.nan, sympy.zoo, sympy.oo):
                continue
            bend = partial_derivative(partial_derivative(zero, coordinate), coordinate)
            sizes = _largest([zero, bend], extent, block)
            if sizes[0] > 0:
                rates[axis] = max(rates[axis], half[axis] * np.sqrt(sizes[1] / sizes[0]))
    rates = np.minimum(rates, _MOST_RATE)
    time = problem.time_axis
    for block in blocks:
        if not isinstance(block.place, Interior):
            continue
        jets = block.residual.jets
        slopes = [abs(c) for c in _largest(list(block.residual.derivatives), extent, block)]
        alone = sum(c for jet, c in zip(jets, slopes, strict=True) if jet.order == 0)
        in_space = 0.0
        for jet, slope in zip(jets, slopes, strict=True):
            axes = np.flatnonzero(jet.orders)
            if len(axes) != 1 or axes[0] == time or not slope:
                continue
            (axis,) = axes
            own = half[axis] * (alone / slope) ** (1 / jet.order)
            rates[axis] = np.clip(own, rates[axis], _MOST_RATE)
            in_space = max(in_space, slope * (rates[axis] / half[axis]) ** jet.order)
        for jet, slope in zip(jets, slopes, strict=True):
            if time is not None and jet.order == jet.orders[time] > 0 and slope:
                own = half[time] * (in_space / slope) ** (1 / jet.order)
                rates[time] = np.clip(own, rates[time], _MOST_RATE)
    return rates


def symbols_of(system: System) -> Symbols:
    """Return symbols equal to those of a system, which SymPy tells apart by name."""
    symbols = Symbols.of(system.problem)
    for jet, _ in system.jet_symbols:
        symbols.symbol(jet)
    return symbols


def list_blocks(system: System) -> list[Block]:
    """Return every residual at its place, those that hold exactly included."""
    return [*(block for term in system.terms for block in term.blocks), *system.hard]


def _largest(expressions: list[sympy.Expr], extent: Extent, block: Block) -> list[float]:
    """Return the largest absolute value of each over a place; 0 where it has none or contains a jet."""
    names = extent.names(block.place)
    plain = [e if e.free_symbols <= set(names) else sympy.S.Zero for e in expressions]
    values = evaluate_points(plain, names, extent.sample(block.place))
    return [float(np.abs(row[np.isfinite(row)]).max(initial=0.0)) for row in values]
