"""Requirements of a known solution, by quadrature."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import sympy

from pdelang.calculus.borders import find_creases, list_all_borders
from pdelang.calculus.extent import Extent
from pdelang.calculus.narrow_peaks import list_narrow_peaks
from pdelang.calculus.nonlocal_values import JetValues, far_values
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AggregateIntegrand, Functional
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadrature import body_quadrature, box_quadrature
from pdelang.semantics.boundary import Piece
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import quadrature_of_piece

# Nodes per coordinate, by how many coordinates are integrated over; beyond that, no check.
_NODES = {0: 1, 1: 200, 2: 48, 3: 20}
_BODY_NODES = {1: 200, 2: 48, 3: 20}
# Two quadratures of different order agree to this for anything that is smooth on their grid.
_TOLERANCE = 1e-6
_FAR_NODES = 48


def requirement_defect(
    functional: Functional,
    exact: Mapping[str, sympy.Expr],
    extent: Extent,
    symbols: Symbols,
    on_exact: Callable[[sympy.Expr], sympy.Expr],
    jet_values: JetValues,
) -> tuple[float, bool] | None:
    """Return the value of ``left − right`` and whether it is surely not zero.

    None where a field is unknown or an aggregate is not an integral, a mean or a value over
    the domain or whole sides. Time is set to its middle.
    """
    values: dict[sympy.Symbol, sympy.Expr] = {}
    size = 0.0
    error = 0.0
    for a in functional.aggregates:
        if not all(jet.field in exact for jet in a.integrand.touched):
            return None
        numbers = _far_numbers(a, extent, symbols, jet_values)
        if numbers is None:
            return None
        integrand = substitute(on_exact(a.integrand.expression), numbers)
        fine, coarse = (_aggregate(a, integrand, extent, symbols, k) for k in (1.0, 0.7))
        if fine is None or coarse is None:
            return None
        values[a.symbol] = sympy.Float(fine[0])
        slope = substitute(partial_derivative(functional.expression, a.symbol), values)
        weight = abs(float(slope)) if not slope.free_symbols else 1.0
        size += weight * fine[1]
        error += weight * abs(fine[0] - coarse[0])
    value = substitute(functional.expression, values)
    if value.free_symbols or not value.is_real:
        return None
    size += abs(float(substitute(functional.expression, dict.fromkeys(values, sympy.S.Zero))))
    surely = abs(float(value)) > _TOLERANCE * size + 10 * error
    return float(value), surely


def _far_numbers(
    a: AggregateIntegrand, extent: Extent, symbols: Symbols, jet_values: JetValues
) -> dict[sympy.Symbol, sympy.Expr] | None:
    """Return the nonlocal parts of an integrand, which are numbers; None where one varies with the place."""
    space = set(symbols.coordinates[: symbols.space_dimension])
    middle = np.add(extent.low_values, extent.high_values)[:, None] / 2
    if symbols.has_time and a.time is not None:
        middle[symbols.time_axis] = a.time
    found: dict[sympy.Symbol, sympy.Expr] = {}
    for term in a.integrand.nonlocals:
        if term.reach & space:
            return None
        coordinates = symbols.coordinates
        values = far_values(term, coordinates, coordinates, middle, jet_values, _FAR_NODES)
        found[term.symbol] = sympy.Float(float(values[0]))
    return found


def _aggregate(
    a: AggregateIntegrand,
    integrand: sympy.Expr,
    extent: Extent,
    symbols: Symbols,
    fineness: float,
) -> tuple[float, float] | None:
    """Return an aggregate and the same of the integrand's magnitude."""
    fixed: dict[int, float] = {}
    for axis in range(symbols.space_dimension, symbols.dimension):
        fixed[axis] = (extent.low_values[axis] + extent.high_values[axis]) / 2
    if symbols.has_time and a.time is not None:
        fixed[symbols.time_axis] = a.time
    match a.kind:
        case AggregateKind.VALUE:
            assert a.point is not None
            fixed.update(enumerate(a.point))
            return _integrate(integrand, fixed, extent, symbols, fineness)
        case AggregateKind.INTEGRAL | AggregateKind.MEAN:
            on_seam = a.on is not None and a.on.interface is not None
            creases = _find_creases(integrand, fixed, extent, symbols)
            if extent.domain.body is not None or a.region is not None or on_seam:
                return _integrate_body(a, integrand, fixed, creases, extent, symbols, fineness)
            sides: list[Piece] | list[None] = [None] if a.on is None else list(a.on.pieces)
            if creases and symbols.space_dimension in _BODY_NODES:
                if not all(piece is None or piece.is_whole_side for piece in sides):
                    return None
                return _integrate_body(a, integrand, fixed, creases, extent, symbols, fineness)
            total = magnitude = measure = 0.0
            for piece in sides:
                held = dict(fixed)
                if piece is not None:
                    if not piece.is_whole_side:
                        return None
                    side = piece.side
                    assert side.axis is not None
                    ends = extent.high_values if side.upper else extent.low_values
                    held[side.axis] = ends[side.axis]
                found = _integrate(integrand, held, extent, symbols, fineness)
                if found is None:
                    return None
                total += found[0]
                magnitude += found[1]
                free = [i for i in range(symbols.dimension) if i not in held]
                measure += float(np.prod(extent.lengths[free]))
            if a.kind is AggregateKind.MEAN:
                return total / measure, magnitude / measure
            return total, magnitude
        case _:
            return None


def _find_creases(
    integrand: sympy.Expr, fixed: Mapping[int, float], extent: Extent, symbols: Symbols
) -> tuple[Crease, ...]:
    """Return where an integrand has jumps, kinks and peaks that even nodes do not meet."""
    held = {symbols.coordinates[axis]: sympy.Float(value) for axis, value in fixed.items()}
    low, high = np.array(extent.low_values), np.array(extent.high_values)
    for axis, value in fixed.items():
        low[axis] = high[axis] = value
    borders = list_all_borders(integrand)
    borders += list_narrow_peaks(integrand, symbols.coordinates, low, high)
    return find_creases(borders, symbols.coordinates[: symbols.space_dimension], held)


def _integrate_body(
    a: AggregateIntegrand,
    integrand: sympy.Expr,
    fixed: dict[int, float],
    creases: tuple[Crease, ...],
    extent: Extent,
    symbols: Symbols,
    fineness: float,
) -> tuple[float, float] | None:
    """Return an integral or a mean where a domain or a region is no box."""
    domain, d = extent.domain, symbols.space_dimension
    order = max(2, int(_BODY_NODES.get(d, 16) * fineness))
    body = a.region.body if a.region is not None else domain.body
    if a.on is not None:
        pairs = [quadrature_of_piece(piece, domain, order, creases) for piece in a.on.pieces]
        if len({points.shape[1] for points, _ in pairs}) > 1:
            # Beside curved pieces the flat ones do without their normal, which is a number there.
            pairs = [(points[:, :d], weights) for points, weights in pairs]
    else:
        pairs = [
            box_quadrature(domain.box, order, creases)
            if body is None
            else body_quadrature(body, order, creases)
        ]
    points, weights = (np.concatenate(part) for part in zip(*pairs, strict=True))
    columns = np.empty((symbols.dimension, len(points)))
    columns[:d] = points[:, :d].T
    for axis, value in fixed.items():
        columns[axis] = value
    names = symbols.coordinates
    if points.shape[1] > d:
        names, columns = (*names, *symbols.normal), np.vstack([columns, points[:, d:].T])
    values = evaluate_points([integrand], names, columns)[0]
    if not np.isfinite(values).all():
        return None
    measure = float(weights.sum()) if a.kind is AggregateKind.MEAN else 1.0
    return float(weights @ values) / measure, float(weights @ np.abs(values)) / measure


def _integrate(
    integrand: sympy.Expr,
    fixed: dict[int, float],
    extent: Extent,
    symbols: Symbols,
    fineness: float,
) -> tuple[float, float] | None:
    free = [i for i in range(symbols.dimension) if i not in fixed]
    if len(free) not in _NODES:
        return None
    nodes, weights = gauss_legendre(max(1, int(_NODES[len(free)] * fineness)))
    grids = np.meshgrid(*[(nodes + 1) / 2] * len(free), indexing="ij")
    products = np.ones(())
    for _ in free:
        products = np.multiply.outer(products, weights / 2)
    columns = np.empty((symbols.dimension, products.size))
    for axis, value in fixed.items():
        columns[axis] = value
    for grid, axis in zip(grids, free, strict=True):
        columns[axis] = extent.low_values[axis] + extent.lengths[axis] * grid.ravel()
    values = evaluate_points([integrand], symbols.coordinates, columns)[0]
    if not np.isfinite(values).all():
        return None
    measure = float(np.prod(extent.lengths[free]))
    weighted = products.ravel() * values * measure
    return float(weighted.sum()), float(np.abs(weighted).sum())
