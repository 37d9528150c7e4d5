"""Options and arguments that commands share, and the words that they take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How to print a result."""

    TEXT = "text"
    JSON = "json"


class DeviceKind(StrEnum):
    """Where to solve."""

    CPU = "cpu"
    GPU = "gpu"
    TPU = "tpu"


class Precision(StrEnum):
    """Floating-point numbers of the solve."""

    F32 = "f32"
    F64 = "f64"


class EmitStage(StrEnum):
    """A form that can be printed."""

    TREE = "tree"
    PROBLEM = "problem"
    SYSTEM = "system"
    PROGRAM = "program"
    LATEX = "latex"
    PYTHON = "python"


class PlotKind(StrEnum):
    """A picture of a solution."""

    SOLUTION = "solution"
    RESIDUAL = "residual"
    LOSSES = "losses"
    ANIMATION = "animation"


class Classical(StrEnum):
    """A classical solver to compare with."""

    SPECTRAL = "spectral"
    FEM = "fem"


FormatOption = Annotated[
    Format, typer.Option("--format", help="json: exactly one JSON object on stdout.")
]
SpecArgument = Annotated[str, typer.Argument(metavar="SPEC", help="A .pde file.")]
ArtifactArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A .solution folder.")]

TolOption = Annotated[
    str | None,
    typer.Option("--tol", metavar="NUMBER", help="Target of the estimated relative error."),
]
MethodOption = Annotated[
    str | None, typer.Option("--method", metavar="M", help="Such as auto, adam, gauss_newton.")
]
SeedOption = Annotated[
    str | None, typer.Option("--seed", metavar="N", help="Everything random follows from it.")
]
DeviceOption = Annotated[DeviceKind | None, typer.Option("--device", help="Else JAX chooses.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting of the solver block; repeatable."),
]
TimeLimitOption = Annotated[
    str | None, typer.Option("--time-limit", metavar="S", help="Seconds for the whole run.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress.")]
