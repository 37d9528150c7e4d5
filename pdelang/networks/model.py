"""The model: one network for all fields, in physical units, with hard conditions built in."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import Scaling, UnitFrame
from pdelang.lowering.program import CompiledAnsatz, Program
from pdelang.networks.network import Network, build_network
from pdelang.networks.periodic import PeriodicAxis
from pdelang.networks.regional import RegionalComponent, join_traced, list_components
from pdelang.networks.series import Index, Series, close_downward, coordinate_series
from pdelang.networks.sought import SoughtNetwork
from pdelang.semantics.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class FieldModel:
    """All fields at once: ``u_k(x) = lift_k(x) + cutoff_k(x) s_k N_k(ξ)``, ``ξ = (x − c)/h``.

    N is the network, ``s_k`` the field's scale. Parameters are ``{"trained": …,
    "frozen": …}``: pytrees of dicts and lists; only the first is ever changed by training.
    """

    network: Network
    components: tuple[str, ...]
    scaling: Scaling
    ansatz: tuple[CompiledAnsatz, ...]
    regional: tuple[
        RegionalComponent, ...
    ] = ()  # where some unknown is not one function everywhere

    @classmethod
    def from_program(cls, program: Program, settings: Settings) -> FieldModel:
        """Return the model for a program: the network of ``settings``, exact periodicity."""
        system = program.system
        scaling = system.scaling
        box = system.problem.domain.box
        axes = tuple(
            PeriodicAxis(axis, (box.high[axis] - box.low[axis]) / scaling.half_width[axis])
            for axis in system.problem.periodic_axes
        )
        network = build_network(
            settings.network,
            len(system.coordinates),
            len(system.fields) - len(system.sought),
            axes,
            has_space=box.d > 0,
        )
        if system.sought:
            network = SoughtNetwork.around(network, system)
        unknowns = system.problem.unknowns
        regional = list_components(unknowns) if any(u.regions for u in unknowns) else ()
        return cls(network, system.fields, scaling, program.ansatz, regional)

    @property
    def dimension(self) -> int:
        """Return the number of coordinates, time included."""
        return len(self.scaling.centre)

    def initialise(self, key: jax.Array, dtype: Any) -> dict[str, Any]:
        """Return fresh parameters, floats of ``dtype``."""
        trained, frozen = self.network.initialise(key, dtype)
        return {"trained": trained, "frozen": frozen}

    def template(self, dtype: Any) -> dict[str, Any]:
        """Return the shapes of the parameters without computing them."""
        return jax.eval_shape(lambda key: self.initialise(key, dtype), jax.random.key(0))

    def jets(
        self, parameters: dict[str, Any], points: jax.Array, wanted: tuple[Jet, ...]
    ) -> dict[Jet, jax.Array]:
        """Return every wanted derivative, ``(n,)`` each, at physical points ``(n, d)``.

        ``∂^α (c φ) = Σ_{β≤α} binom(α, β) ∂^β c ∂^{α−β} φ`` with the cutoff c and the
        network's part ``φ = s N``; one pass of the network serves all of them.
        """
        indices = close_downward((jet.orders for jet in wanted), self.dimension)
        passes: dict[UnitFrame, Series] = {}

        def outputs_in(frame: UnitFrame) -> Series:
            if frame not in passes:
                dtype = points.dtype
                centre = np.asarray(frame.centre)[None, :].astype(dtype)
                width = np.asarray(frame.half_width)[None, :].astype(dtype)
                inputs = coordinate_series((points - centre) / width, indices)
                passes[frame] = self.network.apply(
                    parameters["trained"], parameters["frozen"], inputs
                )
            return passes[frame]

        result: dict[Jet, jax.Array] = {}
        for k, field in enumerate(self.components):
            orders = tuple(sorted({jet.orders for jet in wanted if jet.field == field}))
            if not orders:
                continue
            below = close_downward(orders, self.dimension)
            outputs = outputs_in(self.scaling.frame(k))
            part = {
                alpha: self._physical_factor(k, alpha) * outputs.coefficients[alpha][:, k]
                for alpha in below
                if alpha in outputs.coefficients
            }
            ansatz = self.ansatz[k]
            if ansatz.is_trivial:
                for alpha in orders:
                    result[Jet(field, alpha)] = _full(part.get(alpha), points)
                continue
            lift = ansatz.lift(points, orders)
            cutoff = dict(zip(below, ansatz.cutoff(points, below), strict=True))
            for row, alpha in enumerate(orders):
                total = lift[row]
                for beta, gamma, factor in _leibniz_pairs(alpha):
                    if gamma in part:
                        total = total + factor * cutoff[beta] * part[gamma]
                result[Jet(field, alpha)] = total
        return result

    def fields_at(
        self, parameters: dict[str, Any], points: jax.Array, is_portable: bool = False
    ) -> dict[str, jax.Array]:
        """Return every component's value, ``(n,)`` each, at physical points ``(n, d)``.

        Of an unknown with a function per region that of the point's region counts; NaN stands where
        an unknown does not exist. ``is_portable`` does without what only this process can compute.
        """
        values = self.functions_at(parameters, points)
        if not self.regional:
            return values
        return join_traced(self.regional, values, points, is_portable)

    def functions_at(self, parameters: dict[str, Any], points: jax.Array) -> dict[str, jax.Array]:
        """Return every field's value, ``(n,)`` each, at physical points ``(n, d)``."""
        zero = (0,) * self.dimension
        wanted = tuple(Jet(field, zero) for field in self.components)
        jets = self.jets(parameters, points, wanted)
        return {jet.field: jets[jet] for jet in wanted}

    def _physical_factor(self, k: int, alpha: Index) -> float:
        """Return ``s_k α!/h^α``: from a Taylor coefficient in ξ to a derivative in x."""
        factor = self.scaling.field_scale[k]
        for order, half_width in zip(alpha, self.scaling.frame(k).half_width, strict=True):
            factor *= math.factorial(order) / half_width**order
        return factor


def _leibniz_pairs(alpha: Index) -> list[tuple[Index, Index, int]]:
    """Return (β, α − β, binom(α, β)) for every β ≤ α."""
    pairs = []
    for beta in itertools.product(*(range(order + 1) for order in alpha)):
        rest = tuple(a - b for a, b in zip(alpha, beta, strict=True))
        pairs.append((beta, rest, math.prod(map(math.comb, alpha, beta))))
    return pairs


def _full(value: jax.Array | None, points: jax.Array) -> jax.Array:
    """Return ``(n,)`` values: zeros where a derivative vanishes identically."""
    if value is None:
        return jnp.zeros(points.shape[0], points.dtype)
    return jnp.broadcast_to(value, (points.shape[0],))
