"""A compiled problem as users hold it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdelang import pipeline
from pdelang.api.residual import Residual
from pdelang.api.solution import Solution
from pdelang.diagnostics.message import Diagnostic, SpecError

if TYPE_CHECKING:
    from pdelang.calculus.system import System
    from pdelang.semantics.settings import Settings
    from pdelang.training.progress import Progress
    from pdelang.training.verification import Verification


class Problem:
    """A checked problem and what the compiler derived from it."""

    def __init__(self, spec: str | Path, compilation: pipeline.Compilation) -> None:
        self._spec = spec
        self._compilation = compilation

    @property
    def title(self) -> str:
        return self._system.problem.title

    @property
    def terms(self) -> tuple[str, ...]:
        """The labels of the loss terms; conditions built into the ansatz are in ``hard``."""
        return tuple(term.label for term in self._system.terms)

    @property
    def hard(self) -> tuple[str, ...]:
        """The conditions that hold exactly, whatever the network does."""
        return tuple(block.name for block in self._system.hard)

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Space coordinates, then the time where there is one."""
        return self._system.problem.coordinates

    @property
    def is_linear(self) -> bool:
        """Whether every equation and condition is affine in the unknowns."""
        return self._system.is_linear

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the checks had to say; none of it is an error."""
        return self._compilation.diagnostics

    @property
    def settings(self) -> Settings:
        """The settings of the ``solver`` block."""
        return self._system.problem.settings

    @property
    def sweep(self) -> tuple[str, ...]:
        """The names of the values that a ``sweep`` gives, ``nu=0.1``; none without one."""
        return tuple(point.name for point in self._compilation.sweep)

    def choose(self, name: str) -> Problem:
        """Return the problem of one value of a sweep by its name, ``nu=0.1``.

        Raises:
            KeyError: the sweep has no such value.
        """
        points = {point.name: point.point for point in self._compilation.sweep}
        if name not in points:
            raise KeyError(f"no value {name!r}; there are {', '.join(points) or 'none'}")
        return Problem(self._spec, pipeline.choose(self._compilation, points[name]))

    def solve_each(self, **settings: Any) -> dict[str, Solution]:
        """Solve a problem with a ``sweep`` once per value; return the solutions by name.

        ``settings`` are those of `solve`. A sweep of ``nu`` gives ``{"nu=0.1": …, "nu=0.01": …}``.

        Raises:
            SpecError: as `solve`.
        """
        return {name: self.choose(name).solve(**settings) for name in self.sweep}

    @cached_property
    def residuals(self) -> Mapping[str, Residual]:
        """Every residual of every term by its name: jitted, differentiable JAX functions.

        A name that stands twice gets a number: ``u on left``, ``u on left (2)``.
        """
        result: dict[str, Residual] = {}
        for term in self._compiled.program.terms if self._compiled.program else ():
            for block in term.blocks:
                name, count = block.block.name, 1
                while name in result:
                    count += 1
                    name = f"{block.block.name} ({count})"
                result[name] = Residual(block, self.coordinates)
        return result

    def solve(
        self,
        *,
        tolerance: float | None = None,
        method: str | None = None,
        weights: str | None = None,
        refresh_every: int | None = None,
        refresh_drift: float | None = None,
        network: str | None = None,
        conditions: str | None = None,
        scaling: str | None = None,
        points: int | None = None,
        steps: int | None = None,
        time_limit: float | None = None,
        precision: str | None = None,
        seed: int | None = None,
        windows: int | None = None,
        noise: float | None = None,
        decay: float | None = None,
        device: str | None = None,
        progress: Progress | None = None,
    ) -> Solution:
        """Solve, and return the solution whatever its status; nothing is printed or written.

        The arguments are the settings of the ``solver`` block and win over it; texts are
        settings text, ``network="mlp(width = 32)"``. ``device`` is ``cpu``, ``gpu`` or ``tpu``.
        A problem with a ``sweep`` has a solution per value: call `solve_each` or `choose` one.

        Raises:
            TypeError: the problem has a ``sweep``.
            SpecError: a setting is unknown or out of range (E106), or does not suit the problem.
            DeviceError: this machine has no such device.
        """
        if self.sweep:
            raise TypeError(
                f"this problem is a sweep over {', '.join(self.sweep)}: call solve_each(), or"
                f" choose({self.sweep[0]!r}).solve()"
            )
        given = {
            "tolerance": tolerance,
            "method": method,
            "weights": weights,
            "refresh_every": refresh_every,
            "refresh_drift": refresh_drift,
            "network": network,
            "conditions": conditions,
            "scaling": scaling,
            "points": points,
            "steps": steps,
            "time_limit": time_limit,
            "precision": precision,
            "seed": seed,
            "windows": windows,
            "noise": noise,
            "decay": decay,
        }
        overrides = {key: _write_value(value) for key, value in given.items() if value is not None}
        # The clock of the time limit starts here, not when the problem was compiled.
        compilation = pipeline.recompile(self._compilation, overrides)
        if compilation.has_errors:
            raise SpecError(compilation.diagnostics)
        solution = pipeline.solve(compilation, device, progress)
        return Solution(solution, compilation.diagnostics, device)

    def verify(
        self,
        *,
        tolerance: float | None = None,
        method: str | None = None,
        seed: int | None = None,
        time_limit: float | None = None,
        device: str | None = None,
        progress: Progress | None = None,
    ) -> Verification:
        """Solve a problem like this one whose solution is known; return its true error.

        Sources are added to every equation and condition so that a smooth field, drawn from the
        seed, solves them exactly; operators, region and coefficients stay. The arguments are settings
        as in `solve`.

        Raises:
            SpecError: a setting is unknown or out of range (E106).
            NotManufacturableError: the problem admits no such solution; the text says why.
        """
        given = {
            "tolerance": tolerance,
            "method": method,
            "seed": seed,
            "time_limit": time_limit,
        }
        overrides = {key: _write_value(value) for key, value in given.items() if value is not None}
        compilation = pipeline.recompile(self._compilation, overrides)
        if compilation.has_errors:
            raise SpecError(compilation.diagnostics)
        return pipeline.verify(pipeline.manufacture_problem(compilation), device, progress)

    @property
    def _system(self) -> System:
        system = self._compilation.system
        assert system is not None
        return system

    @cached_property
    def _compiled(self) -> pipeline.Compilation:
        return pipeline.recompile(self._compilation, {})

    def _repr_html_(self) -> str:
        from pdelang.artifacts.notebook import write_problem_html

        return write_problem_html(self._system, self.warnings)

    def _repr_markdown_(self) -> str:
        from pdelang.artifacts.notebook import write_problem_markdown

        return write_problem_markdown(self._system)

    def __repr__(self) -> str:
        kind = "linear" if self.is_linear else "nonlinear"
        return f"<Problem {self.title!r}: {kind}, terms {', '.join(self.terms)}>"


def compile(spec: str | Path) -> Problem:
    """Compile a spec: a string with a line end is its text, everything else a path.

    Raises:
        SpecError: the spec has errors; ``diagnostics`` lists every one.
    """
    checked = pipeline.check(spec)
    if checked.has_errors:
        raise SpecError(checked.diagnostics)
    return Problem(spec, checked)


def check(spec: str | Path) -> tuple[Diagnostic, ...]:
    """Return every message about a spec, errors and warnings, without compiling it to JAX."""
    return pipeline.check(spec).diagnostics


def _write_value(value: float | int | str) -> str:
    return value if isinstance(value, str) else repr(value)
