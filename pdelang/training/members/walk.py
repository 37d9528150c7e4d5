"""From member to member of a family: at more and more nodes, until what stands between them is known.

The middle of the ranges comes first, or a place near it, with the first guesses of the spec; every other member starts from
the nearest one that is solved. Where a step is too long for that, members in between are solved first.

Let e_l be how far the polynomials of level l are from members at the nodes that level l + 1 adds. Those of
level l + 1 are off by ``e_l · e_l/e_{l−1}`` where the error falls by a constant factor, as with a kink, and
by far less of an analytic function. Once that is near, members at no node tell: the largest distance from
them times a factor, as they are few. Some of them are spread over all ranges, as something narrow, a peak or a
front, may stand between all nodes. Source of their places: Roberts, "The Unreasonable Effectiveness of
Quasirandom Sequences" (2018).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from pdelang.semantics.problem import Problem
from pdelang.training.journal import read_clock
from pdelang.training.members.nodes import Grid, Node, unit_places, values_at

M = TypeVar("M")

_MOST_LEVELS = {1: 4, 2: 3}  # by the number of varied parameters
_MOST_LEVELS_BEYOND = 2
_HALVINGS = 5  # of a step that is too long
_LEAST_GAIN = 1e-2  # of a level, that is believed
_LEAST_ERROR = 1e-14
# Where members between the nodes stand: near both ends and the middle, by so much of a node's distance.
_BETWEEN = (0.0, 0.5, 1.0)
_OFF = (0.3819660112501051, 0.3819660112501051, -0.3819660112501051)
_SPREAD = (
    8  # members over all ranges: with the nodes, a single range has no gap wider than 0.15 of it
)
_FEW = 3.0  # by how much more the largest distance may be than that from the few that are looked at

# What is asked for: a member's problem and a member nearby, None for the first one. None is "too far".
Step = Callable[[Problem, "M | None"], "M | None"]


class MemberError(ArithmeticError):
    """A member that has no solution, or none that can be followed; the text says where."""


@dataclass(frozen=True, slots=True, eq=False)
class Family(Generic[M]):
    """The members at the nodes of a grid, and how far polynomials through them are from members between.

    ``errors`` are relative, by name; ``reached`` says whether they are as small as was asked for.
    """

    grid: Grid
    members: tuple[M, ...]
    errors: dict[str, float]
    reached: bool


@dataclass(slots=True, eq=False)
class Walk(Generic[M]):
    """A walk through a family. ``data(member) -> {name: (n,)}`` is what is interpolated and compared."""

    problem: Problem
    step: Step[M]
    data: Callable[[M], dict[str, np.ndarray]]
    deadline: float
    start: np.ndarray | None = None  # where it begins, in -1 .. 1; None is the middle
    known: list[tuple[np.ndarray, M]] = field(default_factory=list)
    at: dict[Node, M] = field(default_factory=dict)
    spread: list[tuple[np.ndarray, M]] = field(default_factory=list)

    def run(self, tolerance: float, on_member: Callable[[int], None]) -> Family[M]:
        """Return the family to a relative error between its members; raises MemberError."""
        count = len(self.problem.varied)
        last = _MOST_LEVELS.get(count, _MOST_LEVELS_BEYOND)
        if self.start is not None:
            self._reach(self.start, on_member)
        grid, before = self._solve(Grid(1, count), on_member), {}
        while True:
            finer = Grid(grid.level + 1, count)
            began = read_clock()
            self._solve(finer, on_member)
            taken = read_clock() - began
            new = [node for node in finer.nodes if node not in grid.nodes]
            found = self._distance(grid, [(unit_places(node), self.at[node]) for node in new])
            grid = finer
            gains = {name: _gain(e, before.get(name, e)) for name, e in found.items()}
            errors = {name: e * gains[name] for name, e in found.items()}
            hoped = max(e * gains[name] for name, e in errors.items())
            # As many members again along every parameter.
            has_time = read_clock() + 2**count * taken < self.deadline
            is_last = grid.level >= last or not has_time
            if hoped <= tolerance or is_last:
                between = self._between(grid, on_member)
                is_seen = self._spread(on_member)
                measured = self._distance(grid, between + self.spread)
                # Where no time was left to look everywhere, no level is believed to have gained.
                bounds = {n: min(_FEW * m, errors[n]) for n, m in measured.items()}
                errors = {n: max(m, (bounds if is_seen else found)[n]) for n, m in measured.items()}
            reached = max(errors.values()) <= tolerance
            if reached or is_last:
                break
            before = found
        members = tuple(self.at[node] for node in grid.nodes)
        return Family(grid, members, errors, reached)

    def _between(self, grid: Grid, on_member: Callable[[int], None]) -> list[tuple[np.ndarray, M]]:
        """Return members at places where no node is, their places along all parameters different."""
        shares = [at + off / grid.degree for at, off in zip(_BETWEEN, _OFF, strict=True)]
        found = []
        for k in range(len(shares)):
            place = unit_places(shares[(k + axis) % len(shares)] for axis in range(grid.count))
            found.append((place, self._reach(place, on_member)))
        return found

    def _spread(self, on_member: Callable[[int], None]) -> bool:
        """Solve members spread over all ranges; say whether there was time for all of them."""
        count = len(self.problem.varied)
        # The root of r^(d+1) = r + 1 makes them low-discrepancy sequences; the golden ratio for d = 1.
        ratio = 2.0
        for _ in range(60):
            ratio = (1.0 + ratio) ** (1.0 / (count + 1))
        while len(self.spread) < _SPREAD:
            if read_clock() > self.deadline:
                return False
            steps = (len(self.spread) + 1) * ratio ** -np.arange(1.0, count + 1)
            place = 2.0 * ((0.5 + steps) % 1.0) - 1.0
            self.spread.append((place, self._reach(place, on_member)))
        return True

    def _solve(self, grid: Grid, on_member: Callable[[int], None]) -> Grid:
        nodes = [node for node in grid.nodes if node not in self.at]
        for node in sorted(nodes, key=lambda n: (float(np.abs(unit_places(n)).max()), n)):
            self.at[node] = self._reach(unit_places(node), on_member)
        return grid

    def _reach(self, place: np.ndarray, on_member: Callable[[int], None], depth: int = 0) -> M:
        """Return the member at a place in -1 .. 1, by way of members between where that is needed."""
        values = values_at(self.problem, place)
        where = ", ".join(f"{name} = {value:.6g}" for name, value in values.items())
        if read_clock() > self.deadline:
            raise MemberError(f"no time was left for {where}")
        member, near = self.problem.member(values), self._nearest(place)
        found = self._step(member, near, where)
        if found is None and near is not None and depth < _HALVINGS:
            self._reach((near[0] + place) / 2, on_member, depth + 1)
            found = self._step(member, self._nearest(place), where)
        if found is None:
            raise MemberError(f"nothing that goes on from the neighbours was found at {where}")
        self.known.append((place, found))
        on_member(len(self.known))
        return found

    def _step(self, member: Problem, near: tuple[np.ndarray, M] | None, where: str) -> M | None:
        try:
            return self.step(member, None if near is None else near[1])
        except MemberError as error:
            raise MemberError(f"{error}, at {where}") from None

    def _nearest(self, place: np.ndarray) -> tuple[np.ndarray, M] | None:
        """Return the solved member nearest to a place, with its own place."""
        return min(
            self.known, key=lambda item: float(np.linalg.norm(item[0] - place)), default=None
        )

    def _distance(self, grid: Grid, others: list[tuple[np.ndarray, M]]) -> dict[str, float]:
        """Return the largest distance of polynomials from members, relative to the members' sizes."""
        tables = [self.data(self.at[node]) for node in grid.nodes]
        places = np.stack([place for place, _ in others])
        data = [self.data(member) for _, member in others]
        found: dict[str, float] = {}
        for name in tables[0]:
            values = np.stack([table[name] for table in tables])
            between = grid.evaluate(grid.coefficients(values), places)
            own = np.stack([item[name] for item in data])
            whole = float(np.sqrt(np.mean(values**2))) or 1.0
            # A number is small beside those of other members; a field is a solution of its own.
            sizes = np.full(len(own), whole)
            if own.shape[1] > 1:
                sizes = np.sqrt(np.mean(own**2, axis=1))
                sizes[sizes == 0.0] = whole
            apart = np.sqrt(np.mean((between - own) ** 2, axis=1)) / sizes
            found[name] = max(float(apart.max()), _LEAST_ERROR)
        return found


def _gain(error: float, before: float) -> float:
    """Return the factor by which an error fell from one level to the next, as far as it is believed."""
    return min(max(error / before, _LEAST_GAIN), 1.0)
