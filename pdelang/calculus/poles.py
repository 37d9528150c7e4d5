"""Residuals where the coordinates degenerate: multiplied by the power of r that they need.

``u_rr + u_r/r + u_θθ/r² = f`` becomes ``r² u_rr + r u_r + u_θθ = r² f``. The two have the same
smooth solutions, and the second is finite at r = 0, where it states what makes a solution
smooth there: u does not depend on θ. The same goes for ``sin θ`` on the axis of a sphere.

Every expression e is written ``b^(−k) e'`` with ``e'`` free of negative powers of the base b, by
the structure of e alone; nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from pdelang.calculus.frame import Frame
from pdelang.calculus.substitution import branches
from pdelang.geometry.box import Side


def find_pole_bases(frame: Frame, poles: frozenset[Side]) -> tuple[sympy.Expr, ...]:
    """Return what vanishes on the poles of a domain: r, and the sine of the angle from the axis."""
    bases: list[sympy.Expr] = []
    for axis in sorted({side.axis for side in poles}):
        if axis == 0:
            bases.append(frame.coordinates[0])
        else:
            bases.append(sympy.sin(frame.physical(axis)))
    return tuple(bases)


def clear_poles(expression: sympy.Expr, bases: Sequence[sympy.Expr]) -> sympy.Expr:
    """Return ``expression · Π b^k`` with the least powers k ≥ 0 that leave no pole."""
    for base in bases:
        stripped, order = _Stripping(base).strip(expression)
        if order > 0:
            expression = stripped * base ** (sympy.ceiling(order) - order)
    return expression


class _Stripping:
    """Takes the powers of one base out of expressions, each node once."""

    def __init__(self, base: sympy.Expr) -> None:
        self.base = base
        self._known: dict[sympy.Basic, tuple[sympy.Expr, sympy.Expr]] = {}

    def strip(self, e: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
        """Return ``(e', k)`` with ``e = e' · base^(−k)``."""
        if e not in self._known:
            self._known[e] = self._strip(e)
        return self._known[e]

    def _strip(self, e: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
        if e == self.base:
            return sympy.S.One, sympy.S.NegativeOne
        match e:
            case sympy.Add():
                parts, order = self._align([self.strip(a) for a in e.args])
                return sympy.Add(*parts), order
            case sympy.Mul():
                pairs = [self.strip(a) for a in e.args]
                return sympy.Mul(*(p for p, _ in pairs)), sympy.Add(*(k for _, k in pairs))
            case sympy.Pow() if e.exp.is_Rational:
                inner, order = self.strip(e.base)
                return inner**e.exp, order * e.exp
            case sympy.Piecewise():
                cases = branches(e)
                parts, order = self._align([self.strip(value) for value, _ in cases])
                pairs = [(p, c) for p, (_, c) in zip(parts, cases, strict=True)]
                return sympy.Piecewise(*pairs, evaluate=False), order
            case _:
                return e, sympy.S.Zero

    def _align(
        self, pairs: list[tuple[sympy.Expr, sympy.Expr]]
    ) -> tuple[list[sympy.Expr], sympy.Expr]:
        """Return the parts for the largest order among them."""
        order = max((k for p, k in pairs if p != 0), default=sympy.S.Zero)
        return [p * self.base ** (order - k) if p != 0 else p for p, k in pairs], order
