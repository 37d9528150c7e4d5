"""The weak form of steady second-order problems in the plane, derived from their residuals.

An equation ``r_i = Σ_k A_ik : D²u_k + g_i(x, u, ∇u) = 0`` times a test function v, integrated by parts:

    ∫ (s_i v + f_i · ∇v) dx + ∮ q_i v ds = 0,
    f_i = −Σ_k A_ik ∇u_k,    s_i = g_i − Σ_k (div A_ik) · ∇u_k,    q_i = Σ_k A_ik n · ∇u_k.

A field of which no second derivative stands anywhere, as a pressure, has an equation without any, as ∇·w = 0; its functions are of
lower degree than those of the others (Taylor, Hood, Comput. Fluids 1 (1973) 73).

A field that jumps at interfaces is one field per region, with an equation of its own there. What the
conditions say on the boundary and at interfaces is the matter of ``boundary_form``.

Source: A. Ern, J.-L. Guermond, "Theory and Practice of Finite Elements", Springer 2004, chapter 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import (
    AggregateIntegrand,
    AtPoint,
    Block,
    Functional,
    Interior,
    OnPiece,
    System,
)
from pdelang.calculus.total_derivative import total_derivative
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Region
from pdelang.semantics.expression import AggregateKind
from pdelang.training.classical.statement import NotClassicalError

_MOST_FIELDS = 8
_PLANE = 2


@dataclass(frozen=True, slots=True, eq=False)
class WeakForm:
    """Row i is tested with the functions of field i.

    ``homes[k]`` is the region where field k lives, None for the whole domain. ``state[k]`` are the symbols of field k and of its two derivatives; ``sources[i]`` and
    ``fluxes[i]`` are s_i and f_i over them, the coordinates and, on the boundary, the normal.
    """

    system: System
    symbols: Symbols
    homes: tuple[Region | None, ...]
    state: tuple[tuple[sympy.Symbol, sympy.Symbol, sympy.Symbol], ...]
    sources: tuple[sympy.Expr, ...]
    fluxes: tuple[tuple[sympy.Expr, sympy.Expr], ...]
    second: tuple[tuple[sympy.Matrix, ...], ...]
    conditions: tuple[Block, ...]
    requirements: tuple[Functional, ...]

    @property
    def is_linear(self) -> bool:
        return self.system.is_linear

    @property
    def low(self) -> tuple[int, ...]:
        """The fields of which no second derivative stands in any equation."""
        m = range(len(self.state))
        return tuple(k for k in m if all(row[k].is_zero_matrix for row in self.second))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The piece of every condition."""
        return tuple(b.place.piece for b in self.conditions if isinstance(b.place, OnPiece))

    @property
    def interfaces(self) -> tuple[tuple[Region, Region], ...]:
        """The two regions of every condition at an interface."""
        pairs = (b.place.part.interface for b in self.conditions if isinstance(b.place, OnPiece))
        return tuple(pair for pair in pairs if pair is not None)

    def find_interface(self, numbers: Sequence[int]) -> tuple[Region, Region] | None:
        """Return the regions between which conditions stand, None on the outer boundary."""
        places = (self.conditions[i].place for i in numbers)
        pairs = (p.part.interface for p in places if isinstance(p, OnPiece))
        return next((pair for pair in pairs if pair is not None), None)


def derive_weak_form(system: System) -> WeakForm:
    """Return the weak form of a system.

    Raises:
        NotClassicalError: it has none of this kind; the text says why.
    """
    problem = system.problem
    _refuse_unsuited(system)
    symbols = Symbols.of(problem)
    for jet, _ in system.jet_symbols:
        symbols.symbol(jet)
    blocks = [*(b for t in system.terms for b in t.blocks), *system.hard]
    if any(block.residual.nonlocals for block in blocks):
        raise NotClassicalError("it contains values elsewhere or integrals")
    equations = [b for b in blocks if isinstance(b.place, Interior)]
    conditions = tuple(b for b in blocks if isinstance(b.place, OnPiece))
    points = [b for b in blocks if isinstance(b.place, AtPoint)]
    m = len(system.fields)
    if len(equations) != m or m > _MOST_FIELDS:
        raise NotClassicalError(
            "it takes as many equations as unknown components,"
            f" up to {_MOST_FIELDS} over all regions"
        )
    state = tuple(
        (
            symbols.symbol(Jet(name, (0, 0))),
            symbols.symbol(Jet(name, (1, 0))),
            symbols.symbol(Jet(name, (0, 1))),
        )
        for name in system.fields
    )
    own = [[_second_order(block, name, symbols) for name in system.fields] for block in equations]
    homes = _list_homes(system)
    order = _match_rows(own, equations, homes)
    second = tuple(tuple(own[i]) for i in order)
    sources, fluxes = [], []
    for i, row in zip(order, second, strict=True):
        rest = substitute(
            equations[i].residual.expression,
            {symbols.symbol(j): sympy.S.Zero for j in equations[i].residual.jets if j.order == 2},
        )
        flux = sympy.zeros(_PLANE, 1)
        for matrix, (_, *gradient) in zip(row, state, strict=True):
            slope = sympy.Matrix(gradient)
            flux -= matrix * slope
            for a, b in itertools.product(range(_PLANE), repeat=2):
                entry = matrix[a, b]
                assert isinstance(entry, sympy.Expr)
                rest -= total_derivative(entry, a, symbols) * slope[b]
        sources.append(rest)
        fluxes.append((flux[0], flux[1]))
    requirements = (
        *(f for term in system.terms for f in term.functionals),
        *(_require_value(block) for block in points),
    )
    return WeakForm(
        system,
        symbols,
        homes,
        state,
        tuple(sources),
        tuple(fluxes),
        second,
        conditions,
        requirements,
    )


def _list_homes(system: System) -> tuple[Region | None, ...]:
    """Return the region in which every field lives, None for the whole domain."""
    homes: dict[str, Region | None] = {
        field: region
        for unknown in system.problem.unknowns
        for region in unknown.regions
        for field in unknown.fields_in(region)
    }
    return tuple(homes.get(field) for field in system.fields)


def _require_value(block: Block) -> Functional:
    """Return a condition at a point as a requirement."""
    assert isinstance(block.place, AtPoint)
    symbol = sympy.Symbol("value_1", real=True)
    value = AggregateIntegrand(
        AggregateKind.VALUE, symbol, block.residual, None, None, block.place.point, None
    )
    return Functional(block.name, symbol, (value,), block.span)


def _refuse_unsuited(system: System) -> None:
    problem = system.problem
    if problem.domain.box.d != _PLANE or problem.time is not None or problem.varied:
        raise NotClassicalError("finite elements here take steady problems in two coordinates")
    if problem.periodic_axes:
        raise NotClassicalError("it is periodic, and its meshes do not match on opposite sides")
    if problem.domain.poles:
        raise NotClassicalError("its coordinates degenerate at a pole of the domain")
    if problem.fits:
        raise NotClassicalError("it has constants to be fitted")


def _second_order(block: Block, field: str, symbols: Symbols) -> sympy.Matrix:
    """Return A of one field in one equation."""
    matrix = sympy.zeros(_PLANE, _PLANE)
    for jet, slope in zip(block.residual.jets, block.residual.derivatives, strict=True):
        if jet.order > 2:
            raise NotClassicalError(f"`{block.name}` is of higher than second order")
        if jet.order < 2 or jet.field != field:
            continue
        used = symbols.jets_of(slope)
        if any(j.order > 0 for j in used):
            raise NotClassicalError(
                f"the highest derivatives in `{block.name}` have coefficients with derivatives"
            )
        axes = [axis for axis, count in enumerate(jet.orders) for _ in range(count)]
        for a, b in {(axes[0], axes[1]), (axes[1], axes[0])}:
            matrix[a, b] += slope if axes[0] == axes[1] else slope / 2
    return matrix


def _match_rows(
    second: list[list[sympy.Matrix]], equations: list[Block], homes: tuple[Region | None, ...]
) -> tuple[int, ...]:
    """Return the equation of every field: one where it lives, in which its own second derivatives stand."""

    flat = [all(a.is_zero_matrix for a in row) for row in second]

    def fits(i: int, k: int) -> bool:
        place, home = equations[i].place, homes[k]
        assert isinstance(place, Interior)
        if (place.region and place.region.name) != (home and home.name):
            return False
        is_low = all(row[k].is_zero_matrix for row in second)
        return flat[i] if is_low else not second[i][k].is_zero_matrix

    def match(taken: tuple[int, ...]) -> tuple[int, ...] | None:
        k = len(taken)
        if k == len(homes):
            return taken
        free = (i for i in range(len(equations)) if i not in taken and fits(i, k))
        return next((found for i in free if (found := match((*taken, i)))), None)

    order = match(())
    if order is not None:
        return order
    names = [f"`{b.name}`" for b, is_flat in zip(equations, flat, strict=True) if is_flat]
    raise NotClassicalError(
        "it takes an equation for every unknown component, in every region of its own, of second order where"
        " its second derivatives stand"
        + (f"; {', '.join(names)} is of lower order" if names else "")
    )
