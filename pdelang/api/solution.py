"""A solution as users hold it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pdelang.api.field import Field
from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.suggestion import similar

if TYPE_CHECKING:
    from pdelang.training.inverse.fitted import FittedValue
    from pdelang.training.solution import History
    from pdelang.training.solution import Solution as TrainedSolution


class Solution:
    """A solved problem: its fields are attributes, ``solution.u(x=0.5)``.

    ``solution["w.x"]`` works for every name: unknowns and components. Frozen; safe to use
    from several threads.
    """

    def __init__(
        self,
        trained: TrainedSolution,
        diagnostics: tuple[Diagnostic, ...] = (),
        device: str | None = None,
    ) -> None:
        self._trained = trained
        self._diagnostics = diagnostics
        self._device = device
        self._fields = _collect_fields(trained)

    def __getitem__(self, name: str) -> Field:
        if name not in self._fields:
            raise KeyError(_explain_missing(name, tuple(self._fields)))
        return self._fields[name]

    def __getattr__(self, name: str) -> Field:
        fields = self.__dict__.get("_fields", {})
        if name not in fields:
            raise AttributeError(_explain_missing(name, tuple(fields)))
        return fields[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._fields]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that ``solution[name]`` takes."""
        return tuple(self._fields)

    @property
    def status(self) -> str:
        """``solved``, ``tolerance_not_reached``, ``stopped``, ``diverged``, ``singular`` or ``unverified``."""
        return self._trained.status.value

    @property
    def method(self) -> str:
        """The method used, with its options."""
        return self._trained.method

    @property
    def messages(self) -> tuple[str, ...]:
        """Sentences for people: why it stopped, what to change."""
        return self._trained.messages

    @property
    def error_estimate(self) -> Mapping[str, float]:
        """Estimated relative L2 error per unknown; absolute where the norm is zero."""
        return dict(self._trained.error_estimate)

    @property
    def standard_error(self) -> Mapping[str, float]:
        """What the noise of readings adds, per unknown and `fit`, relative as the estimate is."""
        return dict(self._trained.standard_error)

    @property
    def error(self) -> Mapping[str, float]:
        """True relative L2 error per unknown, where ``exact`` or ``compare`` give it."""
        return dict(self._trained.error)

    @property
    def fitted(self) -> Mapping[str, FittedValue]:
        """What every `fit` turned out to be: ``fitted["D"].value`` and ``.standard_error``."""
        return dict(self._trained.fitted)

    @property
    def misfit(self) -> Mapping[str, float]:
        """Root mean square of what is left of the data, per label."""
        return dict(self._trained.misfit)

    @property
    def reports(self) -> Mapping[str, float]:
        """The numbers that the spec's ``report`` statements ask for."""
        return dict(self._trained.reports)

    @property
    def seconds(self) -> float:
        """Seconds of the whole run."""
        return float(sum(self._trained.seconds.values()))

    @property
    def history(self) -> History:
        """Loss and weight of every term over the steps: ``history.column("loss")``."""
        return self._trained.history

    def compress(self, bound: float | None = None) -> Solution:
        """Return the same solution with fewer features of its last layer.

        ``bound`` is the relative L2 distance that every unknown may move; None takes what the
        tolerance leaves above the estimate. The estimate of the result counts the distance in.

        Raises:
            UnsuitedNetworkError: the network, of splines, has no features to leave out.
        """
        from pdelang.training.compression.method import compress_solution

        found = compress_solution(self._trained, bound)
        return Solution(found.solution, self._diagnostics, self._device)

    def save(self, folder: str | Path) -> Path:
        """Write the artifact; an older artifact of ours in its place is replaced.

        Raises:
            ArtifactError: ``folder`` holds something else, or cannot be written.
        """
        from pdelang import pipeline

        pipeline.save(self._trained, folder, self._diagnostics, self._device)
        return Path(folder)

    def _repr_html_(self) -> str:
        from pdelang.artifacts.notebook import write_solution_html

        return write_solution_html(self._trained)

    def _repr_markdown_(self) -> str:
        from pdelang.artifacts.notebook import write_solution_markdown

        return write_solution_markdown(self._trained)

    def __repr__(self) -> str:
        estimate = ", ".join(f"{name}: {value:.1e}" for name, value in self.error_estimate.items())
        return f"<Solution of {', '.join(self.names)}: {self.status}, estimated error {estimate or 'unknown'}>"


def load(folder: str | Path) -> Solution:
    """Read a solution back from its artifact. Nothing in it is executed.

    Raises:
        ArtifactError: no artifact, or a damaged one; the text names what is wrong.
    """
    from pdelang import pipeline

    return Solution(pipeline.load(folder).solution)


def _collect_fields(trained: TrainedSolution) -> dict[str, Field]:
    fields = {}
    for unknown in trained.program.system.problem.unknowns:
        is_vector = unknown.components != (unknown.name,)
        fields[unknown.name] = Field(
            unknown.name, unknown.components, is_vector, trained, unknown.is_complex
        )
        for component in unknown.components:
            fields[component] = fields.get(component) or Field(
                component, (component,), False, trained
            )
    for fit in trained.program.system.problem.fits:
        fields[fit.name] = Field(fit.name, (fit.name,), False, trained)
    return fields


def _explain_missing(name: str, names: tuple[str, ...]) -> str:
    near = similar(name, names)
    listed = f"; the fields are {', '.join(names)}"
    return f"the solution has no field '{name}'" + (f"; did you mean '{near}'?" if near else listed)
