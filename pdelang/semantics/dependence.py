"""Dependences: which derivatives of the unknowns a scalar entry contains, and their algebra."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Occurrence(NamedTuple):
    """A derivative of one component; ``orders`` has one entry per coordinate, time last."""

    component: str
    orders: tuple[int, ...]

    def raised(self, axis: int) -> Occurrence:
        orders = list(self.orders)
        orders[axis] += 1
        return Occurrence(self.component, tuple(orders))


@dataclass(frozen=True, slots=True)
class Dependence:
    """What one scalar entry depends on.

    ``linear``: derivatives that occur with constant coefficients only, so that a further
    derivative leaves no trace of them; ``other``: all the rest. ``varies``: it depends on the
    coordinates by itself. ``is_zero``: it is identically zero. ``elsewhere``: components taken at
    other places, which count as order 0 whatever is differentiated.
    """

    linear: frozenset[Occurrence] = frozenset()
    other: frozenset[Occurrence] = frozenset()
    varies: bool = False
    is_zero: bool = False
    elsewhere: frozenset[Occurrence] = frozenset()

    @property
    def occurrences(self) -> frozenset[Occurrence]:
        return self.linear | self.other | self.elsewhere


CONSTANT = Dependence()
ZERO = Dependence(is_zero=True)
VARYING = Dependence(varies=True)


def add(a: Dependence, b: Dependence) -> Dependence:
    if a.is_zero:
        return b
    if b.is_zero:
        return a
    return Dependence(
        a.linear | b.linear,
        a.other | b.other,
        a.varies or b.varies,
        elsewhere=a.elsewhere | b.elsewhere,
    )


def multiply(a: Dependence, b: Dependence) -> Dependence:
    if a.is_zero or b.is_zero:
        return ZERO
    if a == CONSTANT:
        return b
    if b == CONSTANT:
        return a
    return Dependence(
        other=a.linear | a.other | b.linear | b.other,
        varies=a.varies or b.varies,
        elsewhere=a.elsewhere | b.elsewhere,
    )


def apply_function(*operands: Dependence) -> Dependence:
    """Return the dependence of a nonlinear function of the operands."""
    return Dependence(
        other=frozenset().union(*(o.linear | o.other for o in operands)),
        varies=any(o.varies for o in operands),
        elsewhere=frozenset().union(*(o.elsewhere for o in operands)),
    )


def take_elsewhere(a: Dependence) -> Dependence:
    """Return the dependence of a value at other places, or of an integral over them.

    Whatever order the derivatives there have, here they count 0.
    """
    if a.is_zero:
        return ZERO
    names = {o.component: (0,) * len(o.orders) for o in a.occurrences}
    found = frozenset(Occurrence(name, orders) for name, orders in names.items())
    return Dependence(varies=True, elsewhere=found)


def differentiate(a: Dependence, axis: int) -> Dependence:
    linear = frozenset(o.raised(axis) for o in a.linear)
    other = frozenset(o.raised(axis) for o in a.other) | a.other
    if not linear and not other and not a.varies:
        return ZERO
    return Dependence(linear, other, a.varies, elsewhere=a.elsewhere)
