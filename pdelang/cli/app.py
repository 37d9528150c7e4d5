"""The commands and their options; what they do stands in the modules beside this one."""

from __future__ import annotations

from typing import Annotated

import typer

from pdelang.cli import options
from pdelang.cli.examples import EXAMPLES
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


@app.command(epilog=EXAMPLES["solve"])
def solve(
    spec: options.SpecArgument,
    out: options.OutOption = None,
    tol: options.TolOption = None,
    method: options.MethodOption = None,
    seed: options.SeedOption = None,
    device: options.DeviceOption = None,
    precision: options.PrecisionOption = None,
    set_: options.SetOption = None,
    time_limit: options.TimeLimitOption = None,
    resume: options.ResumeOption = False,
    quiet: options.QuietOption = False,
    format: options.FormatOption = options.Format.TEXT,
) -> int:
    """Solve a spec and write its artifact."""
    from pdelang.cli.settings import collect_overrides
    from pdelang.cli.solve import solve_spec

    overrides = collect_overrides(set_, tol, method, seed, time_limit, precision)
    kind = device.value if device else None
    return solve_spec(spec, out, overrides, kind, quiet, format is options.Format.JSON, resume)


@app.command(epilog=EXAMPLES["verify"])
def verify(
    spec: options.SpecArgument,
    against: options.AgainstOption = None,
    tol: options.TolOption = None,
    method: options.MethodOption = None,
    seed: options.SeedOption = None,
    device: options.DeviceOption = None,
    set_: options.SetOption = None,
    time_limit: options.TimeLimitOption = None,
    quiet: options.QuietOption = False,
    format: options.FormatOption = options.Format.TEXT,
) -> int:
    """Solve a problem like this one whose solution is known, and report the true error."""
    from pdelang.cli.settings import collect_overrides
    from pdelang.cli.verify import compare_spec, verify_spec

    overrides = collect_overrides(set_, tol, method, seed, time_limit)
    kind = device.value if device else None
    as_json = format is options.Format.JSON
    if against is None:
        return verify_spec(spec, overrides, kind, quiet, as_json)
    return compare_spec(spec, against.value, overrides, kind, quiet, as_json)


@app.command(epilog=EXAMPLES["check"])
def check(
    specs: options.SpecsArgument,
    format: options.FormatOption = options.Format.TEXT,
    deny_warnings: options.DenyWarningsOption = False,
) -> int:
    """Find every fault of a spec, and show which condition stands where."""
    from pdelang.cli.check import check_specs

    return check_specs(specs, format is options.Format.JSON, deny_warnings)


@app.command(name="fmt", epilog=EXAMPLES["fmt"])
def format_(
    specs: options.SpecsArgument,
    check: options.OnlyCheckOption = False,
) -> int:
    """Rewrite specs in the canonical layout; comments stay."""
    from pdelang.cli.format import format_specs

    return format_specs(specs, check)


@app.command(name="eval", epilog=EXAMPLES["eval"])
def evaluate(
    artifact: options.ArtifactArgument,
    at: options.AtOption = None,
    points: options.PointsOption = None,
    out: options.TableOption = None,
) -> int:
    """Evaluate a solution: coordinates in, fields appended."""
    from pdelang.cli.evaluate import evaluate_artifact

    return evaluate_artifact(artifact, at, points, out)


@app.command(epilog=EXAMPLES["show"])
def show(
    artifact: options.ArtifactArgument, format: options.FormatOption = options.Format.TEXT
) -> int:
    """Say what was solved, how, and how well."""
    from pdelang.cli.show import show_artifact

    return show_artifact(artifact, format is options.Format.JSON)


@app.command(epilog=EXAMPLES["compress"])
def compress(
    artifact: options.ArtifactArgument,
    out: options.CompressedOption = None,
    tol: options.BoundOption = None,
    format: options.FormatOption = options.Format.TEXT,
) -> int:
    """Write the same solution with fewer features, and say how far it moved."""
    from pdelang.cli.compress import compress_artifact

    return compress_artifact(artifact, out, tol, format is options.Format.JSON)


@app.command(epilog=EXAMPLES["ntk"])
def ntk(
    target: options.TargetArgument,
    points: options.PointsPerTermOption = None,
    set_: options.SetOption = None,
    out: options.KernelPictureOption = None,
    format: options.FormatOption = options.Format.TEXT,
) -> int:
    """Say from the neural tangent kernel why a problem trains, or does not."""
    from pdelang.cli.ntk import diagnose
    from pdelang.cli.settings import collect_overrides

    overrides = collect_overrides(set_)
    return diagnose(target, overrides, points, out, format is options.Format.JSON)


@app.command(epilog=EXAMPLES["plot"])
def plot(
    artifact: options.ArtifactArgument,
    out: options.PictureOption = None,
    kind: options.KindOption = options.PlotKind.SOLUTION,
    field: options.FieldOption = None,
    time: options.TimeOption = None,
    slice: options.SliceOption = None,
    size: options.SizeOption = None,
    format: options.PictureFormatOption = None,
) -> int:
    """Draw a solution: curves, maps, slices, residuals, spectra, an animation."""
    from pdelang.cli.plot import PlotArguments, plot_artifact

    arguments = PlotArguments(
        kind.value, out, tuple(field or ()), time, tuple(slice or ()), size, format
    )
    return plot_artifact(artifact, arguments)


@app.command(epilog=EXAMPLES["export"])
def export(
    artifact: options.ArtifactArgument,
    to: options.ToOption,
    out: options.ExportOption = None,
    grid: options.GridOption = None,
    times: options.TimesOption = None,
) -> int:
    """Write a solution for other programs: NetCDF, VTK, CSV, StableHLO."""
    from pdelang.cli.export import export_artifact

    return export_artifact(artifact, to.value, out, grid, times)


@app.command(epilog=EXAMPLES["emit"])
def emit(
    spec: options.SpecArgument,
    stage: options.StageOption,
) -> int:
    """Print what a stage of the compiler makes of a spec."""
    from pdelang.cli.emit import emit_stage

    return emit_stage(spec, stage.value)


@app.command(epilog=EXAMPLES["explain"])
def explain(
    code: options.CodeArgument,
) -> int:
    """Explain the code of a message."""
    from pdelang.cli.show import explain_code

    return explain_code(code)


@app.command(epilog=EXAMPLES["new"])
def new(
    name: options.NameArgument = None,
    template: options.TemplateOption = None,
) -> int:
    """Start a spec from a complete, commented template."""
    from pdelang.cli.new import write_spec

    return write_spec(name, template)


@app.command(epilog=EXAMPLES["bench"])
def bench(
    specs: options.BenchArgument = None,
    tol: options.BenchTolOption = None,
    set_: options.SetOption = None,
    time_limit: options.TimeLimitOption = None,
    device: options.DeviceOption = None,
    format: options.FormatOption = options.Format.TEXT,
) -> int:
    """Solve many specs and print a table of errors and times."""
    from pdelang.cli.bench import run_bench
    from pdelang.cli.settings import collect_overrides

    overrides = collect_overrides(set_, tol, time_limit=time_limit)
    return run_bench(
        specs or [], overrides, device.value if device else None, format is options.Format.JSON
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
