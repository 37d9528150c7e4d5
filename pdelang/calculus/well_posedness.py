"""Problems without a solution that depends continuously on the data (W230).

- one time derivative and an elliptic part of the wrong sign: heat conduction backwards in time;
- two time derivatives and a part that does not restore, with data at the start: Hadamard's
  example, elliptic in time;
- first order in space and time, with a value where the characteristics leave the domain.

Source: Evans, "Partial Differential Equations" (2010), sections 2.1, 2.3 and 7.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pdelang.calculus.extent import Extent
from pdelang.calculus.jet import Jet
from pdelang.calculus.linearisation import is_pointwise
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, Interior, OnPiece, Place, Start
from pdelang.calculus.types import symbol_values
from pdelang.diagnostics.message import Diagnostic, Related

# A coefficient smaller than this times the largest has vanished up to rounding.
_VANISHING = 1e-10


def warn_ill_posed(
    blocks: Sequence[Block], extent: Extent, symbols: Symbols
) -> tuple[Diagnostic, ...]:
    """Return W230 for every equation, or condition, that makes the problem ill-posed."""
    if not symbols.has_time:
        return ()
    equations = [
        b for b in blocks if isinstance(b.place, Interior) and is_pointwise(b.residual, symbols)
    ]
    found = []
    for block in equations:
        fields = {jet.field for jet in block.residual.jets}
        if len(fields) != 1 or not _has_plain_slopes(block, symbols):
            # Coupled or nonlinear in its highest part: its signs are not those of one number.
            continue
        (field,) = fields
        time_order = max(jet.orders[-1] for jet in block.residual.jets)
        space_order = max(_space_order(jet, symbols) for jet in block.residual.jets)
        if time_order in (1, 2) and space_order >= 2 and space_order % 2 == 0:
            found += _judge_sign(block, time_order, space_order, blocks, extent, symbols)
        elif time_order == 1 and space_order == 1:
            found += _judge_outflow(block, field, blocks, extent, symbols)
    return tuple(found)


def _judge_sign(
    block: Block,
    time_order: int,
    space_order: int,
    blocks: Sequence[Block],
    extent: Extent,
    symbols: Symbols,
) -> list[Diagnostic]:
    """Return W230 where ``∂_t^m u = −σ u`` grows without bound with the wave number."""
    jets = block.residual.jets
    top = [j for j in jets if _space_order(j, symbols) == space_order and not j.orders[-1]]
    inertia = [j for j in jets if j.orders[-1] == time_order and not _space_order(j, symbols)]
    if not top or len(inertia) != 1:
        return []
    values = _slopes(block, [*top, *inertia], Interior(), extent, symbols)
    sigma = symbol_values(values[:-1], top, space_order, symbols) * np.sign(values[-1])[:, None]
    size = float(np.abs(sigma).max(initial=0.0))
    if size == 0 or sigma.min() >= -_VANISHING * size:
        return []
    if time_order == 1:
        return [
            Diagnostic(
                "W230",
                "This equation runs backwards in time, and its solution does not depend "
                "continuously on the data",
                block.span,
                label="diffusion of the wrong sign",
                notes=("waves of length l grow like exp(t/l^2): the shortest fastest",),
                help="check the sign of the highest space derivative",
            )
        ]
    starts = [b for b in blocks if isinstance(b.place, Start)]
    if not starts:
        return []
    return [
        Diagnostic(
            "W230",
            "This equation is elliptic in time, and data at the start do not fix it continuously",
            block.span,
            label="does not restore",
            related=(Related(starts[0].span, "given at the start"),),
            notes=("waves of length l grow like exp(t/l): the shortest fastest",),
            help="check the sign of the highest space derivative",
        )
    ]


def _judge_outflow(
    block: Block, field: str, blocks: Sequence[Block], extent: Extent, symbols: Symbols
) -> list[Diagnostic]:
    """Return W230 for values where the characteristics of ``u_t + a·∇u`` leave the domain."""
    d = symbols.space_dimension
    jets = block.residual.jets
    inertia = [j for j in jets if j.orders[-1] == 1]
    along = [j for j in jets if _space_order(j, symbols) == 1 and not j.orders[-1]]
    if len(inertia) != 1 or not along:
        return []
    found: dict[tuple[int, int], Diagnostic] = {}
    for condition in blocks:
        place = condition.place
        own = [j for j in condition.residual.jets if j.field == field]
        if not isinstance(place, OnPiece) or not any(j.order == 0 for j in own):
            continue
        if any(j.order for j in own):
            continue
        values = _slopes(block, [*along, *inertia], place, extent, symbols)
        normals = _normals(place, extent, symbols, values.shape[1])
        speed = np.zeros(values.shape[1])
        for jet, row in zip(along, values, strict=False):
            speed += row * normals[jet.orders[:d].index(1)]
        speed = speed / values[-1]
        if speed.size and np.isfinite(speed).all() and speed.min() > 0:
            name = place.part.name
            key = (condition.span.start, condition.span.end)
            found.setdefault(
                key,
                Diagnostic(
                    "W230",
                    f"`{field}` flows out on {name}, and its value there is determined already",
                    condition.span,
                    label="a value at the outflow",
                    related=(Related(block.span, "carries values out there"),),
                    help="give the value where the flow comes in",
                ),
            )
    return list(found.values())


def _normals(place: OnPiece, extent: Extent, symbols: Symbols, n: int) -> np.ndarray:
    d, side = symbols.space_dimension, place.piece.side
    if side.axis is None:
        return extent.sample(place)[-d:]
    normals = np.zeros((d, n))
    normals[side.axis] = 1.0 if side.upper else -1.0
    return normals


def _has_plain_slopes(block: Block, symbols: Symbols) -> bool:
    """Whether the coefficients of the derivatives depend on the point alone."""
    slopes = zip(block.residual.jets, block.residual.derivatives, strict=True)
    return not any(symbols.jets_of(slope) for jet, slope in slopes if jet.order > 0)


def _slopes(
    block: Block, jets: list[Jet], place: Place, extent: Extent, symbols: Symbols
) -> np.ndarray:
    """Return ``∂r/∂j`` at points of a place, ``(len(jets), n)``."""
    slopes = dict(zip(block.residual.jets, block.residual.derivatives, strict=True))
    generic = isinstance(place, Interior)
    columns = extent.sample(place, generic=generic)
    values = evaluate_points([slopes[j] for j in jets], extent.names(place), columns)
    return values if not generic else values[:, np.isfinite(values).all(axis=0)]


def _space_order(jet: Jet, symbols: Symbols) -> int:
    return sum(jet.orders[: symbols.space_dimension])
