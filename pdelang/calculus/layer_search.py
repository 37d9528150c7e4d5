"""Where the layers of given functions lie in a box of coordinates.

Layers across a single coordinate, and where several such cross, are boxes. Others, as a spot or a strip along
a curve, are found by Newton's method from points all over the box, then cut by lines.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.layers import Layer, Layers
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.switches import (
    Crossings,
    Embedding,
    Switch,
    find_crossings,
    list_switches,
)
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.geometry.box import spread_in_unit_cube
from pdelang.geometry.gauss_legendre import gauss_legendre

# Of a box's length, by the number of coordinates: thinner is a layer. What is wider, a few hundred points see.
_THIN = {1: 0.02, 2: 0.1}
_THIN_ELSE = 0.2
_SCANNED = 2001  # places along a coordinate, for switches of that alone
_SCANNED_ACROSS = 33  # along each of many lines
_POINTS = 48  # in a box, at least
_LINES, _PER_LINE = 48, 5
_MOST = 24  # boxes; of more some stand for all
_STARTS, _ITERATIONS = 192, 50
_NEAR = 1e-9  # of the box: a step of Newton's method that has arrived
_LONGEST_STEP = 0.25  # of Newton's method, of the box
_GAP, _OWN_GAP = 0.1, 0.5  # between two clusters: of the box, and of the cluster itself
_MOST_CLUSTERS = 8
_FEW = 4
_MARGIN = 0.5  # around a cluster, of its size


Interval = tuple[float, float]


def find_layers(
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    low: np.ndarray,
    high: np.ndarray,
) -> Layers | None:
    """Return points in the layers that expressions have in a box ``low .. high (d,)``, None without any.

    Coordinates of length 0 are fixed; the volume is that of the others.
    """
    switches = list_switches(expressions, coordinates)
    known = tuple(frozenset({symbol}) for symbol in coordinates)
    return _Search(coordinates, known, low, high - low).run(switches) if switches else None


def find_layers_along(
    curve: Embedding,
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    low: np.ndarray,
    high: np.ndarray,
) -> Layers | None:
    """Return the layers on a curve in the plane: points are its parameter, then the other coordinates.

    ``curve`` turns parameters ``(n, 1)`` into places ``(n, 2)``; ``low .. high`` are those of the points. Layers that the
    place on the curve and another coordinate decide together are left out.
    """
    switches = list_switches(expressions, coordinates)
    if not switches:
        return None

    def embed(points: np.ndarray) -> np.ndarray:
        return np.column_stack([curve(points[:, :1]), points[:, 1:]])

    known = (frozenset(coordinates[:2]), *(frozenset({symbol}) for symbol in coordinates[2:]))
    return _Search(coordinates, known, low, high - low, embed).run(switches)


def find_layers_beside(
    place: np.ndarray,
    expressions: Sequence[sympy.Expr],
    coordinates: tuple[sympy.Symbol, ...],
    low: np.ndarray,
    high: np.ndarray,
) -> Layers | None:
    """Return the layers that the coordinates after those of a place decide alone, as times of a pulse.

    ``place (k,)`` is where the first coordinates of the points are held; ``low .. high`` are those of the others.
    """
    held = set(coordinates[: len(place)])
    switches = [
        s for s in list_switches(expressions, coordinates) if not s.level.free_symbols & held
    ]
    if not switches:
        return None
    known = tuple(frozenset({symbol}) for symbol in coordinates)
    start, length = np.concatenate([place, low]), np.concatenate([0.0 * place, high - low])
    return _Search(coordinates, known, start, length).run(switches)


@dataclass(frozen=True, slots=True, eq=False)
class _Filled:
    """Points in one layer with their volumes; the ``box`` where it is one."""

    points: np.ndarray
    volumes: np.ndarray
    is_spare: np.ndarray
    layer: Layer
    box: tuple[np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """``known`` are the coordinates that each axis of the box decides; ``embed`` those of points of it."""

    coordinates: tuple[sympy.Symbol, ...]
    known: tuple[frozenset[sympy.Symbol], ...]
    low: np.ndarray
    length: np.ndarray
    embed: Embedding | None = None

    @property
    def free(self) -> list[int]:
        return [int(axis) for axis in np.flatnonzero(self.length > 0.0)]

    @property
    def thin(self) -> np.ndarray:
        """Return the length along every axis below which a set is thin."""
        return _THIN.get(len(self.coordinates), _THIN_ELSE) * self.length

    def run(self, switches: list[Switch]) -> Layers | None:
        alone: dict[int, list[Switch]] = {}
        several: dict[tuple[int, ...], list[Switch]] = {}
        for switch in switches:
            own = [a for a in self.free if self.known[a] & switch.level.free_symbols]
            if len(own) == 1:
                alone.setdefault(own[0], []).append(switch)
            elif own and self.embed is None:
                several.setdefault(tuple(own), []).append(switch)
        across = {axis: self._intervals_along(own, axis) for axis, own in alone.items()}
        found = list(self._fill_boxes(across))
        for axes, own in several.items():
            found += self._cut_clusters(own, list(axes), across)
        if not found:
            return None
        volume = float(np.prod(self.length[self.free]))
        return Layers(
            np.concatenate([own.points for own in found]),
            np.concatenate([own.volumes for own in found]) / volume,
            np.concatenate([own.is_spare for own in found]),
            np.array([own.box for own in found if own.box]).reshape(-1, 2, len(self.low)),
            min((own.layer for own in found), key=lambda layer: layer.high - layer.low),
        )

    # ------------------------------------------------------- across one axis

    def _intervals_along(self, switches: list[Switch], axis: int) -> list[Interval]:
        line = (self.low + 0.5 * self.length)[None]
        ends = float(self.low[axis]), float(self.low[axis] + self.length[axis])
        found = self._find_crossings(switches, line, axis, ends, _SCANNED)
        return _merge(_thin_intervals(found, 0, ends, self.thin[axis]))

    def _find_crossings(
        self, switches: list[Switch], lines: np.ndarray, axis: int, ends: Interval, count: int
    ) -> Crossings:
        """Return where any of the switches lies along lines."""
        every = [
            find_crossings(switch, self.coordinates, lines, axis, ends, count, self.embed)
            for switch in switches
        ]
        return Crossings(
            np.concatenate([own.lines for own in every]),
            np.concatenate([own.places for own in every]),
            np.concatenate([own.reaches for own in every]),
        )

    def _fill_boxes(self, across: dict[int, list[Interval]]) -> Iterator[_Filled]:
        """Yield points in every layer across an axis, and in the places where several cross."""
        options = [(None, *across.get(axis, ())) for axis in self.free]
        boxes = [box for box in itertools.product(*options) if any(box)]
        for box, share in _some(boxes):
            low, length = self.low.copy(), self.length.copy()
            for axis, interval in zip(self.free, box, strict=True):
                if interval is not None:
                    low[axis], length[axis] = interval[0], interval[1] - interval[0]
            unit = np.zeros((_POINTS, len(low)))
            unit[:, self.free] = spread_in_unit_cube(_POINTS, len(self.free))
            volume = float(np.prod(length[self.free]))
            axis = min(
                (a for a, i in zip(self.free, box, strict=True) if i),
                key=lambda a: float(length[a] / self.length[a]),
            )
            yield _Filled(
                low + length * unit,
                np.full(_POINTS, share * volume / _POINTS),
                np.arange(_POINTS) % 2 == 1,
                self._describe(axis, low, low + length),
                (low, low + length),
            )

    def _describe(self, axis: int, low: np.ndarray, high: np.ndarray) -> Layer:
        """Return a layer across an axis of the box; on a curve between the places of its ends."""
        if self.embed is None or len(self.known[axis]) == 1:
            (symbol,) = self.known[axis]
            return Layer(symbol, float(low[axis]), float(high[axis]))
        ends = self.embed(np.array([low, high]))
        along = int(np.argmax(np.abs(ends[1] - ends[0])[:2]))
        return Layer(self.coordinates[along], *sorted(map(float, ends[:, along])))

    # --------------------------------------------------- across several axes

    def _cut_clusters(
        self, switches: list[Switch], axes: list[int], across: dict[int, list[Interval]]
    ) -> Iterator[_Filled]:
        """Yield points in layers of switches that several coordinates decide, on lines that cut them."""
        approached = [self._approach(switch, axes) for switch in switches]
        near = np.concatenate([points for points, _ in approached])
        fibre = axes[int(np.argmax(np.sum([steepness for _, steepness in approached], axis=0)))]
        for cluster in _cluster((near - self.low[axes]) / self.length[axes]):
            low, length = self.low.copy(), self.length.copy()
            start, end = near[cluster].min(axis=0), near[cluster].max(axis=0)
            margin = np.maximum(_MARGIN * (end - start), 1e-3 * self.thin[axes])
            start = np.maximum(start - margin, self.low[axes])
            end = np.minimum(end + margin, self.low[axes] + self.length[axes])
            low[axes], length[axes] = start, end - start
            options = []
            for axis in self.free:
                own: list[Interval] = [(low[axis], low[axis] + length[axis])]
                if axis != fibre:
                    own += [
                        (a, b) for a, b in across.get(axis, []) if a >= own[0][0] and b <= own[0][1]
                    ]
                options.append(own)
            for box, share in _some(list(itertools.product(*options))):
                found = self._cut(switches, fibre, np.array(box).T, share)
                if found is not None:
                    yield found

    def _approach(self, switch: Switch, axes: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return points on the surface, or where the level comes nearest to it, and its slopes there.

        ``(n, len(axes))``, and the mean size of the slopes over the box's lengths.
        """
        slopes = [partial_derivative(switch.level, self.coordinates[a]) for a in axes]
        unit = np.zeros((_STARTS, len(self.low)))
        unit[:, self.free] = spread_in_unit_cube(_STARTS, len(self.free))
        columns = (self.low + self.length * unit).T
        own, ends = self.length[axes, None], (self.low + self.length)[axes, None]
        gradient = np.zeros((len(axes), _STARTS))
        for _ in range(_ITERATIONS):
            level, *rates = evaluate_points([switch.level, *slopes], self.coordinates, columns)
            gradient = np.array(rates) * own
            square = np.sum(gradient**2, axis=0)
            step = -level * gradient / np.where(square > 0.0, square, 1.0)
            longest = np.abs(step).max(axis=0)
            step *= np.minimum(1.0, _LONGEST_STEP / np.where(longest > 0.0, longest, 1.0))
            moved = columns[axes] + own * np.where(np.isfinite(step), step, 0.0)
            columns[axes] = np.clip(moved, self.low[axes, None], ends)
            if np.nanmax(np.abs(step)) < _NEAR:
                break
        sizes = np.abs(gradient)
        return columns[axes].T, np.nan_to_num(np.nanmean(sizes, axis=1))

    def _cut(
        self, switches: list[Switch], fibre: int, box: np.ndarray, share: float
    ) -> _Filled | None:
        """Return points where lines through a box ``(2, free)`` cut a layer; None where they cut none.

        Along the lines none either where most of what they cut is wide: even points see that.
        """
        others = [k for k, axis in enumerate(self.free) if axis != fibre]
        lines = np.tile(self.low, (_LINES, 1))
        unit = spread_in_unit_cube(_LINES, len(others))
        size = box[1] - box[0]
        for column, k in enumerate(others):
            lines[:, self.free[k]] = box[0, k] + size[k] * unit[:, column]
        own = self.free.index(fibre)
        ends = float(box[0, own]), float(box[1, own])
        found = self._find_crossings(switches, lines, fibre, ends, _SCANNED_ACROSS)
        crossed = np.unique(found.lines)
        pieces = [(k, i) for k in crossed for i in self._thin_on(found, int(k), ends, fibre)]
        if len({k for k, _ in pieces}) <= 0.5 * len(crossed):
            return None
        nodes, shares = gauss_legendre(_PER_LINE)
        number = np.array([k for k, _ in pieces])
        start, end = np.array([i for _, i in pieces]).T
        half = 0.5 * (end - start)
        points = np.repeat(lines[number], _PER_LINE, axis=0)
        points[:, fibre] = (start[:, None] + half[:, None] * (1.0 + nodes)).ravel()
        volume = share * float(np.prod(size[others])) / _LINES
        widest = int(np.argmax(half))
        return _Filled(
            points,
            volume * (half[:, None] * shares).ravel(),
            np.repeat(number % 2 == 1, _PER_LINE),
            Layer(self.coordinates[fibre], float(start[widest]), float(end[widest])),
        )

    def _thin_on(self, found: Crossings, line: int, ends: Interval, fibre: int) -> list[Interval]:
        # The ends of the fibre are those of the domain, or of a search around a spot.
        low, high = float(self.low[fibre]), float(self.low[fibre] + self.length[fibre])
        closed = (ends[0] if ends[0] == low else -np.inf, ends[1] if ends[1] == high else np.inf)
        return _merge(_thin_intervals(found, line, closed, self.thin[fibre]))


def _thin_intervals(found: Crossings, line: int, ends: Interval, thin: float) -> list[Interval]:
    """Return the intervals between neighbouring places of a line that are thin, and thin transitions."""
    own = found.lines == line
    order = np.argsort(found.places[own])
    places, reaches = found.places[own][order], found.reaches[own][order]
    # A smooth transition that is no thinner than a layer is no switch.
    sharp = reaches < thin
    places, reaches = places[sharp], reaches[sharp]
    if not len(places):
        return []
    edges = [ends[0], *places, ends[1]]
    intervals = [(a, b) for a, b in itertools.pairwise(edges) if 0.0 < b - a < thin]
    low, high = ends
    transitions = zip(places - reaches, places + reaches, strict=True)
    return intervals + [(max(low, a), min(high, b)) for a, b in transitions if a < b]


def _merge(intervals: list[Interval]) -> list[Interval]:
    """Return the union of intervals, in order."""
    merged: list[Interval] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((float(low), float(high)))
    return merged


def _some(boxes: list) -> Iterator[tuple[tuple, float]]:
    """Yield boxes, some of them where there are many, with how many each of them stands for."""
    step = max(1.0, len(boxes) / _MOST)
    for number in range(min(_MOST, len(boxes))):
        yield boxes[int(number * step)], step


def _cluster(points: np.ndarray) -> list[np.ndarray]:
    """Return the numbers of points ``(n, d)`` of the unit cube in groups with gaps between them."""
    pending, done = [np.arange(len(points))], []
    while pending:
        own = pending.pop()
        if len(own) < _FEW:
            continue
        ordered = np.sort(points[own], axis=0)
        gaps = np.diff(ordered, axis=0)
        extent = ordered[-1] - ordered[0]
        axis = int(np.argmax(gaps.max(axis=0)))
        k = int(np.argmax(gaps[:, axis]))
        if gaps[k, axis] > min(_GAP, _OWN_GAP * extent[axis]) and len(done) < _MOST_CLUSTERS:
            below = points[own, axis] <= ordered[k, axis]
            pending += [own[below], own[~below]]
        else:
            done.append(own)
    return done[:_MOST_CLUSTERS]
