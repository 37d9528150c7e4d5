"""Checks of what residuals take from elsewhere: it lies in the domain, and fits ``exact``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.node_rule import nodes_of_inner, place_nodes
from pdelang.calculus.nonlocal_terms import Nonlocal, is_kinked_unseen
from pdelang.calculus.nonlocal_values import JetValues, evaluate_nodes, far_values
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block
from pdelang.diagnostics.message import Diagnostic, Related

# Ends of integrals are rounded once in the spec and once in the quadrature.
_ROUNDING = 1e-9
_POINTS = 40
_NODES = (32, 40, 48)


def find_places_outside(
    blocks: Iterable[Block], extent: Extent, symbols: Symbols
) -> tuple[Diagnostic, ...]:
    """Return E202 for every statement that needs a field where there is none."""
    found: dict[tuple[int, int], Diagnostic] = {}
    for block in blocks:
        for term in block.residual.nonlocals:
            diagnostic = _look_outside(block, term, extent, symbols)
            if diagnostic is not None:
                found.setdefault((block.span.start, block.span.end), diagnostic)
    return tuple(found.values())


def _look_outside(
    block: Block, term: Nonlocal, extent: Extent, symbols: Symbols
) -> Diagnostic | None:
    points = extent.sample(block.place)
    names = extent.names(block.place)
    where = _find_outside(term, dict(zip(names, points, strict=True)), extent, symbols)
    if where is None:
        return None
    shown = ", ".join(f"{n} = {v:.4g}" for n, v in zip(symbols.names, where, strict=True))
    return Diagnostic(
        "E202",
        f"This statement needs the solution at {shown}, outside the problem",
        block.span,
        label="reaches outside",
        related=(Related(extent.domain.span, "the problem is posed here"),),
        help="change the place or the ends of the integral so that they lie in the domain",
    )


def _find_outside(
    term: Nonlocal, known: dict[sympy.Symbol, np.ndarray], extent: Extent, symbols: Symbols
) -> np.ndarray | None:
    """Return a place outside the problem at which a term, or one inside it, needs a jet."""
    nodes = place_nodes(term, known, 8)
    low, high = np.array(extent.low_values), np.array(extent.high_values)
    slack = _ROUNDING * np.maximum(high - low, 1e-300)
    d = symbols.space_dimension
    for place in term.places:
        at = evaluate_nodes(place, nodes, {}).reshape(len(place), -1)
        outside = ~np.all((at >= (low - slack)[:, None]) & (at <= (high + slack)[:, None]), axis=0)
        if extent.domain.body is not None:
            outside |= ~extent.domain.contains(at[:d].T, _ROUNDING)
        if outside.any():
            return at[:, int(np.argmax(outside))]
    for inner in term.inner:
        own, _ = nodes_of_inner(inner, term, known, nodes, np)
        found = _find_outside(inner, own, extent, symbols)
        if found is not None:
            return found
    return None


def far_defect(
    block: Block,
    derivative_values: JetValues,
    largest: Callable[[Jet], float],
    extent: Extent,
    symbols: Symbols,
) -> tuple[float, float, tuple[float, ...]]:
    """Return the largest residual of a known solution, relative to its terms, and where.

    A jet at the point counts as large as it is anywhere, by ``largest``.
    What two quadratures differ by is not held against the solution.
    """
    points = extent.sample(block.place, generic=True)
    points = points[:, :: max(1, points.shape[1] // _POINTS)]
    names, residual = extent.names(block.place), block.residual
    local = np.array([derivative_values(jet, points[: symbols.dimension]) for jet in residual.jets])
    *few, many = (
        np.array(
            [
                far_values(t, names, symbols.coordinates, points, derivative_values, order)
                for t in residual.nonlocals
            ]
        )
        for order in _NODES
    )
    # Kinks that no rule knows of lie anywhere between nodes: two rules may agree by chance at a point.
    missed = np.max([np.abs(many - other) for other in few], axis=0)
    unseen = np.array([is_kinked_unseen(t) for t in residual.nonlocals])
    missed = np.where(unseen[:, None], missed.max(axis=1, keepdims=True), missed)
    known = (
        *names,
        *(symbols.symbol(jet) for jet in residual.jets),
        *(term.symbol for term in residual.nonlocals),
    )
    columns = np.vstack([points, local.reshape(-1, points.shape[1]), many])
    values = evaluate_points(
        [residual.expression, *residual.derivatives, *residual.nonlocal_slopes], known, columns
    )
    far = np.abs(values[1 + len(residual.jets) :])
    sizes = np.array([largest(jet) for jet in residual.jets])
    size = sizes @ np.abs(values[1 : 1 + len(residual.jets)]) if len(local) else 0.0
    size = float(np.max(size + (far * np.abs(many)).sum(axis=0)))
    excess = np.abs(values[0]) - 10.0 * (far * missed).sum(axis=0)
    excess = np.where(np.isfinite(values[0]), excess, np.inf)
    worst = int(np.argmax(excess))
    relative = max(0.0, float(excess[worst])) / size if size > 0 else float(excess[worst] > 0)
    return float(values[0, worst]), relative, tuple(map(float, points[: symbols.dimension, worst]))
