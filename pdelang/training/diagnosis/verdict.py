"""What a diagnosis means, in sentences, and what to change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pdelang.kernels.drift import KERNEL_DRIFT_LIMIT
from pdelang.semantics.settings import METHODS, UNRENEWED_WEIGHTS, Settings
from pdelang.training.diagnosis.state import KernelState, Regime

# Terms within this factor of each other count as balanced.
_BALANCED = 10.0
# A residual of which the steps leave more than this is not learnt.
_UNLEARNT = 0.5
# From this cosine down two gradients work against each other.
_OPPOSED = -0.5


def judge(
    states: Sequence[KernelState], drift: Mapping[str, float], settings: Settings
) -> tuple[str, ...]:
    """Return sentences that say what slows the training down, the worst first."""
    state = states[-1]
    sentences = [
        f"no parameter acts on `{label}`: its kernel is zero, so training cannot change it"
        for label in find_unmoved(state)
    ]
    ntk = state.regimes[-1]
    if (gap := compare_rates(state)) is not None:
        slow, fast, ratio = gap
        if ratio > _BALANCED:
            sentences.append(
                f"with unit weights `{slow}` converges {say_factor(ratio)} times more slowly than `{fast}`"
            )
            after = _ratio_under_weights(state, slow, fast, ntk)
            sentences.append(f"ntk weights bring that to {say_factor(after)}")
        else:
            sentences.append(
                f"the terms are balanced: their rates differ by a factor {ratio:.2g} at most"
            )
    for label, left in find_unlearnt(state).items():
        change = (
            f"leave {100 * left:.0f} % of the residual of `{label}`"
            if left <= 1.0
            else f"raise the residual of `{label}` to {say_factor(left)} times its first"
        )
        sentences.append(
            f"{settings.steps:,} steps of gradient descent {change} even with ntk weights: it lies"
            " where the kernel's eigenvalues are small (spectral bias)"
        )
    sentences += [
        f"the gradients of `{a}` and `{b}` oppose each other (cosine {cosine:.2f})"
        for a, b, cosine in find_opposed(state)
    ]
    if drift:
        size = drift["kernel_drift"]
        if size > KERNEL_DRIFT_LIMIT:
            sentences.append(
                f"the kernel drifted by {100 * size:.0f} % in training: forecasts from the start no"
                " longer hold, and weights need refreshing"
            )
        else:
            sentences.append(
                f"the kernel drifted by {100 * size:.1f} % only: forecasts from the start hold"
            )
    return tuple(sentences)


def advise(
    states: Sequence[KernelState], drift: Mapping[str, float], settings: Settings, is_linear: bool
) -> tuple[str, ...]:
    """Return changes to make, each a setting; empty where nothing is wrong."""
    state = states[-1]
    advice = []
    gap = compare_rates(state)
    is_unbalanced = gap is not None and gap[2] > _BALANCED
    if is_unbalanced and settings.weights.name == "fixed":
        advice.append("write `weights = ntk`")
    if find_unlearnt(state):
        better = []
        if is_linear:
            better.append("`method = least_squares`: the problem is linear, one solve does it")
        elif "gauss_newton" in METHODS.choices:
            better.append("`method = gauss_newton`, which does not depend on the eigenvalues")
        if settings.network is not None and settings.network.name == "mlp":
            better.append(
                "`network = fourier(scale = …)`, whose kernel is flatter at high frequencies"
            )
        advice += [f"try {text}" for text in better]
    if (
        drift.get("kernel_drift", 0.0) > KERNEL_DRIFT_LIMIT
        and settings.refresh_drift is None
        and settings.weights.name not in UNRENEWED_WEIGHTS
    ):
        advice.append(
            f"write `refresh_drift = 0.1`, which follows the kernel, or keep `refresh_every` small;"
            f" it is {settings.refresh_every}"
        )
    if find_unmoved(state):
        advice.append("look at the statement: it says nothing about the unknowns")
    return tuple(advice)


def compare_rates(state: KernelState) -> tuple[str, str, float] | None:
    """Return the slowest and the fastest term with unit weights and the ratio of their rates."""
    acting = [term for term in state.terms if term.rate > 0]
    if len(acting) < 2:
        return None
    slow, fast = min(acting, key=lambda t: t.rate), max(acting, key=lambda t: t.rate)
    return slow.label, fast.label, fast.rate / slow.rate


def find_unmoved(state: KernelState) -> tuple[str, ...]:
    """Return the terms whose kernel is zero."""
    return tuple(term.label for term in state.terms if term.spectrum.trace == 0)


def find_unlearnt(state: KernelState) -> dict[str, float]:
    """Return the terms of whose residual too much is left with ntk weights, with that share."""
    left = state.regimes[-1].left or {}
    return {label: share for label, share in left.items() if share > _UNLEARNT}


def find_opposed(state: KernelState) -> list[tuple[str, str, float]]:
    """Return pairs of terms whose gradients point against each other, with their cosine."""
    labels = [term.label for term in state.terms]
    return [
        (labels[g], labels[h], float(state.alignment[g, h]))
        for g in range(len(labels))
        for h in range(g)
        if state.alignment[g, h] < _OPPOSED
    ]


def say_factor(ratio: float) -> str:
    """Return a factor as people say it: 7.3, 120, 10⁴."""
    if not math.isfinite(ratio):
        return "infinitely many"
    if ratio < 1000:
        return f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"
    power = round(math.log10(ratio))
    return "10" + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _ratio_under_weights(state: KernelState, slow: str, fast: str, regime: Regime) -> float:
    rates = {t.label: regime.weights[t.label] * t.rate for t in state.terms}
    return max(rates[fast] / rates[slow], rates[slow] / rates[fast])
