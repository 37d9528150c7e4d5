"""The size of what is observed: of readings, and of conditions and requirements beyond need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy

from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.scaling import Sizes, scale_block
from pdelang.calculus.substitution import substitute
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import AtData, Block


def scale_observation(block: Block, sizes: Sizes, symbols: Symbols) -> Block:
    """Return a block with the scale of its residual; that of data is the size of the readings."""
    place, residual = block.place, block.residual
    if not isinstance(place, AtData):
        return scale_block(block, sizes)
    zero = {symbols.symbol(jet): sympy.S.Zero for jet in residual.jets}
    readings = np.array(place.data.values)
    columns = [readings[:, place.data.columns.index(name)] for name, _ in place.columns]
    names = [*symbols.coordinates, *(symbol for _, symbol in place.columns)]
    values = evaluate_points(
        [substitute(residual.expression, zero)],
        names,
        np.vstack([np.array(place.data.points).T, *(c[None] for c in columns)]),
    )[0]
    size = float(np.sqrt(np.mean(values[np.isfinite(values)] ** 2))) if values.size else 0.0
    return replace(block, residual=replace(residual, scale=size if size > 0.0 else 1.0))
