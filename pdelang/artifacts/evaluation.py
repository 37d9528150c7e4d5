"""A solution as a function of points: its fields inside the domain, NaN outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import jax

    from pdelang.geometry.body import Body
    from pdelang.training.solution import Solution


def evaluate_fields(solution: Solution, points: np.ndarray) -> dict[str, np.ndarray]:
    """Return every component at points (n, d), (n,) float64 each; NaN outside the domain."""
    from pdelang.training.evaluation import evaluate

    values = evaluate(solution, points)
    inside = _is_inside(solution, points, np.finfo(np.float64).eps)
    return {name: np.where(inside, array, np.nan) for name, array in values.items()}


def evaluate_inside(
    solution: Solution, points: jax.Array, is_portable: bool = False
) -> dict[str, jax.Array]:
    """Return every component at traced points (n, d), (n,) each; NaN outside the domain.

    ``is_portable`` leaves out what only this process can compute; see `pdelang.networks.membership`.
    """
    import jax.numpy as jnp

    values = solution.model.fields_at(solution.parameters, points, is_portable)
    values |= {
        name: jnp.broadcast_to(function(points), points.shape[:1])
        for name, function in solution.program.fits
    }
    inside = _is_inside(solution, points, float(jnp.finfo(points.dtype).eps), is_portable)
    return {name: jnp.where(inside, array, jnp.nan) for name, array in values.items()}


def _is_inside(solution: Solution, points: Any, eps: float, is_portable: bool = False) -> Any:
    problem = solution.program.system.problem
    extra = problem.extra_bounds
    low = [*problem.domain.box.low, *(b.low_value for b in extra)]
    high = [*problem.domain.box.high, *(b.high_value for b in extra)]
    # A bound such as 0.1 is rounded once in the spec and once in the caller's arithmetic.
    slack = 4 * eps * np.maximum(np.abs(low), np.abs(high))
    above = points >= (np.array(low) - slack)[None, :]
    below = points <= (np.array(high) + slack)[None, :]
    inside = (above & below).all(axis=1)
    body = problem.domain.body
    if body is None:
        return inside
    if is_portable:
        from pdelang.networks.membership import lies_in

        return inside & lies_in(body, points[:, : body.d], is_portable=True)
    return inside & _is_in_body(body, points, eps)


def _is_in_body(body: Body, points: Any, eps: float) -> Any:
    """Return which points ``(n, d)``, traced or not, lie in a body within rounding, ``(n,)``."""
    import jax
    from jax.core import Tracer

    def contains(space: Any) -> np.ndarray:
        flat = np.asarray(space, np.float64).reshape(-1, body.d)
        return body.contains(flat, 64 * eps).reshape(np.shape(space)[:-1])

    space = points[:, : body.d]
    if not isinstance(points, Tracer):
        return contains(space)
    # Shapes are NumPy; where a point lies has no derivative anyway.
    result = jax.ShapeDtypeStruct(space.shape[:-1], np.bool_)
    still = jax.lax.stop_gradient(space)
    return jax.pure_callback(contains, result, still, vmap_method="broadcast_all")
