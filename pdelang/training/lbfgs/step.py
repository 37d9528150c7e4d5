"""L-BFGS on the weighted loss, many steps in one compiled call.

One step at parameters θ with gradient g on points that stay as they are:

    d = −H g,   H from the last m pairs s = θ' − θ, y = g' − g by the two-loop recursion,
    θ ← θ + η d,   η from 1 by a line search for the strong Wolfe conditions.

Pairs belong to one loss: with new weights or points the memory starts anew, and so does it where d does not
descend or no η lowers the loss; d is then −g, at most of length 1. Where not even that lowers the loss, the
run has stalled. A step that would raise the loss, or make it something else than a number, is not made.
Source: Liu, Nocedal, "On the limited memory BFGS method for large scale optimization", Math. Program. 45
(1989); the line search is algorithms 3.5 and 3.6 of Nocedal, Wright, "Numerical Optimization", with the
approximate decrease of Hager, Zhang, ACM TOMS 32 (2006). Both are optax's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree

from pdelang.networks.assembly import Assembly, Batch
from pdelang.training.gauss_newton.points import ResidualSampler
from pdelang.training.lbfgs.options import LbfgsOptions
from pdelang.training.loop import RECORDS
from pdelang.training.mover import Advance, Advanced, build_objective
from pdelang.training.sampling import Sampler, Seeds
from pdelang.training.time_chunks import TimeChunks


class LbfgsState(NamedTuple):
    """Everything a run needs to go on. ``value`` and ``gradient`` are those at ``flat``, the parameters ``(p,)``.

    ``is_new`` says that the loss is another one: memory, value and gradient are not of it.
    """

    flat: jax.Array
    memory: Any  # of `optax.scale_by_lbfgs`
    value: jax.Array
    gradient: jax.Array
    losses: jax.Array  # of every term, where they were last recorded
    step: jax.Array
    path: jax.Array
    is_new: jax.Array
    batch: Batch  # the points in force


class Period(NamedTuple):
    """Which steps' losses are wanted: every so many, and the last one."""

    every: jax.Array
    last: jax.Array


@dataclass(frozen=True, slots=True, eq=False)
class LbfgsMover:
    """L-BFGS as a run's way to move; ``redraw_every`` is the life of a set of points in steps.

    ``surveyor`` draws them, in batches of the shapes of ``batch``.
    """

    options: LbfgsOptions
    redraw_every: int
    unravel: Callable[[jax.Array], Any]
    surveyor: ResidualSampler
    batch: Batch
    retries: int = 0  # the line search has tried shorter steps already

    def start(self, trained: Any) -> LbfgsState:
        """Return the state before the first step."""
        flat, _ = ravel_pytree(trained)
        zero = jnp.zeros((), flat.dtype)
        return LbfgsState(
            flat,
            self._forget(flat),
            zero,
            jnp.zeros_like(flat),
            jnp.zeros(len(self.surveyor.assembly.terms), flat.dtype),
            jnp.zeros((), jnp.int32),
            zero,
            jnp.ones((), bool),
            jax.tree.map(lambda a: jnp.zeros(a.shape, a.dtype), self.batch),
        )

    def build_schedule(self, steps: int, retries: int, dtype: Any) -> Period:
        """Return which steps of a run of ``steps`` are recorded."""
        return Period(
            jnp.asarray(max(1, steps // RECORDS), jnp.int32), jnp.asarray(steps - 1, jnp.int32)
        )

    def draw_number(self, step: Any) -> Any:
        """Return which batch a step uses."""
        return step // self.redraw_every

    def read_batch(self, state: LbfgsState) -> Batch:
        """Return the points in force."""
        return state.batch

    def renew(self, state: LbfgsState) -> LbfgsState:
        """Return the state for a loss with other weights."""
        return state._replace(is_new=jnp.ones((), bool))

    def read(self, state: LbfgsState) -> Any:
        """Return the parameters that the next step moves."""
        return self.unravel(state.flat)

    def read_best(self, state: LbfgsState) -> Any:
        """Return the parameters that are evaluated: the last ones."""
        return self.unravel(state.flat)

    def build_advance(
        self, assembly: Assembly, sampler: Sampler, capacity: int, chunks: TimeChunks | None
    ) -> Advance:
        """Return ``advance(state, frozen, weights, period, seeds, active)`` of a `Mover`."""
        rescale = optax.scale_by_lbfgs(self.options.memory)
        search = optax.scale_by_zoom_linesearch(self.options.trials, initial_guess_strategy="one")
        loss_of = build_objective(assembly, chunks)

        def advance(
            state: LbfgsState,
            frozen: Any,
            weights: jax.Array,
            period: Period,
            seeds: Seeds,
            active: jax.Array,
        ) -> Advanced:
            def draw(state: LbfgsState) -> Batch:
                parameters = {"trained": self.unravel(state.flat), "frozen": frozen}
                sizes = weights if chunks is None else jnp.mean(weights, axis=1)
                number = self.draw_number(state.step)
                return self.surveyor.survey(parameters, sizes, seeds, number).batch

            def step(carry: Advanced) -> Advanced:
                state, losses, done, _, _ = carry
                is_redrawn = state.step % self.redraw_every == 0
                batch = jax.lax.cond(is_redrawn, draw, lambda state: state.batch, state)
                is_new = state.is_new | is_redrawn

                def value_of(flat: jax.Array) -> jax.Array:
                    return loss_of(self.unravel(flat), frozen, weights, batch)[0]

                def losses_of(flat: jax.Array) -> jax.Array:
                    return loss_of(self.unravel(flat), frozen, weights, batch)[1]

                value, gradient = jax.lax.cond(
                    is_new,
                    jax.value_and_grad(value_of),
                    lambda _: (state.value, state.gradient),
                    state.flat,
                )
                failed = ~(jnp.isfinite(value) & jnp.all(jnp.isfinite(gradient)))
                is_wanted = (state.step % period.every == 0) | (state.step == period.last)
                is_wanted |= failed
                parts = jax.lax.cond(is_wanted, losses_of, lambda _: state.losses, state.flat)
                direction, memory, is_fresh = self._find_direction(
                    rescale, state.flat, gradient, state.memory, is_new
                )
                proposal: tuple[Any, Any] = search.update(
                    direction,
                    search.init(state.flat),
                    state.flat,
                    value=value,
                    grad=gradient,
                    value_fn=value_of,
                )
                update, found = proposal
                falls = (found.value < value) & jnp.all(jnp.isfinite(found.grad))
                update = jnp.where(falls, update, 0.0)
                moved = LbfgsState(
                    state.flat + update,
                    _choose(falls, memory, self._forget(state.flat)),
                    jnp.where(falls, found.value, value),
                    jnp.where(falls, found.grad, gradient),
                    parts,
                    state.step + 1,
                    state.path + jnp.vdot(update, update),
                    jnp.zeros((), bool),
                    batch,
                )
                return Advanced(
                    moved, losses.at[done].set(parts), done + 1, failed, is_fresh & ~falls
                )

            def goes_on(carry: Advanced) -> jax.Array:
                return (carry.done < active) & ~carry.failed & ~carry.stalled

            empty = jnp.zeros((capacity, len(assembly.terms)), weights.dtype)
            none = jnp.zeros((), bool)
            first = Advanced(state, empty, jnp.zeros((), jnp.int32), none, none)
            return jax.lax.while_loop(goes_on, step, first)

        return advance

    def _forget(self, flat: jax.Array) -> Any:
        """Return an empty memory."""
        return optax.scale_by_lbfgs(self.options.memory).init(flat)

    def _find_direction(
        self, rescale: Any, flat: jax.Array, gradient: jax.Array, memory: Any, is_new: jax.Array
    ) -> tuple[jax.Array, Any, jax.Array]:
        """Return a direction of descent, the memory with this point, and whether that knows no other."""
        memory = _choose(is_new, self._forget(flat), memory)
        known, grown = rescale.update(gradient, memory, flat)
        length = jnp.sqrt(jnp.vdot(gradient, gradient))
        steepest = gradient / jnp.maximum(1.0, length)
        descends = jnp.vdot(known, gradient) > 0
        fresh = self._forget(flat)._replace(
            count=jnp.ones((), jnp.int32), params=flat, updates=gradient
        )
        is_fresh = ~descends | (memory.count == 0)
        direction = jnp.where(is_fresh, steepest, known)
        return -direction, _choose(is_fresh, fresh, grown), is_fresh


def _choose(condition: jax.Array, ours: Any, others: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), ours, others)
