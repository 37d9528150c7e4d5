"""The options of ``method = lbfgs`` and what "by method" means for it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from pdelang.calculus.system import System
from pdelang.semantics.settings import Choice, Settings

SAMPLINGS = ("residual", "sobol", "uniform")


@dataclass(frozen=True, slots=True)
class LbfgsOptions:
    """``lbfgs(memory = …, trials = …, redraw_every = …, warm_up = …, sampling = …)``.

    ``memory`` is the number of pairs of differences that are kept, ``trials`` the most losses that
    one line search looks at, ``warm_up`` the number of Adam steps before the first one.
    ``redraw_every``, in steps, is None where points are drawn anew when weights are, `refresh_every`;
    ``sampling`` residual draws half of them where the residual is large.
    """

    memory: int = 100
    trials: int = 20
    redraw_every: int | None = None
    warm_up: int = 0
    sampling: str = "residual"


@dataclass(frozen=True, slots=True)
class LbfgsDefaults:
    """Network, points per term, life of the weights and steps for one number of coordinates.

    ``input_scale`` is the deviation of the first layer's frequencies on scaled coordinates.
    """

    width: int
    depth: int
    activation: str
    points: int
    refresh_every: int
    steps: int = 4000
    input_scale: float = 1.0


# By the number of coordinates, time included; the last row serves all above. On the gallery's smooth linear
# problems in two coordinates swish networks end with a tenth of the error of tanh ones, on Burgers' front it is
# the other way round. A trajectory over many periods needs the higher frequencies: with those of scale 1 training
# ends near the point of rest.
_LINEAR = {
    1: LbfgsDefaults(32, 3, "tanh", points=256, refresh_every=500),
    2: LbfgsDefaults(32, 3, "swish", points=512, refresh_every=1000),
    3: LbfgsDefaults(32, 3, "swish", points=1024, refresh_every=1000),
}
_NONLINEAR = {
    1: LbfgsDefaults(20, 3, "tanh", points=512, refresh_every=500, input_scale=8.0),
    2: LbfgsDefaults(20, 4, "tanh", points=2048, refresh_every=1000),
    3: LbfgsDefaults(20, 4, "tanh", points=4096, refresh_every=1000),
}


def resolve_lbfgs_settings(system: System, settings: Settings) -> Settings:
    """Return the settings with every "by method" filled in: those that are used."""
    table = _LINEAR if system.is_linear else _NONLINEAR
    defaults = table[min(len(system.coordinates), max(table))]
    network = Choice(
        "mlp",
        (
            ("width", defaults.width),
            ("depth", defaults.depth),
            ("activation", defaults.activation),
            ("input_scale", defaults.input_scale),
        ),
    )
    return replace(
        settings,
        network=settings.network or network,
        points=settings.points or defaults.points,
        steps=defaults.steps if settings.steps is None else settings.steps,
        refresh_every=settings.refresh_every or defaults.refresh_every,
        precision=settings.precision or "f64",
    )


def read_lbfgs_options(settings: Settings) -> LbfgsOptions:
    """Return the options of the method; raises ValueError for one that it does not have."""
    given = dict(settings.method.options)
    given.pop("polish", None)  # an option of what follows training
    unknown = sorted(set(given) - {f.name for f in fields(LbfgsOptions)})
    if unknown:
        raise ValueError(f"method lbfgs has no option {unknown[0]!r}")
    options = LbfgsOptions(**given)  # pyright: ignore[reportArgumentType] - checked by name below
    if options.sampling not in SAMPLINGS:
        raise ValueError(f"sampling is {', '.join(SAMPLINGS)}, not {options.sampling!r}")
    return options
