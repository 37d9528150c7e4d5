"""Polish: least squares over the last layer, all other parameters as training left them.

The fields are linear in the last layer c, so for a linear problem

    min_c Σ_g λ_g L_g(c)

is one linear least-squares problem, solved by singular values (directions below rounding are
left out). For a nonlinear one a few Gauss–Newton steps, each halved while the loss does not fall. The
rows come from points that training has not used, and the result is kept only if it lowers
the loss on points that the fit has not used either.
Source: the conjugate kernel as the part of the tangent kernel that costs one solve, Qadeer,
Engel, Howard, Tsou, Vargas, Stinis, Chiang, "Efficient kernel surrogates for neural network-based
regression", arXiv 2310.18612.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from scipy import linalg

from pdelang.networks.assembly import Assembly, Batch
from pdelang.networks.last_layer import split_last_layer
from pdelang.training.gauss_newton.rows import RowStack
from pdelang.training.sampling import Sampler, Seeds

# Rows per parameter of the last layer, and the most of them.
_ROWS_PER_PARAMETER = 4
_MOST_BATCHES = 16
_ITERATIONS = 6
_SHORTEST_STEP = 2.0**-6
# Draws that no training of fewer steps reaches; the estimate uses others.
_FIRST_DRAW = 2**31 - 2**10
_FRESH_DRAWS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Polished:
    """Parameters of a network, and the loss on fresh points before and after.

    They are the given ones where the loss did not fall.
    """

    parameters: Any
    before: float
    after: float

    @property
    def is_better(self) -> bool:
        return self.after < self.before


class Polisher:
    """Fits last layers of one network; its functions are compiled once."""

    def __init__(self, assembly: Assembly, sampler: Sampler, is_linear: bool) -> None:
        self._sampler = sampler
        self._iterations = 1 if is_linear else _ITERATIONS

        def stack_rows(trained: Any) -> tuple[jax.Array, RowStack]:
            last, join = split_last_layer(trained)
            flat, unravel = ravel_pytree(last)
            return flat, RowStack(assembly, lambda c: join(unravel(c)))

        def linearise(
            trained: Any, frozen: Any, batch: Batch, weights: jax.Array
        ) -> tuple[jax.Array, jax.Array]:
            flat, stack = stack_rows(trained)
            return stack.linearise(flat, frozen, batch, weights)

        def loss(trained: Any, frozen: Any, batch: Batch, weights: jax.Array) -> jax.Array:
            losses = assembly.losses({"trained": trained, "frozen": frozen}, batch)
            return jnp.vdot(weights, losses)

        self._linearise = jax.jit(linearise)
        self._loss = jax.jit(loss)
        self._draw = jax.jit(sampler.draw)

    def polish(self, parameters: Any, weights: np.ndarray, seeds: Seeds) -> Polished:
        """Return the parameters with the best last layer, if it is better on fresh points."""
        frozen, scale = parameters["frozen"], jnp.asarray(weights)
        last, join = split_last_layer(parameters["trained"])
        flat, unravel = ravel_pytree(last)
        first = self._draw_batch(seeds, 0)
        rows = self._linearise(parameters["trained"], frozen, first, scale)[0].shape[0]
        count = min(_MOST_BATCHES, math.ceil(_ROWS_PER_PARAMETER * flat.size / rows))
        batches = [first, *(self._draw_batch(seeds, k) for k in range(1, count))]
        fresh = [self._draw_batch(seeds, _MOST_BATCHES + k) for k in range(_FRESH_DRAWS)]

        def loss_of(trained: Any, on: list[Batch]) -> float:
            return sum(float(self._loss(trained, frozen, batch, scale)) for batch in on) / len(on)

        trained = parameters["trained"]
        before = loss_of(trained, fresh)
        current = loss_of(trained, batches)
        for _ in range(self._iterations):
            parts = [self._linearise(trained, frozen, batch, scale) for batch in batches]
            direction = solve_rows(parts)
            if direction is None:
                break
            step, moved = 1.0, current
            while step >= _SHORTEST_STEP:
                proposed = flat + step * jnp.asarray(direction, flat.dtype)
                moved = loss_of(join(unravel(proposed)), batches)
                if moved < current:
                    break
                step /= 2.0
            if not moved < current:
                break
            flat, trained, current = proposed, join(unravel(proposed)), moved
        after = loss_of(trained, fresh)
        kept = trained if after < before else parameters["trained"]
        return Polished({"trained": kept, "frozen": frozen}, before, after)

    def _draw_batch(self, seeds: Seeds, number: int) -> Batch:
        return self._draw(seeds, jnp.asarray(_FIRST_DRAW + number, jnp.int32))


def solve_rows(parts: list[tuple[jax.Array, jax.Array]]) -> np.ndarray | None:
    """Return the shortest d that minimises ``Σ ‖ρ + J d‖²`` over parts (ρ, J); None if not finite."""
    residual = np.concatenate([np.asarray(r, np.float64) for r, _ in parts])
    jacobian = np.concatenate([np.asarray(j, np.float64) for _, j in parts])
    if not (np.all(np.isfinite(residual)) and np.all(np.isfinite(jacobian))):
        return None
    lengths = np.linalg.norm(jacobian, axis=0)
    lengths[lengths == 0.0] = 1.0
    # Below this share of the largest singular value the rows themselves are rounded.
    cutoff = float(np.finfo(np.asarray(parts[0][0]).dtype).eps) * len(residual)
    found = linalg.lstsq(jacobian / lengths, -residual, cond=cutoff, check_finite=False)
    assert found is not None
    return np.asarray(found[0]) / lengths
