"""How far a solution is from its equations, point by point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

if TYPE_CHECKING:
    from pdelang.training.solution import Solution


def evaluate_residuals(solution: Solution, points: np.ndarray) -> dict[str, np.ndarray]:
    """Return ``left − right`` of every equation at points (n, d), (n,) float64 each.

    In physical units, by the equation's label and component, ``momentum.x``; NaN where an equation does
    not hold, outside of its region.
    """
    from pdelang.training.evaluation import map_chunks
    from pdelang.training.precision import numeric_context, read_dtype

    with numeric_context(solution.precision):
        parameters = jax.tree.map(jnp.asarray, solution.parameters)
        dtype = read_dtype(solution.precision)
        return map_chunks(lambda p: _measure(solution, parameters, p), points, dtype)


# Compiled once per solution, whatever the number of slices.
@partial(jax.jit, static_argnums=0)
def _measure(solution: Solution, parameters: Any, points: jax.Array) -> dict[str, jax.Array]:
    from pdelang.calculus.system import Interior
    from pdelang.networks.assembly import evaluate_residual
    from pdelang.networks.membership import lies_in
    from pdelang.networks.nonlocal_values import nonlocal_values

    blocks = [
        compiled
        for term in solution.program.terms
        for compiled in term.blocks
        if isinstance(compiled.block.place, Interior)
    ]
    # One pass of the network for the derivatives of all equations.
    wanted = tuple(sorted({jet for compiled in blocks for jet in compiled.residual.jets}))
    jets = solution.model.jets(parameters, points, wanted)
    values: dict[str, jax.Array] = {}
    for compiled in blocks:
        name, number = compiled.block.name, 1
        while name in values:
            number += 1
            name = f"{compiled.block.name} ({number})"
        scale = compiled.block.residual.scale
        far = nonlocal_values(solution.model, parameters, compiled.residual, points)
        value = evaluate_residual(compiled.residual, points, jets, far) * scale
        region = compiled.block.place.region  # type: ignore[union-attr]
        if region is not None:
            inside = lies_in(region.body, points[:, : region.body.d])
            value = jnp.where(inside, value, jnp.nan)
        values[name] = value
    return values
