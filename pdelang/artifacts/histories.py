"""Pictures of a run: losses and weights over the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pdelang.artifacts.figure import PALETTE
from pdelang.artifacts.panels import Curves, Line, Panel
from pdelang.training.solution import History


def compose_history(history: History) -> list[list[Panel]]:
    """Return one row with the losses and the weights per term; none when nothing was recorded."""
    if not history.rows or "step" not in history.columns:
        return []
    losses = [name for name in history.columns if name == "loss" or name.startswith("loss.")]
    weights = [name for name in history.columns if name.startswith("weight.")]
    if not losses:
        return []
    row = [_compose(history, losses, "mean square residual", "loss by term")]
    if weights:
        row.append(_compose(history, weights, "weight", "weight by term"))
    return [row]


def _compose(history: History, names: Sequence[str], label: str, title: str) -> Panel:
    step = history.column("step")
    terms = [name.partition(".")[2] for name in history.columns if name.startswith("loss.")]
    lines = []
    for name in names:
        term = name.partition(".")[2]
        color = PALETTE[terms.index(term) % 6] if term in terms else "black"
        values = history.column(name)
        # A value that is not finite leaves a gap.
        values = np.where(np.isfinite(values), values, np.nan)
        marker = {"marker": "."} if step.size < 30 else {}
        lines.append(Line(term or "total", step, values, {"color": color, "lw": 1.3, **marker}))
    return Curves(title, "step", label, lines, is_log=True)
