"""Residuals of a compiled problem as functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import jax

    from pdelang.calculus.jet import Jet
    from pdelang.lowering.program import CompiledBlock, CompiledNonlocal


class Residual:
    """``left − right`` of one scalar equation or condition, in physical units.

    Two ways to call it:

    - ``residual(points, jets)``: points (n, d), space first, time last; jets (len(labels), n), the
      derivatives that ``labels`` names, in that order; returns (n,). Jitted and differentiable.
      Not for residuals with integrals or values elsewhere, which jets at the points do not tell.
    - ``residual.of({"u": f}, points)``: ``f`` maps one point (d,) to a number with JAX functions;
      its derivatives are taken for you.
    """

    def __init__(self, compiled: CompiledBlock, coordinates: tuple[str, ...]) -> None:
        self._compiled = compiled
        self._coordinates = coordinates

    @property
    def name(self) -> str:
        """The label of the statement, its component and its part."""
        return self._compiled.block.name

    @property
    def is_linear(self) -> bool:
        """Whether the residual is affine in the unknowns."""
        return self._compiled.residual.is_linear

    @property
    def jets(self) -> tuple[Jet, ...]:
        """The derivatives that the residual needs, as (field, orders per coordinate)."""
        return self._compiled.residual.jets

    @property
    def labels(self) -> tuple[str, ...]:
        """The same derivatives as readable names: ``u``, ``u_xx``."""
        return tuple(jet.label(self._coordinates) for jet in self.jets)

    def __call__(self, points: Any, jets: Any) -> jax.Array:
        if self._compiled.residual.nonlocals:
            raise TypeError(f"{self.name} needs values elsewhere; call `of` with whole fields")
        return self._function(points, jets)

    def of(self, fields: Mapping[str, Callable[[jax.Array], Any]], points: Any) -> jax.Array:
        """Return the residual (n,) of given fields at points (n, d)."""
        import jax
        import jax.numpy as jnp

        far = self._compiled.residual.nonlocals
        wanted = [*self.jets, *(jet for term in far for group in term.jets for jet in group)]
        if missing := [jet.field for jet in wanted if jet.field not in fields]:
            raise TypeError(f"{self.name} needs the field '{missing[0]}'")
        points = jnp.asarray(points)
        rows = [jax.vmap(differentiate(fields[j.field], j.orders))(points) for j in self.jets]
        rows += [_evaluate_far(term, fields, points) for term in far]
        values = jnp.stack(rows) if rows else jnp.zeros((0, points.shape[0]), points.dtype)
        return self._function(points, values)

    @cached_property
    def _function(self) -> Callable[[Any, Any], jax.Array]:
        import jax

        value, scale = self._compiled.residual.value, self._compiled.block.residual.scale
        return jax.jit(lambda points, jets: value(points, jets) * scale)

    def __repr__(self) -> str:
        return f"<Residual {self.name} of {', '.join(self.labels)}>"


def _evaluate_far(
    term: CompiledNonlocal, fields: Mapping[str, Callable[[jax.Array], Any]], points: jax.Array
) -> jax.Array:
    """Return a value elsewhere or an integral of given fields for points (n, d), (n,)."""
    import jax
    import jax.numpy as jnp

    values = [
        jnp.stack(
            [jax.vmap(jax.vmap(differentiate(fields[j.field], j.orders)))(place) for j in wanted]
        )
        for wanted, place in zip(term.jets, term.places(points), strict=True)
    ]
    return term.integrate(points, tuple(values))


def differentiate(
    function: Callable[[jax.Array], Any], orders: tuple[int, ...]
) -> Callable[[jax.Array], jax.Array]:
    """Return ``∂^orders function`` as a function of one point (d,), by nested forward mode."""
    import jax
    import jax.numpy as jnp

    def along(inner: Callable[[jax.Array], Any], axis: int) -> Callable[[jax.Array], jax.Array]:
        def derivative(point: jax.Array) -> jax.Array:
            direction = jnp.asarray(np.eye(point.size)[axis], point.dtype)
            return jax.jvp(inner, (point,), (direction,))[1]

        return derivative

    result: Callable[[jax.Array], Any] = lambda point: jnp.asarray(function(point), point.dtype)  # noqa: E731 - a loop wraps it
    for axis, order in enumerate(orders):
        for _ in range(order):
            result = along(result, axis)
    return result
