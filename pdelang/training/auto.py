"""Which methods solve a problem when the spec leaves it to us."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pdelang.calculus.system import System
from pdelang.semantics.settings import UNSUITED, Settings
from pdelang.training.solution import Solution

# Frozen features that should follow a solution in all coordinates grow with a power of them.
_MOST_COORDINATES = 6
_TRIAL_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Decision:
    """Methods to try in turn, and why; every one but the last gets ``trial_share`` of the time."""

    methods: tuple[str, ...]
    reason: str
    trial_share: float = _TRIAL_SHARE


def decide(system: System, settings: Settings) -> Decision:
    """Return what ``auto`` does, from what the compiler derived and what the user has set."""
    trained = _settings_of_training(settings)
    if trained:
        return Decision(("adam",), f"auto chose adam: `{trained}` is a setting of training")
    count = len(system.coordinates)
    coordinates = f"{count} coordinate{'s' if count > 1 else ''}"
    if count > _MOST_COORDINATES:
        return Decision(
            ("adam",), f"auto chose adam: {coordinates} are too many for frozen features"
        )
    if system.is_linear:
        return Decision(
            ("least_squares",),
            f"auto chose least_squares: the problem is linear, in {coordinates},"
            " so frozen features need one solve",
        )
    return Decision(
        ("least_squares", "adam"),
        f"auto chose least_squares, then adam: the problem is nonlinear, in {coordinates};"
        " where it is smooth, Newton's method on frozen features is by far the fastest",
    )


def worst_estimate(solution: Solution) -> float:
    """Return the largest estimated error of any unknown; infinite where there is none."""
    estimates = solution.error_estimate.values()
    return max(estimates, default=math.inf)


def _settings_of_training(settings: Settings) -> str | None:
    """Return the first setting given that only a trained network can follow, or None."""
    if settings.network is not None and settings.network.name != "features":
        return f"network = {settings.network}"
    if settings.weights.name not in UNSUITED["least_squares"]["weights"]:
        return f"weights = {settings.weights}"
    if settings.precision == "f32":
        return "precision = f32"
    for name in ("steps", "refresh_every"):
        if getattr(settings, name) is not None:
            return f"{name} = {getattr(settings, name)}"
    for name in ("noise", "decay"):
        if getattr(settings, name):
            return f"{name} = {getattr(settings, name):g}"
    return None
