"""A diagnosis of the kernel as one screen of text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from pdelang.kernels.spectrum import Spectrum
from pdelang.training.diagnosis.state import Diagnosis, KernelState, Regime


def format_diagnosis(diagnosis: Diagnosis) -> str:
    """Return tables of terms, weights and forecasts, then the verdict and the advice."""
    lines = [
        diagnosis.title or "(no title)",
        f"  network    {diagnosis.network}, {diagnosis.parameter_count:,} parameters",
        f"  points     {diagnosis.points} per term, kernels in float64",
    ]
    for state in diagnosis.states:
        lines += ["", f"  {state.name}", *_format_terms(state), "", *_format_weights(state)]
    lines += ["", *_format_forecasts(diagnosis)]
    if diagnosis.drift:
        facts = [f"{key.replace('_', ' ')} {value:.2g}" for key, value in diagnosis.drift.items()]
        lines += ["", f"  drift      {', '.join(facts)}"]
    lines.append("")
    lines += [f"  verdict    {sentence}" for sentence in diagnosis.verdict]
    lines += [f"  advice     {sentence}" for sentence in diagnosis.advice]
    return "\n".join(lines)


def _format_terms(state: KernelState) -> list[str]:
    head = (
        "kernel",
        "rows",
        "trace",
        "λ max",
        "λ min",
        "condition",
        "rank",
        "reached",
        "rate",
        "residual",
    )
    body = [
        (
            term.label,
            f"{term.rows}",
            *_describe_spectrum(term.spectrum),
            f"{term.dimension:.1f}",
            f"{term.rate:.2g}",
            f"{term.residual:.2g}",
        )
        for term in state.terms
    ]
    rows = sum(term.rows for term in state.terms)
    for name, spectrum in (("all", state.whole), ("conjugate", state.conjugate)):
        body.append((name, f"{rows}", *_describe_spectrum(spectrum), "", "", ""))
    return _align([head, *body])


def _describe_spectrum(spectrum: Spectrum) -> tuple[str, ...]:
    smallest, condition = spectrum.smallest, spectrum.condition
    return (
        f"{spectrum.trace:.2e}",
        f"{spectrum.largest:.2e}",
        "?" if smallest is None else _number(smallest),
        "?" if condition is None else _number(condition),
        f"{spectrum.rank}" if spectrum.is_complete else f"> {spectrum.rank}",
    )


def _format_weights(state: KernelState) -> list[str]:
    rules = [rule for rule in state.terms[0].weights if rule != "fixed"]
    body = [(t.label, *(f"{t.weights[rule]:.3g}" for rule in rules)) for t in state.terms]
    return _align([("weights by", *rules), *body])


def _format_forecasts(diagnosis: Diagnosis) -> list[str]:
    state = diagnosis.states[0]
    head = (
        "forecast",
        "weights",
        "largest step",
        "steps to 10 %",
        f"to {diagnosis.tolerance:.0e}",
        f"left at {diagnosis.steps:,}",
    )
    body = [
        (
            label,
            regime.name,
            f"{regime.largest_step:.2e}",
            _say_steps(regime.to_tenth, label),
            _say_steps(regime.to_tolerance, label),
            "?" if regime.left is None else f"{100 * regime.left[label]:.2g} %",
        )
        for label in (term.label for term in state.terms)
        for regime in _distinct(state.regimes)
    ]
    return _align([head, *body])


def _distinct(regimes: Sequence[Regime]) -> Iterable[Regime]:
    """Return the regimes without those that weigh as one before: a single term has one."""
    shown: list[Regime] = []
    for regime in regimes:
        if not any(regime.weights == other.weights for other in shown):
            shown.append(regime)
    return shown


def _say_steps(steps: Mapping[str, float] | None, label: str) -> str:
    if steps is None:
        return "?"
    return "never" if math.isinf(steps[label]) else f"{steps[label]:.3g}"


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞"
    return f"{value:.1e}" if value else "0"


def _align(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as lines: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "    "
        + "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
