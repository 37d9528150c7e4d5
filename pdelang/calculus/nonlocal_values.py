"""Nonlocal parts of residuals as numbers: with NumPy, at given points, for given fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.node_rule import (
    Nodes,
    integrate_values,
    nodes_of_inner,
    place_nodes,
)
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
    n = columns.shape[1]
    for term in residual.nonlocals:
        value, own = _term_sizes(term, dict(zip(names, columns, strict=True)), jet_size)
        values.append(np.broadcast_to(value, n))
        slopes += [np.broadcast_to(slope, n) for slope in own]
    return np.array(values).reshape(len(values), n), slopes


def _term_sizes(
    term: Nonlocal,
    known: Mapping[sympy.Symbol, np.ndarray],
    jet_size: Callable[[Jet], float],
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a value that a term may have, ``(m,)``, and its slopes by the jets that it touches."""
    nodes = place_nodes(term, known, 8)
    phases = np.cos(np.arange(1, nodes.weights.size + 1)).reshape(nodes.weights.shape)
    moved = {
        symbol: jet_size(m.jet) * np.roll(phases, k) for k, (symbol, m) in enumerate(term.moved)
    }
    inside = []
    for inner in term.inner:
        at, shape = nodes_of_inner(inner, term, known, nodes, np)
        value, own = _term_sizes(inner, at, jet_size)
        moved[inner.symbol] = _shape(value, shape)
        inside.append([_shape(slope, shape) for slope in own])
    expressions = (term.integrand, *term.derivatives, *term.inner_slopes)
    integrand, *found = evaluate_nodes(expressions, nodes, moved)

    def gather(slope: np.ndarray) -> np.ndarray:
        if nodes.peak is not None:
            return np.nanmax(slope, axis=0)
        with np.errstate(invalid="ignore"):
            shares = np.abs(nodes.weights) * slope
        return np.sum(np.where(nodes.weights == 0, 0.0, shares), axis=0)

    slopes = [gather(np.abs(e)) for e in found[: len(term.moved)]]
    for slope, own in zip(found[len(term.moved) :], inside, strict=True):
        slopes += [gather(np.abs(slope) * e) for e in own]
    return integrate_values(nodes, integrand, numpy_functions()), slopes


def far_values(
    term: Nonlocal,
    names: Sequence[sympy.Symbol],
    coordinates: Sequence[sympy.Symbol],
    columns: np.ndarray,
    jets: JetValues,
    order: int,
) -> np.ndarray:
    """Return a nonlocal part at points, ``(n,)``, for fields whose jets are known everywhere."""
    total = _term_values(term, dict(zip(names, columns, strict=True)), coordinates, jets, order)
    return np.broadcast_to(total, columns.shape[1])


def _term_values(
    term: Nonlocal,
    known: Mapping[sympy.Symbol, np.ndarray],
    coordinates: Sequence[sympy.Symbol],
    jets: JetValues,
    order: int,
) -> np.ndarray:
    nodes = place_nodes(term, known, order)
    moved = {}
    for symbol, m in term.moved:
        place = evaluate_nodes(m.place, nodes, {})
        flat = place.reshape(len(coordinates), -1)
        moved[symbol] = jets(m.jet, flat).reshape(nodes.weights.shape)
    for inner in term.inner:
        at, shape = nodes_of_inner(inner, term, known, nodes, np)
        moved[inner.symbol] = _shape(_term_values(inner, at, coordinates, jets, order), shape)
    (integrand,) = evaluate_nodes((term.integrand,), nodes, moved)
    return integrate_values(nodes, integrand, numpy_functions())


def _shape(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return values ``(q · n,)``, or one for all, as ``(q, n)``."""
    return np.broadcast_to(values, (shape[0] * shape[1],)).reshape(shape)


def evaluate_nodes(
    expressions: Sequence[sympy.Expr], nodes: Nodes, moved: Mapping[sympy.Symbol, np.ndarray]
) -> np.ndarray:
    """Return expressions at all nodes of all points, ``(len(expressions), q, n)``."""
    shape = nodes.weights.shape
    known = {**nodes.values, **moved}
    columns = np.array([np.broadcast_to(v, shape).ravel() for v in known.values()])
    values = evaluate_points(list(expressions), tuple(known), columns)
    return values.reshape(len(expressions), *shape)
