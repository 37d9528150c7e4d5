"""Solved fields as functions of the coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdelang.artifacts.evaluation import evaluate_fields, evaluate_inside
from pdelang.diagnostics.suggestion import similar

if TYPE_CHECKING:
    from pdelang.training.solution import Solution


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One unknown, or one component, of a solution.

    Call it with every coordinate by name: ``u(x=0.5, t=[0, 1])``. Coordinates broadcast like
    NumPy arrays; a vector unknown has its components along a last axis, a complex one has
    complex values. Outside the domain
    the value is NaN.

    Numbers and arrays give NumPy float64, computed in the precision of the solution. Inside
    ``jax.grad``, ``jax.vmap`` or ``jax.jit`` the traced values pass straight through, in their
    own precision.
    """

    name: str
    components: tuple[str, ...]
    is_vector: bool
    solution: Solution
    is_complex: bool = False

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
        if self.is_complex:
            re, im = (values[name].reshape(shape) for name in self.components)
            return (re + 1j * im)[()]
        return module.stack([values[name].reshape(shape) for name in self.components], axis=-1)


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
