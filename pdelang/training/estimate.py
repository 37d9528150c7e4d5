"""How good is a solution nobody knows? Two solves and the residual on fresh points.

Let ``u`` be the solution and ``v`` a second one from another seed and half the steps. On fresh
points over space and time, per unknown,

    δ = ‖u − v‖ / ‖u‖                                     (absolute where ‖u‖ = 0).

If the two share a wrong answer, δ is small and lies. Then the residual tells: with
``ρ_g(w)`` the root mean square of term g's residuals at w on points never trained on, and
``ρ_g(u, v)`` that of the difference of the residuals of the two,

    a = max_g  ρ_g(u) / ρ_g(u, v),        estimate = δ · max(1, 2a).

For a linear problem ``r(u) = A e`` with the error e, so ``δ/ρ(u, v)`` measures ‖A⁻¹‖ in the
direction of the difference, and ``δ·a`` is the residual of u in units of the solution. If u is
clearly the better one, a < 1/2, and the estimate is about the error of v, on the large side;
a common part of the errors shows in full, and the 2 allows for ‖A⁻¹‖ being larger along it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.layers import Layers
from pdelang.calculus.system import AtData, System
from pdelang.networks.assembly import Assembly, Batch
from pdelang.networks.sought import SoughtNetwork
from pdelang.semantics.problem import Problem
from pdelang.training.evaluation import evaluate_model
from pdelang.training.inverse.departures import compare_fits
from pdelang.training.norms import bound_by_residuals, compare_members
from pdelang.training.places import layers_of, sample_domain
from pdelang.training.precision import read_dtype
from pdelang.training.sampling import Sampler, Seeds

_POINTS = 4096
_SEED = 7_919
# Draws of the sampler that no run of fewer steps ever reaches.
_FRESH_DRAW = 2**31 - 8
_DRAWS = 4
# Residuals below this share of the largest term of the difference are rounding, and no evidence.
_ROUNDING = 1e-6
_SCALAR_ROUNDING = 16.0  # of the precision, for residuals of unit size
_SAFETY = 2.0

Residuals = tuple[tuple[jax.Array, ...], ...]  # per term and row


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """Compares two solutions of one program; its functions are compiled once.

    ``missed(parameters, seeds)`` is, per term, the mean residual relative to what is given, where that has thin
    layers; None without any.
    """

    problem: Problem
    assembly: Assembly
    precision: str
    residual_sizes: Any
    seeds: Seeds
    missed: Any = None

    def estimate(
        self, parameters: Any, second: Any, skips_readings: bool = False
    ) -> dict[str, float]:
        """Return the estimated relative L2 error of every unknown; see the module.

        Where fits have settled on noisy readings, what is left of these is no evidence of an error.
        """
        differences = self.compare(parameters, second)
        amplification = self.amplify(parameters, second, skips_readings)
        floor = 0.0
        if self.missed is not None:
            shares = np.asarray(self.missed(parameters, self.seeds), np.float64)
            floor = bound_by_residuals({str(g): share for g, share in enumerate(shares.tolist())})
        return {
            name: max(d * max(1.0, _SAFETY * amplification), floor)
            for name, d in differences.items()
        }

    def compare(self, parameters: Any, second: Any) -> dict[str, float]:
        """Return δ of the module for every unknown: the distance relative to the first."""
        points = sample_domain(self.problem, _POINTS, _SEED)
        model = self.assembly.model
        values = evaluate_model(model, parameters, points, self.precision)
        others = evaluate_model(model, second, points, self.precision)
        weights = self.problem.domain.density(points)
        found = compare_members(
            self.problem, self.problem.unknowns, points, others, values, weights
        )
        if isinstance(model.network, SoughtNetwork):
            found |= compare_fits(self.problem, model, parameters, second, points)
        return found

    @property
    def _scalars(self) -> np.ndarray:
        """Return which terms are single numbers: requirements of a steady problem."""
        is_steady = not self.problem.extra_bounds
        return np.array([is_steady and not term.blocks for term in self.assembly.terms])

    @property
    def _readings(self) -> np.ndarray:
        """Return which terms are readings alone."""
        return np.array(
            [
                bool(term.blocks)
                and all(isinstance(b.compiled.block.place, AtData) for b in term.blocks)
                for term in self.assembly.terms
            ]
        )

    def amplify(self, parameters: Any, second: Any, skips_readings: bool = False) -> float:
        """Return a of the module: 1 or less where the residuals of the two are independent."""
        own, between = np.zeros(0), np.zeros(0)
        for draw in range(_DRAWS):
            number = jnp.asarray(_FRESH_DRAW + draw, jnp.int32)
            sizes = np.asarray(
                self.residual_sizes(parameters, second, self.seeds, number), np.float64
            )
            own = sizes[0] if not own.size else own + sizes[0]
            between = sizes[1] if not between.size else between + sizes[1]
        own, between = np.sqrt(own), np.sqrt(between)
        counts = own > _ROUNDING * max(float(own.max()), float(between.max()))
        # Two scalars may round to the same number, which says nothing of either.
        rounding = _SCALAR_ROUNDING * float(np.finfo(read_dtype(self.precision)).eps)
        counts &= ~(self._scalars & (own <= rounding))
        if skips_readings:
            counts &= ~self._readings
        if not np.all(np.isfinite(own)) or not np.any(counts):
            return 1.0
        return float(np.max(own[counts] / np.maximum(between[counts], 1e-12 * own[counts])))


def build_estimator(
    system: System,
    assembly: Assembly,
    sampler: Sampler,
    precision: str,
    seeds: Seeds,
    parameters: Any,
) -> Estimator:
    """Return the estimator of a system's assembly, compiled for parameters of the given shapes."""

    layers = [layers_of(system, own.place) for own in assembly.point_sets]

    def residual_sizes(
        parameters: Any, second: Any, seeds: Seeds, number: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        batch = sampler.draw(seeds, number)
        own = assembly.residuals(parameters, batch)
        other = assembly.residuals(second, batch)
        between = _subtract(own, other)
        sizes = [jnp.stack([mean_square(rows) for rows in part]) for part in (own, between)]
        if any(layers):
            inside = _points_in_layers(batch, layers)
            own, other = (assembly.residuals(p, inside) for p in (parameters, second))
            for k, part in enumerate((own, _subtract(own, other))):
                sizes[k] += _sum_in_layers(assembly, layers, part, jnp.square)
        return sizes[0], sizes[1]

    number = jnp.zeros((), jnp.int32)
    compiled = jax.jit(residual_sizes).lower(parameters, parameters, seeds, number).compile()
    if not any(layers):
        return Estimator(system.problem, assembly, precision, compiled, seeds)

    def missed(parameters: Any, seeds: Seeds) -> jax.Array:
        batch = sampler.draw(seeds, jnp.zeros((), jnp.int32))
        inside = _points_in_layers(batch, layers)
        zero = {**parameters, "trained": jax.tree.map(jnp.zeros_like, parameters["trained"])}
        own, given = (
            _sum_in_layers(assembly, layers, assembly.residuals(p, inside), jnp.abs)
            + _sum_beside_layers(assembly, layers, assembly.residuals(p, batch))
            for p in (parameters, zero)
        )
        return own / jnp.maximum(given, 1.0)

    share = jax.jit(missed)
    return Estimator(system.problem, assembly, precision, compiled, seeds, share)


def _subtract(first: Residuals, second: Residuals) -> Residuals:
    return tuple(
        tuple(a - b for a, b in zip(rows, others, strict=True))
        for rows, others in zip(first, second, strict=True)
    )


def _points_in_layers(batch: Batch, layers: list[Layers | None]) -> Batch:
    """Return a batch with the points in the layers of every place, any one where it has none."""
    return Batch(
        tuple(
            points[:1] if own is None else jnp.asarray(own.points, points.dtype)
            for points, own in zip(batch.points, layers, strict=True)
        ),
        batch.nodes,
    )


def _sum_in_layers(
    assembly: Assembly,
    layers: list[Layers | None],
    residuals: Residuals,
    measure: Callable[[jax.Array], jax.Array],
) -> jax.Array:
    """Return what layers that no even points see add to the mean of a measure, ``(terms,)``."""
    found = []
    for term, rows in zip(assembly.terms, residuals, strict=True):
        total = jnp.zeros((), rows[0].dtype)
        for block, r in zip(term.blocks, rows, strict=False):
            own = layers[block.point_set]
            if own is not None:
                total += jnp.asarray(own.shares, r.dtype) @ measure(r)
        found.append(total)
    return jnp.stack(found)


def _sum_beside_layers(
    assembly: Assembly, layers: list[Layers | None], residuals: Residuals
) -> jax.Array:
    """Return the mean sizes of residuals at even points, of the blocks that have layers, ``(terms,)``."""
    found = []
    for term, rows in zip(assembly.terms, residuals, strict=True):
        total = jnp.zeros((), rows[0].dtype)
        for block, r in zip(term.blocks, rows, strict=False):
            if layers[block.point_set] is not None:
                total += jnp.mean(jnp.abs(r))
        found.append(total)
    return jnp.stack(found)


def mean_square(rows: tuple[jax.Array, ...]) -> jax.Array:
    """Return ``Σ_rows mean(r²)``: the loss of a term."""
    return sum((jnp.mean(jnp.square(r)) for r in rows[1:]), jnp.mean(jnp.square(rows[0])))
