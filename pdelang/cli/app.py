"""The commands and their options; what they do stands in the modules beside this one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pdelang.artifacts.export_format import ExportFormat
from pdelang.cli.failure import explain_failure, print_internal_fault
from pdelang.cli.interrupt import report_interrupt

app = typer.Typer(
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Solve partial differential equations written as on a whiteboard.",
    epilog="Exit codes: 0 solved to the tolerance, 1 ran but did not reach it, "
    "2 the spec or the arguments are wrong, 3 a fault of pdelang.",
)


_INTERRUPT = 130  # what the shell expects of Ctrl-C, and typer returns
_EXAMPLES = {
    name: "\b\nExamples:\n" + "\n".join(f"  pdelang {line}" for line in lines)
    for name, lines in {
        "solve": (
            "solve heat.pde",
            "solve heat.pde --tol 1e-6 -o results/heat",
            "solve burgers.pde --method adam --set steps=20000 --time-limit 600",
            "solve burgers.pde --resume",
        ),
        "check": ("check heat.pde", "check *.pde --deny-warnings --format json"),
        "fmt": ("fmt heat.pde", "fmt *.pde --check"),
        "verify": (
            "verify heat.pde",
            "verify heat.pde --tol 1e-8 --format json",
            "verify heat.pde --against spectral",
        ),
        "ntk": ("ntk wave.pde --set conditions=soft", "ntk wave.solution -o kernel.png"),
        "eval": (
            "eval heat.solution --at x=0.5,t=1",
            "eval heat.solution --points in.csv -o out.csv",
        ),
        "show": ("show heat.solution",),
        "compress": (
            "compress heat.solution",
            "compress heat.solution --tol 1e-4 -o small.solution",
        ),
        "plot": (
            "plot heat.solution -o heat.png",
            "plot heat.solution --time 0,0.5,1 --size 8x5 -o heat.pdf",
            "plot flow.solution --field w.x --slice x=0.5 -o profile.svg",
            "plot drum.solution --kind animation -o drum.gif",
        ),
        "export": (
            "export heat.solution --to netcdf",
            "export flow.solution --to vtk --grid 201,101 -o flow.vtu",
            "export heat.solution --to stablehlo -o heat.stablehlo",
        ),
        "emit": ("emit heat.pde --stage system", "emit heat.pde --stage python"),
        "explain": ("explain E201",),
        "new": ("new", "new plate --from poisson"),
        "bench": ("bench", "bench specs/*.pde --time-limit 60"),
    }.items()
}


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


FormatOption = Annotated[
    Format, typer.Option("--format", help="json: exactly one JSON object on stdout.")
]
SpecArgument = Annotated[str, typer.Argument(metavar="SPEC", help="A .pde file.")]
ArtifactArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A .solution folder.")]


@app.callback(invoke_without_command=True)
def show_help(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.")
    ] = False,
) -> None:
    if version:
        from pdelang.version import __version__

        typer.echo(f"pdelang {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(epilog=_EXAMPLES["solve"])
def solve(
    spec: SpecArgument,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Where to write; else beside the spec."),
    ] = None,
    tol: Annotated[
        str | None,
        typer.Option("--tol", metavar="NUMBER", help="Target of the estimated relative error."),
    ] = None,
    method: Annotated[
        str | None, typer.Option("--method", metavar="M", help="Such as auto, adam, gauss_newton.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="N", help="Everything random follows from it.")
    ] = None,
    device: Annotated[DeviceKind | None, typer.Option("--device", help="Else JAX chooses.")] = None,
    precision: Annotated[
        Precision | None, typer.Option("--precision", help="Else the method chooses.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="A setting of the solver block; repeatable."
        ),
    ] = None,
    time_limit: Annotated[
        str | None, typer.Option("--time-limit", metavar="S", help="Seconds for the whole run.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an earlier run was ended.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    format: FormatOption = Format.TEXT,
) -> int:
    """Solve a spec and write its artifact."""
    from pdelang.cli.settings import collect_overrides
    from pdelang.cli.solve import solve_spec

    overrides = collect_overrides(
        set_ or [],
        {
            "tolerance": ("--tol", tol),
            "method": ("--method", method),
            "seed": ("--seed", seed),
            "precision": ("--precision", precision.value if precision else None),
            "time_limit": ("--time-limit", time_limit),
        },
    )
    kind = device.value if device else None
    return solve_spec(spec, out, overrides, kind, quiet, format is Format.JSON, resume)


@app.command(epilog=_EXAMPLES["verify"])
def verify(
    spec: SpecArgument,
    against: Annotated[
        Classical | None,
        typer.Option("--against", help="Compare with this solver instead, on the spec itself."),
    ] = None,
    tol: Annotated[
        str | None,
        typer.Option("--tol", metavar="NUMBER", help="Target of the estimated relative error."),
    ] = None,
    method: Annotated[
        str | None, typer.Option("--method", metavar="M", help="Such as auto, adam, gauss_newton.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="N", help="Draws the manufactured solution too.")
    ] = None,
    device: Annotated[DeviceKind | None, typer.Option("--device", help="Else JAX chooses.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="A setting of the solver block; repeatable."
        ),
    ] = None,
    time_limit: Annotated[
        str | None, typer.Option("--time-limit", metavar="S", help="Seconds for the whole run.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    format: FormatOption = Format.TEXT,
) -> int:
    """Solve a problem like this one whose solution is known, and report the true error."""
    from pdelang.cli.settings import collect_overrides
    from pdelang.cli.verify import compare_spec, verify_spec

    overrides = collect_overrides(
        set_ or [],
        {
            "tolerance": ("--tol", tol),
            "method": ("--method", method),
            "seed": ("--seed", seed),
            "time_limit": ("--time-limit", time_limit),
        },
    )
    kind = device.value if device else None
    run = verify_spec if against is None else compare_spec
    return run(spec, overrides, kind, quiet, format is Format.JSON)


@app.command(epilog=_EXAMPLES["check"])
def check(
    specs: Annotated[list[str], typer.Argument(metavar="SPEC...", help="One or more .pde files.")],
    format: FormatOption = Format.TEXT,
    deny_warnings: Annotated[
        bool, typer.Option("--deny-warnings", help="Exit with 2 on a warning too.")
    ] = False,
) -> int:
    """Find every fault of a spec, and show which condition stands where."""
    from pdelang.cli.check import check_specs

    return check_specs(specs, format is Format.JSON, deny_warnings)


@app.command(name="fmt", epilog=_EXAMPLES["fmt"])
def format_(
    specs: Annotated[list[str], typer.Argument(metavar="SPEC...", help="One or more .pde files.")],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 where one would change.")
    ] = False,
) -> int:
    """Rewrite specs in the canonical layout; comments stay."""
    from pdelang.cli.format import format_specs

    return format_specs(specs, check)


@app.command(name="eval", epilog=_EXAMPLES["eval"])
def evaluate(
    artifact: ArtifactArgument,
    at: Annotated[str | None, typer.Option("--at", metavar="x=0.5,t=1", help="One point.")] = None,
    points: Annotated[
        Path | None, typer.Option("--points", metavar="CSV", help="A column per coordinate.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="CSV", help="Else standard output.")
    ] = None,
) -> int:
    """Evaluate a solution: coordinates in, fields appended."""
    from pdelang.cli.evaluate import evaluate_artifact

    return evaluate_artifact(artifact, at, points, out)


@app.command(epilog=_EXAMPLES["show"])
def show(artifact: ArtifactArgument, format: FormatOption = Format.TEXT) -> int:
    """Say what was solved, how, and how well."""
    from pdelang.cli.show import show_artifact

    return show_artifact(artifact, format is Format.JSON)


@app.command(epilog=_EXAMPLES["compress"])
def compress(
    artifact: ArtifactArgument,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Else DIR's name, .compressed.solution."),
    ] = None,
    tol: Annotated[
        str | None,
        typer.Option(
            "--tol",
            metavar="NUMBER",
            help="How far fields may move; else what the tolerance leaves.",
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> int:
    """Write the same solution with fewer features, and say how far it moved."""
    from pdelang.cli.compress import compress_artifact

    return compress_artifact(artifact, out, tol, format is Format.JSON)


@app.command(epilog=_EXAMPLES["ntk"])
def ntk(
    target: Annotated[
        str, typer.Argument(metavar="SPEC|DIR", help="A .pde file or a .solution folder.")
    ],
    points: Annotated[
        int | None,
        typer.Option("--points", metavar="N", min=1, max=1_000_000, help="Points per term."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="A setting of the solver block; repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="PNG", help="Draw a picture too.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> int:
    """Say from the neural tangent kernel why a problem trains, or does not."""
    from pdelang.cli.ntk import diagnose
    from pdelang.cli.settings import collect_overrides

    overrides = collect_overrides(set_ or [], {})
    return diagnose(target, overrides, points, out, format is Format.JSON)


@app.command(epilog=_EXAMPLES["plot"])
def plot(
    artifact: ArtifactArgument,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="Else beside DIR; .png, .svg or .pdf."),
    ] = None,
    kind: Annotated[
        PlotKind, typer.Option("--kind", help="What to draw; animation is a GIF.")
    ] = PlotKind.SOLUTION,
    field: Annotated[
        list[str] | None, typer.Option("--field", metavar="u,w.x", help="Only these; else all.")
    ] = None,
    time: Annotated[
        str | None, typer.Option("--time", metavar="T,…", help="At these times.")
    ] = None,
    slice: Annotated[
        list[str] | None, typer.Option("--slice", metavar="x=0.5", help="Hold a coordinate.")
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="8x5", help="Width x height in inches.")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="png|svg|pdf", help="Else by the name.")
    ] = None,
) -> int:
    """Draw a solution: curves, maps, slices, residuals, an animation."""
    from pdelang.cli.plot import PlotArguments, plot_artifact

    arguments = PlotArguments(
        kind.value, out, tuple(field or ()), time, tuple(slice or ()), size, format
    )
    return plot_artifact(artifact, arguments)


@app.command(epilog=_EXAMPLES["export"])
def export(
    artifact: ArtifactArgument,
    to: Annotated[
        ExportFormat, typer.Option("--to", help="netcdf and vtk tabulate, stablehlo is a function.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="PATH", help="Else beside DIR.")
    ] = None,
    grid: Annotated[
        str | None, typer.Option("--grid", metavar="N,…", help="Points per coordinate.")
    ] = None,
    times: Annotated[
        str | None, typer.Option("--times", metavar="T,…", help="The times to tabulate.")
    ] = None,
) -> int:
    """Write a solution for other programs: NetCDF, VTK, CSV, StableHLO."""
    from pdelang.cli.export import export_artifact

    return export_artifact(artifact, to.value, out, grid, times)


@app.command(epilog=_EXAMPLES["emit"])
def emit(
    spec: SpecArgument,
    stage: Annotated[EmitStage, typer.Option("--stage", help="The form to print.")],
) -> int:
    """Print what a stage of the compiler makes of a spec."""
    from pdelang.cli.emit import emit_stage

    return emit_stage(spec, stage.value)


@app.command(epilog=_EXAMPLES["explain"])
def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as E201.")],
) -> int:
    """Explain the code of a message."""
    from pdelang.cli.show import explain_code

    return explain_code(code)


@app.command(epilog=_EXAMPLES["new"])
def new(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The spec is written as NAME.pde.")
    ] = None,
    template: Annotated[
        str | None, typer.Option("--from", metavar="TEMPLATE", help="Leave out to list them.")
    ] = None,
) -> int:
    """Start a spec from a complete, commented template."""
    from pdelang.cli.new import write_spec

    return write_spec(name, template)


@app.command(epilog=_EXAMPLES["bench"])
def bench(
    specs: Annotated[
        list[str] | None, typer.Argument(metavar="[SPEC...]", help="Else the templates of new.")
    ] = None,
    tol: Annotated[
        str | None, typer.Option("--tol", metavar="NUMBER", help="Instead of those of the specs.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting for all; repeatable."),
    ] = None,
    time_limit: Annotated[
        str | None, typer.Option("--time-limit", metavar="S", help="Seconds for each.")
    ] = None,
    device: Annotated[DeviceKind | None, typer.Option("--device", help="Else JAX chooses.")] = None,
    format: FormatOption = Format.TEXT,
) -> int:
    """Solve many specs and print a table of errors and times."""
    from pdelang.cli.bench import run_bench
    from pdelang.cli.settings import collect_overrides

    options = {"tolerance": ("--tol", tol), "time_limit": ("--time-limit", time_limit)}
    overrides = collect_overrides(set_ or [], options)
    return run_bench(
        specs or [], overrides, device.value if device else None, format is Format.JSON
    )


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code; nothing escapes as a traceback."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="pdelang", standalone_mode=False)
        return report_interrupt(arguments) if code == _INTERRUPT else int(code or 0)
    except Exception as error:
        known = explain_failure(error, arguments)
        return print_internal_fault(error, arguments) if known is None else known
