"""The stage ``lowering``: SymPy expressions become JAX functions.

Expressions are walked through `calculus.function_table` while JAX traces, so nothing
is generated as text and nothing touches JAX's configuration: numbers that do not depend on
the inputs stay Python floats and take on the precision of the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import sympy
from jax.scipy import special

from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import evaluate, plan
from pdelang.calculus.system import (
    AggregateIntegrand,
    Ansatz,
    AtData,
    Block,
    Functional,
    Residual,
    System,
    Term,
)
from pdelang.calculus.total_derivative import differentiate_orders
from pdelang.lowering.bessel import bessel_j, bessel_y
from pdelang.lowering.nonlocal_terms import lower_nonlocal
from pdelang.lowering.program import (
    CompiledAggregate,
    CompiledAnsatz,
    CompiledBlock,
    CompiledFunctional,
    CompiledResidual,
    CompiledTerm,
    Program,
)

Orders = tuple[int, ...]

JAX_FUNCTIONS = ArrayFunctions(
    jnp, special.erf, special.erfc, bessel_j, bessel_y, jax.lax.stop_gradient
)


def lower(system: System) -> Program:
    """Return the program of a system: every residual, ansatz and known field as a JAX function."""
    symbols = dict(system.jet_symbols)
    lowering = _Lowering(system.coordinates, system.normal, symbols)
    return Program(
        system=system,
        terms=tuple(lowering.term(term) for term in system.terms),
        ansatz=tuple(lowering.ansatz(a) for a in system.ansatz),
        exact=tuple((f, lowering.field(e)) for f, e in system.exact.fields) if system.exact else (),
        guess=tuple((f, lowering.field(e)) for f, e in system.guess),
        reports=tuple(lowering.functional(f) for f in system.reports),
        fits=tuple((f, lowering.field(e)) for f, e in system.fits),
    )


class _Lowering:
    """Lowers expressions over one set of coordinates and jets."""

    def __init__(
        self,
        coordinates: tuple[sympy.Symbol, ...],
        normal: tuple[sympy.Symbol, ...],
        jet_symbols: dict[Jet, sympy.Symbol],
    ) -> None:
        self.coordinates = coordinates
        self.normal = normal
        self.jet_symbols = jet_symbols

    def term(self, term: Term) -> CompiledTerm:
        return CompiledTerm(
            term,
            tuple(self.block(block) for block in term.blocks),
            tuple(self.functional(functional) for functional in term.functionals),
        )

    def block(self, block: Block) -> CompiledBlock:
        place = block.place
        readings = tuple(s for _, s in place.columns) if isinstance(place, AtData) else None
        return CompiledBlock(block, self.residual(block.residual, readings))

    def residual(
        self, residual: Residual, readings: tuple[sympy.Symbol, ...] | None = None
    ) -> CompiledResidual:
        jets = tuple(self.jet_symbols[jet] for jet in residual.jets)
        jets += tuple(term.symbol for term in residual.nonlocals)
        scale = sympy.Float(residual.scale)
        rows = [_scaled(e, scale) for e in (residual.expression, *residual.derivatives)]
        value = self._rows(rows[:1], jets, readings=readings)
        slopes = self._rows(rows[1:], jets, zero_slope_at_kinks=True, readings=readings)

        def value_of(points: jax.Array, jet_values: jax.Array) -> jax.Array:
            return value(points, jet_values)[0]

        names = (*self.coordinates, *self.normal)
        far = tuple(lower_nonlocal(t, names, JAX_FUNCTIONS) for t in residual.nonlocals)
        return CompiledResidual(residual.jets, value_of, slopes, residual.is_linear, far)

    def functional(self, functional: Functional) -> CompiledFunctional:
        planned = plan([_scaled(functional.expression, sympy.Float(functional.scale))])
        names = [a.symbol for a in functional.aggregates]

        def combine(values: jax.Array) -> jax.Array:
            known = dict(zip(names, values, strict=True))
            (result,) = evaluate(planned, known, JAX_FUNCTIONS)
            return jnp.broadcast_to(jnp.asarray(result, values.dtype), values.shape[1:])

        return CompiledFunctional(
            functional, tuple(self.aggregate(a) for a in functional.aggregates), combine
        )

    def aggregate(self, aggregate: AggregateIntegrand) -> CompiledAggregate:
        return CompiledAggregate(aggregate, self.residual(aggregate.integrand))

    def ansatz(self, ansatz: Ansatz) -> CompiledAnsatz:
        return CompiledAnsatz(
            field=ansatz.field,
            is_trivial=ansatz.lift == 0 and ansatz.cutoff == 1,
            lift=self._derivatives(ansatz.lift),
            cutoff=self._derivatives(ansatz.cutoff),
        )

    def field(self, expression: sympy.Expr) -> Callable[[jax.Array], jax.Array]:
        rows = self._rows([expression], ())

        def value_of(points: jax.Array) -> jax.Array:
            return rows(points, points[:, :0].T)[0]

        return value_of

    def _derivatives(
        self, expression: sympy.Expr
    ) -> Callable[[jax.Array, tuple[Orders, ...]], jax.Array]:
        """Return the function of points and orders; each derivative is taken once."""
        derivatives: dict[Orders, sympy.Expr] = {}
        compiled: dict[tuple[Orders, ...], Callable[[jax.Array, jax.Array], jax.Array]] = {}

        def derivatives_of(points: jax.Array, orders_list: tuple[Orders, ...]) -> jax.Array:
            if orders_list not in compiled:
                for orders in orders_list:
                    if orders not in derivatives:
                        derivatives[orders] = differentiate_orders(
                            expression, self.coordinates, orders
                        )
                compiled[orders_list] = self._rows([derivatives[o] for o in orders_list], ())
            return compiled[orders_list](points, points[:, :0].T)

        return derivatives_of

    def _rows(
        self,
        expressions: Sequence[sympy.Expr],
        jets: tuple[sympy.Symbol, ...],
        zero_slope_at_kinks: bool = False,
        readings: tuple[sympy.Symbol, ...] | None = None,
    ) -> Callable[[jax.Array, jax.Array], jax.Array]:
        """Return ``(points (n, d), jets (j, n)) -> (len(expressions), n)``.

        Columns of the points beyond the coordinates are the normal, or at data the ``readings``.
        """
        planned = plan(expressions)
        behind = self.normal if readings is None else readings

        def rows(points: jax.Array, jet_values: jax.Array) -> jax.Array:
            n = points.shape[0]
            # Points of flat places end before the normal.
            names = (*self.coordinates, *behind)[: points.shape[1]]
            known = {symbol: points[:, i] for i, symbol in enumerate(names)}
            known.update(zip(jets, jet_values, strict=True))
            results = evaluate(planned, known, JAX_FUNCTIONS, zero_slope_at_kinks)
            if not results:
                return jnp.zeros((0, n), points.dtype)
            return jnp.stack(
                [jnp.broadcast_to(jnp.asarray(r, points.dtype), (n,)) for r in results]
            )

        return rows


def _scaled(expression: sympy.Expr, scale: sympy.Expr) -> sympy.Expr:
    """Return ``expression/scale`` as one product, so that a sum is divided once."""
    return expression if scale == 1 else sympy.Mul(expression, 1 / scale, evaluate=False)
