"""What "by method" means: the numerics of `adam` where the spec leaves them open."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from pdelang.calculus.system import System
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.adam import AdamOptions


@dataclass(frozen=True, slots=True)
class AdamDefaults:
    """Network, points per term and steps for one number of coordinates.

    Swish networks reached a given error on the gallery's smooth problems in about half the
    steps of tanh ones, and fewer steps than sine ones.
    """

    width: int
    depth: int
    points: int
    steps: int


# By the number of coordinates, time included; the last row serves all above.
_DEFAULTS = {
    1: AdamDefaults(width=32, depth=3, points=128, steps=20_000),
    2: AdamDefaults(width=32, depth=3, points=256, steps=20_000),
    3: AdamDefaults(width=48, depth=3, points=512, steps=20_000),
}
REFRESH_EVERY = 100


def resolve_settings(system: System, settings: Settings) -> Settings:
    """Return the settings with every "by method" of `adam` filled in: those that are used."""
    dimension = len(system.coordinates)
    defaults = _DEFAULTS[min(dimension, max(_DEFAULTS))]
    return replace(
        settings,
        network=settings.network or _default_network(defaults),
        points=settings.points or defaults.points,
        steps=defaults.steps if settings.steps is None else settings.steps,
        refresh_every=settings.refresh_every or REFRESH_EVERY,
        precision=settings.precision or "f32",
    )


def _default_network(defaults: AdamDefaults) -> Choice:
    return Choice(
        "mlp",
        (("width", defaults.width), ("depth", defaults.depth), ("activation", "swish")),
    )


def resolve_adam(settings: Settings) -> AdamOptions:
    """Return the options of ``method = adam(…)``; raises ValueError for one it does not have."""
    names = {f.name for f in fields(AdamOptions)} - {"noise", "decay"}
    given = dict(settings.method.options) if settings.method.name == "adam" else {}
    given.pop("polish", None)  # an option of what follows training
    unknown = sorted(set(given) - names)
    if unknown:
        raise ValueError(f"method adam has no option {unknown[0]!r}")
    sampling = str(given.pop("sampling", "sobol"))
    if sampling not in ("sobol", "uniform"):
        raise ValueError(f"sampling is sobol or uniform, not {sampling!r}")
    resample_every = int(given.pop("resample_every", 1))
    numbers = {key: float(value) for key, value in given.items()}
    return AdamOptions(
        **numbers,
        resample_every=resample_every,
        sampling=sampling,
        noise=settings.noise,
        decay=settings.decay,
    )
