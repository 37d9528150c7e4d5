"""Rows of the residual's Jacobian ``J = ∂r/∂θ``, made chunk by chunk when they are asked for.

A row is the gradient of one residual at one point: ``vmap(grad)`` over points costs n gradients,
where the reverse Jacobian of the stacked residual would cost n gradients of all n rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.gradient import count_parameters
from pdelang.kernels.precision import float64_context, widen
from pdelang.kernels.rows import RowGroup, Rows
from pdelang.networks.assembly import PlacedBlock, PlacedFunctional

# Numbers of J that one compiled call returns: 64 MB.
_CALL_NUMBERS = 2**23
_MOST_ROWS = 1024


@dataclass(frozen=True, slots=True)
class ParameterPart:
    """Some of the trained parameters: those that a kernel differentiates by."""

    select: Callable[[Any], Any]
    put_back: Callable[[Any, Any], Any]  # (trained, part) -> trained


WHOLE = ParameterPart(lambda trained: trained, lambda trained, part: part)


@dataclass(frozen=True, slots=True, eq=False)
class JacobianRows:
    """``J (n, p)`` of some rows by a part of the parameters, for any parameters of one shape.

    Parameters are ``{"trained", "frozen"}`` of any float type; results are NumPy float64.
    """

    rows: Rows
    part: ParameterPart
    columns: int
    _functions: tuple[tuple[Callable[[Any, Any], jax.Array], int], ...]
    _residuals: Callable[[Any], jax.Array]
    _push: Callable[[Any, Any], jax.Array]
    _pull: Callable[[Any, jax.Array], jax.Array]

    @property
    def count(self) -> int:
        return self.rows.count

    def residuals(self, parameters: Any) -> np.ndarray:
        """Return r, ``(n,)``."""
        with float64_context():
            return np.asarray(self._residuals(widen(parameters)))

    def evaluate(self, parameters: Any, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Return rows ``start .. stop`` of J, ``(stop − start, p)``."""
        stop = self.count if stop is None else stop
        result = np.empty((stop - start, self.columns))
        with float64_context():
            wide = widen(parameters)
            for group, (function, size) in zip(self.rows.groups, self._functions, strict=True):
                first, last = max(start, group.start), min(stop, group.stop)
                for begin in range(first, last, size):
                    end = min(begin + size, last)
                    # Every call has `size` rows, so that each group is compiled once.
                    wanted = np.minimum(np.arange(begin, begin + size), group.stop - 1)
                    argument = _take(self.rows, group, wanted - group.start)
                    values = np.asarray(function(wide, argument))
                    result[begin - start : end - start] = values[: end - begin]
        return result

    def push(self, parameters: Any, direction: np.ndarray) -> np.ndarray:
        """Return ``J d`` for a direction ``(p,)``, ``(n,)``, without J."""
        with float64_context():
            return np.asarray(self._push(widen(parameters), jnp.asarray(direction)))

    def pull(self, parameters: Any, covector: np.ndarray) -> np.ndarray:
        """Return ``Jᵀ w`` for ``w (n,)``, ``(p,)``, without J."""
        with float64_context():
            return np.asarray(self._pull(widen(parameters), jnp.asarray(covector)))


def build_jacobian(rows: Rows, parameters: Any, part: ParameterPart = WHOLE) -> JacobianRows:
    """Return the Jacobian of ``rows`` for parameters of the given shapes.

    The columns are the leaves of ``part.select(parameters["trained"])``, flattened in order.
    """
    # NumPy's arrays: chunks of them are cut without compiling anything.
    batch = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), rows.batch)
    rows = Rows(rows.assembly, batch, rows.groups)
    template = part.select(parameters["trained"])
    columns = count_parameters(template)
    leaves, structure = jax.tree.flatten(template)
    shapes = [np.shape(leaf) for leaf in leaves]

    def with_part(parameters: Any, own: Any) -> Any:
        return {**parameters, "trained": part.put_back(parameters["trained"], own)}

    def unravel(flat: jax.Array) -> Any:
        ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
        pieces = jnp.split(flat, ends)
        return jax.tree.unflatten(
            structure, [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]
        )

    def function_of(group: RowGroup) -> tuple[Callable[[Any, Any], jax.Array], int]:
        size = max(1, min(group.count, _MOST_ROWS, _CALL_NUMBERS // max(1, columns)))

        def gradients(parameters: Any, arguments: Any) -> jax.Array:
            own = part.select(parameters["trained"])

            def gradient(argument: Any) -> jax.Array:
                found = jax.grad(
                    lambda p: _evaluate_row(rows, group, with_part(parameters, p), argument)
                )(own)
                return _ravel(found)

            return jax.vmap(gradient)(arguments)

        return jax.jit(gradients), size

    def push(parameters: Any, direction: jax.Array) -> jax.Array:
        own = part.select(parameters["trained"])
        return jax.jvp(
            lambda p: rows.residuals(with_part(parameters, p)), (own,), (unravel(direction),)
        )[1]

    def pull(parameters: Any, covector: jax.Array) -> jax.Array:
        own = part.select(parameters["trained"])
        _, pull_back = jax.vjp(lambda p: rows.residuals(with_part(parameters, p)), own)
        return _ravel(pull_back(covector)[0])

    return JacobianRows(
        rows,
        part,
        columns,
        tuple(function_of(group) for group in rows.groups),
        jax.jit(rows.residuals),
        jax.jit(push),
        jax.jit(pull),
    )


def ravel_parameters(trained: Any) -> np.ndarray:
    """Return all numbers of a pytree in one float64 array ``(p,)``, in the order of J's columns."""
    leaves = jax.tree.leaves(trained)
    return np.concatenate([np.asarray(leaf, np.float64).reshape(-1) for leaf in leaves])


def _ravel(tree: Any) -> jax.Array:
    return jnp.concatenate([leaf.reshape(-1) for leaf in jax.tree.leaves(tree)])


def _take(rows: Rows, group: RowGroup, numbers: np.ndarray) -> Any:
    match group.placed:
        case PlacedBlock(point_set=point_set):
            return rows.batch.points[point_set][numbers]
        case PlacedFunctional(node_sets=node_sets):
            return tuple(rows.batch.nodes[a][numbers] for a in node_sets)
        case placed:
            raise TypeError(f"no group of rows: {placed}")


def _evaluate_row(rows: Rows, group: RowGroup, parameters: Any, argument: Any) -> jax.Array:
    match group.placed:
        case PlacedBlock(compiled=compiled):
            return rows.assembly.block(parameters, compiled, argument[None, :])[0]
        case PlacedFunctional() as placed:
            nodes = tuple(n[None] for n in argument)
            return rows.assembly.functional(parameters, placed, nodes)[0]
        case placed:
            raise TypeError(f"no group of rows: {placed}")
