"""``pdelang verify``: the numerics tried on a problem like the given one whose solution is known."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pdelang import pipeline
from pdelang.cli.compilation_cache import open_compilation_cache
from pdelang.cli.console import print_diagnostics, print_json, print_text
from pdelang.cli.failure import ArgumentError
from pdelang.cli.progress import open_progress
from pdelang.diagnostics.message import Level

if TYPE_CHECKING:
    from pdelang.training.classical.comparison import Comparison
    from pdelang.training.verification import Verification

_SHOWN = 160  # characters of a manufactured field
_METHODS = {"spectral": "spectral collocation", "fem": "finite elements"}


def verify_spec(
    spec: str, overrides: Mapping[str, str], device: str | None, quiet: bool, as_json: bool
) -> int:
    """Solve a manufactured problem and report its true error; return 0 when it is within the tolerance."""
    from pdelang.calculus.manufactured import NotManufacturableError

    with open_progress(quiet) as display:
        display.show_stage("compile", spec)
        compilation = pipeline.compile(Path(spec), overrides)
        if not quiet and not as_json:
            warnings = [d for d in compilation.diagnostics if d.level is Level.WARNING]
            print_diagnostics(warnings, sys.stderr)
        try:
            made = pipeline.manufacture_problem(compilation)
        except NotManufacturableError as error:
            raise ArgumentError(
                f"no manufactured solution can be made for {spec}: {error}",
                "its own `exact` or `compare` can still show the true error of a solve",
            ) from None
        display.show_system(made)
        open_compilation_cache()
        found = pipeline.verify(made, device, display.show_training)
    if as_json:
        print_json(
            {**asdict(found), "understated": list(found.understated), "verified": found.is_good}
        )
    else:
        print_text(write_verification(found))
    return 0 if found.is_good else 1


def compare_spec(
    spec: str,
    against: str,
    overrides: Mapping[str, str],
    device: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Solve a spec and by a classical solver too; return 0 when they agree to the tolerance."""
    from pdelang.training.classical.statement import MissingPackageError, NotClassicalError

    method = _METHODS[against]
    with open_progress(quiet) as display:
        display.show_stage("compile", spec)
        compilation = pipeline.compile(Path(spec), overrides)
        display.show_system(compilation)
        open_compilation_cache()
        display.show_stage(against, f"solving by {method}")
        try:
            found = pipeline.compare_classically(
                compilation, against, device, display.show_training
            )
        except NotClassicalError as error:
            raise ArgumentError(
                f"{spec} cannot be solved by {method}: {error}",
                "leave --against out to verify it on a manufactured problem",
            ) from None
        except MissingPackageError as error:
            raise ArgumentError(str(error), error.help) from None
    assert compilation.problem is not None
    tolerance = compilation.problem.settings.tolerance
    agrees = all(d <= tolerance + found.agreement for d in found.difference.values())
    if as_json:
        print_json({**asdict(found), "agrees": agrees})
    else:
        print_text(write_comparison(found))
    return 0 if agrees else 1


def write_comparison(found: Comparison) -> str:
    """Return the report for people, both times beside each other."""
    lines = [found.title or "The problem"]
    lines.append(f"  ours       {found.method}, {found.status}, {_say_seconds(found.seconds)}")
    lines.append(
        f"  classical  {found.classical_method}, {_say_seconds(found.classical_seconds)},"
        f" its two finest {found.grids} agree to {found.agreement:.1e}"
    )
    for name, difference in found.difference.items():
        estimate = found.error_estimate.get(name)
        said = "no estimate" if estimate is None else f"our estimated error {estimate:.1e}"
        lines.append(f"  {name:<10} difference {difference:.1e}, {said}")
    ratio = found.seconds / max(found.classical_seconds, 1e-9)
    faster, factor = ("classical solver", ratio) if ratio > 1 else ("neural solution", 1 / ratio)
    lines.append(f"the {faster} is {factor:.3g} times faster here")
    return "\n".join(lines)


def _say_seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def write_verification(found: Verification) -> str:
    """Return the report for people."""
    lines = [f"{found.title or 'The problem'}, with sources that make this its solution:"]
    for name, text in found.fields.items():
        shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
        lines.append(f"  {name} = {shown}")
    lines.append(f"  status     {found.status}")
    lines.append(f"  method     {found.method}")
    lines.append(f"  time       {found.seconds:.1f} s")
    for name, error in found.error.items():
        estimate = found.error_estimate.get(name)
        said = "no estimate" if estimate is None else f"estimated {estimate:.1e}"
        lines.append(
            f"  {name:<10} true error {error:.1e}, {said}, tolerance {found.tolerance:.1e}"
        )
    if found.understated:
        names = ", ".join(f"`{name}`" for name in found.understated)
        lines.append(
            f"the error of {names} is more than ten times the estimate: do not trust it here"
        )
    elif found.is_good:
        lines.append(f"your numerics are good to {found.worst_error:.1e} on a problem like yours")
    else:
        lines.append(
            f"the tolerance was not reached: the error is {found.worst_error:.1e} on a problem like yours"
        )
    return "\n".join(lines)
