"""Values elsewhere and integrals as JAX functions: nodes for every point, and their sum."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import sympy

from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.jet import Jet
from pdelang.calculus.node_rule import Nodes, integrate_values, place_nodes
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.numeric import evaluate, plan
from pdelang.lowering.program import CompiledNonlocal

# Networks are smooth on the scale of the domain; frozen features choose their own number.
_NODES = 24


def lower_nonlocal(
    term: Nonlocal, names: tuple[sympy.Symbol, ...], functions: ArrayFunctions
) -> CompiledNonlocal:
    """Return the compiled form of a term; ``names`` are the columns of points, the normal last."""
    groups: dict[tuple[sympy.Expr, ...], list[tuple[sympy.Symbol, Jet]]] = {}
    for symbol, moved in term.moved:
        groups.setdefault(moved.place, []).append((symbol, moved.jet))
    planned_places = [plan(place) for place in groups]
    planned_integrand = plan([term.integrand])
    symbols = [[symbol for symbol, _ in members] for members in groups.values()]

    def nodes_of(points: jax.Array) -> Nodes:
        known = {s: points[:, i] for i, s in enumerate(names[: points.shape[1]])}
        return place_nodes(term, known, _NODES, functions)

    def places(points: jax.Array) -> tuple[jax.Array, ...]:
        nodes = nodes_of(points)
        shape = nodes.weights.shape
        return tuple(
            jnp.stack(
                [
                    jnp.broadcast_to(jnp.asarray(e, points.dtype), shape)
                    for e in evaluate(planned, nodes.values, functions)
                ],
                axis=-1,
            )
            for planned in planned_places
        )

    def integrate(points: jax.Array, values: tuple[jax.Array, ...]) -> jax.Array:
        nodes = nodes_of(points)
        known = dict(nodes.values)
        for own, group in zip(symbols, values, strict=True):
            known.update(zip(own, group, strict=True))
        (integrand,) = evaluate(planned_integrand, known, functions)
        total = integrate_values(nodes, jnp.asarray(integrand, points.dtype), functions)
        return jnp.broadcast_to(total, points.shape[:1])

    jets = tuple(tuple(jet for _, jet in members) for members in groups.values())
    return CompiledNonlocal(jets, places, integrate)
