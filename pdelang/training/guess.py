"""Starting near a ``guess``: the network is fitted to it before training begins.

A nonlinear problem may have several solutions; training goes to the one whose basin it
starts in. The fit minimises ``Σ_k mean((u_k − g_k)²)/s_k²`` over the fields with a guess, s_k
their scales, with Adam on a fixed low-discrepancy set of points.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax

from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.training.places import space_time_box

_POINTS = 512
_STEPS = 2000
_RATE = 2e-3


def fit_guess(program: Program, model: FieldModel, parameters: Any, dtype: Any) -> Any:
    """Return parameters whose fields are near ``guess``; the same ones where there is none."""
    if not program.guess:
        return parameters
    points = jnp.asarray(space_time_box(program.system.problem).sample(_POINTS, seed=0), dtype)
    frozen = parameters["frozen"]
    scales = dict(zip(program.system.fields, model.scaling.field_scale, strict=True))
    targets = {name: jnp.broadcast_to(g(points), (_POINTS,)) for name, g in program.guess}
    optimiser = optax.adam(optax.cosine_decay_schedule(_RATE, _STEPS))

    def misfit(trained: Any) -> jax.Array:
        fields = model.functions_at({"trained": trained, "frozen": frozen}, points)
        parts = [
            jnp.mean(jnp.square((fields[name] - target) / scales[name]))
            for name, target in targets.items()
        ]
        return sum(parts[1:], parts[0])

    def step(_: jax.Array, carry: tuple[Any, Any]) -> tuple[Any, Any]:
        trained, moments = carry
        updates, moments = optimiser.update(jax.grad(misfit)(trained), moments)
        return optax.apply_updates(trained, updates), moments

    @jax.jit
    def fit(trained: Any) -> Any:
        return jax.lax.fori_loop(0, _STEPS, step, (trained, optimiser.init(trained)))[0]

    fitted = fit(parameters["trained"])
    is_finite = all(bool(jnp.all(jnp.isfinite(leaf))) for leaf in jax.tree.leaves(fitted))
    # A guess that is not finite somewhere (1/x at 0) must not spoil the start.
    return {"trained": fitted if is_finite else parameters["trained"], "frozen": frozen}
