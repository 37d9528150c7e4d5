"""Which methods solve a problem when the spec leaves it to us."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pdelang.calculus.system import System
from pdelang.semantics.settings import UNSUITED, Settings
from pdelang.training.least_squares.corner_sites import find_corners
from pdelang.training.least_squares.hole_sites import find_holes
from pdelang.training.places import find_layers_of
from pdelang.training.solution import Solution
from pdelang.training.splines.method import unsuited_reason

# Frozen features that should follow a solution in all coordinates grow with a power of them.
_MOST_COORDINATES = 6
# Of the time limit, up to when a route that is not the last may work.
_TRIAL_SHARES = {"features": 0.15, "singular": 0.6, "splines": 0.6}


@dataclass(frozen=True, slots=True)
class Decision:
    """Routes to try in turn, and why.

    A route is ``features`` (polynomials, waves), ``singular`` or ``splines``, the kinds of frozen
    features of ``least_squares``, or a method that trains a network.
    """

    routes: tuple[str, ...]
    reason: str


def decide(system: System, settings: Settings) -> Decision:
    """Return what ``auto`` does, from what the compiler derived and what the user has set."""
    if system.is_eigenproblem:
        return Decision(
            ("features",), "auto chose the eigenvalues of least-squares rows over frozen features"
        )
    if system.problem.fits:
        names = ", ".join(fit.name for fit in system.problem.fits)
        return Decision(
            decide_features(system, settings).routes,
            f"auto chose Gauss-Newton for {names} over least_squares for the fields",
        )
    trained = settings_of_training(settings)
    if trained:
        return Decision(("adam",), f"auto chose adam: `{trained}` is a setting of training")
    frozen = decide_features(system, settings)
    count = len(system.coordinates)
    coordinates = f"{count} coordinate{'s' if count > 1 else ''}"
    if count > _MOST_COORDINATES:
        return Decision(
            ("adam",), f"auto chose adam: {coordinates} are too many for frozen features"
        )
    if system.is_linear:
        return Decision(
            frozen.routes,
            f"auto chose least_squares: the problem is linear, in {coordinates},"
            f" so frozen features need one solve; {frozen.reason}",
        )
    return Decision(
        (*frozen.routes, "gauss_newton"),
        f"auto chose least_squares, then gauss_newton: the problem is nonlinear, in {coordinates};"
        f" Newton's method on frozen features is by far the fastest; {frozen.reason}",
    )


def decide_features(system: System, settings: Settings) -> Decision:
    """Return which kinds of frozen features ``least_squares`` tries."""
    if settings.network is not None:
        name = settings.network.name
        if dict(settings.network.options).get("kind") == "singular":
            name = "singular"
        return Decision((name,), f"`network = {settings.network}` is set")
    if settings.windows is not None:
        return Decision(("splines",), "`windows` is set, and splines work in windows")
    if settings.conditions != "hard" and (singular := _decide_singular(system)) is not None:
        return singular
    if (
        unsuited_reason(system) is not None
        or settings.conditions == "hard"
        or settings.weights.name == "gradnorm"
    ):
        return Decision(("features",), "polynomials, then waves of random frequencies")
    if find_layers_of(system):
        return Decision(
            ("splines", "features"), "splines first, since what is given has thin layers"
        )
    if system.is_linear:
        return Decision(
            ("features", "splines"), "waves first, splines if the solution is not smooth"
        )
    if system.problem.time is not None:
        return Decision(("splines",), "splines in windows of time, which can follow a front")
    return Decision(("features", "splines"), "waves first, splines if there are layers")


def _decide_singular(system: System) -> Decision | None:
    """Return what is done where corners or holes may make the solution singular, None elsewhere."""
    corners, holes = find_corners(system), find_holes(system)
    sharp = sum(corner.is_sharp for corner in corners)
    places = [
        f"{count} {name}{'s' if count > 1 else ''}"
        for count, name in ((sharp, "corner"), (len(holes), "hole"))
        if count
    ]
    if sharp:
        # Without the right functions there no other features get anywhere.
        reason = f"the solution may be singular at {' and '.join(places)}"
        return Decision(("singular",) if not system.is_linear else ("singular", "features"), reason)
    if holes:
        reason = f"polynomials, and functions that are singular in {places[0]}"
        return Decision(("singular", "features"), reason)
    if corners:
        reason = (
            "polynomials first, singular functions at the corners if the solution is not smooth"
        )
        return Decision(("features", "singular"), reason)
    return None


def trial_share(route: str) -> float:
    """Return until which share of the time limit a route may work that is not the last."""
    return _TRIAL_SHARES.get(route, 0.5)


def worst_estimate(solution: Solution) -> float:
    """Return the largest estimated error of any unknown; infinite where there is none."""
    estimates = solution.error_estimate.values()
    return max(estimates, default=math.inf)


def settings_of_training(settings: Settings) -> str | None:
    """Return the first setting given that only a trained network can follow, or None."""
    if settings.network is not None and settings.network.name not in ("features", "splines"):
        return f"network = {settings.network}"
    if settings.weights.name not in UNSUITED["least_squares"]["weights"]:
        return f"weights = {settings.weights}"
    if settings.precision == "f32":
        return "precision = f32"
    for name in ("steps", "refresh_every", "refresh_drift"):
        if getattr(settings, name) is not None:
            return f"{name} = {getattr(settings, name)}"
    for name in ("noise", "decay"):
        if getattr(settings, name):
            return f"{name} = {getattr(settings, name):g}"
    return None
