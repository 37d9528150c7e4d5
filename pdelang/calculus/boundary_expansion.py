"""Expansion on a surface, with its normal and how that changes along it."""

from __future__ import annotations

from collections.abc import Callable

from pdelang.calculus.curvature import NormalSlopes, find_curvature
from pdelang.calculus.operators import Expansion
from pdelang.calculus.stands import Stand
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.tensors import Value
from pdelang.semantics.domain import Surface
from pdelang.semantics.expression import Aggregate
from pdelang.semantics.problem import Problem


def expand_on(
    surface: Surface,
    problem: Problem,
    symbols: Symbols,
    stand: Stand,
    aggregate: Callable[[Aggregate], Value] | None = None,
) -> Expansion:
    """Return the expansion of expressions on one surface of the boundary, or on a seam."""
    slopes = None
    if surface.axis is None:
        expand = Expansion(symbols, problem.unknowns).scalar
        slopes = NormalSlopes(
            symbols, lambda: find_curvature(problem.domain, surface, symbols, expand)
        )
    normal = symbols.outward_normal(surface)
    return Expansion(symbols, problem.unknowns, normal, aggregate, stand, slopes)
