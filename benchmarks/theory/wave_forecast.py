"""Steps that the kernel forecasts for every term of the wave, against those that gradient descent took.

    python benchmarks/theory/wave_forecast.py [--width 1024] [--steps 3000] [--plot wave.png]

The paper's wave, conditions soft, scaled coordinates, one hidden layer in NTK parametrisation; gradient descent
at a tenth of the largest stable step, with unit and with NTK weights. Per term: the steps until its root mean square
residual has fallen to a share of its first, for the shares that were reached, while the kernel has drifted by less
than a tenth.
Source: Wang, Yu, Perdikaris, arXiv 2007.14527, sections 4 and 6; feature: the forecast of ``pdelang ntk``.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say
from poisson import Setup

from pdelang import pipeline
from pdelang.kernels.drift import KERNEL_DRIFT_LIMIT, relative_change
from pdelang.kernels.forecast import build_forecast, loss_scales
from pdelang.kernels.gram import gram_matrix, scale_kernel
from pdelang.kernels.jacobian import build_jacobian
from pdelang.kernels.rows import list_rows
from pdelang.kernels.spectrum import dense_spectrum
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.training.sampling import build_sampler
from pdelang.training.weights import weigh_ntk

WAVE = Path(__file__).parents[2] / "specs" / "wave_1d.pde"
SHARES = (0.9, 0.7, 0.5, 0.3, 0.2)
_EVERY = 10


def build_wave(width: int, points: int) -> Setup:
    """Return the wave on one set of points with the parameters of seed 0."""
    settings = {
        "conditions": "soft",
        "network": f"mlp(width = {width}, depth = 1, parametrization = ntk, bias_scale = 1)",
    }
    program = pipeline.compile(WAVE, settings).program
    assert program is not None
    model = FieldModel.from_program(program, program.system.problem.settings)
    sampler = build_sampler(program, points, False, np.float64)
    assembly = build_assembly(program, model, {})
    parameters = model.initialise(jax.random.key(0), np.float64)
    batch = jax.jit(sampler.draw)(sampler.seed(jax.random.key(0)), jnp.zeros((), jnp.int32))
    rows = list_rows(assembly, batch, sampler.copies)
    return Setup(program, model, rows, parameters, build_jacobian(rows, parameters))


def descend_watched(
    setup: Setup, weights: np.ndarray, rate: float, steps: int
) -> tuple[np.ndarray, list]:
    """Return the losses ``(looks, terms)`` every few steps, and the parameters at a few of them."""
    frozen = setup.parameters["frozen"]

    def loss(trained: object) -> tuple[jax.Array, jax.Array]:
        losses = setup.losses({"trained": trained, "frozen": frozen})
        return jnp.vdot(jnp.asarray(weights), losses), losses

    def step(_: int, trained: object) -> object:
        gradient, _ = jax.grad(loss, has_aux=True)(trained)
        return jax.tree.map(lambda p, g: p - rate * g, trained, gradient)

    @jax.jit
    def advance(trained: object) -> tuple[object, jax.Array]:
        return jax.lax.fori_loop(0, _EVERY, step, trained), loss(trained)[1]

    trained, courses, kept = setup.parameters["trained"], [], []
    looks = steps // _EVERY
    for number in range(looks + 1):
        if number % max(1, looks // 12) == 0:
            kept.append((number, trained))
        trained, losses = advance(trained)
        courses.append(np.asarray(losses))
    return np.array(courses), kept


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--points", type=int, default=64)
    parser.add_argument("--steps", type=int, default=3000)
    options = parser.parse_args()
    ratios: list[float] = []
    figure = new_figure(2)
    panels = figure.subplots(1, 2)
    with jax.enable_x64(True):
        setup = build_wave(options.width, options.points)
        rows, labels = setup.rows, setup.rows.assembly.labels
        kernel = gram_matrix(setup.jacobian, setup.parameters)
        traces = np.array(
            [np.sum((rows.copies * np.diag(kernel))[rows.terms == g]) for g in range(len(labels))]
        )
        residuals = setup.jacobian.residuals(setup.parameters)
        for axis, (rule, weights) in zip(
            panels,
            (("unit", np.ones(len(labels))), ("ntk", weigh_ntk(traces, np.ones(1)))),
            strict=True,
        ):
            spectrum = dense_spectrum(scale_kernel(kernel, loss_scales(rows, weights)))
            forecast = build_forecast(rows, spectrum, residuals, weights)
            rate = forecast.largest_step / 10
            losses, kept = descend_watched(setup, weights, rate, options.steps)
            fractions = np.sqrt(losses / losses[0])
            drifts = [
                (
                    number,
                    relative_change(
                        kernel,
                        gram_matrix(setup.jacobian, {**setup.parameters, "trained": trained}),
                    ),
                )
                for number, trained in kept
            ]
            inside = [number for number, drift in drifts if drift < KERNEL_DRIFT_LIMIT]
            last = inside[-1]
            print(
                f"  {rule} weights, rate {rate:.1e}: kernel drift {100 * drifts[-1][1]:.1f} % after"
                f" {options.steps} steps; below 10 % for {last * _EVERY} steps"
            )
            steps = np.arange(len(losses)) * _EVERY
            expected = forecast.term_fractions(steps.astype(float), rate)
            for g, label in enumerate(labels):
                facts = []
                for share in SHARES:
                    reached = np.flatnonzero(fractions[: last + 1, g] <= share)
                    said = forecast.steps_to(share, rate)[g]
                    if not reached.size or not math.isfinite(said):
                        continue
                    fact = float(max(steps[reached[0]], _EVERY))
                    # The forecast is read at the same looks as the fact.
                    ratios.append(max(math.ceil(said / _EVERY), 1) * _EVERY / fact)
                    facts.append(f"{100 * share:.0f} %: {said:.0f} forecast, {fact:.0f} taken")
                print(f"    {label:<4} {'; '.join(facts) or 'none of the shares was reached'}")
                axis.loglog(steps[1:], fractions[1:, g], color=COLORS[g], label=label)
                axis.loglog(steps[1:], expected[g, 1:], "--", color=COLORS[g])
            axis.axvline(last * _EVERY, color="grey", ls=":", lw=0.8)
            axis.set(xlabel="step", ylabel="residual / first")
            axis.set_title(f"{rule} weights; dashed: forecast; dotted: drift of 10 %", fontsize=9)
            axis.grid(alpha=0.3)
            axis.legend(fontsize=8)
    save_figure(figure, "The wave: forecast and fact", options.plot)
    worst = max(max(r, 1 / r) for r in ratios)
    return say(
        f"over {len(ratios)} shares of terms, the forecast steps are right within a factor of {worst:.2g}"
        " while the drift is below 10 %",
        len(ratios) >= 3 and worst < 3,
    )


if __name__ == "__main__":
    sys.exit(main())
