"""What a solve shows while it works: a live display on a terminal, a line per stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from pdelang.cli.console import print_entries
from pdelang.pipeline import Compilation

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from pdelang.training.progress import Event

_DETAIL = 10  # the column where what is said of a stage begins
_REDRAW_EVERY = 0.1  # seconds; drawing must not slow down training

_STAGES = {
    "compile": "compiling to the device",
    "train": "training",
    "check": "solving again for the error estimate",
    "estimate": "estimating the error",
    "polish": "fitting the last layer",
    "fit": "fitting frozen features",
    "march": "following the solution with splines",
    "invert": "fitting to the data",
}


class Display(Protocol):
    """A place where a solve reports its stages."""

    def show_stage(self, name: str, detail: str) -> None: ...

    def show_system(self, compilation: Compilation) -> None: ...

    def show_training(self, event: Event) -> None: ...

    def close(self) -> None: ...


@contextmanager
def open_progress(quiet: bool) -> Iterator[Display]:
    """Yield the display that suits standard error; nothing is shown when ``quiet``."""
    display: Display
    if quiet:
        display = Silence()
    elif sys.stderr.isatty():
        display = LiveDisplay()
    else:
        display = Lines()
    try:
        yield display
    finally:
        display.close()


class Silence:
    """Shows nothing."""

    def show_stage(self, name: str, detail: str) -> None:
        return

    def show_system(self, compilation: Compilation) -> None:
        return

    def show_training(self, event: Event) -> None:
        return

    def close(self) -> None:
        return


class Lines:
    """One line per stage on standard error."""

    def __init__(self) -> None:
        self._stage = ""

    def show_stage(self, name: str, detail: str) -> None:
        print_entries(f"{name:<9} {detail}", sys.stderr, _DETAIL)

    def show_system(self, compilation: Compilation) -> None:
        self.show_stage("system", describe_system(compilation))
        self.show_stage("method", describe_method(compilation))

    def show_training(self, event: Event) -> None:
        if event.stage == "estimate" and event.step > 0:
            found = ", ".join(f"{name} {value:.1e}" for name, value in event.estimate.items())
            self.show_stage(event.stage, f"estimated error {found} after {event.seconds:.0f} s")
        elif event.stage == "fit":
            found = ", ".join(f"{name} {value:.1e}" for name, value in event.estimate.items())
            known = f"estimated error {found}" if found else "no estimate yet"
            self.show_stage(event.stage, f"{event.step} frozen features, {known}")
        elif event.stage not in (self._stage, "estimate"):
            is_told = event.steps > 1 and event.stage != "march"
            count = f", step {event.step} of {event.steps}" if is_told else ""
            self.show_stage(event.stage, _STAGES.get(event.stage, event.stage) + count)
        self._stage = event.stage

    def close(self) -> None:
        return


class LiveDisplay(Lines):
    """Stage, step, loss and weight per term, estimate against tolerance, time left; redrawn in place."""

    def __init__(self) -> None:
        super().__init__()
        self._live: Live | None = None
        self._tolerance = 0.0
        self._time_limit = 0.0
        self._pass_start = 0.0
        self._step = 0
        self._drawn = 0.0

    def show_system(self, compilation: Compilation) -> None:
        super().show_system(compilation)
        assert compilation.problem is not None
        self._tolerance = compilation.problem.settings.tolerance
        self._time_limit = compilation.problem.settings.time_limit

    def show_stage(self, name: str, detail: str) -> None:
        self.close()
        super().show_stage(name, detail)

    def show_training(self, event: Event) -> None:
        from rich.console import Console
        from rich.live import Live

        if self._live is None:
            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        is_new_pass = event.stage != self._stage or event.step < self._step
        self._step = event.step
        if is_new_pass:
            self._stage, self._pass_start = event.stage, event.seconds
        elif event.seconds - self._drawn < _REDRAW_EVERY:
            return
        self._drawn = event.seconds
        self._live.update(self._draw(event), refresh=True)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _draw(self, event: Event) -> Group:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        head = Table.grid(padding=(0, 1))
        left = estimate_time_left(event, self._pass_start, self._time_limit)
        is_counted = event.steps > max(event.step - 1, 1)
        count = f"step {event.step}/{event.steps}" if is_counted else ""
        if event.stage == "fit":
            count = f"{event.step} features"
        elif event.stage == "march":
            count = f"{event.step / 10:.0f} % of the time" if is_counted else ""
        head.add_row(
            Text(_STAGES.get(event.stage, event.stage), style="bold"),
            # A bar of unknown length moves to and fro.
            ProgressBar(
                total=event.steps if is_counted else None,
                completed=event.step,
                width=30,
                animation_time=event.seconds,
            ),
            Text(
                f"{count}  {event.seconds:.0f} s, "
                f"{'about' if is_counted else 'at most'} {left:.0f} s left"
            ),
        )
        terms = Table(box=None, padding=(0, 2))
        for title in ("term", "loss", "weight"):
            terms.add_column(title, justify="left" if title == "term" else "right")
        for label, loss in event.losses.items():
            weight = event.weights.get(label)
            terms.add_row(Text(label), f"{loss:.3e}", "" if weight is None else f"{weight:.3g}")
        estimates = [
            Text(
                f"estimated error of {name} {value:.1e}, tolerance {self._tolerance:.1e}",
                style="green" if value <= self._tolerance else "yellow",
            )
            for name, value in event.estimate.items()
        ]
        return Group(head, *([terms] if event.losses else []), *estimates)


def estimate_time_left(event: Event, pass_start: float, time_limit: float) -> float:
    """Return the seconds that this pass still takes at its pace, within the time limit.

    Splines follow the solution more than once, each time with smaller elements.
    """
    limit = max(time_limit - event.seconds, 0.0)
    elapsed = event.seconds - pass_start
    if event.step <= 0 or elapsed <= 0 or event.steps <= event.step:
        # No pace yet, or steps whose number nobody knows.
        return limit
    return min(limit, elapsed / event.step * (event.steps - event.step))


def describe_method(compilation: Compilation) -> str:
    """Return one line on the method, and why it was chosen where we chose it."""
    from pdelang.training.auto import decide

    system, problem = compilation.system, compilation.problem
    assert system is not None
    assert problem is not None
    settings = problem.settings
    goal = f"tolerance {settings.tolerance:.1e}, at most {settings.time_limit:g} s"
    if settings.method.name != "auto":
        return f"{settings.method}, as set; {goal}"
    return f"{decide(system, settings).reason}; {goal}"


def describe_system(compilation: Compilation) -> str:
    """Return one line on what was compiled: unknowns, coordinates, terms, exact conditions."""
    system = compilation.system
    assert system is not None
    kind = "linear" if system.is_linear else "nonlinear"
    terms = ", ".join(term.label for term in system.terms)
    exact = f"; {len(system.hard)} conditions exact by construction" if system.hard else ""
    unknowns = ", ".join(unknown.name for unknown in system.problem.unknowns)
    coordinates = ", ".join(system.problem.coordinates)
    return f"{kind}, {unknowns} over ({coordinates}), terms {terms}{exact}"
