"""Adam on the weighted loss, many steps in one compiled call.

One step at parameters θ with a fresh batch, rate ``ρ_s = rate · decay_rate^(s/decay_every)``:

    g = ∇ Σ_g λ_g L_g(θ) + noise · N(0, I)
    θ ← θ − ρ_s (Adam(g) + decay · θ)
    θ̄ ← e θ̄ + (1 − e) θ,   e = min(ema, (1 + s)/(10 + s))

θ̄ is what is evaluated. Weights λ stay as they are for the whole call.
Source: Kingma and Ba, "Adam", ICLR 2015; decoupled decay: Loshchilov and Hutter, ICLR 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from pdelang.networks.assembly import Assembly
from pdelang.training.mover import Advance, Advanced, build_objective
from pdelang.training.sampling import Sampler, Seeds
from pdelang.training.time_chunks import TimeChunks


@dataclass(frozen=True, slots=True)
class AdamOptions:
    """``adam(rate = …, decay_rate = …, decay_every = …, ema = …, resample_every = …, sampling = …)``.

    ``decay_every`` None spreads a fall of the rate by 100 over the steps of the run;
    ``resample_every`` 0 keeps the first points for ever.
    """

    rate: float = 2e-3
    decay_rate: float = 0.9
    decay_every: float | None = None
    ema: float = 0.999
    resample_every: int = 1
    sampling: str = "sobol"
    noise: float = 0.0
    decay: float = 0.0


class AdamState(NamedTuple):
    """Everything a run needs to go on: parameters, moments, their average, the step.

    ``path`` is the sum of the squared lengths of the steps made.
    """

    trained: Any
    moments: Any
    average: Any
    step: jax.Array
    path: jax.Array


class Schedule(NamedTuple):
    """The rate of the run; ``factor`` is what retries have left of it."""

    rate: jax.Array
    decay_rate: jax.Array
    decay_every: jax.Array
    factor: jax.Array


@dataclass(frozen=True, slots=True, eq=False)
class AdamMover:
    """Adam as a run's way to move."""

    options: AdamOptions
    retries: int = 3  # halvings of the rate before a run is given up

    def start(self, trained: Any) -> AdamState:
        """Return the state before the first step."""
        dtype = jax.tree.leaves(trained)[0].dtype
        moments = optax.scale_by_adam().init(trained)
        return AdamState(trained, moments, trained, jnp.zeros((), jnp.int32), jnp.zeros((), dtype))

    def build_schedule(self, steps: int, retries: int, dtype: Any) -> Schedule:
        """Return the rates of a run of ``steps`` steps, half of what they were for every retry."""
        options, every = self.options, self.options.decay_every
        if every is None:
            # decay_rate^(steps/every) = 1/100 at the end of the run.
            rate = options.decay_rate
            every = steps * np.log(rate) / np.log(0.01) if rate < 1 else 1.0
        values = (options.rate, options.decay_rate, max(float(every), 1e-6), 0.5**retries)
        return Schedule(*(jnp.asarray(v, dtype) for v in values))

    def draw_number(self, step: Any) -> Any:
        """Return which batch a step uses: the same one for `resample_every` steps, 0 for ever."""
        every = self.options.resample_every
        return step // every if every else 0 * step

    def read_batch(self, state: AdamState) -> None:
        """Return None: points are what the number of their draw says."""
        return

    def renew(self, state: AdamState) -> AdamState:
        """Return the state as it is: moments outlive the weights."""
        return state

    def read(self, state: AdamState) -> Any:
        """Return the parameters that the next step moves."""
        return state.trained

    def read_best(self, state: AdamState) -> Any:
        """Return the parameters that are evaluated: the averaged ones."""
        return state.average

    def build_advance(
        self, assembly: Assembly, sampler: Sampler, capacity: int, chunks: TimeChunks | None
    ) -> Advance:
        """Return ``advance(state, frozen, weights, schedule, seeds, active)`` of a `Mover`."""
        options = self.options
        rescale = optax.scale_by_adam()
        loss_of = build_objective(assembly, chunks)

        def advance(
            state: AdamState,
            frozen: Any,
            weights: jax.Array,
            schedule: Schedule,
            seeds: Seeds,
            active: jax.Array,
        ) -> Advanced:
            def step(carry: Advanced) -> Advanced:
                state, losses, done, _, _ = carry
                batch = sampler.draw(seeds, self.draw_number(state.step))
                (total, parts), gradient = jax.value_and_grad(loss_of, has_aux=True)(
                    state.trained, frozen, weights, batch
                )
                if options.noise:
                    gradient = _add_noise(gradient, options.noise, seeds.key, state.step)
                direction, moments = rescale.update(gradient, state.moments)
                count = state.step.astype(parts.dtype)
                rate = (
                    schedule.factor
                    * schedule.rate
                    * schedule.decay_rate ** (count / schedule.decay_every)
                )
                trained = jax.tree.map(
                    lambda p, d: p - rate * (d + options.decay * p if options.decay else d),
                    state.trained,
                    direction,
                )
                average = trained
                if options.ema:
                    keep = jnp.minimum(options.ema, (1 + count) / (10 + count))
                    average = jax.tree.map(
                        lambda a, p: keep * a + (1 - keep) * p, state.average, trained
                    )
                length = sum(
                    jnp.sum(jnp.square(new - old))
                    for new, old in zip(
                        jax.tree.leaves(trained), jax.tree.leaves(state.trained), strict=True
                    )
                )
                moved = AdamState(trained, moments, average, state.step + 1, state.path + length)
                failed = ~(jnp.isfinite(total) & jnp.all(jnp.isfinite(parts)))
                return Advanced(moved, losses.at[done].set(parts), done + 1, failed, none)

            def goes_on(carry: Advanced) -> jax.Array:
                return (carry.done < active) & ~carry.failed

            none = jnp.zeros((), bool)
            empty = jnp.zeros((capacity, len(assembly.terms)), weights.dtype)
            first = Advanced(state, empty, jnp.zeros((), jnp.int32), none, none)
            return jax.lax.while_loop(goes_on, step, first)

        return advance


def _add_noise(gradient: Any, deviation: float, key: jax.Array, step: jax.Array) -> Any:
    leaves, structure = jax.tree.flatten(gradient)
    keys = jax.random.split(jax.random.fold_in(key, step), len(leaves))
    noisy = [
        leaf + deviation * jax.random.normal(k, leaf.shape, leaf.dtype)
        for leaf, k in zip(leaves, keys, strict=True)
    ]
    return jax.tree.unflatten(structure, noisy)
