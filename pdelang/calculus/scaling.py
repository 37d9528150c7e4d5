"""Unit size: scales of coordinates, fields and residuals, from the data of the problem.

Coordinates.  ``ξ_i = (x_i − centre_i)/h_i`` with half-widths ``h_i``, so ``ξ ∈ [−1, 1]``.

Fields.  A linear residual ``Σ_j c_j j + s`` in one field alone says how large the field is:

    U = max|s| / Σ_j max|c_j| · Π_i q_i^{α_i(j)},   q_i = max(1/h_i, sqrt(max|∂_i² s|/max|s|)),

where ``q_i`` is the inverse length on which the source varies. For ``u = g`` this is
``max|g|``, for ``dn(u) = g`` it is ``max|g|·h``, for ``u'' = sin(k x)`` it is ``1/k²``. The first of
these that is not zero decides: value conditions, other conditions, ``guess``, equations. A field
that none of them tells (a pressure) is balanced against the largest term of the equations in
which it stands; the last resort is 1. Components of a vector share the largest scale.
A known ``exact`` solution is never looked at.

Residuals.  ``max( max|r(x, 0)|, max_j |∂r/∂j| U / Π_i h_i^{α_i(j)} )`` over sample points and, where
the residual is nonlinear, over jets of the size that unit fields have.

Under an ansatz ``u = lift + cutoff·U·N`` the network part carries the same ``U``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.nonlocal_values import far_sizes
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import (
    Block,
    Functional,
    Interior,
    OnPiece,
    Place,
    Residual,
    Scaling,
    UnitFrame,
)
from pdelang.calculus.total_derivative import is_readable, partial_derivative
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import measure_piece

# Sources smaller than this times the largest are rounding, not data.
_NOTHING = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """What the residuals of a system are measured with."""

    extent: Extent
    symbols: Symbols
    half_width: np.ndarray
    field_scale: dict[str, float]

    def set_fields(self, components: Iterable[str], scale: float) -> None:
        """Set the scale of the components of one unknown."""
        self.field_scale.update(dict.fromkeys(components, _round_scale(scale)))

    def jet_size(self, jet: Jet) -> float:
        """Return ``U/Π h^α``, the size of a jet of a field that varies over the whole box."""
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            return float(
                self.field_scale.get(jet.field, 1.0) / np.prod(self.half_width**jet.orders)
            )

    def residual_scale(self, residual: Residual, place: Place) -> float:
        """Return the size of a residual's terms, 1 where it has none."""
        source, slopes = _magnitudes(residual, place, self)
        terms = [s * self.jet_size(j) for j, s in zip(residual.touched, slopes, strict=True)]
        return _round_scale(max([source, *terms], default=0.0))

    def functional_scale(self, functional: Functional) -> float:
        """Return the size of a requirement's terms for fields of unit size."""
        size = 0.0
        for a in functional.aggregates:
            slope = partial_derivative(functional.expression, a.symbol)
            factor = abs(float(slope)) if not slope.free_symbols else 1.0
            _, slopes = _magnitudes(a.integrand, Interior(a.region), self)
            jets = zip(a.integrand.touched, slopes, strict=True)
            term = max((s * self.jet_size(j) for j, s in jets), default=0.0)
            if a.kind is AggregateKind.INTEGRAL:
                term *= self._measure(a.on is not None, a)
            size = max(size, factor * term)
        return _round_scale(size)

    def _measure(self, on_boundary: bool, aggregate) -> float:
        lengths = self.extent.lengths[: self.symbols.space_dimension]
        if not on_boundary:
            return float(np.prod(lengths))
        return sum(measure_piece(piece, self.extent.domain) for piece in aggregate.on.pieces)


def measure_system(
    blocks: Sequence[Block],
    unknowns: Sequence[Unknown],
    guess: Mapping[str, sympy.Expr],
    extent: Extent,
    symbols: Symbols,
) -> Sizes:
    """Return the sizes of coordinates and fields of a system (``scaling = auto``)."""
    sizes = Sizes(extent, symbols, extent.lengths / 2, {})
    for unknown in sorted(unknowns, key=lambda u: u.name):
        scale = _scale_from_data(unknown.fields, blocks, guess, sizes)
        if scale > 0:
            sizes.set_fields(unknown.fields, scale)
    _balance_the_rest(unknowns, blocks, sizes)
    return sizes


def build_scaling(sizes: Sizes, periodic_axes: Collection[int] = ()) -> Scaling:
    """Return the affine maps that the sizes ask for.

    A field that exists in one region has the frame of that region, except along periodic axes.
    """
    centre = np.add(sizes.extent.low_values, sizes.extent.high_values) / 2
    whole = UnitFrame(tuple(map(float, centre)), tuple(map(float, sizes.half_width)))

    def frame_of(field: str) -> UnitFrame:
        home = sizes.extent.homes.get(field)
        if home is None:
            return whole
        middle, half = centre.copy(), sizes.half_width.copy()
        for axis in set(range(home.body.d)).difference(periodic_axes):
            low, high = home.body.box.low[axis], home.body.box.high[axis]
            middle[axis], half[axis] = (low + high) / 2, (high - low) / 2
        return UnitFrame(tuple(map(float, middle)), tuple(map(float, half)))

    fields = sizes.symbols.fields
    return Scaling(
        centre=whole.centre,
        half_width=whole.half_width,
        field_scale=tuple(sizes.field_scale[field] for field in fields),
        frames=tuple(map(frame_of, fields)) if sizes.extent.homes else (),
    )


def identity_scaling(symbols: Symbols) -> Scaling:
    """Return the maps of ``scaling = none``."""
    d, m = symbols.dimension, len(symbols.fields)
    return Scaling((0.0,) * d, (1.0,) * d, (1.0,) * m)


def scale_block(block: Block, sizes: Sizes) -> Block:
    """Return a block with the scale of its residual."""
    scale = sizes.residual_scale(block.residual, block.place)
    return replace(block, residual=replace(block.residual, scale=scale))


def _scale_from_data(
    components: Iterable[str],
    blocks: Sequence[Block],
    guess: Mapping[str, sympy.Expr],
    sizes: Sizes,
) -> float:
    """Return the largest scale that the first telling kind of data gives, 0 without any."""
    components = tuple(components)
    own = [
        b
        for b in blocks
        if b.residual.touched
        and b.residual.is_linear
        and all(jet.field in components for jet in b.residual.touched)
    ]
    conditions = [b for b in own if not isinstance(b.place, Interior)]
    values = [b for b in conditions if all(jet.order == 0 for jet in b.residual.touched)]
    equations = [b for b in own if isinstance(b.place, Interior)]
    for group in (values, conditions):
        scale = max((_implied_scale(b, sizes) for b in group), default=0.0)
        if scale > 0:
            return scale
    guesses = [guess[c] for c in components if c in guess]
    scale = max((_largest(e, Interior(), sizes) for e in guesses), default=0.0)
    if scale > 0:
        return scale
    return max((_implied_scale(b, sizes) for b in equations), default=0.0)


def _implied_scale(block: Block, sizes: Sizes) -> float:
    """Return U of the module's formula for one linear residual."""
    residual, symbols = block.residual, sizes.symbols
    source, slopes = _magnitudes(residual, block.place, sizes)
    if source <= _NOTHING:
        return 0.0
    rest = _at_zero_jets(residual.expression, residual, symbols)
    rates = 1 / sizes.half_width
    for axis, coordinate in enumerate(symbols.coordinates):
        if coordinate in rest.free_symbols:
            is_ordered = is_readable(rest)
            slope = partial_derivative(rest, coordinate, is_ordered)
            bend = partial_derivative(slope, coordinate, is_ordered)
            rates[axis] = max(rates[axis], np.sqrt(_largest(bend, block.place, sizes) / source))
    if isinstance(block.place, OnPiece):
        # Across a side the data say nothing about how fast the field varies.
        axis = block.place.piece.side.axis
        across = slice(symbols.space_dimension) if axis is None else axis
        rates[across] = 1 / sizes.half_width[across]
    steepness = sum(
        s * float(np.prod(rates**jet.orders))
        for jet, s in zip(residual.touched, slopes, strict=True)
    )
    return source / steepness if steepness > 0 else 0.0


def _balance_the_rest(unknowns: Sequence[Unknown], blocks: Sequence[Block], sizes: Sizes) -> None:
    """Give every unknown without data the size that balances an equation, else 1."""
    pending = {u.name: u.fields for u in sorted(unknowns, key=lambda u: u.name)}
    pending = {n: c for n, c in pending.items() if c[0] not in sizes.field_scale}
    equations = [b for b in blocks if isinstance(b.place, Interior)]
    for _ in range(len(pending)):
        found = {
            name: scale
            for name, components in pending.items()
            if (scale := _balanced_scale(components, equations, sizes)) > 0
        }
        for name, scale in found.items():
            sizes.set_fields(pending.pop(name), scale)
        if not found:
            break
    for components in pending.values():
        sizes.set_fields(components, 1.0)


def _balanced_scale(components: tuple[str, ...], equations: list[Block], sizes: Sizes) -> float:
    scale = 0.0
    for block in equations:
        residual = block.residual
        fields = {jet.field for jet in residual.touched}
        if not fields & set(components) or not fields - set(components) <= set(sizes.field_scale):
            continue
        source, slopes = _magnitudes(residual, block.place, sizes)
        own = 0.0
        for jet, slope in zip(residual.touched, slopes, strict=True):
            size = slope * sizes.jet_size(jet)
            if jet.field in components:
                own = max(own, size)
            else:
                source = max(source, size)
        if own > 0 and np.isfinite(source):
            scale = max(scale, source / own)
    return scale


def _magnitudes(residual: Residual, place: Place, sizes: Sizes) -> tuple[float, list[float]]:
    """Return ``max|r(x, 0)|`` and ``max|∂r/∂j|`` for every jet touched, over sample points of a place.

    Jets that the derivatives contain take values of their own size with signs that vary.
    """
    symbols = sizes.symbols
    columns = sizes.extent.sample(place)
    n = columns.shape[1]
    phases = np.arange(1, len(residual.jets) + 1)[:, None] * np.arange(1, n + 1)
    jets = np.array([[sizes.jet_size(j)] for j in residual.jets]).reshape(-1, 1) * np.cos(phases)
    own = sizes.extent.names(place)
    names = (*own, *(symbols.symbol(j) for j in residual.jets))
    rest = _at_zero_jets(residual.expression, residual, symbols)
    far, far_slopes = far_sizes(residual, own, columns, sizes.jet_size)
    names += tuple(term.symbol for term in residual.nonlocals)
    values = evaluate_points(
        [rest, *residual.derivatives, *residual.nonlocal_slopes],
        names,
        np.vstack([columns, jets, far]),
    )
    source, *slopes = values[: 1 + len(residual.jets)]
    source = _without_layers(rest, source, place, columns, sizes)
    at = 0
    for term, slope in zip(residual.nonlocals, values[1 + len(residual.jets) :], strict=True):
        slopes += [slope * s for s in far_slopes[at : at + len(term.touched)]]
        at += len(term.touched)
    return _largest_finite(source), [_largest_finite(slope) for slope in slopes]


def _without_layers(
    rest: sympy.Expr, values: np.ndarray, place: Place, columns: np.ndarray, sizes: Sizes
) -> np.ndarray:
    """Return the values of a source with those in thin layers replaced by their mean over the place.

    A source that is thin does what a weak one does that is spread out.
    """
    layers = sizes.extent.find_layers([rest], place)
    if layers is None:
        return values
    names = sizes.extent.names(place)
    inside = evaluate_points([rest], names, layers.points.T)[0]
    mean = float(np.abs(np.where(np.isfinite(inside), inside, 0.0)) @ layers.shares)
    around = ~layers.hold(columns[: len(names)].T)
    return np.append(values[around], mean)


def _largest(expression: sympy.Expr, place: Place, sizes: Sizes) -> float:
    columns = sizes.extent.sample(place)
    values = evaluate_points([expression], sizes.extent.names(place), columns)
    return _largest_finite(values[0])


def _largest_finite(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


def _at_zero_jets(expression: sympy.Expr, residual: Residual, symbols: Symbols) -> sympy.Expr:
    """Return ``r(x, 0)``; where it is not defined (``1/u``) the source is taken as 0."""
    names = [symbols.symbol(j) for j in residual.jets]
    names += [term.symbol for term in residual.nonlocals]
    zero = substitute(expression, dict.fromkeys(names, sympy.S.Zero))
    return sympy.S.Zero if zero.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) else zero


def _round_scale(size: float) -> float:
    """Return a scale to three digits, 1 for none: sample points know no more than that."""
    return float(f"{size:.3g}") if np.isfinite(size) and size > 0 else 1.0
