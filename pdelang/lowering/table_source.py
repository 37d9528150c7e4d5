"""Tables as Python source over ``jax.numpy``: their pieces, and one function that evaluates them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import sympy

from pdelang.calculus.table_function import TableFunction

EVALUATION = '''def evaluate_table(starts, coefficients, orders, arguments):
    """A derivative of a piecewise polynomial at a point: sum of c_j (x - b)^j along every axis."""
    pieces, powers = [], []
    for x, begin, order, size in zip(arguments, starts, orders, coefficients.shape[::2]):
        piece = jnp.clip(jnp.searchsorted(begin, x, side="right") - 1, 0, begin.size - 1)
        pieces.append(piece)
        powers.append([(x - begin[piece]) ** max(j - order, 0) for j in range(size)])
    for piece in pieces:
        coefficients = coefficients[:, piece]
        coefficients = jnp.moveaxis(coefficients, 0, -1)
    for order, power in zip(orders, powers):
        factors = [0.0 if j < order else math.perm(j, order) for j in range(len(power))]
        terms = jnp.stack([f * p for f, p in zip(factors, power)])
        coefficients = jnp.tensordot(terms, coefficients, 1)
    return coefficients
'''


def write_tables(expressions: Iterable[sympy.Expr]) -> str:
    """Return the functions of all tables in expressions, with their data; empty without any."""
    found: dict[str, type[TableFunction]] = {}
    for expression in expressions:
        for node in sympy.preorder_traversal(expression):
            if isinstance(node, TableFunction):
                found[name_table(type(node))] = type(node)
    if not found:
        return ""
    parts = ["import math\n", EVALUATION]
    for name, own in sorted(found.items()):
        table = own.table
        starts = ", ".join(f"jnp.array({np.asarray(s).tolist()})" for s in table.starts)
        data = f"jnp.array({table.coefficients.ravel().tolist()})"
        parts.append(
            f"def {name}(*arguments):\n"
            f'    """The table {table.path}, derivatives of orders {own.orders}."""\n'
            f"    starts = ({starts},)\n"
            f"    coefficients = {data}.reshape({table.coefficients.shape})\n"
            f"    return evaluate_table(starts, coefficients, {own.orders}, arguments)\n"
        )
    return "\n\n".join(parts)


def name_table(own: type[TableFunction]) -> str:
    """Return the name of the function that evaluates a derivative of a table."""
    return f"{own.__name__}_{''.join(map(str, own.orders))}"
