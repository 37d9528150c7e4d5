"""From the start of time to its end, window by window, like an ODE solver with adaptive steps.

Each window is solved by Newton's method. Its length follows from the highest Legendre mode in time,
its elements from the jumps of the highest derivative in space: elements that do not resolve
the solution are halved, and the window is solved again. A finer spline space holds the coarser one,
so what was solved before is kept exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.journal import Place, State, read_clock
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.splines.banded_rows import SingularRowsError
from pdelang.training.splines.handover import carry_end, predict_state
from pdelang.training.splines.kinks import find_kinks, find_missing, place_elements
from pdelang.training.splines.marched import Failure, Marched
from pdelang.training.splines.moments import (
    Coefficients,
    Moments,
    start_moments,
    window_moments,
)
from pdelang.training.splines.point_space import PointSpace
from pdelang.training.splines.resolution import (
    MOST_ELEMENTS,
    PER_ELEMENT,
    PER_ELEMENT_AT_START,
    SHORTEST_ELEMENT,
    SPACE_SHARE,
    Resolution,
)
from pdelang.training.splines.sites import PlacedBlocks, Site, place_blocks, prepare_sites
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.storage import read_pieces, write_pieces
from pdelang.training.splines.time_error import FASTEST, find_growth, find_time_error, time_orders
from pdelang.training.splines.window import Piece, Window
from pdelang.training.splines.window_solve import StepError, solve_window

_CHECKED_PER_ELEMENT = 5  # where the start is checked
_FIRST_WINDOWS = 64  # the first window, as a share of all time
_SHORTEST_WINDOW = 1e-12
# Data that jump at the start (W211) or later are resolved by no window. Windows so short that what they miss
# does not count are then taken as they are: a layer of width √t for a time t adds t^(3/4) in L2.
_JUMP_SHARE = 0.1  # of the tolerance
_JUMP_WINDOWS = 1e-3  # the first of them, as a share of that time
_BEFORE = 1e-12  # of all time
_REFINEMENTS = 30
_EXPECTED_SHARE = 0.1  # of the field's scale, which may be too large


def march(
    system: System,
    resolution: Resolution,
    deadline: float,
    on_window: Callable[[float, int, int], None] | None = None,
    rule: str = "ntk",
    sizes: tuple[float, ...] | None = None,
) -> Marched:
    """Solve an evolution problem in one space dimension or none.

    ``on_window(time, windows, elements)`` is called as it goes on. ``sizes`` are the largest
    values of the fields, where they are known from a coarser solve. Raises NotFiniteError where a
    term has no finite value at the start.
    """
    return _Marcher(system, resolution, deadline, on_window, rule, sizes).run()


@dataclass(slots=True, eq=False)
class _Marcher:
    system: System
    resolution: Resolution
    deadline: float
    on_window: Callable[[float, int, int], None] | None
    rule: str
    expected: tuple[float, ...] | None
    pieces: list[Piece] = field(default_factory=list)
    rejected: int = 0
    iterations: int = 0
    weights: dict[str, float] = field(default_factory=dict)
    sizes: np.ndarray = field(default_factory=lambda: np.zeros(0))
    has_kinks: bool = False  # in space
    placed: dict[bool, tuple[PlacedBlocks, ...]] = field(default_factory=dict)
    kept: dict[bool, tuple[SplineSpace, tuple[Site, ...]]] = field(default_factory=dict)

    def run(self) -> Marched:
        interval = self.system.problem.time
        assert interval is not None
        low, high = interval.bounds.low_value, interval.bounds.high_value
        span = high - low
        orders = time_orders(self.system)
        now, length, failure = low, span / (self.resolution.windows or _FIRST_WINDOWS), None
        is_fixed = self.resolution.windows is not None
        length = min(length, self.resolution.longest or length)
        passing = span * max(1e-8, (_JUMP_SHARE * self.resolution.tolerance) ** (4 / 3))
        unresolved: list[tuple[float, float]] = []
        # A window ends just before the data change: its last moment is its end.
        axis = self.system.problem.time_axis
        assert axis is not None
        changes = find_kinks(self.system, axis, low, high) - _BEFORE * span
        place = Place("march")
        known = place.recall()
        if known is None:
            space, given = self._start(low, orders)
        else:
            now, length = known["now"], known["length"]
            unresolved += [(start, end) for start, end in known["unresolved"]]
            self._restore(known, orders)
            space = self.pieces[-1].space
            given = carry_end(self.pieces[-1], space)
        while now < high - 1e-13 * span:
            if read_clock() > self.deadline:
                failure = Failure.OUT_OF_TIME
                break
            last = now + length >= high - 1e-9 * span
            length = high - now if last else length
            ahead = changes[changes > now + _BEFORE * span]
            if not is_fixed and ahead.size and now + length > ahead[0] - 1e-9 * span:
                length, last = float(ahead[0]) - now, False
            moments = window_moments(now, length, orders, self.resolution.stages)
            has_jumped = not self.pieces or bool(np.any(np.abs(changes - now) <= _BEFORE * span))
            if (
                has_jumped
                and length <= _JUMP_WINDOWS * passing
                and (now, now + passing) not in unresolved
            ):
                unresolved.append((now, now + passing))
            is_taken = is_fixed or any(a <= now and now + length <= b for a, b in unresolved)
            try:
                space, state = self._resolve(space, moments, given, is_taken)
                error = find_time_error(state, moments, self._sizes())
            except StepError:
                error, state, failure = np.inf, None, Failure.DIVERGED
            except SingularRowsError:
                error, state, failure = np.inf, None, Failure.UNDETERMINED
            except NotFiniteError:
                error, state, failure = np.inf, None, Failure.NOT_FINITE
            if state is None or (error > self.resolution.tolerance and not is_taken):
                self.rejected += 1
                # The space may be finer than that of the data.
                given = (
                    carry_end(self.pieces[-1], space)
                    if self.pieces
                    else self._start_on(space, low, orders)
                )
                length *= find_growth(error, self.resolution) if np.isfinite(error) else 0.25
                if length < _SHORTEST_WINDOW * span or is_fixed or failure is Failure.UNDETERMINED:
                    failure = failure or Failure.TOO_SHORT
                    break
                continue
            failure = None
            self.pieces.append(Piece(space, moments, state))
            now = high if last else now + length
            given = carry_end(self.pieces[-1], space)
            self._measure(state, space)
            if not is_fixed:
                length *= FASTEST if is_taken else find_growth(error, self.resolution)
                length = min(length, self.resolution.longest or length)
            place.keep(self._snapshot(now, length, tuple(unresolved)))
            if self.on_window is not None:
                self.on_window(now, len(self.pieces), space.elements)
        if failure is not Failure.OUT_OF_TIME:
            place.forget()
        return Marched(
            tuple(self.pieces),
            now,
            self.rejected,
            self.iterations,
            self.weights,
            tuple(map(float, self.sizes)),
            failure,
            tuple(unresolved),
        )

    def _snapshot(
        self, now: float, length: float, unresolved: tuple[tuple[float, float], ...]
    ) -> Callable[[], State]:
        """Return what is needed to go on with the next window, none of which changes later."""
        pieces, sizes, weights = tuple(self.pieces), self.sizes, dict(self.weights)
        counts = {"rejected": self.rejected, "iterations": self.iterations}
        times = {"now": now, "length": length, "unresolved": [list(own) for own in unresolved]}
        return lambda: {
            **times,
            **counts,
            "weights": weights,
            "sizes": sizes,
            "pieces": write_pieces(pieces),
        }

    def _restore(self, known: State, orders: tuple[int, ...]) -> None:
        self.pieces = list(read_pieces(known["pieces"], orders, self.resolution))
        self.rejected, self.iterations = known["rejected"], known["iterations"]
        self.weights, self.sizes = dict(known["weights"]), known["sizes"]

    # ------------------------------------------------------------ the start

    def _start(self, low: float, orders: tuple[int, ...]) -> tuple[SplineSpace, Coefficients]:
        """Return a space that resolves the initial data, and the data on it."""
        problem = self.system.problem
        if not problem.domain.coordinates:
            point = PointSpace()
            given = self._start_on(point, low, orders)
            self._measure(given, point)
            return point, given
        a, b = problem.domain.box.low[0], problem.domain.box.high[0]
        periodic = 0 in problem.periodic_axes
        count = self.resolution.elements or max(
            self.resolution.fewest, 2 * self.resolution.degree + 2
        )
        kinks = np.zeros(0) if self.resolution.elements else find_kinks(self.system, 0, a, b)
        self.has_kinks = len(kinks) > 0
        space = place_elements(self.resolution.degree, a, b, count, kinks, periodic)
        bound = SPACE_SHARE * self.resolution.tolerance
        while True:
            given = self._start_on(space, low, orders)
            # Only the last of these spaces resolves the data: before, splines may overshoot by far.
            self.sizes = np.zeros(0)
            self._measure(given, space)
            sites = prepare_sites(self.system, self._placed(True), space, _CHECKED_PER_ELEMENT)
            fine = Window(self.system, space, start_moments(low, orders), sites)
            marked = self._rough(space, [c for c in given if c.shape[1]], bound)
            for site, residuals, _ in fine.residuals(given):
                for residual in residuals:
                    worst = np.abs(residual).max(axis=1)
                    if site.placed.x is None:
                        marked |= worst.reshape(space.elements, -1).max(axis=1) > 10 * bound
            marked &= np.diff(space.breakpoints) > SHORTEST_ELEMENT * (b - a)
            if not self._may_refine(space, marked):
                return space, given
            space = space.refined(marked)

    def _start_on(self, space: SplineSpace, low: float, orders: tuple[int, ...]) -> Coefficients:
        moments = start_moments(low, orders)
        sites = self._sites(space, True)
        zero = tuple(np.zeros((space.count, k)) for k in orders)
        if not moments.slots:
            return zero
        return self._newton(Window(self.system, space, moments, sites), zero)

    # ------------------------------------------------------------ one window

    def _newton(self, window: Window, state: Coefficients) -> Coefficients:
        solved = solve_window(window, state, self._sizes(), self.resolution.tolerance, self.rule)
        self.iterations += solved.iterations
        self.weights = solved.weights
        return solved.state

    def _resolve(
        self, space: SplineSpace, moments: Moments, given: Coefficients, is_taken: bool
    ) -> tuple[SplineSpace, Coefficients]:
        """Return the solution of one window, and the space that it needed.

        ``is_taken`` says that the window will not be shortened, whatever its error in time.
        """
        last = self.pieces[-1] if self.pieces else None
        state = predict_state(last, space, moments, given)
        bound = SPACE_SHARE * self.resolution.tolerance
        shortest = SHORTEST_ELEMENT * (space.breakpoints[-1] - space.breakpoints[0])
        for _ in range(_REFINEMENTS):
            sites = self._sites(space, False)
            window = Window(self.system, space, moments, sites)
            state = self._newton(window, state)
            if (
                not is_taken
                and find_time_error(state, moments, self._sizes()) > self.resolution.tolerance
            ):
                break  # the window will be shortened first
            along = [
                c @ basis.values(moments.tau, 0, moments.length)
                for c, basis in zip(state, moments.bases, strict=True)
            ]
            marked = self._rough(space, along, bound)
            if self.has_kinks:
                marked |= find_missing(window, state, self.resolution.tolerance)
            marked &= np.diff(space.breakpoints) > shortest
            if not self._may_refine(space, marked):
                break
            finer = space.refined(marked)
            state = tuple(space.carry(c, finer) for c in state)
            space = finer
        return space, state

    def _placed(self, is_start: bool) -> tuple[PlacedBlocks, ...]:
        if is_start not in self.placed:
            self.placed[is_start] = place_blocks(self.system, is_start)
        return self.placed[is_start]

    def _sites(self, space: SplineSpace, is_start: bool) -> tuple[Site, ...]:
        """Return the points of a space, kept from window to window while the space stays."""
        kept = self.kept.get(is_start)
        if kept is None or kept[0] is not space:
            count = PER_ELEMENT_AT_START if is_start else PER_ELEMENT
            kept = (space, prepare_sites(self.system, self._placed(is_start), space, count))
            self.kept[is_start] = kept
        return kept[1]

    # ------------------------------------------------------------ how well

    def _rough(self, space: SplineSpace, along: list[np.ndarray], bound: float) -> np.ndarray:
        """Say which elements do not resolve the fields ``along``, (splines, moments) each."""
        marked = np.zeros(space.elements, bool)
        for c, size in zip(along, self._sizes()[: len(along)], strict=True):
            marked |= space.roughness(c).max(axis=1, initial=0.0) > bound * size
        return marked

    def _may_refine(self, space: SplineSpace, marked: np.ndarray) -> bool:
        if self.resolution.elements is not None or not marked.any():
            return False
        return space.elements + int(marked.sum()) <= MOST_ELEMENTS

    def _measure(self, state: Coefficients, space: SplineSpace) -> None:
        """Keep the largest value that every field has had."""
        found = np.array([float(np.abs(c[:, :1]).max(initial=0.0)) for c in state])
        self.sizes = np.maximum(self.sizes, found) if self.sizes.size else found

    def _sizes(self) -> np.ndarray:
        """Return what errors are relative to: the largest value so far, or what is expected.

        A field that starts from zero is small for a while, and need not be exact in its own size.
        """
        if self.expected is not None:
            expected = np.array(self.expected)
        else:
            expected = _EXPECTED_SHARE * np.array(self.system.scaling.field_scale)
        found = np.maximum(self.sizes, expected) if self.sizes.size else expected
        return np.where(found > 0.0, found, 1.0)
