"""The program: residuals and ansatz as JAX functions over jets, ready for any model.

Shapes: points ``(n, d)`` physical coordinates, space first, time last, at places whose normal
varies followed by the outward normal, ``(n, d + d_space)``; jet values
``(len(jets), n)`` in physical units; results ``(n,)``. All functions are pure, jittable
and differentiable, and run in whatever precision their inputs have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import AggregateIntegrand, Block, Functional, System, Term

PointwiseFunction = Callable[[jax.Array, jax.Array], jax.Array]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledNonlocal:
    """A value elsewhere, or an integral over ``nodes`` places for every point.

    ``jets[g]`` are needed at ``places(points)[g]``, ``(q, n, d)``; ``integrate(points, values)``
    takes their values, ``values[g] (len(jets[g]), q, n)``, and returns ``(n,)``.
    """

    jets: tuple[tuple[Jet, ...], ...]
    places: Callable[[jax.Array], tuple[jax.Array, ...]]
    integrate: Callable[[jax.Array, tuple[jax.Array, ...]], jax.Array]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledResidual:
    """``value(points, values) -> (n,)`` and ``derivatives(...) -> (len(jets), n)``.

    Both are divided by the residual's scale. ``values`` has a row for every jet, then one for each
    of ``nonlocals``.
    """

    jets: tuple[Jet, ...]
    value: PointwiseFunction
    derivatives: PointwiseFunction
    is_linear: bool
    nonlocals: tuple[CompiledNonlocal, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CompiledBlock:
    block: Block
    residual: CompiledResidual


@dataclass(frozen=True, slots=True, eq=False)
class CompiledAggregate:
    aggregate: AggregateIntegrand
    integrand: CompiledResidual


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFunctional:
    """``combine(values (a, …)) -> (…)`` for the ``a`` aggregates; divided by the scale."""

    functional: Functional
    aggregates: tuple[CompiledAggregate, ...]
    combine: Callable[[jax.Array], jax.Array]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTerm:
    term: Term
    blocks: tuple[CompiledBlock, ...]
    functionals: tuple[CompiledFunctional, ...]

    @property
    def label(self) -> str:
        return self.term.label


@dataclass(frozen=True, slots=True, eq=False)
class CompiledAnsatz:
    """Derivatives of lift and cutoff of one field.

    ``lift(points, orders_list) -> (len(orders_list), n)`` for a static tuple of orders;
    ``cutoff`` likewise. ``is_trivial`` when lift = 0 and cutoff = 1.
    """

    field: str
    is_trivial: bool
    lift: Callable[[jax.Array, tuple[tuple[int, ...], ...]], jax.Array]
    cutoff: Callable[[jax.Array, tuple[tuple[int, ...], ...]], jax.Array]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A system, lowered. ``exact``, ``guess`` and ``fits`` map points ``(n, d)`` to ``(n,)`` per field."""

    system: System
    terms: tuple[CompiledTerm, ...]
    ansatz: tuple[CompiledAnsatz, ...]
    exact: tuple[tuple[str, Callable[[jax.Array], jax.Array]], ...]
    guess: tuple[tuple[str, Callable[[jax.Array], jax.Array]], ...]
    reports: tuple[CompiledFunctional, ...]
    fits: tuple[tuple[str, Callable[[jax.Array], jax.Array]], ...] = ()
