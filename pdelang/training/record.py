"""What is kept of a run: its history and the kernel's traces at the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from pdelang.kernels.trace import term_traces
from pdelang.training.loop import compile_measurement
from pdelang.training.preparation import TrainingRun
from pdelang.training.solution import History


def build_history(run: TrainingRun) -> History:
    """Return the rows of a run: step, seconds, loss, loss and weight per term."""
    labels = run.stepper.assembly.labels
    columns = (
        "step",
        "seconds",
        "loss",
        *(f"loss.{label}" for label in labels),
        *(f"weight.{label}" for label in labels),
        *run.more_columns,
    )
    return History(columns, tuple(run.rows))


def measure_kernel(run: TrainingRun) -> dict[str, dict[str, float]]:
    """Return the trace of every term's kernel at the end of a run, and the weight it had."""
    stepper = run.stepper
    parameters: Any = {"trained": run.trained, "frozen": run.frozen}
    measure = stepper.measure
    if measure is None or stepper.rule.measure is not term_traces:
        measure = compile_measurement(
            stepper.assembly, stepper.sampler, term_traces, parameters, run.seeds
        )
    traces = np.asarray(measure(parameters, run.seeds, stepper.number_draw(run.step)))
    return {
        label: {"trace": float(trace), "weight": float(weight)}
        for label, trace, weight in zip(stepper.assembly.labels, traces, run.weights, strict=True)
    }
