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

from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.numeric import Plan, evaluate, numpy_functions
from pdelang.geometry.gauss_legendre import gauss_legendre

_GRADING = 4
# Integrals over several variables multiply their nodes.
_FEWER = {1: 1.0, 2: 0.6, 3: 0.4}


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """``weights (q, n)`` for n points, and ``values``: every symbol that is known at the nodes.

    Without a variable q is 1 and the weights are 1. Values are ``(q, n)`` or broadcast to that.
    """

    weights: Any
    values: Mapping[sympy.Symbol, Any]
    count: int


def place_nodes(
    term: Nonlocal,
    values: Mapping[sympy.Symbol, Any],
    order: int,
    functions: ArrayFunctions | None = None,
) -> Nodes:
    """Return the nodes of a term for points at which ``values`` has the coordinates, ``(n,)`` each.

    ``order`` counts the nodes per piece of an integral over one variable. The result is of the
    array module of ``functions``, NumPy by default.
    """
    functions = functions or numpy_functions()
    module = functions.module
    known = {symbol: value[None] for symbol, value in values.items()}
    weights: Any = None
    total = 1
    per_piece = max(4, round(order * _FEWER.get(len(term.variables), 0.3)))
    for variable, breaks in zip(term.variables, term.breaks, strict=True):
        ends = evaluate(Plan((), (variable.low, variable.high, *breaks)), known, functions)
        shape = module.broadcast_shapes(*(module.shape(e) for e in (*known.values(), *ends)))
        low, high, *inner = (module.broadcast_to(module.asarray(e), shape) for e in ends)
        length = high - low
        still = length == 0
        safe = module.where(still, 1.0, length)
        edges = [module.clip((b - low) / safe, 0.0, 1.0) for b in inner]
        edges = [module.zeros(shape), *edges, module.ones(shape)]
        ordered = module.sort(module.stack(edges), axis=0)
        unit, share = _unit_rule(per_piece, _is_singular(term))
        # (pieces, nodes, outer nodes, n)
        start, size = ordered[:-1, None], (ordered[1:] - ordered[:-1])[:, None]
        tau = start + size * module.asarray(unit, low.dtype)[None, :, None, None]
        factor = size * module.asarray(share, low.dtype)[None, :, None, None] * length[None, None]
        factor = factor if weights is None else factor * weights[None, None]
        count = per_piece * (len(edges) - 1)
        total *= count
        at = (low[None, None] + length[None, None] * tau).reshape(total, -1)
        n = at.shape[1]
        weights = module.broadcast_to(factor, (*tau.shape[:2], *shape)).reshape(total, n)
        known = {
            symbol: module.broadcast_to(
                module.broadcast_to(value, shape)[None], (count, *shape)
            ).reshape(total, n)
            for symbol, value in known.items()
        }
        known[variable.symbol] = at
    if weights is None:
        first = next(iter(known.values()))
        weights = module.ones_like(first)
    return Nodes(weights, known, total)


def integrate_values(nodes: Nodes, integrand: Any, functions: ArrayFunctions) -> Any:
    """Return ``Σ_q w_q e_q``, ``(n,)``, of an integrand ``(q, n)`` or a number.

    An integral over nothing is 0, whatever the integrand is there.
    """
    module = functions.module
    values = module.broadcast_to(integrand, nodes.weights.shape)
    return module.sum(nodes.weights * module.where(nodes.weights == 0, 0.0, values), axis=0)


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
    own = {variable.symbol for variable in term.variables}
    for node in sympy.preorder_traversal(term.integrand):
        if not node.free_symbols & own:
            continue
        if isinstance(node, sympy.log):
            return True
        if isinstance(node, sympy.Pow) and not node.exp.is_Integer and node.base.free_symbols & own:
            return True
    return False
