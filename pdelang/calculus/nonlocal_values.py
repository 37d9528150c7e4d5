"""Nonlocal parts of residuals as numbers: with NumPy, at given points, for given fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.node_rule import Nodes, integrate_values, place_nodes
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.numeric import evaluate_points, numpy_functions
from pdelang.calculus.system import Residual

# Values of a jet at points (d, n): (n,).
JetValues = Callable[[Jet, np.ndarray], np.ndarray]


def far_sizes(
    residual: Residual,
    names: Sequence[sympy.Symbol],
    columns: np.ndarray,
    jet_size: Callable[[Jet], float],
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return values that nonlocal parts may have, ``(terms, n)``, and their slopes by moved jets.

    Moved jets take values of their size with signs that vary; a slope is the integral of
    ``|∂e/∂m|``, ``(n,)`` per moved jet, term by term.
    """
    values, slopes = [], []
    for term in residual.nonlocals:
        nodes = place_nodes(term, dict(zip(names, columns, strict=True)), 8)
        phases = np.cos(np.arange(1, nodes.weights.size + 1)).reshape(nodes.weights.shape)
        moved = {
            symbol: jet_size(m.jet) * np.roll(phases, k) for k, (symbol, m) in enumerate(term.moved)
        }
        found = evaluate_nodes((term.integrand, *term.derivatives), nodes, moved)
        functions = numpy_functions()
        n = columns.shape[1]
        values.append(np.broadcast_to(integrate_values(nodes, found[0], functions), n))
        absolute = Nodes(np.abs(nodes.weights), nodes.values, nodes.count)
        slopes += [
            np.broadcast_to(integrate_values(absolute, np.abs(e), functions), n) for e in found[1:]
        ]
    return np.array(values).reshape(len(values), columns.shape[1]), slopes


def far_values(
    term: Nonlocal,
    names: Sequence[sympy.Symbol],
    coordinates: Sequence[sympy.Symbol],
    columns: np.ndarray,
    jets: JetValues,
    order: int,
) -> np.ndarray:
    """Return a nonlocal part at points, ``(n,)``, for fields whose jets are known everywhere."""
    nodes = place_nodes(term, dict(zip(names, columns, strict=True)), order)
    moved = {}
    for symbol, m in term.moved:
        place = evaluate_nodes(m.place, nodes, {})
        flat = place.reshape(len(coordinates), -1)
        moved[symbol] = jets(m.jet, flat).reshape(nodes.weights.shape)
    (integrand,) = evaluate_nodes((term.integrand,), nodes, moved)
    total = integrate_values(nodes, integrand, numpy_functions())
    return np.broadcast_to(total, columns.shape[1])


def evaluate_nodes(
    expressions: Sequence[sympy.Expr], nodes: Nodes, moved: Mapping[sympy.Symbol, np.ndarray]
) -> np.ndarray:
    """Return expressions at all nodes of all points, ``(len(expressions), q, n)``."""
    shape = nodes.weights.shape
    known = {**nodes.values, **moved}
    columns = np.array([np.broadcast_to(v, shape).ravel() for v in known.values()])
    values = evaluate_points(list(expressions), tuple(known), columns)
    return values.reshape(len(expressions), *shape)
