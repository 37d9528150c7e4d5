"""What the conditions on a stretch of the boundary, or of an interface, say to the weak form.

The weak form leaves ``∮ q_i v_i ds`` behind, with ``q_i = Σ_k A_ik n · ∇u_k`` and n outward of where field i lives.
A condition without derivatives gives the value of a field, or ties it to another one,
``u_i = f u_j + g``; then the test functions are tied too, ``v_i = f v_j``, and the fluxes of all
fields of such a class add up: ``Q = Σ_i f_i q_i``. Conditions ``C_c(u, ∇u) = 0`` with
``B_ck = ∂C_c/∂∇u_k`` stand for the fluxes: where ``κ (B · n) = ∂Q/∂∂_n u`` the combination ``Q − κ C`` has no
normal derivative left, and equals Q where the conditions hold.

At an interface one κ serves both sides once the equations of one side are multiplied by a number,
which changes nothing about them: `BoundaryForm.ratio`.

Source: A. Ern, J.-L. Guermond, "Theory and Practice of Finite Elements", Springer 2004, chapter 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from pdelang.calculus.substitution import substitute
from pdelang.calculus.system import Block
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.weak_form import WeakForm


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """``u_field = factor · u_other + shift``."""

    field: int
    other: int
    factor: float
    shift: sympy.Expr


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryForm:
    """What holds on a stretch: ``values`` by field, ``ties``, and ``fluxes`` by row.

    The fluxes are those of equations of which the ones of ``far`` fields are multiplied by ``ratio``, and ``linked``
    fields have to share such a factor; None where any factor will do.
    """

    near: tuple[int, ...]
    far: tuple[int, ...]
    values: Mapping[int, sympy.Expr]
    ties: tuple[Tie, ...]
    fluxes: Mapping[int, sympy.Expr]
    ratio: float | None
    linked: tuple[int, ...]


def derive_boundary_form(
    form: WeakForm, blocks: list[Block], near: tuple[int, ...], far: tuple[int, ...] = ()
) -> BoundaryForm:
    """Return what the conditions ``blocks`` say where just they hold.

    ``near`` are the fields that live only on the side that the normal points away from, ``far`` those only
    on the other side.

    Raises:
        NotClassicalError: they do not determine one value or flux per field.
    """
    values: dict[int, sympy.Expr] = {}
    ties: list[Tie] = []
    natural: list[sympy.Expr] = []
    for block in blocks:
        if any(jet.order > 0 for jet in block.residual.jets):
            natural.append(block.residual.expression)
            continue
        found = _read_value(block, form)
        if isinstance(found, Tie):
            ties.append(found)
        else:
            k, value = found
            if k in values:
                raise NotClassicalError(f"`{block.name}` is a second value of one unknown")
            values[k] = value
    own = (*near, *far)
    for k in (*values, *(k for tie in ties for k in (tie.field, tie.other))):
        if k not in own:
            name = form.system.fields[k]
            reason = "has no second derivatives" if k in form.low else "lives on both sides"
            raise NotClassicalError(f"`{name}` is given on a line, where it {reason}")
    classes = _join_classes(own, values, ties)
    if len(natural) != len(classes):
        raise NotClassicalError(
            f"{len(blocks)} conditions stand at a part of its boundary or of an interface, and it takes"
            f" one for each of {len(own)} unknown component{'s' if len(own) > 1 else ''}"
        )
    if not classes:
        return BoundaryForm(near, far, values, tuple(ties), {}, None, ())
    fluxes, ratio = _balance(form, natural, classes, near)
    linked = tuple(k for group in classes for k in group)
    return BoundaryForm(near, far, values, tuple(ties), fluxes, ratio, linked)


def _join_classes(
    own: tuple[int, ...], values: Mapping[int, sympy.Expr], ties: list[Tie]
) -> list[dict[int, float]]:
    """Return the classes of tied fields that no value fixes, with every field's factor to the first."""
    classes = [{k: 1.0} for k in own]
    for tie in ties:
        first = next(group for group in classes if tie.other in group)
        second = next(group for group in classes if tie.field in group)
        if first is second:
            raise NotClassicalError("its conditions tie one unknown to another twice")
        scale = first[tie.other] * tie.factor / second[tie.field]
        first |= {k: scale * factor for k, factor in second.items()}
        classes.remove(second)
    return [group for group in classes if not set(group) & set(values)]


def _balance(
    form: WeakForm,
    natural: list[sympy.Expr],
    classes: list[dict[int, float]],
    near: tuple[int, ...],
) -> tuple[dict[int, sympy.Expr], float | None]:
    """Return ``Q − κ C`` by the first field of every class, and the ratio of both sides' equations."""
    normal = sympy.Matrix(form.symbols.normal)
    columns = [k for group in classes for k in group]
    gradients = {s for _, *gradient in form.state for s in gradient}
    slopes = [
        [sympy.Matrix([partial_derivative(c, s) for s in form.state[k][1:]]) for k in columns]
        for c in natural
    ]
    if any(slope.free_symbols & gradients for row in slopes for slope in row):
        raise NotClassicalError("a condition on its boundary is not linear in the derivatives")
    given = sympy.Matrix([[normal.dot(slope) for slope in row] for row in slopes])

    def weight(i: int, factor: float) -> sympy.Expr:
        return sympy.nsimplify(factor, rational=True) * (1 if i in near else -1)

    across = sympy.Matrix(
        [
            [
                sum(
                    (
                        weight(i, f) * normal.dot(form.second[i][k] * normal)
                        for i, f in group.items()
                        if (i in near) == (k in near)
                    ),
                    sympy.S.Zero,
                )
                for k in columns
            ]
            for group in classes
        ]
    )
    share, ratio = _find_share(form, given, across, [k in near for k in columns])
    fluxes = {}
    for number, group in enumerate(classes):
        flux = sympy.S.Zero
        for i, f in group.items():
            scale = sympy.S.One if i in near or ratio is None else ratio
            for k, (_, *gradient) in enumerate(form.state):
                flux += (
                    scale * weight(i, f) * (form.second[i][k] * normal).dot(sympy.Matrix(gradient))
                )
        flux -= sum(share[number, c] * natural[c] for c in range(len(natural)))
        fluxes[next(iter(group))] = flux
    return fluxes, None if ratio is None else float(ratio)


def _find_share(
    form: WeakForm, given: sympy.Matrix, across: sympy.Matrix, is_near: list[bool]
) -> tuple[sympy.Matrix, sympy.Expr | None]:
    """Return κ with ``κ · given = across``, the columns of one side multiplied by a ratio.

    ``is_near[c]`` says of which side column c is; the ratio is None where it does not matter.
    """
    count = given.rows
    order = sorted(range(given.cols), key=lambda c: not is_near[c])
    unsuited = NotClassicalError("its conditions with derivatives do not determine the fluxes")
    for chosen in itertools.combinations(order, count):
        square = sympy.Matrix(given.extract(range(count), list(chosen)))
        if _simplify(form, square.det()) == 0:
            continue
        share = sympy.Matrix(across.extract(range(count), list(chosen)) * square.inv())
        rest = [c for c in order if c not in chosen]
        ratio = None if all(is_near) or not all(is_near[c] for c in chosen) else _UNKNOWN
        found = share * given
        for row, c in itertools.product(range(across.rows), rest):
            ours, theirs = found[row, c], across[row, c]
            if ratio is _UNKNOWN and not is_near[c]:
                if _simplify(form, theirs) == 0:
                    if _simplify(form, ours) != 0:
                        raise unsuited
                    continue
                ratio = _simplify(form, ours / theirs)
                if not ratio.is_number or ratio == 0:
                    raise NotClassicalError(
                        "the fluxes on the two sides of an interface are not in a constant ratio"
                    )
                continue
            factor = sympy.S.One if is_near[c] or ratio is None else ratio
            if _simplify(form, ours - factor * theirs) != 0:
                raise unsuited
        return share, None if ratio is _UNKNOWN else ratio
    raise unsuited


_UNKNOWN = sympy.Symbol("ratio")


def _simplify(form: WeakForm, expression: Any) -> sympy.Expr:
    """Return an expression in lowest terms, ``n · n = 1`` used."""
    first, second = form.symbols.normal
    above, below = sympy.fraction(sympy.together(expression))
    parts = [sympy.expand(sympy.expand(e).subs(first**2, 1 - second**2)) for e in (above, below)]
    return sympy.cancel(parts[0] / parts[1])


def _read_value(block: Block, form: WeakForm) -> tuple[int, sympy.Expr] | Tie:
    """Return which field a condition without derivatives gives, and its value, or the tie that it makes."""
    residual, fields = block.residual, form.system.fields
    if len(residual.jets) not in (1, 2) or not residual.is_linear:
        raise NotClassicalError(f"`{block.name}` does not give the value of one unknown")
    zeros = {form.symbols.symbol(jet): sympy.S.Zero for jet in residual.jets}
    rest = substitute(residual.expression, zeros)
    numbers = [fields.index(jet.field) for jet in residual.jets]
    if len(numbers) == 1:
        value = -rest / residual.derivatives[0]
        if value.free_symbols & set(form.symbols.normal):
            raise NotClassicalError(f"the value that `{block.name}` gives depends on the normal")
        return numbers[0], value
    (first, second), (slope, other) = numbers, residual.derivatives
    factor = sympy.cancel(-slope / other)
    shift = -rest / other
    if not factor.is_number or factor == 0 or shift.free_symbols & set(form.symbols.normal):
        raise NotClassicalError(f"`{block.name}` ties two unknowns by a factor that varies")
    return Tie(second, first, float(factor), shift)
