"""Options and arguments that commands share, and the words that they take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pdelang.artifacts.export_format import ExportFormat


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
    SPECTRA = "spectra"
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
    str | None,
    typer.Option("--method", metavar="M", help="Such as auto, adam, lbfgs, gauss_newton."),
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
OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="DIR", help="Where to write; else beside the spec."),
]
PrecisionOption = Annotated[
    Precision | None, typer.Option("--precision", help="Else the method chooses.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on where an earlier run was ended.")
]
AgainstOption = Annotated[
    Classical | None,
    typer.Option("--against", help="Compare with this solver instead, on the spec itself."),
]
SpecsArgument = Annotated[
    list[str], typer.Argument(metavar="SPEC...", help="One or more .pde files.")
]
DenyWarningsOption = Annotated[
    bool, typer.Option("--deny-warnings", help="Exit with 2 on a warning too.")
]
OnlyCheckOption = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit with 1 where one would change.")
]
AtOption = Annotated[str | None, typer.Option("--at", metavar="x=0.5,t=1", help="One point.")]
PointsOption = Annotated[
    Path | None, typer.Option("--points", metavar="CSV", help="A column per coordinate.")
]
TableOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="CSV", help="Else standard output.")
]
TargetArgument = Annotated[
    str, typer.Argument(metavar="SPEC|DIR", help="A .pde file or a .solution folder.")
]
CompressedOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="DIR", help="Else DIR's name, .compressed.solution."),
]
BoundOption = Annotated[
    str | None,
    typer.Option(
        "--tol", metavar="NUMBER", help="How far fields may move; else what the tolerance leaves."
    ),
]
PointsPerTermOption = Annotated[
    int | None,
    typer.Option("--points", metavar="N", min=1, max=1_000_000, help="Points per term."),
]
KernelPictureOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="PNG", help="Draw a picture too.")
]
PictureOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Else beside DIR; .png, .svg or .pdf."),
]
KindOption = Annotated[
    PlotKind, typer.Option("--kind", help="What to draw; animation is a GIF or MP4.")
]
FieldOption = Annotated[
    list[str] | None, typer.Option("--field", metavar="u,w.x", help="Only these; else all.")
]
TimeOption = Annotated[str | None, typer.Option("--time", metavar="T,…", help="At these times.")]
SliceOption = Annotated[
    list[str] | None, typer.Option("--slice", metavar="x=0.5", help="Hold a coordinate.")
]
SizeOption = Annotated[
    str | None, typer.Option("--size", metavar="8x5", help="Width x height in inches.")
]
PictureFormatOption = Annotated[
    str | None, typer.Option("--format", metavar="png|svg|pdf|gif|mp4", help="Else by the name.")
]
ToOption = Annotated[
    ExportFormat, typer.Option("--to", help="netcdf and vtk tabulate, stablehlo is a function.")
]
ExportOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="PATH", help="Else beside DIR.")
]
GridOption = Annotated[
    str | None, typer.Option("--grid", metavar="N,…", help="Points per coordinate.")
]
TimesOption = Annotated[
    str | None, typer.Option("--times", metavar="T,…", help="The times to tabulate.")
]
StageOption = Annotated[EmitStage, typer.Option("--stage", help="The form to print.")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="Such as E201.")]
NameArgument = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="The spec is written as NAME.pde.")
]
TemplateOption = Annotated[
    str | None, typer.Option("--from", metavar="TEMPLATE", help="Leave out to list them.")
]
BenchArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[SPEC...]", help="Else the templates of new.")
]
BenchTolOption = Annotated[
    str | None, typer.Option("--tol", metavar="NUMBER", help="Instead of those of the specs.")
]
