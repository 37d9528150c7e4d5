"""How a run of a trained network went: drifts, directness, alignment, and fresh against used points.

Cheap enough for every solve: Jacobians of a few rows per term, once at the start's and once at the
end's parameters, from one compiled function.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.drift import (
    align_gradients,
    kernel_drift,
    linearisation_flag,
    motion_efficiency,
    relative_change,
)
from pdelang.kernels.jacobian import ravel_parameters
from pdelang.kernels.precision import float64_context, widen
from pdelang.kernels.rows import Rows, list_rows
from pdelang.lowering.program import Program
from pdelang.networks.assembly import Batch
from pdelang.training.preparation import TrainingRun
from pdelang.training.sampling import Seeds, build_sampler

# Points per term of the Jacobians, and draws of used and of fresh points that are compared.
_POINTS = 16
_DRAWS = 4


def measure_dynamics(program: Program, run: TrainingRun, fresh: Seeds) -> dict[str, float]:
    """Return the numbers of a run, all without a unit; empty before its first step.

    ``kernel_drift``, ``parameter_drift``, ``linearisation_flag`` and ``motion_efficiency`` as in
    `kernels.drift`; ``worst_alignment``, the smallest cosine between two terms' gradients at the
    end, with several terms; ``held_out_ratio``, the root mean square residual on points of the
    stream ``fresh`` over that on the points of the last steps: above 1, training overfits.
    """
    if run.step == 0:
        return {}
    sampler = build_sampler(program, _POINTS, False, np.float64)
    with float64_context():
        seeds = Seeds(run.seeds.shifts, run.seeds.key)
        batch = jax.jit(sampler.draw)(seeds, jnp.zeros((), jnp.int32))
        rows = list_rows(run.stepper.assembly, batch, sampler.copies)
        look = jax.jit(lambda parameters: _linearise(rows, parameters))
        before, first = map(np.asarray, look(widen(_parameters(run, run.initial))))
        after, last = map(np.asarray, look(widen(_parameters(run, run.trained))))
    start, end = ravel_parameters(run.initial), ravel_parameters(run.trained)
    found = {
        "kernel_drift": kernel_drift(first, last),
        "parameter_drift": relative_change(start, end),
        "linearisation_flag": linearisation_flag(before, after, first @ (end - start)),
        "motion_efficiency": motion_efficiency(
            float(np.linalg.norm(end - start)), run.path, run.step
        ),
        "held_out_ratio": _compare_points(run, fresh),
    }
    count = len(run.stepper.assembly.terms)
    if count > 1:
        own = np.eye(count)[rows.terms]
        cosines = align_gradients((own * (rows.mean_shares * after)[:, None]).T @ last)
        found["worst_alignment"] = float(cosines[~np.eye(count, dtype=bool)].min())
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _parameters(run: TrainingRun, trained: Any) -> dict[str, Any]:
    return {"trained": trained, "frozen": run.frozen}


def _linearise(rows: Rows, parameters: Any) -> tuple[jax.Array, jax.Array]:
    """Return r ``(n,)`` and J ``(n, p)``, for so few rows that reverse mode on all is cheap."""

    def residuals(trained: Any) -> jax.Array:
        return rows.residuals({**parameters, "trained": trained})

    jacobian = jax.jacrev(residuals)(parameters["trained"])
    columns = [leaf.reshape(rows.count, -1) for leaf in jax.tree.leaves(jacobian)]
    return residuals(parameters["trained"]), jnp.concatenate(columns, axis=1)


def _compare_points(run: TrainingRun, fresh: Seeds) -> float:
    stepper = run.stepper

    @jax.jit
    def size(parameters: Any, batch: Batch) -> jax.Array:
        return jnp.sum(stepper.assembly.losses(parameters, batch))

    parameters = _parameters(run, run.trained)
    own = run.recent_batches(_DRAWS)
    draw = jax.jit(stepper.sampler.draw)
    others = [draw(fresh, jnp.asarray(n, jnp.int32)) for n in range(len(own))]
    used = sum(float(size(parameters, batch)) for batch in own)
    new = sum(float(size(parameters, batch)) for batch in others)
    return float(np.sqrt(new / used)) if used > 0 else 1.0
