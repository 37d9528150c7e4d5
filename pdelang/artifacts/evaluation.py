"""A solution as a function of points: its fields inside the domain, NaN outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import jax

    from pdelang.training.solution import Solution


def evaluate_fields(solution: Solution, points: np.ndarray) -> dict[str, np.ndarray]:
    """Return every component at points (n, d), (n,) float64 each; NaN outside the domain."""
    from pdelang.training.evaluation import evaluate

    values = evaluate(solution, points)
    inside = _is_inside(solution, points, np.finfo(np.float64).eps)
    return {name: np.where(inside, array, np.nan) for name, array in values.items()}


def evaluate_inside(solution: Solution, points: jax.Array) -> dict[str, jax.Array]:
    """Return every component at traced points (n, d), (n,) each; NaN outside the domain."""
    import jax.numpy as jnp

    values = solution.model.fields_at(solution.parameters, points)
    inside = _is_inside(solution, points, float(jnp.finfo(points.dtype).eps))
    return {name: jnp.where(inside, array, jnp.nan) for name, array in values.items()}


def _is_inside(solution: Solution, points: Any, eps: float) -> Any:
    problem = solution.program.system.problem
    low, high = list(problem.domain.box.low), list(problem.domain.box.high)
    if problem.time is not None:
        low.append(problem.time.bounds.low_value)
        high.append(problem.time.bounds.high_value)
    # A bound such as 0.1 is rounded once in the spec and once in the caller's arithmetic.
    slack = 4 * eps * np.maximum(np.abs(low), np.abs(high))
    above = points >= (np.array(low) - slack)[None, :]
    below = points <= (np.array(high) + slack)[None, :]
    return (above & below).all(axis=1)
