"""What moves the parameters of a run; the run itself knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp

from pdelang.networks.assembly import Assembly, Batch
from pdelang.training.sampling import Sampler
from pdelang.training.time_chunks import TimeChunks


class MoverState(Protocol):
    """Everything a run needs to go on; ``path`` is the sum of the squared lengths of the steps."""

    @property
    def step(self) -> jax.Array: ...

    @property
    def path(self) -> jax.Array: ...


class Advanced(NamedTuple):
    """``losses[:done]`` are per step and term; the last one is not finite if ``failed``.

    ``stalled``: no step lowers the loss on the points and with the weights in force.
    """

    state: Any
    losses: jax.Array
    done: jax.Array
    failed: jax.Array
    stalled: jax.Array


# (state, frozen, weights, schedule, seeds, steps to make) -> Advanced
Advance = Callable[..., Advanced]
# (parameters, frozen, weights, batch) -> the weighted loss, and the losses (terms,)
Objective = Callable[[Any, Any, jax.Array, Any], tuple[jax.Array, jax.Array]]


class Mover(Protocol):
    """A method of descent: ``retries`` is how often a run may return to its last good state."""

    @property
    def retries(self) -> int: ...

    def start(self, trained: Any) -> Any:
        """Return the state before the first step."""
        ...

    def build_advance(
        self, assembly: Assembly, sampler: Sampler, capacity: int, chunks: TimeChunks | None
    ) -> Advance:
        """Return ``advance(state, frozen, weights, schedule, seeds, active)``, to be compiled.

        ``weights`` are ``(terms,)``, or ``(terms, chunks)`` where the loss is weighed by time. It makes
        ``active ≤ capacity`` steps and stops at the first loss that is not finite; the state is then
        worthless, and the caller goes back to the one it came with.
        """
        ...

    def build_schedule(self, steps: int, retries: int, dtype: Any) -> Any:
        """Return what a block of steps needs to know of a run of ``steps``."""
        ...

    def draw_number(self, step: Any) -> Any:
        """Return which batch a step uses."""
        ...

    def read_batch(self, state: Any) -> Batch | None:
        """Return the points in force; None where every draw is what its number says."""
        ...

    def renew(self, state: Any) -> Any:
        """Return the state for another loss: its weights have changed."""
        ...

    def read(self, state: Any) -> Any:
        """Return the parameters that the next step moves."""
        ...

    def read_best(self, state: Any) -> Any:
        """Return the parameters that are evaluated."""
        ...


def build_objective(assembly: Assembly, chunks: TimeChunks | None) -> Objective:
    """Return ``(trained, frozen, weights, batch) -> (Σ λ L, losses (terms,))``."""

    def loss_of(
        trained: Any, frozen: Any, weights: jax.Array, batch: Any
    ) -> tuple[jax.Array, jax.Array]:
        parameters = {"trained": trained, "frozen": frozen}
        if chunks is None:
            losses = assembly.losses(parameters, batch)
            return jnp.vdot(weights, losses), losses
        parts = chunks.losses(assembly, parameters, batch)
        return jnp.vdot(weights, parts), jnp.sum(parts, axis=1)

    return loss_of
