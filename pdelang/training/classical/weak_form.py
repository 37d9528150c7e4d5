"""The weak form of steady second-order problems in the plane, derived from their residuals.

An equation ``r_i = Σ_k A_ik : D²u_k + g_i(x, u, ∇u) = 0`` times a test function v, integrated by parts:

    ∫ (s_i v + f_i · ∇v) dx + ∮ q_i v ds = 0,
    f_i = −Σ_k A_ik ∇u_k,    s_i = g_i − Σ_k (div A_ik) · ∇u_k,    q_i = Σ_k A_ik n · ∇u_k.

A condition ``C_c(u, ∇u) = 0`` with ``B_ck = ∂C_c/∂∇u_k`` stands for the flux across the boundary: with
``κ = (n · A n)(B · n)^{−1}`` the combination ``q_i − Σ_c κ_ic C_c`` has no normal derivative left, and
equals q_i where the conditions hold. A condition without derivatives gives the value of a field there.

Source: A. Ern, J.-L. Guermond, "Theory and Practice of Finite Elements", Springer 2004, chapter 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Interior, OnPiece, System
from pdelang.calculus.total_derivative import partial_derivative, total_derivative
from pdelang.geometry.interface import Seam
from pdelang.training.classical.statement import NotClassicalError

_MOST_FIELDS = 4
_PLANE = 2


@dataclass(frozen=True, slots=True, eq=False)
class WeakForm:
    """Row i is tested with the functions of field i.

    ``state[k]`` are the symbols of field k and of its two derivatives; ``sources[i]`` and
    ``fluxes[i]`` are s_i and f_i over them, the coordinates and, on the boundary, the normal.
    """

    system: System
    symbols: Symbols
    state: tuple[tuple[sympy.Symbol, sympy.Symbol, sympy.Symbol], ...]
    sources: tuple[sympy.Expr, ...]
    fluxes: tuple[tuple[sympy.Expr, sympy.Expr], ...]
    second: tuple[tuple[sympy.Matrix, ...], ...]
    conditions: tuple[Block, ...]

    @property
    def is_linear(self) -> bool:
        return self.system.is_linear


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryForm:
    """What holds on a stretch of the boundary: ``values`` by field, ``fluxes`` by row for the others."""

    values: Mapping[int, sympy.Expr]
    fluxes: Mapping[int, sympy.Expr]


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
    equations = [b for b in blocks if isinstance(b.place, Interior)]
    conditions = tuple(b for b in blocks if not isinstance(b.place, Interior))
    for block in equations:
        if isinstance(block.place, Interior) and block.place.region is not None:
            raise NotClassicalError(f"`{block.name}` holds in a part of the domain only")
        if block.residual.nonlocals:
            raise NotClassicalError("it contains values elsewhere or integrals")
    for block in conditions:
        if not isinstance(block.place, OnPiece) or isinstance(block.place.piece.side, Seam):
            raise NotClassicalError(f"`{block.name}` does not stand on the outer boundary")
        if block.residual.nonlocals:
            raise NotClassicalError("it contains values elsewhere or integrals")
    m = len(system.fields)
    if len(equations) != m or m > _MOST_FIELDS:
        raise NotClassicalError(
            f"it takes as many equations as unknown components, up to {_MOST_FIELDS}"
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
    order = _match_rows(own, equations)
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
    return WeakForm(system, symbols, state, tuple(sources), tuple(fluxes), second, conditions)


def derive_boundary_form(form: WeakForm, blocks: list[Block]) -> BoundaryForm:
    """Return what the conditions ``blocks`` say on a stretch where just they hold.

    Raises:
        NotClassicalError: they do not determine one value or flux per field.
    """
    m = len(form.state)
    normal = sympy.Matrix(form.symbols.normal)
    values: dict[int, sympy.Expr] = {}
    natural: list[sympy.Expr] = []
    for block in blocks:
        if all(jet.order == 0 for jet in block.residual.jets):
            k, value = _solve_value(block, form)
            if k in values:
                raise NotClassicalError(f"`{block.name}` is a second value of one unknown")
            values[k] = value
        else:
            natural.append(block.residual.expression)
    rows = [i for i in range(m) if i not in values]
    if len(natural) != len(rows):
        raise NotClassicalError(
            f"{len(blocks)} conditions stand at a part of its boundary, and it takes one for each of"
            f" {m} unknown component{'s' if m > 1 else ''}"
        )
    if not rows:
        return BoundaryForm(values, {})
    slopes = [
        [sympy.Matrix([partial_derivative(c, s) for s in gradient]) for _, *gradient in form.state]
        for c in natural
    ]
    gradients = {s for _, *gradient in form.state for s in gradient}
    if any(slope.free_symbols & gradients for row in slopes for slope in row):
        raise NotClassicalError("a condition on its boundary is not linear in the derivatives")
    across = sympy.Matrix([[normal.dot(form.second[i][k] * normal) for k in rows] for i in rows])
    given = sympy.Matrix([[normal.dot(row[k]) for k in rows] for row in slopes])
    if given.det() == 0:
        raise NotClassicalError("its conditions with derivatives do not determine the fluxes")
    share = across * given.inv()
    fluxes = {}
    for number, i in enumerate(rows):
        flux = sum(
            (form.second[i][k] * normal).dot(sympy.Matrix(gradient))
            for k, (_, *gradient) in enumerate(form.state)
        )
        fluxes[i] = flux - sum(share[number, c] * natural[c] for c in range(len(rows)))
    return BoundaryForm(values, fluxes)


def _refuse_unsuited(system: System) -> None:
    problem = system.problem
    if problem.domain.box.d != _PLANE or problem.time is not None or problem.varied:
        raise NotClassicalError("finite elements here take steady problems in two coordinates")
    if problem.periodic_axes:
        raise NotClassicalError("it is periodic")
    if problem.domain.poles:
        raise NotClassicalError("its coordinates degenerate at a pole of the domain")
    if problem.fits:
        raise NotClassicalError("it has constants to be fitted")
    if any(term.functionals for term in system.terms):
        raise NotClassicalError("a `require` is no equation at a point of a mesh")


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


def _match_rows(second: list[list[sympy.Matrix]], equations: list[Block]) -> tuple[int, ...]:
    """Return the equation of every field: one in which its own second derivatives stand."""
    for order in itertools.permutations(range(len(second))):
        if all(not second[i][k].is_zero_matrix for k, i in enumerate(order)):
            return order
    flat = next(
        (
            b.name
            for b, row in zip(equations, second, strict=True)
            if all(a.is_zero_matrix for a in row)
        ),
        None,
    )
    raise NotClassicalError(
        "it takes an equation of second order for every unknown component"
        + (f", and `{flat}` is of lower order" if flat else "")
    )


def _solve_value(block: Block, form: WeakForm) -> tuple[int, sympy.Expr]:
    """Return which field a condition without derivatives gives, and its value."""
    if len(block.residual.jets) != 1 or not block.residual.is_linear:
        raise NotClassicalError(f"`{block.name}` does not give the value of one unknown")
    (jet,), (slope,) = block.residual.jets, block.residual.derivatives
    rest = substitute(block.residual.expression, {form.symbols.symbol(jet): sympy.S.Zero})
    return form.system.fields.index(jet.field), -rest / slope
