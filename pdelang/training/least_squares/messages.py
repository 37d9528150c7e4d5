"""What is said of a solve with frozen features: what it used, and why it went no further."""

from __future__ import annotations

import numpy as np

from pdelang.training.failure import describe_layers, suspect_contradiction
from pdelang.training.least_squares.escalation import Ending, Escalation
from pdelang.training.least_squares.newton import Fit

# Coefficients of scaled fields beyond this are those of a system that is singular but for rounding.
_RESONANT = 1e7
# Newton's method that ends above this relative residual has not come near a solution.
_VAIN = 1e-3


def describe_escalation(found: Escalation, granted: float) -> tuple[str, ...]:
    """Return the sentences for people about an escalation, the features first.

    ``granted`` is the part of the time limit, in seconds, that was this method's.
    """
    fit = found.fit
    sentences = [
        f"{fit.dictionary.description}; relative residual on fresh points {fit.residual:.1e}"
    ]
    if not fit.system.is_linear:
        converged = "converged" if fit.converged else "did not converge"
        sentences.append(f"Newton's method {converged} in {fit.iterations} iterations")
        if not fit.converged and found.ending is Ending.STALLED and fit.residual > _VAIN:
            sentences.append(
                "there may be no solution near where Newton's method starts;"
                " a `guess` may lead it elsewhere"
            )
    if found.is_ambiguous:
        return (*sentences, _describe_ambiguity(fit))
    worst = max(fit.term_residuals, key=lambda g: fit.term_residuals[g])
    thin = describe_layers(fit.system)
    match found.ending:
        case Ending.REACHED:
            return tuple(sentences)
        case Ending.INTERRUPTED | Ending.TOO_FEW_POINTS:
            sentences.append(found.ending.value)
        case Ending.OUT_OF_TIME:
            sentences.append(
                f"the {granted:.0f} s of the time limit that are for them leave no room for more features"
            )
        case Ending.AS_SET:
            sentences.append(f"{found.ending.value}; the largest residual is that of `{worst}`")
        case Ending.STALLED:
            sentences.append(
                (None if thin else suspect_contradiction(fit.system, fit.term_residuals))
                or f"{found.ending.value}; the largest residual is that of `{worst}`"
            )
    return (*sentences, *filter(None, [thin]))


def _describe_ambiguity(fit: Fit) -> str:
    largest = float(np.abs(fit.coefficients).max())
    if fit.system.is_linear and largest > _RESONANT:
        return (
            f"the solution grows to {largest:.0e} times its expected size: there is none, as at a"
            " resonance, or only the difference from a constant is determined"
        )
    return (
        "the equations hold, yet two solves differ: the solution is not unique;"
        " a condition such as `require mean(u) = 0` may be missing"
    )
