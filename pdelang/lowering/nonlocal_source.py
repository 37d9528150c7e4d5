"""Values elsewhere and integrals as Python source over ``jax.numpy``."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.moved_jets import Peak, Variable
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.lowering.identifiers import Identifiers
from pdelang.lowering.source import write_expression

QUADRATURE = '''def integrate(function, low, high, *breaks):
    """The integral of a function of a number, 24 Gauss-Legendre nodes (Golub and Welsch 1969)
    on every piece between ``low``, the ``breaks`` inside and ``high``.
    """
    k = jnp.arange(1.0, 24.0)
    off = k / jnp.sqrt(4 * k**2 - 1)
    nodes, vectors = jnp.linalg.eigh(jnp.diag(off, 1) + jnp.diag(off, -1))
    weights = 2 * vectors[0] ** 2
    low, high = low * 1.0, high * 1.0
    inside = [jnp.clip(b, jnp.minimum(low, high), jnp.maximum(low, high)) for b in breaks]
    edges = [low, *inside, high]
    total = 0.0
    for a, b in zip(edges, edges[1:]):
        half = (b - a) / 2
        total += half * jnp.dot(weights, jax.vmap(function)(a + half * (1 + nodes)))
    return total


def zeros(function, low, high, most):
    """Places between ``low`` and ``high``, in order, where a function changes its sign; ``high`` for those that are missing."""
    ticks = low + (high - low) * jnp.linspace(0.0, 1.0, 65)
    sign = jnp.broadcast_to(function(ticks), ticks.shape) > 0
    cell = jnp.sort(jnp.where(sign[1:] != sign[:-1], jnp.arange(64), 64))[:most]
    a, b = ticks[cell], ticks[jnp.minimum(cell + 1, 64)]
    start = function(a) > 0
    for _ in range(50):
        middle = (a + b) / 2
        same = (function(middle) > 0) == start
        a, b = jnp.where(same, middle, a), jnp.where(same, b, middle)
    return jax.lax.stop_gradient((a + b) / 2)


def integrate_over(function, nodes, weights):
    """The integral of a function of a point over a fixed set, by its nodes, one row per coordinate."""
    return jnp.dot(jnp.array(weights), jax.vmap(function)(*jnp.array(nodes)))


def largest(function, nodes):
    """The largest value of a function of a point at the places of a grid, one row per coordinate."""
    return jnp.max(jax.vmap(function)(*jnp.array(nodes)))
'''
# Nodes per coordinate of a fixed set, whose nodes are written out.
_ORDER = 12
# Places per coordinate where the largest value is looked for, without a search in between.
_PLACES = {1: 129, 2: 33, 3: 11}


def write_nonlocal(
    term: Nonlocal, names: Mapping[sympy.Symbol, str], functions: Mapping[Jet, str]
) -> str:
    """Return the source of a term; ``functions`` names the function of every jet.

    ``names`` are the coordinates and what else is known at the point.
    """
    own = {"jax", "jnp", "fields", "integrate", "integrate_over", "largest", "zeros"}
    fresh = Identifiers({*names.values(), *functions.values(), *own})
    return _write(term, dict(names), functions, fresh)


def _write(
    term: Nonlocal,
    known: dict[sympy.Symbol, str],
    functions: Mapping[Jet, str],
    fresh: Identifiers,
) -> str:
    for variable in term.variables:
        known.update({symbol: fresh.name(symbol.name) for symbol in variable.symbols})
    for symbol, moved in term.moved:
        place = ", ".join(f"{write_expression(e, known)} * 1.0" for e in moved.place)
        known[symbol] = f"{functions[moved.jet]}({place})"
    for inner in term.inner:
        known[inner.symbol] = _write(inner, dict(known), functions, fresh)
    text = write_expression(term.integrand, known)
    parts = list(zip(term.variables, term.breaks, term.borders, strict=True))
    for variable, breaks, borders in reversed(parts):
        if isinstance(variable, Variable):
            name = known[variable.symbol]
            ends = [write_expression(e, known) for e in (variable.low, variable.high, *breaks)]
            for border in borders:
                function = f"lambda {name}: {write_expression(border.expression, known)}"
                ends.append(f"*zeros({function}, {ends[0]}, {ends[1]}, {border.most})")
            text = f"integrate(lambda {name}: {text}, {', '.join(ends)})"
            continue
        arguments = ", ".join(known[symbol] for symbol in variable.symbols)
        if isinstance(variable, Peak):
            nodes = variable.grid(_PLACES.get(variable.dimension, 1)).nodes.T.tolist()
            sign = "" if variable.sign > 0 else "-"
            text = f"{sign}largest(lambda {arguments}: {sign}({text}), {nodes})"
            continue
        nodes, weights = variable.rule(_ORDER)
        data = f"{nodes.T.tolist()}, {weights.tolist()}"
        text = f"integrate_over(lambda {arguments}: {text}, {data})"
    return text
