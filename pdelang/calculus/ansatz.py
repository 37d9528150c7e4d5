"""The ansatz ``u = lift + cutoff·N``: conditions that hold exactly, whatever the network does.

Candidates are values given on whole sides of the box, ``u = g``, and data at the start,
``∂_t^m u = g_m``, with data smooth enough to be differentiated under the equations.

Lift: transfinite interpolation (Gordon 1971). Axis by axis, what the lift so far lacks on
the two sides is added, linear in between; then, in time, the Taylor polynomial of what it
lacks at the start. Each addition leaves earlier sides alone if and only if the data agree
where they meet; so conditions that disagree there (the lid of a cavity) stay soft.

Cutoff: ``4(x−a)(b−x)/(b−a)²`` between two sides, ``(x−a)/(b−a)`` next to one, times
``((t−t₀)/T)^k`` for ``k`` initial conditions; at most 1 everywhere.

Nothing is taken on trust: every condition is substituted back and shown to be zero by SymPy.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Ansatz, Block, OnPiece, Start
from pdelang.calculus.total_derivative import differentiate_orders, partial_derivative
from pdelang.calculus.vanishing import is_provably_zero, relative_size
from pdelang.geometry.box import Side
from pdelang.semantics.problem import Problem

_SMOOTH_FORMS = (
    sympy.Symbol, sympy.Number, sympy.NumberSymbol, sympy.Add, sympy.Mul,
    sympy.sin, sympy.cos, sympy.exp, sympy.log, sympy.sinh, sympy.cosh, sympy.tanh,
    sympy.sech, sympy.atan, sympy.erf, sympy.erfc,
)  # fmt: skip
# Longer data are not turned into an ansatz: their derivatives would dwarf the network. A lift of
# 1500 operations (general data on the ten sides of a five-dimensional box) takes 10 s to
# differentiate, one of 800 takes 2 s.
_DATA_LIMIT = 300
_LIFT_LIMIT = 800
# A flux that is zero to rounding along a curve cannot be shown to be zero by form.
_AGREEMENT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Condition:
    """``∂_axis^order u = data`` where coordinate ``axis`` is at its low or high end."""

    block: Block
    field: str
    axis: int
    upper: bool
    order: int
    data: sympy.Expr


def trivial_ansatz(symbols: Symbols) -> tuple[Ansatz, ...]:
    """Return ``u = N`` for every field."""
    return tuple(Ansatz(field, sympy.S.Zero, sympy.S.One) for field in symbols.fields)


def choose_ansatz(
    problem: Problem, blocks: Sequence[Block], extent: Extent, symbols: Symbols
) -> tuple[tuple[Ansatz, ...], tuple[Block, ...]]:
    """Return the ansatz that the settings of a problem ask for, and the blocks that it satisfies exactly."""
    if problem.settings.conditions == "soft":
        return trivial_ansatz(symbols), ()
    # A function of one region would need a lift of that region's own shape.
    return build_ansatz(blocks, extent, symbols, problem.periodic_axes, frozenset(extent.homes))


def build_ansatz(
    blocks: Sequence[Block],
    extent: Extent,
    symbols: Symbols,
    periodic_axes: Sequence[int],
    soft: Collection[str] = (),
) -> tuple[tuple[Ansatz, ...], tuple[Block, ...]]:
    """Return the ansatz of every field and the blocks that it satisfies exactly.

    The fields in ``soft`` get none: their conditions are all trained.
    """
    builder = _Builder(blocks, extent, symbols, tuple(periodic_axes))
    ansatz: list[Ansatz] = []
    hard: list[Block] = []
    for field in symbols.fields:
        if field in soft:
            ansatz.append(Ansatz(field, sympy.S.Zero, sympy.S.One))
            continue
        found, satisfied = builder.build(field)
        ansatz.append(found)
        hard += satisfied
    return tuple(ansatz), tuple(block for block in blocks if block in hard)


class _Builder:
    """Chooses conditions and builds lift and cutoff, field by field."""

    def __init__(
        self,
        blocks: Sequence[Block],
        extent: Extent,
        symbols: Symbols,
        periodic_axes: tuple[int, ...],
    ) -> None:
        self.blocks = blocks
        self.extent = extent
        self.symbols = symbols
        self.periodic_axes = periodic_axes
        jets = [jet for block in blocks for jet in block.residual.touched]
        self.orders = np.max([jet.orders for jet in jets], axis=0) if jets else np.zeros(0, int)

    def build(self, field: str) -> tuple[Ansatz, list[Block]]:
        """Return the ansatz of one field and the blocks it satisfies."""
        accepted = self._compatible(self._candidates(field))
        while accepted:
            lift = self._lift(accepted)
            broken = self._broken(accepted, lift)
            if not broken:
                return Ansatz(field, lift, self._cutoff(accepted)), [c.block for c in accepted]
            accepted = _without_gaps([c for c in accepted if c is not broken[-1]])
        return Ansatz(field, sympy.S.Zero, sympy.S.One), []

    def _candidates(self, field: str) -> list[_Condition]:
        found = [c for block in self.blocks if (c := self._condition(block, field)) is not None]
        found = [c for c in found if self._is_smooth(c) and self._is_periodic(c)]
        starts = [c for c in found if c.order == 0 and c.axis == self.symbols.space_dimension]
        if starts and not self._agrees_with_fluxes(starts[0]):
            found = [c for c in found if c.axis < self.symbols.space_dimension]
        return _without_gaps(found)

    def _condition(self, block: Block, field: str) -> _Condition | None:
        """Return a block as ``∂^order u = data``, None where it is anything else."""
        if block.residual.nonlocals:
            return None
        if len(block.residual.jets) != 1 or block.residual.jets[0].field != field:
            return None
        (jet,), (slope,) = block.residual.jets, block.residual.derivatives
        if not slope.is_number or slope == 0:
            return None
        time = self.symbols.space_dimension
        match block.place:
            case OnPiece(piece=piece) if piece.is_box_side and jet.order == 0:
                assert piece.side.axis is not None
                axis, upper, order = piece.side.axis, piece.side.upper, 0
            case Start() if jet.order == jet.orders[time]:
                axis, upper, order = time, False, jet.order
            case _:
                return None
        rest = substitute(block.residual.expression, {self.symbols.symbol(jet): sympy.S.Zero})
        data = substitute(-rest / slope, self._face(axis, upper))
        return _Condition(block, field, axis, upper, order, data)

    def _is_smooth(self, condition: _Condition) -> bool:
        """Return whether data are analytic by form and finite, derivatives included, by value."""
        data = condition.data
        if data.count_ops() > _DATA_LIMIT:
            return False
        for e in sympy.preorder_traversal(data):
            if isinstance(e, sympy.Pow):
                if e.exp.free_symbols:
                    return False
            elif not isinstance(e, _SMOOTH_FORMS):
                return False
        expressions = [data]
        for axis, coordinate in enumerate(self.symbols.coordinates):
            e = data
            for _ in range(int(self.orders[axis]) if coordinate in data.free_symbols else 0):
                e = partial_derivative(e, coordinate)
                expressions.append(e)
        columns = self.extent.sample(condition.block.place)
        return bool(
            np.isfinite(evaluate_points(expressions, self.symbols.coordinates, columns)).all()
        )

    def _is_periodic(self, condition: _Condition) -> bool:
        """Return whether data join up across every periodic axis as often as equations need."""
        for axis in self.periodic_axes:
            e = condition.data
            coordinate = self.symbols.coordinates[axis]
            for order in range(int(self.orders[axis]) + 1):
                e = partial_derivative(e, coordinate) if order else e
                seam = substitute(e, self._face(axis, False)) - substitute(
                    e, self._face(axis, True)
                )
                if not self._vanishes(seam, {axis, condition.axis}):
                    return False
        return True

    def _agrees_with_fluxes(self, start: _Condition) -> bool:
        """Return whether the start fulfils the conditions on derivatives at every side.

        Where it does not, the field is steep there just after the start; a lift that holds
        the data for ever would have to be undone.
        """
        time = self.symbols.space_dimension
        for block in self.blocks:
            jets = block.residual.jets
            if block.residual.nonlocals or not isinstance(block.place, OnPiece):
                continue
            if isinstance(block.place.piece.side, Side) and not block.place.piece.is_whole_side:
                continue
            if all(jet.order == 0 for jet in jets):
                continue
            if any(jet.field != start.field or jet.orders[time] for jet in jets):
                continue
            values = {self.symbols.symbol(jet): self._derivative(start.data, jet) for jet in jets}
            side = block.place.piece.side
            if side.axis is None:
                at_start = substitute(
                    substitute(block.residual.expression, values), self._face(time, False)
                )
                names, columns = self.extent.names(block.place), self.extent.sample(block.place)
                if not relative_size(at_start, names, columns) <= _AGREEMENT:
                    return False
                continue
            at_start = substitute(
                substitute(block.residual.expression, values),
                self._face(time, False) | self._face(side.axis, side.upper),
            )
            if not self._vanishes(at_start, {time, side.axis}):
                return False
        return True

    def _compatible(self, conditions: list[_Condition]) -> list[_Condition]:
        """Return as many conditions as agree where they meet, the most agreeable first."""
        clashes = {
            a: [b for b in conditions if b is not a and not self._agree(a, b)] for a in conditions
        }
        accepted: list[_Condition] = []
        for c in sorted(conditions, key=lambda c: (len(clashes[c]), c.axis, c.upper, c.order)):
            if not any(b in accepted for b in clashes[c]):
                accepted.append(c)
        return _without_gaps(sorted(accepted, key=lambda c: (c.axis, c.upper, c.order)))

    def _agree(self, a: _Condition, b: _Condition) -> bool:
        if a.axis == b.axis:
            return True
        if a.axis > b.axis:
            a, b = b, a
        # At the start, the side's data move as ∂_t^order; sides have order 0.
        time = self.symbols.coordinates[b.axis]
        moving = a.data
        for _ in range(b.order):
            moving = partial_derivative(moving, time)
        corner = self._face(a.axis, a.upper) | self._face(b.axis, b.upper)
        return self._vanishes(
            substitute(moving, corner) - substitute(b.data, corner), {a.axis, b.axis}
        )

    def _lift(self, accepted: list[_Condition]) -> sympy.Expr:
        lift: sympy.Expr = sympy.S.Zero
        for axis, x in enumerate(self.symbols.coordinates):
            here = {(c.upper, c.order): c for c in accepted if c.axis == axis}
            low, high = self.extent.low[axis], self.extent.high[axis]
            if axis == self.symbols.space_dimension:
                missing = [(c.order, self._missing(c, lift)) for c in here.values()]
                lift += sympy.Add(*(d * (x - low) ** k / sympy.factorial(k) for k, d in missing))
            elif len(here) == 2:
                at_low = self._missing(here[False, 0], lift)
                at_high = self._missing(here[True, 0], lift)
                length = high - low
                lift += at_low * ((high - x) / length) + at_high * ((x - low) / length)
            else:
                lift += sympy.Add(*(self._missing(c, lift) for c in here.values()))
        return lift

    def _missing(self, c: _Condition, lift: sympy.Expr) -> sympy.Expr:
        """Return what a lift lacks of the data, exactly 0 where that can be shown."""
        defect = c.data - self._on_face(c, lift)
        return sympy.S.Zero if self._vanishes(defect, {c.axis}) else defect

    def _broken(self, accepted: list[_Condition], lift: sympy.Expr) -> list[_Condition]:
        """Return the conditions that a lift fails, or those that make it too long to be used."""
        if lift.count_ops() > _LIFT_LIMIT:
            return [c for c in accepted if c.data != 0]
        return [c for c in accepted if not self._holds(c, lift)]

    def _holds(self, c: _Condition, lift: sympy.Expr) -> bool:
        return self._vanishes(self._on_face(c, lift) - c.data, {c.axis})

    def _on_face(self, c: _Condition, lift: sympy.Expr) -> sympy.Expr:
        for _ in range(c.order):
            lift = partial_derivative(lift, self.symbols.coordinates[c.axis])
        return substitute(lift, self._face(c.axis, c.upper))

    def _cutoff(self, accepted: list[_Condition]) -> sympy.Expr:
        cutoff: sympy.Expr = sympy.S.One
        for axis, x in enumerate(self.symbols.coordinates):
            here = [c for c in accepted if c.axis == axis]
            low, high = self.extent.low[axis], self.extent.high[axis]
            length = high - low
            if axis == self.symbols.space_dimension:
                cutoff *= ((x - low) / length) ** len(here)
            elif len(here) == 2:
                cutoff *= sympy.Mul(4 / length**2, x - low, high - x)
            elif here:
                cutoff *= (high - x if here[0].upper else x - low) / length
        return cutoff

    def _derivative(self, data: sympy.Expr, jet: Jet) -> sympy.Expr:
        return differentiate_orders(data, self.symbols.coordinates, jet.orders)

    def _face(self, axis: int, upper: bool) -> dict[sympy.Symbol, sympy.Expr]:
        return {
            self.symbols.coordinates[axis]: (self.extent.high if upper else self.extent.low)[axis]
        }

    def _vanishes(self, expression: sympy.Expr, fixed: set[int]) -> bool:
        columns = self.extent.spread(dict.fromkeys(fixed, 0.0), generic=True)
        return is_provably_zero(expression, self.symbols.coordinates, columns)


def _without_gaps(conditions: list[_Condition]) -> list[_Condition]:
    """Drop what an ansatz cannot use: a second condition on one face, a gap in time orders."""
    kept: list[_Condition] = []
    for c in sorted(conditions, key=lambda c: (c.axis, c.upper, c.order)):
        before = [b.order for b in kept if (b.axis, b.upper) == (c.axis, c.upper)]
        if c.order == len(before):
            kept.append(c)
    return kept
