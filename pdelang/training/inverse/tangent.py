"""Network and fits to first order: what the fits make of the readings while the physics holds.

With the rows ρ of the physics and r of the readings, both functions of the network's θ and the fits' p,

    A = ∂ρ/∂θ,   dθ/dp = −A⁺ ∂ρ/∂p,   S = dr/dp = ∂r/∂p + ∂r/∂θ · dθ/dp.

A⁺ is formed in the smaller of the spaces of rows and of parameters, its least eigenvalues damped; the
rows of every term of the physics have the same Frobenius norm, as under the weights `ntk`.

A step of Gauss–Newton with the physics as a constraint then is

    δθ₀ = −A⁺ρ,   δp = −S⁺ (r + ∂r/∂θ δθ₀),   θ ← θ + δθ₀ + dθ/dp δp,   p ← p + δp,

in which readings, however noisy, do not bend the equations. Source: Nocedal and Wright, "Numerical
Optimization" (2006), 18.3, with the Hessian of Gauss and Newton.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from scipy import linalg

from pdelang.calculus.system import AtData, Block
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.networks.assembly import Assembly, Batch
from pdelang.training.gauss_newton.rows import RowStack
from pdelang.training.inverse.observations import EXACT
from pdelang.training.sampling import Sampler, Seeds, build_sampler

# Numbers in a Jacobian, and the most and the fewest points per term.
_ENTRIES = 30_000_000
_POINTS, _FEWEST = 1000, 100
# Of the mean eigenvalue: what is smaller does not count.
_DAMPING = 1e-11
# The first one of a correction, and up to which its step is one of Gauss and Newton for the fits.
_FIRST, _ROUGH = 1e-6, 1e-3
_TRIALS = 40  # steps of a correction, those that led away included
# A residual of the physics, of terms of unit size, that counts like one deviation of the readings.
_NEGLIGIBLE = 1e-3
_LONGEST, _SHORTEST = 1.0, 1e-4  # change of a departure in one step
_EXACT_STEP = (
    1e-4  # of a departure: a hundredth of it ends the correction where nothing is averaged
)
_HUNDREDTH = 1e-2  # of a standard error: a step that ends the correction


@dataclass(frozen=True, slots=True, eq=False)
class Tangent:
    """One linearisation. ``response (n, q)`` is S and ``residual (n,)`` what is left after δθ₀.

    Rows of readings are over their deviations.
    """

    response: np.ndarray
    residual: np.ndarray
    moved: np.ndarray  # dθ/dp (P, q)
    relaxation: np.ndarray  # δθ₀ (P,)
    missed: float  # the largest row of the readings before δθ₀
    merit: float  # mean square of the readings, and of the physics over what counts of it

    @property
    def step(self) -> np.ndarray:
        """Return δp, ``(q,)``."""
        return -np.linalg.lstsq(self.response, self.residual, rcond=1e-10)[0]

    @property
    def shift(self) -> float:
        """Return how many standard errors δp moves the fits, in the worst direction.

        As many demands as fits leave nothing over to tell errors by: then δp itself has to be small, and
        what is missed of the demands.
        """
        if len(self.residual) <= self.response.shape[1]:
            step = float(np.abs(self.step).max(initial=0.0))
            return max(step / _EXACT_STEP, self.missed * EXACT / _EXACT_STEP)
        reach = self.response @ self.step
        rest = self.residual + reach
        freedom = max(len(rest) - self.response.shape[1], 1)
        spread = math.sqrt(float(rest @ rest) / freedom)
        return float(np.linalg.norm(reach)) / max(spread, 1e-300)


@dataclass(frozen=True, slots=True, eq=False)
class TangentSpace:
    """Linearises an assembly with fits among its fields, in float64."""

    assembly: Assembly
    sampler: Sampler
    observed: frozenset[str]  # names of blocks and functionals that determine the fits
    stack: RowStack
    linearise: Any  # (flat, frozen, batch) -> rows, Jacobian; compiled
    frozen: Any
    owners: np.ndarray
    coordinates: tuple[str, ...]

    @classmethod
    def of(
        cls, assembly: Assembly, program: Any, parameters: Any, observed: frozenset[str]
    ) -> TangentSpace:
        """Prepare for parameters of these shapes; call it where float64 is on."""
        trained = _widen(parameters["trained"])
        frozen = jax.tree.map(jnp.asarray, parameters["frozen"])
        flat, unravel = ravel_pytree(trained)
        stack = RowStack(assembly, unravel)
        blocks = [b.compiled.block for term in assembly.terms for b in term.blocks]
        readings = [len(b.place.data.points) for b in blocks if isinstance(b.place, AtData)]
        fitting = _ENTRIES // (flat.size * max(len(blocks), 1))
        points = max([min(_POINTS, fitting), _FEWEST, *readings])
        sampler = build_sampler(program, points, False, jnp.float64, True)
        ones = jnp.ones(len(assembly.terms), jnp.float64)
        mask = {
            "fields": jax.tree.map(jnp.zeros_like, trained["fields"]),
            "fits": {
                n: jnp.full_like(c, 1.0 + k) for k, (n, c) in enumerate(trained["fits"].items())
            },
        }
        owners = np.asarray(ravel_pytree(mask)[0]).astype(int)
        linearise = jax.jit(lambda flat, frozen, batch: stack.linearise(flat, frozen, batch, ones))
        coordinates = program.system.problem.coordinates
        return cls(assembly, sampler, observed, stack, linearise, frozen, owners, coordinates)

    def at(self, flat: np.ndarray, seeds: Seeds, damping: float = _DAMPING) -> Tangent:
        """Return the linearisation at flat parameters, on the points of ``seeds``."""
        batch = self.sampler.draw(seeds, jnp.zeros((), jnp.int32))
        rows, jacobian = map(np.asarray, self.linearise(jnp.asarray(flat), self.frozen, batch))
        physics: list[tuple[int, np.ndarray]] = []
        readings: list[tuple[np.ndarray, np.ndarray]] = []
        for term, name, own, block in group_rows(self.stack, batch):
            if name not in self.observed:
                physics.append((term, own))
            else:
                readings.append((own, _deviations(block, len(own), self.coordinates)))
        traces: dict[int, float] = {}
        for term, own in physics:
            traces[term] = traces.get(term, 0.0) + float((jacobian[own] ** 2).sum())
        total = sum(traces.values())
        factors = [math.sqrt(total / traces[g]) if traces[g] else 1.0 for g, _ in physics]
        stacked = np.concatenate(
            [
                np.column_stack([jacobian[o], rows[o]]) * f
                for (_, o), f in zip(physics, factors, strict=True)
            ]
        )
        network, fits = self.owners == 0, self.owners > 0
        a = stacked[:, :-1][:, network]
        b = np.column_stack([stacked[:, :-1][:, fits], stacked[:, -1]])
        response = _respond(a, b, damping)
        moved, relaxation = response[:, :-1], response[:, -1]
        watched = np.concatenate([jacobian[o] / d[:, None] for o, d in readings])
        values = np.concatenate([rows[o] / d for o, d in readings])
        by_network = watched[:, network]
        return Tangent(
            watched[:, fits] + by_network @ moved,
            values + by_network @ relaxation,
            moved,
            relaxation,
            float(np.abs(values).max()),
            float(values @ values) / len(values) + (self._size(rows, physics) / _NEGLIGIBLE) ** 2,
        )

    def _size(self, rows: np.ndarray, physics: list[tuple[int, np.ndarray]]) -> float:
        return math.sqrt(sum(float(rows[own] @ rows[own]) for _, own in physics))

    def correct(self, parameters: Any, seeds: Seeds) -> tuple[Any, bool, int]:
        """Return corrected parameters, whether the fits settled, and the number of steps."""
        flat = np.asarray(ravel_pytree(_widen(parameters["trained"]))[0])
        dtypes = jax.tree.map(lambda a: np.asarray(a).dtype, parameters["trained"])
        network, fits = self.owners == 0, self.owners > 0
        settled, taken, damping, reach = False, 0, _FIRST, _LONGEST
        here = self.at(flat, seeds, damping)
        for _ in range(_TRIALS):
            if not (math.isfinite(here.merit) and np.isfinite(here.response).all()):
                break
            if damping <= _ROUGH and here.shift <= _HUNDREDTH:
                settled = True
                break
            step = here.step
            length = float(np.abs(step).max(initial=0.0))
            share = min(1.0, reach / max(length, 1e-300))
            change = np.zeros_like(flat)
            change[fits] = share * step
            change[network] = share * (here.relaxation + here.moved @ step)
            there = self.at(flat + change, seeds, max(_DAMPING, damping / 100.0))
            if math.isfinite(there.merit) and there.merit < here.merit:
                flat, here, taken = flat + change, there, taken + 1
                damping, reach = max(_DAMPING, damping / 100.0), min(_LONGEST, 2.0 * reach)
            elif damping < _ROUGH:
                damping = min(_ROUGH, damping * 1e3)
                here = self.at(flat, seeds, damping)
            elif share * length > _SHORTEST:
                reach = share * length / 4.0
            else:
                break
        trained = self.stack.unravel(jnp.asarray(flat))
        trained = jax.tree.map(lambda a, d: np.asarray(a).astype(d), trained, dtypes)
        return {"trained": trained, "frozen": parameters["frozen"]}, settled, taken


def group_rows(stack: RowStack, batch: Batch) -> list[tuple[int, str, np.ndarray, Block | None]]:
    """Return term, name, rows and block of every block and functional, by terms."""
    found: list[tuple[int, int, str, np.ndarray, Block | None]] = []
    start = 0
    for s, points in enumerate(batch.points):
        members = stack.blocks_at(s)
        for position, (g, placed) in enumerate(members):
            block = placed.compiled.block
            rows = start + position + len(members) * np.arange(points.shape[0])
            order = [b.compiled.block for b in stack.assembly.terms[g].blocks].index(block)
            found.append((g, order, block.name, rows, block))
        start += len(members) * points.shape[0]
    for g, placed in stack.functionals():
        times = batch.nodes[placed.node_sets[0]].shape[0]
        rows = start + np.arange(times)
        found.append((g, len(found), placed.compiled.functional.name, rows, None))
        start += times
    found.sort(key=lambda item: item[:2])
    return [(g, name, rows, block) for g, _, name, rows, block in found]


def _deviations(block: Block | None, count: int, coordinates: tuple[str, ...]) -> np.ndarray:
    """Return what rows of readings, each over √count and its scale, are to be divided by."""
    if block is None or not isinstance(block.place, AtData):
        return np.full(count, EXACT)
    measured = [(name, s) for name, s in block.place.columns if name not in coordinates]
    noise = block.place.data.deviations(name for name, _ in measured)
    if noise is None or not measured:
        return np.full(count, 1.0 / math.sqrt(count))
    slopes = [partial_derivative(block.residual.expression, s) for _, s in measured]
    gains = np.array([float(e) if e.is_number else 0.0 for e in slopes])
    if not gains.any():
        gains = np.ones(len(gains))
    spread = np.sqrt(((gains * np.array(noise)) ** 2).sum(axis=1))
    return spread / (block.residual.scale * math.sqrt(count))


def _respond(by_network: np.ndarray, by_fits: np.ndarray, damping: float) -> np.ndarray:
    """Return ``−A⁺B`` for A ``(n, p)`` and B ``(n, q)``, in the smaller of the two spaces."""
    n, p = by_network.shape
    gram = by_network @ by_network.T if n < p else by_network.T @ by_network
    shifted = gram + damping * np.trace(gram) / len(gram) * np.eye(len(gram))
    factor = linalg.cho_factor(shifted, check_finite=False)
    if n < p:
        return -by_network.T @ linalg.cho_solve(factor, by_fits)
    return -linalg.cho_solve(factor, by_network.T @ by_fits)


def _widen(trained: Any) -> Any:
    return jax.tree.map(lambda a: jnp.asarray(a, jnp.float64), trained)
