"""The type of every equation, from the principal part of its linearisation.

One component equation is read as an equation for one field: the one whose derivative stands
highest in it (its own component where several do). Its coefficients are frozen at sample
points, and its highest space derivatives give the symbol ``σ(k) = Re i^s Σ c_α k^α`` over
directions ``k``:

- without time derivatives: definite ``σ`` of even order is elliptic, an indefinite one
  hyperbolic; first order is hyperbolic;
- one time derivative: even order parabolic, first and other odd orders hyperbolic;
- two time derivatives: hyperbolic where ``c_tt`` and ``σ`` restore, elliptic where they do not;
- without a space the equations are ordinary;
- an equation whose every field is differentiated further elsewhere is a constraint;
- components or points that disagree, and forms beyond these, are mixed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, EquationType, TermKind
from pdelang.calculus.terms import LabelledBlock

# A symbol smaller than this times its largest value has vanished up to rounding.
_VANISHING = 1e-10
_DIRECTIONS = 64


def classify_equations(
    labelled: Sequence[LabelledBlock], extent: Extent, symbols: Symbols
) -> tuple[EquationType, ...]:
    """Return the type of every equation label, sorted by label."""
    equations = [(label, b) for label, kind, b in labelled if kind is TermKind.EQUATION]
    kinds: dict[str, set[str]] = {}
    for label, block in equations:
        others = [b for _, b in equations if b is not block]
        kinds.setdefault(label, set()).add(_classify(block, others, extent, symbols))
    return tuple(
        EquationType(label, found.pop() if len(found) == 1 else "mixed")
        for label, found in sorted(kinds.items())
    )


def _classify(block: Block, others: list[Block], extent: Extent, symbols: Symbols) -> str:
    if not symbols.space_dimension:
        return "ordinary"
    jets = block.residual.jets
    if max((jet.order for jet in jets), default=0) == 0:
        return "constraint"
    if others and all(
        _reach(field, block, symbols) < max(_reach(field, other, symbols) for other in others)
        for field in {jet.field for jet in jets}
    ):
        return "constraint"
    field = _own_field(block, symbols)
    own = [jet for jet in jets if jet.field == field]
    time_order = max((_time_order(jet, symbols) for jet in own), default=0)
    verdicts = _verdicts(block, own, time_order, extent, symbols)
    return verdicts.pop() if len(verdicts) == 1 else "mixed"


def _reach(field: str, block: Block, symbols: Symbols) -> tuple[int, int]:
    """Return the highest time order and the highest order of a field in an equation."""
    jets = [jet for jet in block.residual.jets if jet.field == field]
    return (
        max((_time_order(jet, symbols) for jet in jets), default=-1),
        max((jet.order for jet in jets), default=-1),
    )


def _own_field(block: Block, symbols: Symbols) -> str:
    """Return the field that an equation determines: highest in time, then in all, then by name."""
    component = block.name.rpartition(".")[2]

    def rank(field: str) -> tuple[tuple[int, int], bool, str]:
        return (_reach(field, block, symbols), field.rpartition(".")[2] == component, field)

    return max({jet.field for jet in block.residual.jets}, key=rank)


def _verdicts(
    block: Block, own: list[Jet], time_order: int, extent: Extent, symbols: Symbols
) -> set[str]:
    """Return the types found over sample points and directions."""
    residual = block.residual
    space_order = max(_space_order(jet, symbols) for jet in residual.jets)
    if time_order > 2 or (time_order == 0 and space_order == 0):
        return {"mixed"}
    if space_order <= 1 or (time_order > 0 and space_order % 2):
        return {"hyperbolic"}
    top = [
        j for j in own if _space_order(j, symbols) == space_order and not _time_order(j, symbols)
    ]
    if not top:
        return {"mixed"}
    if time_order == 1:
        return {"parabolic"}
    inertia = [j for j in own if _time_order(j, symbols) == 2 and not _space_order(j, symbols)]
    coefficients = _coefficients(block, [*top, *inertia], extent, symbols)
    symbol = symbol_values(coefficients[: len(top)], top, space_order, symbols)
    if time_order == 0:
        if space_order % 2:
            return {"hyperbolic"}
        return {_definiteness(row) for row in symbol}
    if not inertia:
        return {"mixed"}
    # u_tt = -σ u oscillates for every direction if and only if c_tt and σ have one sign.
    stiffness = symbol * np.sign(coefficients[len(top)])[:, None]
    return {
        "hyperbolic" if row.min() >= 0 else "elliptic" if row.max() <= 0 else "mixed"
        for row in stiffness
    }


def _definiteness(row: np.ndarray) -> str:
    size = np.abs(row).max()
    if size == 0:
        return "mixed"
    if np.abs(row).min() <= _VANISHING * size:
        return "parabolic"
    return "elliptic" if (row > 0).all() or (row < 0).all() else "hyperbolic"


def _coefficients(block: Block, jets: list[Jet], extent: Extent, symbols: Symbols) -> np.ndarray:
    """Return ``∂r/∂j`` at sample points, jets of order one included, ``(len(jets), n)``."""
    residual, place = block.residual, block.place
    columns = extent.sample(place, generic=True)
    n = columns.shape[1]
    phases = np.arange(1, len(residual.jets) + 1)[:, None] * np.arange(1, n + 1)
    slopes = dict(zip(residual.jets, residual.derivatives, strict=True))
    far = tuple(term.symbol for term in residual.nonlocals)
    names = (*symbols.coordinates, *(symbols.symbol(jet) for jet in residual.jets), *far)
    values = evaluate_points(
        [slopes[jet] for jet in jets],
        names,
        np.vstack([columns, np.cos(phases), np.ones((len(far), n))]),
    )
    return values[:, np.isfinite(values).all(axis=0)]


def symbol_values(
    coefficients: np.ndarray, jets: list[Jet], order: int, symbols: Symbols
) -> np.ndarray:
    """Return ``Re i^s Σ c_α k^α`` at points and directions, ``(n, directions)``."""
    d = symbols.space_dimension
    directions = np.random.default_rng(0).normal(size=(_DIRECTIONS, d))
    directions = np.vstack([np.eye(d), directions / np.linalg.norm(directions, axis=1)[:, None]])
    sign = (-1.0) ** (order // 2)
    powers = np.array([np.prod(directions ** np.array(jet.orders[:d]), axis=1) for jet in jets])
    return sign * coefficients.T @ powers


def _space_order(jet: Jet, symbols: Symbols) -> int:
    return sum(jet.orders[: symbols.space_dimension])


def _time_order(jet: Jet, symbols: Symbols) -> int:
    return jet.orders[symbols.time_axis] if symbols.has_time else 0
