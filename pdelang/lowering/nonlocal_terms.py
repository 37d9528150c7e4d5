"""Values elsewhere and integrals as JAX functions: nodes for every point, and their sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import sympy

from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.jet import Jet
from pdelang.calculus.node_rule import (
    Nodes,
    integrate_values,
    nodes_of_inner,
    place_nodes,
)
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.calculus.numeric import Plan, evaluate, plan
from pdelang.lowering.program import CompiledNonlocal

# Networks are smooth on the scale of the domain; frozen features choose their own number.
_NODES = 24


def lower_nonlocal(
    term: Nonlocal, names: tuple[sympy.Symbol, ...], functions: ArrayFunctions
) -> CompiledNonlocal:
    """Return the compiled form of a term; ``names`` are the columns of points, the normal last."""
    lowered = _Lowered.of(term, functions)

    def known(points: jax.Array) -> dict[sympy.Symbol, jax.Array]:
        return {s: points[:, i] for i, s in enumerate(names[: points.shape[1]])}

    def places(points: jax.Array) -> tuple[jax.Array, ...]:
        return tuple(lowered.places(known(points)))

    def integrate(points: jax.Array, values: tuple[jax.Array, ...]) -> jax.Array:
        return jnp.broadcast_to(lowered.total(known(points), iter(values)), points.shape[:1])

    return CompiledNonlocal(lowered.jets, places, integrate)


@dataclass(frozen=True, slots=True, eq=False)
class _Lowered:
    """A term and those inside it: its groups of jets, one a place, come before theirs."""

    term: Nonlocal
    functions: ArrayFunctions
    groups: tuple[tuple[tuple[sympy.Symbol, Jet], ...], ...]
    planned_places: tuple[Plan, ...]
    planned_integrand: Plan
    inner: tuple[_Lowered, ...]

    @classmethod
    def of(cls, term: Nonlocal, functions: ArrayFunctions) -> _Lowered:
        groups: dict[tuple[sympy.Expr, ...], list[tuple[sympy.Symbol, Jet]]] = {}
        for symbol, moved in term.moved:
            groups.setdefault(moved.place, []).append((symbol, moved.jet))
        return cls(
            term,
            functions,
            tuple(map(tuple, groups.values())),
            tuple(map(plan, groups)),
            plan([term.integrand]),
            tuple(cls.of(inner, functions) for inner in term.inner),
        )

    @property
    def jets(self) -> tuple[tuple[Jet, ...], ...]:
        own = tuple(tuple(jet for _, jet in members) for members in self.groups)
        return own + tuple(jets for inner in self.inner for jets in inner.jets)

    def places(self, known: dict[sympy.Symbol, jax.Array]) -> Iterator[jax.Array]:
        """Yield where each group of jets is needed, ``(q, m, d)`` for m points."""
        nodes = self._nodes(known)
        shape, dtype = nodes.weights.shape, next(iter(known.values())).dtype
        for planned in self.planned_places:
            entries = evaluate(planned, nodes.values, self.functions)
            yield jnp.stack(
                [jnp.broadcast_to(jnp.asarray(e, dtype), shape) for e in entries], axis=-1
            )
        for inner in self.inner:
            at, _ = nodes_of_inner(inner.term, self.term, known, nodes, jnp)
            yield from inner.places(at)

    def total(self, known: dict[sympy.Symbol, jax.Array], values: Iterator[jax.Array]) -> jax.Array:
        """Return the term at the points, ``(m,)`` or one for all; ``values`` are those of the groups."""
        nodes = self._nodes(known)
        at_nodes = dict(nodes.values)
        for members in self.groups:
            at_nodes.update(zip((symbol for symbol, _ in members), next(values), strict=True))
        for inner in self.inner:
            at, shape = nodes_of_inner(inner.term, self.term, known, nodes, jnp)
            found = inner.total(at, values)
            at_nodes[inner.term.symbol] = jnp.broadcast_to(found, (shape[0] * shape[1],)).reshape(
                shape
            )
        (integrand,) = evaluate(self.planned_integrand, at_nodes, self.functions)
        dtype = next(iter(known.values())).dtype
        return integrate_values(nodes, jnp.asarray(integrand, dtype), self.functions)

    def _nodes(self, known: dict[sympy.Symbol, jax.Array]) -> Nodes:
        return place_nodes(self.term, known, _NODES, self.functions)
