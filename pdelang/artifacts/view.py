"""Which slices of a solution a picture shows."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pdelang.artifacts.grid import read_bounds
from pdelang.semantics.problem import Problem

_THREE_TIMES = (0.0, 0.5, 1.0)  # fractions of the interval
_FIVE_TIMES = (0.0, 0.25, 0.5, 0.75, 1.0)


class ViewError(ValueError):
    """A view that this problem does not have; ``help`` is a change to make."""

    def __init__(self, message: str, help: str | None = None) -> None:
        self.help = help
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class View:
    """What to show: unknowns or components by name (all if empty), at times, on a slice.

    ``held`` fixes space coordinates. Without times those of ``output { times }`` are taken, else
    some that are spread over the interval.
    """

    names: tuple[str, ...] = ()
    times: tuple[float, ...] = ()
    held: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """Coordinates that run, and the values of the others."""

    axes: tuple[str, ...]
    held: tuple[tuple[str, float], ...]


def choose_cuts(problem: Problem, view: View) -> tuple[Cut, ...]:
    """Return the cuts that show a problem.

    One coordinate that runs: a curve. Space and time: the whole map. A plane: a map, with time one
    per time. Three: the mid-planes, at the end of time. More: a line through the middle along each.
    Of a family the low, the middle and the high member.

    Raises:
        ViewError: a coordinate that does not exist, a value outside the domain, or nothing left
            that runs.
    """
    _check_view(problem, view)
    return tuple(
        Cut(cut.axes, (*cut.held, *member))
        for member in choose_members(problem)
        for cut in _choose_cuts(problem, view)
    )


def choose_members(problem: Problem) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Return the members of a family that are shown: all parameters low, in the middle, high."""
    if not problem.varied:
        return ((),)
    bounds = [(v.name, v.bounds.low_value, v.bounds.high_value) for v in problem.varied]
    return tuple(
        tuple((name, low + share * (high - low)) for name, low, high in bounds)
        for share in _THREE_TIMES
    )


def _choose_cuts(problem: Problem, view: View) -> tuple[Cut, ...]:
    time = problem.time
    free = tuple(name for name in problem.domain.coordinates if name not in view.held)
    held = dict(view.held)
    if time is not None and not view.times and len(free) <= 1:
        # Time runs to the right, space upwards.
        return (Cut((time.name, *free), tuple(held.items())),)
    if time is None:
        return tuple(_cut_space(problem, free, held))
    return tuple(
        cut
        for moment in _choose_times(problem, view, len(free))
        for cut in _cut_space(problem, free, held | {time.name: moment})
    )


def choose_snapshots(problem: Problem, view: View) -> tuple[Cut, ...]:
    """Return the curves that go beside a space–time map: its fields at some times."""
    time = problem.time
    free = tuple(name for name in problem.domain.coordinates if name not in view.held)
    if time is None or len(free) != 1 or view.times:
        return ()
    times = problem.output.times or _spread(problem, _FIVE_TIMES)
    return tuple(
        Cut(free, (*view.held.items(), (time.name, float(t)), *choose_members(problem)[-1]))
        for t in times[:7]
    )


def _choose_times(problem: Problem, view: View, space: int) -> Sequence[float]:
    assert problem.time is not None
    if view.times:
        return view.times
    if space == 2:
        return problem.output.times or _spread(problem, _THREE_TIMES)
    return (problem.time.bounds.high_value,)


def _cut_space(problem: Problem, free: tuple[str, ...], held: dict[str, float]) -> list[Cut]:
    middle = {name: sum(read_bounds(problem, name)) / 2 for name in free}
    match len(free):
        case 0:
            raise ViewError("no coordinate is left to run", "use pdelang eval for a single point")
        case 1 | 2:
            running = [free]
        case 3:
            running = list(itertools.combinations(free, 2))
        case _:
            running = [(name,) for name in free]
    return [
        Cut(axes, tuple((n, v) for n, v in (held | middle).items() if n not in axes))
        for axes in running
    ]


def _spread(problem: Problem, fractions: Sequence[float]) -> list[float]:
    assert problem.time is not None
    low, high = problem.time.bounds.low_value, problem.time.bounds.high_value
    return [low + fraction * (high - low) for fraction in fractions]


def _check_view(problem: Problem, view: View) -> None:
    known = [u.name for u in problem.unknowns] + list(problem.components)
    for name in view.names:
        if name not in known:
            listed = ", ".join(dict.fromkeys(known))
            raise ViewError(f"the solution has no field '{name}'", f"the fields are {listed}")
    if view.times and problem.time is None:
        raise ViewError("the problem is steady, it has no times", "leave out --time")
    space = problem.domain.coordinates
    for name in view.held:
        if name not in space:
            raise ViewError(
                f"the problem has no space coordinate '{name}'", f"they are {', '.join(space)}"
            )
    values = [*view.held.items()]
    if problem.time is not None:
        values += [(problem.time.name, value) for value in view.times]
    for name, value in values:
        low, high = read_bounds(problem, name)
        if not low <= value <= high:
            raise ViewError(f"{name} = {value:g} lies outside {low:g} .. {high:g}")
