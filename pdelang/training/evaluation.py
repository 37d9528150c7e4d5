"""Fields at many points in bounded memory, as NumPy float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.networks.regional import join_values, list_components
from pdelang.training.precision import numeric_context, read_dtype
from pdelang.training.solution import Solution

# Rows of one compiled call; fewer points are padded to a power of two, so that few shapes exist.
# Of 1000 features, twice as many rows are a third slower: their table leaves the processor's cache.
_CHUNK = 4096
_SMALLEST = 16


def evaluate(solution: Solution, points: np.ndarray) -> dict[str, np.ndarray]:
    """Return every component and every fit at points ``(n, d)``, ``(n,)`` float64 each.

    Computed in the precision of the solution, chunk by chunk.
    """
    values = evaluate_model(solution.model, solution.parameters, points, solution.precision)
    if not solution.program.fits:
        return values
    with numeric_context("f64"):
        return values | map_chunks(partial(_fits, solution.program), points, np.float64)


def evaluate_model(
    model: FieldModel, parameters: Any, points: np.ndarray, precision: str
) -> dict[str, np.ndarray]:
    """Return every component of a model at points ``(n, d)``, ``(n,)`` float64 each."""
    with numeric_context(precision):
        arrays = jax.tree.map(jnp.asarray, parameters)
        values = map_chunks(lambda p: _functions(model, arrays, p), points, read_dtype(precision))
    # Shapes are NumPy: outside of JAX they judge points in full precision.
    return join_values(model.regional, values, points) if model.regional else values


def evaluate_exact(program: Program, points: np.ndarray) -> dict[str, np.ndarray]:
    """Return every known component at points ``(n, d)``, in float64; empty without ``exact``."""
    if not program.exact:
        return {}
    with numeric_context("f64"):
        values = map_chunks(partial(_exact, program), points, np.float64)
    return join_values(list_components(program.system.problem.unknowns), values, points)


def map_chunks(
    function: Callable[[jax.Array], Mapping[str, jax.Array]], points: np.ndarray, dtype: Any
) -> dict[str, np.ndarray]:
    """Return ``function(points)`` put together from chunks, in float64."""
    count = len(points)
    parts: list[dict[str, np.ndarray]] = []
    for start in range(0, max(count, 1), _CHUNK):
        chunk = points[start : start + _CHUNK]
        rows = len(chunk)
        if rows == 0:
            # The names of the result, without a value.
            chunk = np.zeros((1, points.shape[1]))
        size = min(_CHUNK, max(_SMALLEST, 1 << (len(chunk) - 1).bit_length()))
        padded = np.concatenate([chunk, np.repeat(chunk[-1:], size - len(chunk), axis=0)])
        values = function(jnp.asarray(padded, dtype))
        parts.append({k: np.asarray(v, np.float64)[:rows] for k, v in values.items()})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@partial(jax.jit, static_argnums=0)
def _functions(model: FieldModel, parameters: Any, points: jax.Array) -> dict[str, jax.Array]:
    return model.functions_at(parameters, points)


@partial(jax.jit, static_argnums=0)
def _fits(program: Program, points: jax.Array) -> dict[str, jax.Array]:
    return {
        name: jnp.broadcast_to(function(points), points.shape[:1])
        for name, function in program.fits
    }


@partial(jax.jit, static_argnums=0)
def _exact(program: Program, points: jax.Array) -> dict[str, jax.Array]:
    return {
        name: jnp.broadcast_to(function(points), points.shape[:1])
        for name, function in program.exact
    }
