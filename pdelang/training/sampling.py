"""Fresh points for every step, made on the device.

A place keeps one low-discrepancy set ``p_i`` of the unit cube and shifts it anew at every
draw, ``frac(p_i + s)``: the set stays as even as it was, and its points never repeat
(Cranley and Patterson, "Randomization of number theoretic methods", SIAM J. Numer. Anal.
13, 1976). The shifts follow an additive recurrence in 32-bit integers, which is exact, the
same on every device and costs a few instructions. Pieces cut out by predicates hold a
long low-discrepancy list of their points and read it window by window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.stretch import Stretch
from pdelang.calculus.system import AtData, Interior, OnPiece, Place, Start, System, place_key
from pdelang.geometry.box import Side, sample_unit_cube
from pdelang.kernels.trace import Copies
from pdelang.lowering.program import Program
from pdelang.networks.assembly import Batch
from pdelang.semantics.pieces import sample_piece
from pdelang.training.places import quadrature_nodes, stretch_of

# Windows in the list of a cut-out piece: its points repeat after so many draws.
_WINDOWS = 64
# Points that a thinned place keeps at least.
_FEWEST = 16
# Times at which a global condition is asked for in one step.
_TIMES = 8


class Seeds(NamedTuple):
    """What makes the draws of one run its own: shifts ``(sources, d)`` and a key."""

    shifts: jax.Array  # uint32
    key: jax.Array


@dataclass(frozen=True, slots=True, eq=False)
class PointSource:
    """The points of one place.

    ``pool (windows · n, d_space)`` lists points of a place that is not a box, else None; where
    the normal varies it follows in ``d_space`` more columns.
    """

    stretch: Stretch
    unit: np.ndarray  # (n, d) in the unit cube
    pool: np.ndarray | None
    copies: int
    readings: np.ndarray | None = None  # measured points (rows, d + columns), in any order


@dataclass(frozen=True, slots=True, eq=False)
class NodeSource:
    """Quadrature nodes ``(q, d_space)`` of one aggregate, at times drawn from ``unit (times, m)``.

    The ``m`` columns are what follows the space coordinates, ``start + duration·unit``: the time
    and the varied parameters. They are shifted as those of aggregate number ``first`` are, the first one
    of the same functional, which is made of values at one time.
    """

    nodes: np.ndarray
    unit: np.ndarray | None  # None where nothing follows the space coordinates
    start: np.ndarray  # (m,)
    duration: np.ndarray  # (m,)
    first: int


@dataclass(frozen=True, slots=True, eq=False)
class Sampler:
    """Draws batches. ``is_uniform`` replaces shifted sets by independent uniform points."""

    points: tuple[PointSource, ...]
    nodes: tuple[NodeSource, ...]
    dimension: int
    space: int
    points_per_term: int
    is_uniform: bool
    dtype: Any

    @property
    def copies(self) -> Copies:
        """Return how often each row counts in the kernel's trace."""
        times = max((1 if a.unit is None else len(a.unit) for a in self.nodes), default=1)
        return Copies(
            tuple(source.copies for source in self.points), max(1, self.points_per_term // times)
        )

    def seed(self, key: jax.Array) -> Seeds:
        """Return the seeds of a run."""
        shift_key, draw_key = jax.random.split(key)
        shape = (len(self.points) + len(self.nodes), self.dimension)
        return Seeds(jax.random.bits(shift_key, shape, jnp.uint32), draw_key)

    def draw(self, seeds: Seeds, number: jax.Array) -> Batch:
        """Return the batch of draw ``number`` (an integer); a pure function of its arguments."""
        number = number.astype(jnp.uint32)
        key = jax.random.fold_in(seeds.key, number) if self.is_uniform else seeds.key
        points = tuple(
            self._draw_points(source, seeds.shifts[s], key, s, number)
            for s, source in enumerate(self.points)
        )
        nodes = tuple(
            self._draw_nodes(source, seeds.shifts[len(self.points) + source.first], number)
            for source in self.nodes
        )
        return Batch(points, nodes)

    def _draw_points(
        self,
        source: PointSource,
        shift: jax.Array,
        key: jax.Array,
        place: int,
        number: jax.Array,
    ) -> jax.Array:
        if source.readings is not None:
            return self._draw_readings(source.readings, len(source.unit), number)
        low = jnp.asarray(source.stretch.low[None, :], self.dtype)
        if source.stretch.is_point:
            return low
        length = jnp.asarray(source.stretch.length[None, :], self.dtype)
        if self.is_uniform:
            unit = jax.random.uniform(jax.random.fold_in(key, place), source.unit.shape, self.dtype)
        else:
            unit = self._shift(source.unit, shift, number)
        points = low + length * unit
        if source.pool is None:
            return points
        count = len(source.unit)
        window = ((number + shift[0]) % jnp.uint32(_WINDOWS)).astype(jnp.int32)
        pool = jnp.asarray(source.pool, self.dtype)
        chosen = jax.lax.dynamic_slice_in_dim(pool, window * count, count)
        space = self.space
        return jnp.concatenate([chosen[:, :space], points[:, space:], chosen[:, space:]], axis=1)

    def _draw_readings(self, readings: np.ndarray, count: int, number: jax.Array) -> jax.Array:
        """Return ``count`` readings: all of them where there are no more, else the next ones."""
        rows = jnp.asarray(readings, self.dtype)
        if count == len(readings):
            return rows
        first = (number * jnp.uint32(count)) % jnp.uint32(len(readings))
        return rows[(first.astype(jnp.int32) + jnp.arange(count)) % len(readings)]

    def _draw_nodes(self, source: NodeSource, shift: jax.Array, number: jax.Array) -> jax.Array:
        nodes = jnp.asarray(source.nodes, self.dtype)
        if source.unit is None:
            return nodes[None]
        m = source.unit.shape[1]
        start, duration = (
            jnp.asarray(a[None, :], self.dtype) for a in (source.start, source.duration)
        )
        times = start + duration * self._shift(source.unit, shift[-m:], number)
        q, columns = nodes.shape
        rows = times.shape[0]
        repeated = jnp.broadcast_to(nodes[None], (rows, q, columns))
        return jnp.concatenate(
            [
                repeated[:, :, : self.space],
                jnp.broadcast_to(times[:, None, :], (rows, q, m)),
                repeated[:, :, self.space :],
            ],
            axis=2,
        )

    def _shift(self, unit: np.ndarray, shift: jax.Array, number: jax.Array) -> jax.Array:
        steps = jnp.asarray(_recurrence_steps(unit.shape[1]))
        moved = (shift + number * steps).astype(self.dtype) * 2.0**-32
        total = jnp.asarray(unit, self.dtype) + moved[None, :]
        return total - jnp.floor(total)


def build_sampler(
    program: Program, points: int, is_uniform: bool, dtype: Any, is_thin: bool = False
) -> Sampler:
    """Return the sampler of a program: ``points`` per term, shared among its places.

    A term with three places gives each a third; a place that several terms use has the
    largest share that one of them asks for. ``is_thin`` gives places with fewer free
    coordinates fewer points, as dense along an axis as twice the interior's, each of which counts
    several times in the kernel's trace, so that the balance stays.
    """
    system = program.system
    shares = _share_points(program, points)
    sources = tuple(_point_source(system, place, count, is_thin) for place, count in shares)
    nodes: list[NodeSource] = []
    for functional in (f for term in program.terms for f in term.functionals):
        first = len(nodes)
        nodes += [_node_source(system, a.aggregate, first) for a in functional.aggregates]
    space = len(system.problem.domain.coordinates)
    return Sampler(sources, tuple(nodes), len(system.coordinates), space, points, is_uniform, dtype)


def node_weights(program: Program) -> dict[int, np.ndarray]:
    """Return the quadrature weights of every aggregate of the terms, counted in order."""
    aggregates = [
        aggregate.aggregate
        for term in program.terms
        for functional in term.functionals
        for aggregate in functional.aggregates
    ]
    problem = program.system.problem
    return {a: quadrature_nodes(problem, g)[1] for a, g in enumerate(aggregates)}


def _share_points(program: Program, points: int) -> list[tuple[Place, int]]:
    """Return every place once, in the order of first use, with its number of points."""
    places: dict[Any, Place] = {}
    counts: dict[Any, int] = {}
    for term in program.terms:
        own = {place_key(b.block.place): b.block.place for b in term.blocks}
        for key, place in own.items():
            places.setdefault(key, place)
            counts[key] = max(counts.get(key, 0), math.ceil(points / len(own)))
    return [(place, counts[key]) for key, place in places.items()]


def _point_source(system: System, place: Place, asked: int, is_thin: bool) -> PointSource:
    problem = system.problem
    if isinstance(place, AtData):
        return _data_source(place, len(system.coordinates), asked)
    stretch = stretch_of(problem, place)
    if stretch.is_point:
        return PointSource(stretch, np.zeros((1, len(stretch.low))), None, asked)
    count = asked
    free = int((stretch.length > 0).sum())
    if is_thin and free < len(stretch.length):
        density = 2.0 * asked ** (1.0 / len(stretch.length))
        count = min(asked, max(_FEWEST, math.ceil(density**free)))
    unit = _spread(stretch, count)
    repeats = math.ceil(asked / count)
    return PointSource(stretch, unit, _list_points(system, place, _WINDOWS * count), repeats)


def _data_source(place: AtData, dimension: int, asked: int) -> PointSource:
    """Return the readings of a data set, mixed where a draw cannot hold them all."""
    data = place.data
    values = np.array(data.values).reshape(len(data.points), -1)
    chosen = [data.columns.index(name) for name, _ in place.columns]
    readings = np.column_stack([np.array(data.points), values[:, chosen]])
    if len(readings) > asked:
        readings = np.random.default_rng(0).permutation(readings)
    count = min(len(readings), asked)
    nowhere = Stretch(np.zeros(dimension), np.ones(dimension))
    copies = math.ceil(asked / count)
    return PointSource(nowhere, np.zeros((count, dimension)), None, copies, readings)


def _list_points(system: System, place: Place, count: int) -> np.ndarray | None:
    """Return a long list of the points of a place, None for one that is a box of its own."""
    domain = system.problem.domain
    match place:
        case OnPiece(piece=piece):
            is_end = isinstance(piece.side, Side) and domain.body is None and domain.box.d == 1
            if piece.is_box_side or is_end:
                return None
            return sample_piece(piece, domain, count, 0)
        case Interior(region=region) | Start(region=region):
            body = domain.body if region is None else region.body
            return None if body is None else body.sample(count, 0)
        case _:
            return None


def _spread(stretch: Stretch, count: int) -> np.ndarray:
    """Return ``count`` low-discrepancy points on the free axes, 0 on the fixed ones, ``(count, d)``."""
    free = stretch.length > 0
    unit = np.zeros((count, len(free)))
    unit[:, free] = sample_unit_cube(count, int(free.sum()), seed=0)
    return unit


def _node_source(system: System, aggregate: Any, first: int) -> NodeSource:
    problem = system.problem
    nodes, _ = quadrature_nodes(problem, aggregate)
    bounds = problem.extra_bounds
    start = np.array([b.low_value for b in bounds])
    duration = np.array([b.high_value - b.low_value for b in bounds])
    if aggregate.time is not None:
        start[0], duration[0] = aggregate.time, 0.0
    if not duration.any():
        unit = np.zeros((1, len(bounds))) if bounds else None
    elif len(bounds) == 1:
        unit = (np.arange(_TIMES)[:, None] + 0.5) / _TIMES
    else:
        unit = sample_unit_cube(_TIMES * len(bounds), len(bounds), seed=0)
    return NodeSource(nodes, unit, start, duration, first)


def _recurrence_steps(d: int) -> np.ndarray:
    """Return ``2^32 φ_d^{−i}``, i = 1 … d, with ``φ_d^{d+1} = φ_d + 1`` (Roberts 2018)."""
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (d + 1))
    return np.floor(2.0**32 * root ** -np.arange(1.0, d + 1)).astype(np.uint32)
