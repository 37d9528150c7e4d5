"""The two sides of an equation: resolved, of one rank, their constants sound."""

from __future__ import annotations

from pdelang.semantics.complex_values import widen
from pdelang.semantics.constants import Folder
from pdelang.semantics.expression import ComplexOf, Expression
from pdelang.semantics.places import Place
from pdelang.semantics.resolution import Resolver
from pdelang.syntax import tree


def resolve_sides(
    resolver: Resolver, folder: Folder, equation: tree.Equation, place: Place
) -> tuple[Expression, Expression] | None:
    """Return the two sides, or None after reporting a fault in one or between them.

    Where one side is complex both are: such an equation is two real ones.
    """
    left = resolver.resolve(equation.left, place)
    right = resolver.resolve(equation.right, place)
    if left is None or right is None:
        return None
    if not resolver.ranks.check_equation(equation.span, left, right):
        return None
    if resolver.units is not None and not resolver.units.check_sides(equation.span, left, right):
        return None
    folder.check(left)
    folder.check(right)
    if isinstance(left, ComplexOf) or isinstance(right, ComplexOf):
        space = len(resolver.scope.space)
        return widen(left, space), widen(right, space)
    return left, right
