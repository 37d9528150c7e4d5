"""The options of ``method = gauss_newton`` and what "by method" means for it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from pdelang.calculus.system import System
from pdelang.semantics.settings import Choice, Settings

SAMPLINGS = ("residual", "sobol", "uniform")
SPACES = ("auto", "parameters", "samples", "krylov")


@dataclass(frozen=True, slots=True)
class GaussNewtonOptions:
    """``gauss_newton(damping = …, redraw_every = …, sampling = …, space = …, …)``.

    ``damping`` is the first one, relative to the mean eigenvalue of JᵀJ. ``sampling`` residual
    draws half of the points where the residual is large; ``redraw_every`` is in steps.
    ``space`` is where the linear system is solved; auto takes the smaller of parameters and
    samples, and Krylov iterations where both are large. ``warm_up`` is the number of steps in
    single precision before those in double. ``trust`` lets the linearisation flag of a step move the
    damping of the next.
    """

    damping: float = 1e-2
    redraw_every: int = 20
    sampling: str = "residual"
    space: str = "auto"
    iterations: int = 100
    warm_up: int = 0
    trust: str = "off"


@dataclass(frozen=True, slots=True)
class GaussNewtonDefaults:
    """Network, points per term and steps for one number of coordinates.

    Linear problems get one wide layer of ``sines`` neurons: the frequencies are trained, and the
    polish then determines the amplitudes in one solve. Nonlinear ones get ``depth`` layers of
    ``width`` tanh neurons, which follow fronts.
    """

    sines: int
    width: int
    depth: int
    points: int
    steps: int


# By the number of coordinates, time included; the last row serves all above. With two rows or
# so per parameter, the small residual of a batch means a small one between its points.
_DEFAULTS = {
    1: GaussNewtonDefaults(sines=100, width=20, depth=2, points=400, steps=300),
    2: GaussNewtonDefaults(sines=600, width=20, depth=3, points=2000, steps=2000),
    3: GaussNewtonDefaults(sines=500, width=30, depth=3, points=4000, steps=1000),
}
# Deviation of the first layer's frequencies on scaled coordinates.
_INPUT_SCALE = 8.0
REFRESH_EVERY = 10
# Steps after which the last layers of linear problems are fitted for the first time.
EARLY_STEPS = 4


def resolve_gauss_newton_settings(system: System, settings: Settings) -> Settings:
    """Return the settings with every "by method" filled in: those that are used.

    On the paper's wave 30 steps lead a layer of 250 sines to 7e-3, two layers of 30 to 3e-2. Four
    steps and the polish lead 300 sines to 7e-4, 400 to 5e-6 and 600 to 2e-7.
    """
    defaults = _DEFAULTS[min(len(system.coordinates), max(_DEFAULTS))]
    if system.is_linear:
        network = Choice(
            "mlp",
            (
                ("width", defaults.sines),
                ("depth", 1),
                ("activation", "sine"),
                ("bias_scale", 1.0),
                ("input_scale", _INPUT_SCALE),
            ),
        )
    else:
        network = Choice(
            "mlp",
            (("width", defaults.width), ("depth", defaults.depth), ("activation", "tanh")),
        )
    return replace(
        settings,
        network=settings.network or network,
        points=settings.points or defaults.points,
        steps=defaults.steps if settings.steps is None else settings.steps,
        refresh_every=settings.refresh_every or REFRESH_EVERY,
        precision=settings.precision or "f64",
    )


def read_options(settings: Settings) -> GaussNewtonOptions:
    """Return the options of the method; raises ValueError for one that it does not have."""
    given = dict(settings.method.options)
    unknown = sorted(set(given) - {f.name for f in fields(GaussNewtonOptions)} - {"polish"})
    if unknown:
        raise ValueError(f"method gauss_newton has no option {unknown[0]!r}")
    given.pop("polish", None)
    options = GaussNewtonOptions(**given)  # pyright: ignore[reportArgumentType] - checked by name below
    if options.sampling not in SAMPLINGS:
        raise ValueError(f"sampling is {', '.join(SAMPLINGS)}, not {options.sampling!r}")
    if options.space not in SPACES:
        raise ValueError(f"space is {', '.join(SPACES)}, not {options.space!r}")
    return options
