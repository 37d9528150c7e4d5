"""A hand-written JAX PINN for the paper's wave problem: the yardstick for time per step.

This is what a careful user writes without `pdelang`: one MLP, derivatives by nested
forward mode, `vmap` over the points, optax's Adam, all steps of a block inside one
`lax.scan`. Two ways to take the second derivatives are timed, nested `jax.grad` (the way
most tutorials go) and nested `jax.jvp` (faster); the faster one is the yardstick.

Problem (Wang, Yu, Perdikaris, arXiv 2007.14527): u_tt = 4 u_xx on the unit square,
u = sin πx cos 2πt + ½ sin 4πx cos 8πt.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import optax

WAVE_SPEED = 2.0


def initialise(key: jax.Array, widths: tuple[int, ...]) -> list[tuple[jax.Array, jax.Array]]:
    """Return Glorot-initialised layers [(W (in, out), b (out,)), …]."""
    layers = []
    for fan_in, fan_out in pairwise(widths):
        key, sub = jax.random.split(key)
        deviation = (2.0 / (fan_in + fan_out)) ** 0.5
        layers.append((deviation * jax.random.normal(sub, (fan_in, fan_out)), jnp.zeros(fan_out)))
    return layers


def network(layers: list[tuple[jax.Array, jax.Array]], x: jax.Array, t: jax.Array) -> jax.Array:
    """Return u(x, t), a scalar."""
    h = jnp.stack([x, t])
    for weights, bias in layers[:-1]:
        h = jnp.tanh(h @ weights + bias)
    weights, bias = layers[-1]
    return (h @ weights + bias)[0]


def initial_value(x: jax.Array) -> jax.Array:
    return jnp.sin(jnp.pi * x) + 0.5 * jnp.sin(4 * jnp.pi * x)


def second_by_grad(u: Callable, argument: int) -> Callable:
    return jax.grad(jax.grad(u, argument), argument)


def second_by_jvp(u: Callable, argument: int) -> Callable:
    def along(x: jax.Array, t: jax.Array) -> jax.Array:
        def line(s: jax.Array) -> jax.Array:
            return u(s, t) if argument == 0 else u(x, s)

        s = x if argument == 0 else t
        one = jnp.ones_like(s)
        return jax.jvp(lambda a: jax.jvp(line, (a,), (one,))[1], (s,), (one,))[1]

    return along


def loss(layers, batch: dict[str, jax.Array], weights: jax.Array, second: Callable) -> jax.Array:
    """Return λ_u (L_start + L_left + L_right) + λ_ut L_ut + λ_r L_r, each L a mean square."""
    u = partial(network, layers)
    x, t = batch["r"].T
    residual = jax.vmap(lambda x, t: second(u, 1)(x, t) - WAVE_SPEED**2 * second(u, 0)(x, t))(x, t)
    x0 = batch["start"]
    start = jax.vmap(lambda x: u(x, jnp.zeros_like(x)))(x0) - initial_value(x0)
    velocity = jax.vmap(lambda x: jax.grad(u, 1)(x, jnp.zeros_like(x)))(x0)
    left = jax.vmap(lambda t: u(jnp.zeros_like(t), t))(batch["left"])
    right = jax.vmap(lambda t: u(jnp.ones_like(t), t))(batch["right"])
    value = jnp.mean(start**2) + jnp.mean(left**2) + jnp.mean(right**2)
    return (
        weights[0] * value + weights[1] * jnp.mean(velocity**2) + weights[2] * jnp.mean(residual**2)
    )


def draw(key: jax.Array, count: int) -> dict[str, jax.Array]:
    """Draw fresh uniform points: ``count`` inside, at the start, and shared by the two ends."""
    keys = jax.random.split(key, 4)
    return {
        "r": jax.random.uniform(keys[0], (count, 2)),
        "start": jax.random.uniform(keys[1], (count,)),
        "left": jax.random.uniform(keys[2], (count // 2,)),
        "right": jax.random.uniform(keys[3], (count // 2,)),
    }


def compile_block(second: Callable, widths: tuple[int, ...], count: int, steps: int):
    """Return (compiled block, its first arguments): ``steps`` Adam steps in one call."""
    optimiser = optax.adam(optax.exponential_decay(1e-3, 1000, 0.9))
    layers = initialise(jax.random.PRNGKey(0), widths)

    def step(carry, key):
        layers, state = carry
        value, gradient = jax.value_and_grad(loss)(layers, draw(key, count), jnp.ones(3), second)
        updates, state = optimiser.update(gradient, state)
        return (optax.apply_updates(layers, updates), state), value

    @jax.jit
    def block(carry, key):
        return jax.lax.scan(step, carry, jax.random.split(key, steps))

    carry = (layers, optimiser.init(layers))
    return block.lower(carry, jax.random.PRNGKey(1)).compile(), carry


def seconds_per_step(
    second: Callable, widths: tuple[int, ...], count: int, steps: int, repeats: int
) -> float:
    """Return the best time of one step over ``repeats`` blocks of ``steps`` steps."""
    block, carry = compile_block(second, widths, count, steps)
    best = float("inf")
    for repeat in range(repeats):
        began = time.perf_counter()
        carry, values = block(carry, jax.random.PRNGKey(repeat))
        jax.block_until_ready(values)
        best = min(best, (time.perf_counter() - began) / steps)
    return best


WAYS = {"nested grad": second_by_grad, "nested jvp": second_by_jvp}

if __name__ == "__main__":
    for name, way in WAYS.items():
        per_step = seconds_per_step(way, (2, 100, 100, 100, 1), 300, 200, 3)
        print(f"hand-written, {name}: {1e3 * per_step:.3f} ms per step")
