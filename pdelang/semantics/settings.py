"""Numerical settings: the one place of every key, its default and its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | float | str | bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A name with options, as ``mlp(width = 64)`` or ``adam(rate = 1e-3)``."""

    name: str
    options: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        inside = ", ".join(f"{key} = {value}" for key, value in self.options)
        return f"{self.name}({inside})" if inside else self.name


@dataclass(frozen=True, slots=True)
class Settings:
    """The ``solver`` block. None means "by method"."""

    tolerance: float = 1e-4
    method: Choice = Choice("auto")
    weights: Choice = Choice("ntk")
    refresh_every: int | None = None
    refresh_drift: float | None = None
    network: Choice | None = None
    conditions: str = "auto"
    scaling: str = "auto"
    points: int | None = None
    steps: int | None = None
    time_limit: float = 300.0
    precision: str | None = None
    seed: int = 0
    windows: int | None = None
    noise: float = 0.0
    decay: float = 0.0


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """The ``output`` block. ``grid`` is points per axis; None lets the tool choose."""

    grid: tuple[int, ...] | None = None
    times: tuple[float, ...] | None = None
    plots: tuple[str, ...] | None = None
    formats: tuple[str, ...] = ()


# ------------------------------------------------------------ what each key takes


@dataclass(frozen=True, slots=True)
class NumberRule:
    """A number in ``low .. high``; ``open_low`` excludes the low end. ``words`` are names allowed instead."""

    low: float
    high: float
    whole: bool = False
    open_low: bool = False
    words: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.high >= 1e6:
            return (
                f"{kind} above {self.low:g}"
                if self.open_low
                else f"{kind} of at least {self.low:g}"
            )
        return f"{kind} in {self.low:g} .. {self.high:g}"


@dataclass(frozen=True, slots=True)
class WordRule:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """One of a few names, each with options of its own."""

    choices: Mapping[str, Mapping[str, NumberRule | WordRule]]


@dataclass(frozen=True, slots=True)
class ListRule:
    """A list of values of one kind; a single value counts as a list of one."""

    item: NumberRule | WordRule
    words: tuple[str, ...] = field(default=())


Rule = NumberRule | WordRule | ChoiceRule | ListRule

_LARGEST = 1e308
_COUNT = NumberRule(1, 1_000_000_000, whole=True)
_MLP = {
    "width": NumberRule(1, 100_000, whole=True),
    "depth": NumberRule(1, 1000, whole=True),
    "activation": WordRule(("tanh", "sine", "gelu", "swish", "softplus")),
    "bias_scale": NumberRule(0, 1e6),
    "parametrization": WordRule(("standard", "ntk")),
    "input_scale": NumberRule(0, 1e6, open_low=True),
    "harmonics": NumberRule(1, 1000, whole=True),
    "last_width": NumberRule(1, 100_000, whole=True),
}

_GATED = {name: rule for name, rule in _MLP.items() if name not in ("input_scale", "last_width")}

METHODS = ChoiceRule(
    {
        "auto": {},
        "least_squares": {},
        "adam": {
            "rate": NumberRule(0, 1e3, open_low=True),
            "decay_rate": NumberRule(0, 1, open_low=True),
            "decay_every": _COUNT,
            "ema": NumberRule(0, 0.9999999),
            "resample_every": _COUNT,
            "sampling": WordRule(("sobol", "uniform")),
            "polish": WordRule(("on", "off")),
        },
        "lbfgs": {
            "memory": NumberRule(1, 10_000, whole=True),
            "trials": NumberRule(2, 1000, whole=True),
            "redraw_every": _COUNT,
            "warm_up": NumberRule(0, 1_000_000, whole=True),
            "sampling": WordRule(("residual", "sobol", "uniform")),
            "polish": WordRule(("on", "off")),
        },
        "gauss_newton": {
            "damping": NumberRule(0, 1e8, open_low=True),
            "redraw_every": _COUNT,
            "sampling": WordRule(("residual", "sobol", "uniform")),
            "space": WordRule(("auto", "parameters", "samples", "krylov")),
            "iterations": _COUNT,
            "warm_up": NumberRule(0, 1_000_000, whole=True),
            "trust": WordRule(("on", "off")),
            "polish": WordRule(("on", "off")),
        },
    },
)

WEIGHTS = ChoiceRule(
    {
        "ntk": {},
        "ntk_mean": {},
        "ntk_pointwise": {
            "chunks": NumberRule(1, 1000, whole=True),
            "causality": NumberRule(0, 1e6),
        },
        "ntk_sum": {},
        "gradnorm": {},
        "self_adaptive": {"rate": NumberRule(0, 1e6, open_low=True)},
        "relobralo": {
            "temperature": NumberRule(0, 1e6, open_low=True),
            "memory": NumberRule(0, 1),
            "lookback": NumberRule(0, 1),
        },
        "fixed": {},
    }
)

# Rules that need no training: one look at the kernel decides them.
_KERNEL_WEIGHTS = ("ntk", "ntk_mean", "gradnorm", "fixed")

# Rules that add to their own last weights, or have none to renew.
UNRENEWED_WEIGHTS = ("self_adaptive", "relobralo", "fixed")

NETWORKS = ChoiceRule(
    {
        "mlp": _MLP,
        "fourier": {
            "count": NumberRule(1, 1_000_000, whole=True),
            "scale": NumberRule(0, 1e6, open_low=True),
            **_MLP,
        },
        "modified_mlp": _GATED,
        "pirate": {"scale": NumberRule(0, 1e6, open_low=True), **_GATED},
        "features": {
            "kind": WordRule(("sine", "chebyshev", "singular")),
            "degree": NumberRule(1, 10_000, whole=True),
            "functions": NumberRule(1, 100_000, whole=True),
            "count": NumberRule(1, 100_000, whole=True),
            "scale": NumberRule(0, 1e6, open_low=True),
        },
        "splines": {
            "degree": NumberRule(3, 15, whole=True),
            "elements": NumberRule(1, 100_000, whole=True),
            "windows": NumberRule(1, 1_000_000, whole=True),
            "time_degree": NumberRule(0, 12, whole=True),
        },
    }
)

SOLVER_RULES: dict[str, Rule] = {
    "tolerance": NumberRule(0, 1, open_low=True),
    "method": METHODS,
    "weights": WEIGHTS,
    "refresh_every": _COUNT,
    "refresh_drift": NumberRule(0, 1e6, open_low=True),
    "network": NETWORKS,
    "conditions": WordRule(("auto", "hard", "soft")),
    "scaling": WordRule(("auto", "none")),
    "points": _COUNT,
    "steps": _COUNT,
    "time_limit": NumberRule(0, _LARGEST, open_low=True),
    "precision": WordRule(("f32", "f64")),
    "seed": NumberRule(0, 2**32 - 1, whole=True),
    "windows": NumberRule(1, 1_000_000, whole=True, words=("auto",)),
    "noise": NumberRule(0, _LARGEST),
    "decay": NumberRule(0, _LARGEST),
}
"""Every key of the ``solver`` block; their defaults are those of `Settings`."""

UNSUITED: dict[str, dict[str, tuple[str, ...]]] = {
    "least_squares": {
        "network": ("features", "splines"),
        "weights": _KERNEL_WEIGHTS,
        "precision": ("f64",),
        "steps": (),
        "refresh_every": (),
        "refresh_drift": (),
        "noise": (),
        "decay": (),
    },
    "adam": {"network": ("mlp", "fourier", "modified_mlp", "pirate", "features"), "windows": ()},
    "lbfgs": {
        "network": ("mlp", "fourier", "modified_mlp", "pirate", "features"),
        "windows": (),
        "noise": (),
        "decay": (),
    },
    "gauss_newton": {
        "network": ("mlp", "fourier", "modified_mlp", "pirate", "features"),
        "weights": _KERNEL_WEIGHTS,
        "windows": (),
        "noise": (),
        "decay": (),
    },
}
"""Settings that a method would ignore, each with the values that it does not."""

FEATURE_KINDS: dict[str, tuple[str, ...]] = {
    "sine": ("scale",),
    "chebyshev": ("degree",),
    "singular": ("degree", "functions"),
}
"""The kinds of frozen features, each with the options that not all of them have."""
LARGEST_VTK_DIMENSION = 3

OUTPUT_RULES: dict[str, Rule] = {
    "grid": ListRule(NumberRule(2, 1_000_000, whole=True)),
    "times": ListRule(NumberRule(-_LARGEST, _LARGEST)),
    "plots": ListRule(WordRule(("solution", "residual", "losses", "animation")), words=("none",)),
    "formats": ListRule(WordRule(("csv", "netcdf", "vtk", "stablehlo"))),
}
"""Every key of the ``output`` block; their defaults are those of `OutputSettings`."""
