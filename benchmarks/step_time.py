"""Time of one Adam step on the wave problem: ours beside a hand-written JAX PINN.

    python benchmarks/step_time.py [--width 100] [--points 300] [--rounds 5]

The same problem, network, points per term, precision and optimiser, side by side in one run,
round by round, because shared machines are noisy; the ratio of the medians is what counts.
Ours includes fresh points, the losses of every term at every step and the average of the
weights; one refresh of the NTK weights per 100 steps is added to it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import jax
import jax.numpy as jnp
import numpy as np
from handwritten_wave import WAYS, compile_block

from pdelang import pipeline
from pdelang.networks.model import FieldModel
from pdelang.training.defaults import resolve_settings
from pdelang.training.loop import Run
from pdelang.training.precision import numeric_context
from pdelang.training.preparation import prepare_runs

SPEC = Path(__file__).parents[1] / "specs" / "wave_1d.pde"
STEPS = 100


def prepare_ours(width: int, points: int) -> Callable[[], None]:
    """Return a function that makes ``STEPS`` steps and one refresh of the weights."""
    overrides = {
        "method": "adam",
        "network": f"mlp(width = {width}, depth = 3, activation = tanh)",
        "points": str(points),
        "conditions": "soft",
        "scaling": "none",
        "refresh_every": str(STEPS),
    }
    program = pipeline.compile(SPEC, overrides).program
    assert program is not None
    settings = resolve_settings(program.system, program.system.problem.settings)
    model = FieldModel.from_program(program, settings)
    prepared = prepare_runs(program, settings, model, time.monotonic())
    run = prepared.first
    assert isinstance(run, Run)
    stepper = run.stepper
    schedule = stepper.mover.build_schedule(1000, 0, np.float32)
    weights = jnp.ones(len(stepper.assembly.labels))
    count, number = jnp.asarray(STEPS, jnp.int32), jnp.asarray(0, jnp.int32)

    def block() -> None:
        result = stepper.advance(run.state, run.frozen, weights, schedule, run.seeds, count)
        jax.block_until_ready(result.losses)
        assert stepper.measure is not None
        jax.block_until_ready(stepper.measure(run.parameters, run.seeds, number))

    return block


def prepare_handwritten(way: str, width: int, points: int) -> Callable[[], None]:
    """Return a function that makes ``STEPS`` steps of the yardstick."""
    compiled, carry = compile_block(WAYS[way], (2, width, width, width, 1), points, STEPS)

    def block() -> None:
        jax.block_until_ready(compiled(carry, jax.random.PRNGKey(1)))

    return block


def main() -> None:
    parser = argparse.ArgumentParser(description="time per Adam step, ours and hand-written")
    parser.add_argument("--width", type=int, default=100)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with numeric_context("f32"):
        blocks = {"pdelang": prepare_ours(options.width, options.points)}
        for way in WAYS:
            blocks[way] = prepare_handwritten(way, options.width, options.points)
        seconds: dict[str, list[float]] = {name: [] for name in blocks}
        for _ in range(options.rounds):
            for name, block in blocks.items():
                began = time.perf_counter()
                block()
                seconds[name].append((time.perf_counter() - began) / STEPS)
    print(f"wave, mlp 3×{options.width} tanh, {options.points} points per term, float32")
    for name, times in seconds.items():
        print(f"  {name:<12} {1e3 * median(times):.3f} ms per step")
    fastest = min(median(seconds[way]) for way in WAYS)
    print(
        f"ratio pdelang / hand-written (the faster way): {median(seconds['pdelang']) / fastest:.2f}"
    )


if __name__ == "__main__":
    main()
