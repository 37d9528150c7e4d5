"""Pure-flux problems: does what the source makes leave through the boundary (W222)?

Integrated over the domain, ``div(a grad u) + f = 0`` gives ``∮ a dn(u) = −∫ f``. Where every
condition prescribes the flux, both sides are known; if they differ no steady solution exists.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy

from pdelang.calculus.borders import find_creases, list_all_borders
from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.linearisation import is_pointwise
from pdelang.calculus.narrow_peaks import list_narrow_peaks
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AtPoint, Block, Interior, OnPiece
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadrature import body_quadrature, box_quadrature
from pdelang.semantics.pieces import quadrature_of_piece
from pdelang.semantics.problem import Problem

_ORDER = {0: 1, 1: 64, 2: 40, 3: 16}
# Two quadratures of smooth functions agree better than this; bodies in space do to 1e-4.
_TOLERANCE = 1e-3
_ROUNDING = 1e-10


def warn_unbalanced(
    problem: Problem, blocks: Sequence[Block], extent: Extent, symbols: Symbols
) -> tuple[Diagnostic, ...]:
    """Return W222 for every field whose sources and prescribed fluxes do not balance."""
    metric = problem.domain.metric
    if symbols.has_time or symbols.space_dimension not in (1, 2, 3) or problem.fits:
        return ()
    if metric is not None and not metric.is_trivial:
        return ()
    found = []
    for block in blocks:
        if not isinstance(block.place, Interior) or not is_pointwise(block.residual, symbols):
            continue
        fields = {jet.field for jet in block.residual.jets}
        if len(fields) == 1:
            found += _judge(block, fields.pop(), problem, blocks, extent, symbols)
    return tuple(found)


def _judge(
    block: Block,
    field: str,
    problem: Problem,
    blocks: Sequence[Block],
    extent: Extent,
    symbols: Symbols,
) -> list[Diagnostic]:
    conductivity = _find_conductivity(block, extent, symbols)
    conditions = [
        b
        for b in blocks
        if b is not block
        and not isinstance(b.place, AtPoint)
        and any(j.field == field for j in b.residual.jets)
    ]
    if conductivity is None or not conditions or problem.periodic_axes:
        return []
    source = _at_zero(block, symbols)
    inside = _integrate_inside(source, problem, symbols)
    outward = size = 0.0
    for condition in conditions:
        flux = _find_flux(condition, symbols)
        if flux is None:
            return []
        assert isinstance(condition.place, OnPiece)
        values, weights = _on_piece(conductivity * flux, condition.place, problem, symbols)
        outward += float(weights @ values)
        size += float(weights @ np.abs(values))
    made, total = inside
    size += total
    missing = outward + made
    if not np.isfinite(missing) or abs(missing) <= _TOLERANCE * size:
        return []
    last = max(conditions, key=lambda b: b.span.start)
    return [
        Diagnostic(
            "W222",
            f"The source and the fluxes of `{field}` do not balance, so no steady solution exists",
            block.span,
            label=f"makes {-made:.4g} in all" if made else "makes nothing",
            related=(Related(last.span, f"{outward:.4g} goes through the boundary"),),
            notes=("integrated over the domain, div(a grad u) is what flows in",),
            help="change the source or a flux, or give a value on some part",
        )
    ]


def _find_conductivity(block: Block, extent: Extent, symbols: Symbols) -> sympy.Expr | None:
    """Return ``a`` where the equation is ``div(a grad u) + f = 0``, None where it is not."""
    residual, d = block.residual, symbols.space_dimension
    if not residual.is_linear:
        return None
    slopes = dict(zip(residual.jets, residual.derivatives, strict=True))
    (field,) = {jet.field for jet in residual.jets}
    pure = [Jet(field, tuple(2 * (i == axis) for i in range(d))) for axis in range(d)]
    first = [Jet(field, tuple(int(i == axis) for i in range(d))) for axis in range(d)]
    if not set(residual.jets) <= {*pure, *first} or not all(j in slopes for j in pure):
        return None
    a = slopes[pure[0]]
    rest = [slopes[j] - a for j in pure[1:]]
    rest += [
        slopes.get(j, sympy.S.Zero) - partial_derivative(a, x)
        for j, x in zip(first, symbols.coordinates, strict=True)
    ]
    columns = extent.sample(Interior(), generic=True)
    values = evaluate_points([a, *rest], symbols.coordinates, columns)
    size = np.abs(values[0]).max()
    return a if np.isfinite(size) and (np.abs(values[1:]) <= _ROUNDING * size).all() else None


def _find_flux(block: Block, symbols: Symbols) -> sympy.Expr | None:
    """Return ``g`` of a condition that says ``dn(u) = g``, None of any other."""
    residual, place, d = block.residual, block.place, symbols.space_dimension
    if not isinstance(place, OnPiece) or not residual.is_linear:
        return None
    if not is_pointwise(residual, symbols):
        return None
    if any(jet.order != 1 for jet in residual.jets):
        return None
    normal: list[sympy.Expr] = [sympy.S.Zero] * d
    for jet, slope in zip(residual.jets, residual.derivatives, strict=True):
        normal[jet.orders.index(1)] = slope
    side = place.piece.side
    if side.axis is None:
        # β n: what stands with the derivatives, along the normal, which has length 1.
        one = sympy.Add(*(n**2 for n in symbols.normal[:-1]))
        beta = sympy.expand(
            sympy.Add(*(b * n for b, n in zip(normal, symbols.normal, strict=True)))
        )
        beta = sympy.expand(beta.subs(symbols.normal[-1] ** 2, 1 - one))
        pairs = zip(normal, symbols.normal, strict=True)
        if any(sympy.expand(b - beta * n) != 0 for b, n in pairs):
            return None
    else:
        if any(b != 0 for i, b in enumerate(normal) if i != side.axis):
            return None
        beta = normal[side.axis] * (1 if side.upper else -1)
    return None if beta == 0 else -_at_zero(block, symbols) / beta


def _at_zero(block: Block, symbols: Symbols) -> sympy.Expr:
    """Return what is left of a linear residual without its field."""
    zero = {symbols.symbol(jet): sympy.S.Zero for jet in block.residual.jets}
    return substitute(block.residual.expression, zero)


def _integrate_inside(e: sympy.Expr, problem: Problem, symbols: Symbols) -> tuple[float, float]:
    """Return the integral of a source and of its magnitude."""
    domain = problem.domain
    order = _ORDER[domain.box.d]
    creases = _find_creases(e, problem, symbols)
    if domain.body is not None:
        nodes, weights = body_quadrature(domain.body, order, creases)
    else:
        nodes, weights = box_quadrature(domain.box, order, creases)
    values = evaluate_points([e], symbols.coordinates, nodes.T)[0]
    return float(weights @ values), float(weights @ np.abs(values))


def _on_piece(
    e: sympy.Expr, place: OnPiece, problem: Problem, symbols: Symbols
) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = quadrature_of_piece(
        place.piece,
        problem.domain,
        _ORDER[problem.domain.box.d - 1],
        _find_creases(e, problem, symbols),
    )
    names = (*symbols.coordinates, *symbols.normal)[: nodes.shape[1]]
    return evaluate_points([e], names, nodes.T)[0], weights


def _find_creases(e: sympy.Expr, problem: Problem, symbols: Symbols) -> tuple[Crease, ...]:
    """Return where a source or a flux has jumps, kinks and narrow peaks."""
    box, space = problem.domain.box, symbols.coordinates[: problem.domain.box.d]
    peaks = list_narrow_peaks(e, space, np.array(box.low), np.array(box.high))
    return find_creases((*list_all_borders(e), *peaks), space)
