"""Is a known solution periodic where the spec says ``periodic``?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import sympy

from pdelang.calculus.extent import Extent
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Interior
from pdelang.calculus.terms import LabelledBlock
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.diagnostics.message import Diagnostic
from pdelang.semantics.domain import Region
from pdelang.semantics.problem import Problem

# Rounding of a double, 1e-16, grows by the number of periods and by each derivative.
_TOLERANCE = 1e-8
# An endless domain is cut somewhere, and what goes round there may be off by this share of the
# tolerance of the solution.
_NEGLIGIBLE = 1e-2


def check_periodic(
    problem: Problem,
    labelled: Sequence[LabelledBlock],
    exact: Mapping[str, sympy.Expr],
    extent: Extent,
    symbols: Symbols,
) -> tuple[Diagnostic, ...]:
    """Return E250 for every known field that is not periodic along a periodic axis.

    A field of order k along the axis must agree on both sides with its derivatives below k,
    one of order 0 or 1 by its value.
    """
    tolerance = max(_TOLERANCE, _NEGLIGIBLE * problem.settings.tolerance)
    found = []
    for axis in problem.periodic_axes:
        for field, expression in exact.items():
            order = max(
                (
                    jet.orders[axis]
                    for *_, block in labelled
                    for jet in block.residual.jets
                    if jet.field == field
                ),
                default=0,
            )
            home = extent.homes.get(field)
            jump = _find_jump(expression, axis, max(1, order), extent, symbols, tolerance, home)
            if jump is not None:
                found.append(_report(problem, field, axis, *jump, symbols))
    return tuple(found)


def _find_jump(
    expression: sympy.Expr,
    axis: int,
    orders: int,
    extent: Extent,
    symbols: Symbols,
    tolerance: float,
    home: Region | None = None,
) -> tuple[int, float, float] | None:
    """Return the lowest derivative that differs between the sides, with both values.

    A field with a ``home`` is looked at where both ends lie in it.
    """
    low, high = (
        extent.spread({axis: end[axis]}, generic=True)
        for end in (extent.low_values, extent.high_values)
    )
    everywhere = extent.spread({}, generic=True)
    if home is not None:
        d = symbols.space_dimension
        both = home.body.contains(low[:d].T, 1e-9) & home.body.contains(high[:d].T, 1e-9)
        if not both.any():
            return None
        low, high = low[:, both], high[:, both]
        everywhere = extent.sample(Interior(home), generic=True)
    for order in range(orders):
        here, there, size = (
            evaluate_points([expression], symbols.coordinates, points)[0]
            for points in (low, high, everywhere)
        )
        difference = np.abs(here - there)
        finite = np.isfinite(difference)
        if finite.any():
            worst = int(np.argmax(np.where(finite, difference, -1.0)))
            scale = float(np.abs(size[np.isfinite(size)]).max(initial=0.0))
            if difference[worst] > tolerance * max(scale, abs(here[worst]), abs(there[worst])):
                return order, float(here[worst]), float(there[worst])
        expression = partial_derivative(expression, symbols.coordinates[axis])
    return None


def _report(
    problem: Problem,
    field: str,
    axis: int,
    order: int,
    here: float,
    there: float,
    symbols: Symbols,
) -> Diagnostic:
    name = symbols.names[axis]
    span = next(
        known.span
        for known in problem.exact
        if field == known.unknown
        or (known.component is None and field.startswith(f"{known.unknown}."))
        or (
            known.component is not None
            and field == f"{known.unknown}.{symbols.names[known.component]}"
        )
    )
    what = f"`{field}`" if order == 0 else f"the derivative of order {order} of `{field}`"
    return Diagnostic(
        "E250",
        f"The exact solution for `{field}` is not periodic in {name}",
        span,
        label=f"the two ends of {name} differ",
        notes=(f"{what} is {here:.4g} at one end and {there:.4g} at the other",),
        help="correct the exact solution, or the `periodic` statement",
    )
