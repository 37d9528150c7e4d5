"""Solved fields as functions of the coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdelang.diagnostics.suggestion import similar

if TYPE_CHECKING:
    import jax

    from pdelang.geometry.body import Body
    from pdelang.training.solution import Solution


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One unknown, or one component, of a solution.

    Call it with every coordinate by name: ``u(x=0.5, t=[0, 1])``. Coordinates broadcast like
    NumPy arrays; a vector unknown has its components along a last axis. Outside the domain
    the value is NaN.

    Numbers and arrays give NumPy float64, computed in the precision of the solution. Inside
    ``jax.grad``, ``jax.vmap`` or ``jax.jit`` the traced values pass straight through, in their
    own precision.
    """

    name: str
    components: tuple[str, ...]
    is_vector: bool
    solution: Solution

    def __call__(self, **coordinates: Any) -> Any:
        import jax.numpy as jnp
        from jax.core import Tracer

        names = self.solution.program.system.problem.coordinates
        arrays = [coordinates[name] for name in _check_names(self.name, coordinates, names)]
        if any(isinstance(array, Tracer) for array in arrays):
            points = [jnp.asarray(array) for array in arrays]
            dtype = jnp.result_type(float, *points)
            columns = jnp.broadcast_arrays(*(array.astype(dtype) for array in points))
            stacked = jnp.stack([column.ravel() for column in columns], axis=1)
            return self._shape(evaluate_inside(self.solution, stacked), columns[0].shape, jnp)
        columns = np.broadcast_arrays(
            *(_read_array(n, a) for n, a in zip(names, arrays, strict=True))
        )
        stacked = np.stack([column.ravel() for column in columns], axis=1)
        return self._shape(evaluate_fields(self.solution, stacked), columns[0].shape, np)

    def _shape(self, values: Mapping[str, Any], shape: tuple[int, ...], module: Any) -> Any:
        if not self.is_vector:
            # [()] makes a scalar of a NumPy array without axes, as NumPy's own functions do.
            return values[self.components[0]].reshape(shape)[()]
        return module.stack([values[name].reshape(shape) for name in self.components], axis=-1)


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
    inside = (above & below).all(axis=1)
    body = problem.domain.body
    return inside if body is None else inside & _is_in_body(body, points, eps)


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


def _check_names(field: str, given: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    call = f"{field}({', '.join(f'{name}=…' for name in names)})"
    for name in given:
        if name not in names:
            near = similar(name, names)
            raise TypeError(
                f"{field} has no coordinate '{name}'"
                + (f"; did you mean '{near}'?" if near else f"; call it as {call}")
            )
    if missing := [name for name in names if name not in given]:
        raise TypeError(f"{field} needs a value for '{missing[0]}'; call it as {call}")
    return names


def _read_array(name: str, value: Any) -> np.ndarray:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"the value of '{name}' is not a number or an array of numbers") from None
