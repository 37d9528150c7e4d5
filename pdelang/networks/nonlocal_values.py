"""What residuals take from elsewhere, from a model: jets at the nodes of every point, summed."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from pdelang.lowering.program import CompiledNonlocal, CompiledResidual
from pdelang.networks.model import FieldModel


def nonlocal_values(
    model: FieldModel, parameters: Any, residual: CompiledResidual, points: jax.Array
) -> dict[CompiledNonlocal, jax.Array]:
    """Return every nonlocal part of a residual at points ``(n, d)``, ``(n,)`` each."""
    return {term: _evaluate(model, parameters, term, points) for term in residual.nonlocals}


def _evaluate(
    model: FieldModel, parameters: Any, term: CompiledNonlocal, points: jax.Array
) -> jax.Array:
    values = []
    for wanted, place in zip(term.jets, term.places(points), strict=True):
        q, n, d = place.shape
        jets = model.jets(parameters, place.reshape(q * n, d), tuple(sorted(set(wanted))))
        values.append(jnp.stack([jets[jet].reshape(q, n) for jet in wanted]))
    return term.integrate(points, tuple(values))
