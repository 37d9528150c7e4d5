"""Physical dimensions with unknowns, and their unification.

A dimension is a product of rational powers of base dimensions and of variables: those of what
is not declared. Equating two of them is one linear equation in the exponents, so inference is
elimination. Source: Kennedy, "Types for Units-of-Measure: Theory and Practice" (2010).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

Key = str | int
"""A base dimension by name, or a variable by number."""

_SYMBOLS = {
    "[mass]": "kg",
    "[length]": "m",
    "[time]": "s",
    "[current]": "A",
    "[temperature]": "K",
    "[substance]": "mol",
    "[luminosity]": "cd",
}
# Named units, by their powers of kg, m, s, A. The first of two that make a unit equally short is
# taken: W/m and not N/s, N/m and not Pa m.
_NAMED = {
    "W": (1, 2, -3, 0),
    "N": (1, 1, -2, 0),
    "Pa": (1, -1, -2, 0),
    "J": (1, 2, -2, 0),
    "V": (1, 2, -3, -1),
    "ohm": (1, 2, -3, -2),
    "T": (1, 0, -2, -1),
    "H": (1, 2, -2, -2),
    "F": (-1, -2, 4, 2),
    "S": (-1, -2, 3, 2),
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """``Π key^power``; powers are never 0."""

    powers: frozenset[tuple[Key, Fraction]] = frozenset()

    @classmethod
    def of(cls, powers: Iterable[tuple[Key, Fraction]]) -> Dimension:
        """Return the product, powers of one key added."""
        total: dict[Key, Fraction] = {}
        for key, power in powers:
            total[key] = total.get(key, Fraction(0)) + power
        return cls(frozenset((key, power) for key, power in total.items() if power))

    def times(self, other: Dimension) -> Dimension:
        return Dimension.of([*self.powers, *other.powers])

    def over(self, other: Dimension) -> Dimension:
        return self.times(other.to(Fraction(-1)))

    def to(self, exponent: Fraction) -> Dimension:
        return Dimension.of((key, power * exponent) for key, power in self.powers)

    @property
    def variables(self) -> tuple[int, ...]:
        return tuple(sorted(key for key, _ in self.powers if isinstance(key, int)))

    def __str__(self) -> str:
        """Return the coherent unit of the dimension: ``W/(m K)``, or ``a pure number``.

        A named unit stands where it makes the unit shorter and takes up all of the mass: an
        acceleration is in m/s^2 and not in N/kg.
        """
        own = {str(k): p for k, p in self.powers if not isinstance(k, int)}
        shortest = own
        for name, powers in _NAMED.items():
            rest = Dimension.of(
                [*own.items(), *((k, Fraction(-p)) for k, p in zip(_SYMBOLS, powers, strict=False))]
            )
            left = {str(k): p for k, p in rest.powers}
            if "[mass]" not in left and _length(left) + 1 < _length(shortest):
                shortest = {name: Fraction(1), **left}
        return _write(shortest)


NUMBER = Dimension()
"""The dimension of a pure number."""


@dataclass(slots=True)
class Unification:
    """What is known of the variables so far."""

    _found: dict[int, Dimension] = field(default_factory=dict)
    _count: int = 0

    def variable(self) -> Dimension:
        """Return a new variable."""
        self._count += 1
        return Dimension(frozenset({(self._count, Fraction(1))}))

    def resolve(self, dimension: Dimension) -> Dimension:
        """Return a dimension with every known variable put in."""
        while True:
            known = [(k, p) for k, p in dimension.powers if k in self._found]
            if not known:
                return dimension
            rest = [(k, p) for k, p in dimension.powers if k not in self._found]
            for key, power in known:
                assert isinstance(key, int)
                rest += self._found[key].to(power).powers
            dimension = Dimension.of(rest)

    def unify(self, a: Dimension, b: Dimension) -> bool:
        """Make two dimensions equal; return whether that is possible."""
        difference = self.resolve(a.over(b))
        if not difference.powers:
            return True
        variables = difference.variables
        if not variables:
            return False
        chosen = variables[-1]
        power = dict(difference.powers)[chosen]
        rest = Dimension.of((k, p) for k, p in difference.powers if k != chosen)
        self._found[chosen] = rest.to(-1 / power)
        return True


def _length(powers: dict[str, Fraction]) -> Fraction:
    """Return how many factors a product has."""
    return sum(map(abs, powers.values()), Fraction(0))


def _write(powers: dict[str, Fraction]) -> str:
    order = [*_NAMED, *_SYMBOLS]
    known = sorted(
        powers.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)
    )
    above = [_raised(name, power) for name, power in known if power > 0]
    below = [_raised(name, -power) for name, power in known if power < 0]
    if not above and not below:
        return "a pure number"
    divisor = below[0] if len(below) == 1 else f"({' '.join(below)})"
    return " ".join(above or ["1"]) + (f"/{divisor}" if below else "")


def _raised(name: str, power: Fraction) -> str:
    symbol = _SYMBOLS.get(name, name.strip("[]"))
    if power == 1:
        return symbol
    return f"{symbol}^{power}" if power.denominator == 1 else f"{symbol}^({power})"
