"""Quadrature of the integrals inside residuals: Gauss–Legendre nodes for every point.

On ``[a, b]``, cut where the integrand has a kink, q nodes per piece are exact for polynomials of
degree 2q − 1 and converge geometrically for analytic integrands. Where the integrand grows without
bound at an end, as ``(x − s)^(−1/2)`` does, the nodes are graded towards both ends by
``τ ↦ τ^p/(τ^p + (1 − τ)^p)``, under which it becomes smooth enough.
Source: Davis and Rabinowitz, "Methods of Numerical Integration" (1984), 2.7 and 2.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from pdelang.calculus.borders import Border
from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.moved_jets import Peak, Spread, Variable
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.numeric import Plan, evaluate, numpy_functions
from pdelang.calculus.peak_grid import PeakGrid
from pdelang.calculus.zeros import find_zeros
from pdelang.geometry.gauss_legendre import gauss_legendre

_GRADING = 4
# Integrals over several variables multiply their nodes.
_FEWER = {1: 1.0, 2: 0.6, 3: 0.4}
_USUAL_ORDER = 24  # of those who have no reason to ask for more
# Nodes per coordinate that a set with curved or cut ends takes at least: around a hole 24 leave 4e-8 of the integral of
# a polynomial, 48 leave 3e-15. Where every point has nodes of its own there cannot be as many.
_LEAST_SPREAD = {1: 32, 2: 24, 3: 10}
_LEAST_FIXED = {1: 64, 2: 48, 3: 16}
# Of the search for an extreme value, likewise.
_LEAST_PEAK = {1: 33, 2: 17, 3: 9}
_LEAST_FIXED_PEAK = {1: 257, 2: 49, 3: 17}


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """``weights (q, n)`` for n points, and ``values``: every symbol that is known at the nodes.

    Without a variable q is 1 and the weights are 1. Values are ``(q, n)`` or broadcast to that. The nodes of
    an extreme value are those of ``grid``; which count, its integrand says.
    """

    weights: Any
    values: Mapping[sympy.Symbol, Any]
    count: int
    peak: Peak | None = None
    grid: PeakGrid | None = None


def place_nodes(
    term: Nonlocal,
    values: Mapping[sympy.Symbol, Any],
    order: int,
    functions: ArrayFunctions | None = None,
) -> Nodes:
    """Return the nodes of a term for points at which ``values`` has the coordinates, ``(n,)`` each.

    ``order`` counts the nodes per piece of an integral over one variable. The result is of the
    array module of ``functions``, NumPy by default. A term that is the same at all points has its nodes
    for one of them, ``n = 1``.
    """
    functions = functions or numpy_functions()
    module = functions.module
    known = {s: (value[:1] if term.is_fixed else value)[None] for s, value in values.items()}
    weights: Any = None
    total = 1
    dimension = sum(variable.dimension for variable in term.variables)
    per_piece = max(4, round(order * _FEWER.get(dimension, 0.3)))
    unit = _unit_rule(per_piece, _is_singular(term))
    peak, grid = term.peak, None
    for variable, breaks, borders in zip(term.variables, term.breaks, term.borders, strict=True):
        if isinstance(variable, Peak):
            least = _LEAST_FIXED_PEAK if term.is_fixed else _LEAST_PEAK
            grid = variable.grid(max(per_piece, least.get(variable.dimension, 0)))
            placed = _place_set(variable, grid.nodes, np.ones(len(grid.nodes)), known, module)
        elif isinstance(variable, Spread):
            least = _LEAST_FIXED if term.is_fixed else _LEAST_SPREAD
            # A higher order has more nodes in any case: so it shows what a rule has missed.
            few = least.get(variable.dimension, 0) * max(1.0, order / _USUAL_ORDER)
            count = max(per_piece, round(few))
            placed = _place_set(variable, *variable.rule(count), known, module)
        else:
            placed = _place_variable(variable, breaks, borders, known, unit, functions)
        count, *shape = placed.factor.shape
        factor = placed.factor if weights is None else placed.factor * weights[None]
        total *= count
        weights = module.broadcast_to(factor, placed.factor.shape).reshape(total, -1)
        known = {
            symbol: module.broadcast_to(
                module.broadcast_to(value, tuple(shape))[None], placed.factor.shape
            ).reshape(total, -1)
            for symbol, value in known.items()
        }
        known |= {symbol: value.reshape(total, -1) for symbol, value in placed.values.items()}
    if weights is None:
        first = next(iter(known.values()))
        weights = module.ones_like(first)
    return Nodes(weights, known, total, peak, grid)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Nodes of one variable: ``factor`` and every value ``(count, outer nodes, n)``."""

    factor: Any
    values: Mapping[sympy.Symbol, Any]


def _place_variable(
    variable: Variable,
    breaks: tuple[sympy.Expr, ...],
    borders: tuple[Border, ...],
    known: Mapping[sympy.Symbol, Any],
    rule: tuple[np.ndarray, np.ndarray],
    functions: ArrayFunctions,
) -> _Placed:
    """Place nodes between the ends and the breaks that a variable has at every point."""
    module = functions.module
    ends = evaluate(Plan((), (variable.low, variable.high, *breaks)), known, functions)
    shape = module.broadcast_shapes(*(module.shape(e) for e in (*known.values(), *ends)))
    low, high, *inner = (module.broadcast_to(module.asarray(e), shape) for e in ends)
    length = high - low
    safe = module.where(length == 0, 1.0, length)
    edges = [module.clip((b - low) / safe, 0.0, 1.0) for b in inner]
    edges += find_zeros(variable, borders, low, length, known, functions)
    edges = [module.zeros(shape), *edges, module.ones(shape)]
    ordered = module.sort(module.stack(edges), axis=0)
    unit, share = (module.asarray(a, low.dtype)[None, :, None, None] for a in rule)
    # (pieces, nodes, outer nodes, n)
    start, size = ordered[:-1, None], (ordered[1:] - ordered[:-1])[:, None]
    tau = start + size * unit
    factor = size * share * length[None, None]
    count = tau.shape[0] * tau.shape[1]
    at = (low[None, None] + length[None, None] * tau).reshape(count, *shape)
    return _Placed(
        module.broadcast_to(factor, tau.shape).reshape(count, *shape), {variable.symbol: at}
    )


def _place_set(
    spread: Spread | Peak,
    nodes: np.ndarray,
    weights: np.ndarray,
    known: Mapping[sympy.Symbol, Any],
    module: Any,
) -> _Placed:
    """Place the nodes of a fixed set, the same at every point."""
    shape = module.broadcast_shapes(*(module.shape(e) for e in known.values()))
    dtype = next(iter(known.values())).dtype

    def spread_out(column: np.ndarray) -> Any:
        own = module.asarray(column, dtype).reshape(-1, *(1 for _ in shape))
        return module.broadcast_to(own, (len(column), *shape))

    values = {s: spread_out(c) for s, c in zip(spread.symbols, nodes.T, strict=True)}
    return _Placed(spread_out(weights), values)


def integrate_values(nodes: Nodes, integrand: Any, functions: ArrayFunctions) -> Any:
    """Return ``Σ_q w_q e_q``, ``(n,)``, of an integrand ``(q, n)`` or what broadcasts to it.

    An integral over nothing is 0, whatever the integrand is there. An extreme value is that of the integrand.
    """
    module = functions.module
    if nodes.peak is not None:
        assert nodes.grid is not None
        values = module.broadcast_to(module.asarray(integrand), nodes.weights.shape)
        places, shares = nodes.grid.locate(nodes.peak.sign * values, functions)
        return module.sum(shares * module.take_along_axis(values, places, axis=0), axis=0)
    return module.sum(nodes.weights * module.where(nodes.weights == 0, 0.0, integrand), axis=0)


def share_out(nodes: Nodes, integrand: np.ndarray) -> np.ndarray:
    """Return by how much the value of each node counts, ``(q, n)``: for an extreme value by what the integrand is."""
    if nodes.peak is None:
        return np.asarray(nodes.weights)
    assert nodes.grid is not None
    values: np.ndarray = np.broadcast_to(integrand, nodes.weights.shape).astype(float)
    places, shares = nodes.grid.locate(nodes.peak.sign * values, numpy_functions())
    weights = np.zeros_like(values)
    columns = np.broadcast_to(np.arange(values.shape[1]), places.shape)
    np.add.at(weights, (places, columns), shares)
    return weights


def nodes_of_inner(
    inner: Nonlocal, term: Nonlocal, known: Mapping[sympy.Symbol, Any], nodes: Nodes, module: Any
) -> tuple[dict[sympy.Symbol, Any], tuple[int, int]]:
    """Return what is known where the value of a term inside another is needed, ``(m,)`` each, and its shape ``(q, n)``.

    One that the variables around it do not reach is needed at the points alone, once for each: q = 1.
    """
    if inner.is_fixed:
        return {s: value[:1] for s, value in known.items()}, (1, 1)
    if not inner.reach & term.own:
        count = len(next(iter(known.values())))
        return dict(known), (1, count)
    shape = nodes.weights.shape
    return {
        s: module.broadcast_to(value, shape).reshape(-1) for s, value in nodes.values.items()
    }, shape


@lru_cache(maxsize=64)
def _unit_rule(count: int, is_graded: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on the unit interval."""
    nodes, weights = gauss_legendre(count)
    tau, share = 0.5 + 0.5 * nodes, 0.5 * weights
    if not is_graded:
        return tau, share
    p = _GRADING
    up, down = tau**p, (1.0 - tau) ** p
    slope = p * (tau * (1.0 - tau)) ** (p - 1) / (up + down) ** 2
    return up / (up + down), share * slope


def _is_singular(term: Nonlocal) -> bool:
    """Say whether an integrand has fractional powers or logarithms of its variables."""
    own = {symbol for variable in term.variables for symbol in variable.symbols}
    for node in sympy.preorder_traversal(term.integrand):
        if not node.free_symbols & own:
            continue
        if isinstance(node, sympy.log):
            return True
        if isinstance(node, sympy.Pow) and not node.exp.is_Integer and node.base.free_symbols & own:
            return True
    return False
