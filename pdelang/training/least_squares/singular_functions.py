"""Frozen features at the corners of a plane domain, beside polynomials.

    φ(ξ) = Re, Im  z^a z̄^b (log z)^c,     z = μ·ξ + ν = ((x − x_c) + i (y − y_c)) e^{−iθ_c}/ℓ

with the bisector θ_c of the corner along the positive real axis, so that the branch cut lies
outside. Near a corner of angle ω solutions of elliptic equations behave like such functions:
z^{kπ/ω} where both sides have conditions of one kind, z^{(k−1/2)π/ω} where they differ, times powers
of z and z̄ by lower-order terms, and with logarithms where the data do not fit together.
Derivatives are exact:

    ∂_j = μ_j ∂_z + μ̄_j ∂_z̄   on scaled coordinates ξ.

At a corner of a hole the cut has to end inside of it. There ``w = z/(1 − κz)`` stands for z, which behaves
like it at the corner and has its cut between the corner and the pole 1/κ;  ``dw/dz = (1 + κw)²``.

Sources: Kondrat'ev 1967; Grisvard, "Elliptic problems in nonsmooth domains" (1985); Fox, Henrici and
Moler 1967 and Betcke and Trefethen 2005 for such basis functions; Taylor 1962 for flow in a corner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pdelang.training.least_squares.dictionary import Orders
from pdelang.training.least_squares.polynomials import PolynomialDictionary, PolynomialTables

Exponents = tuple[float, float, int]  # a, b, c
# Sums of such functions of one corner: coefficients by exponents.
_Sum = dict[Exponents, complex]

NEAREST = 1e-12
"""Nearer than this to a corner, in units of its length, functions are those at this distance."""


@dataclass(frozen=True, slots=True, eq=False)
class SingularTables:
    """The polynomials' tables; log z (or log w) of every corner at the points; derivatives when asked for."""

    polynomials: PolynomialTables
    logarithm: tuple[np.ndarray, ...]
    known: dict[Orders, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SingularDictionary:
    """Polynomials, then the real and imaginary parts of the functions of every corner.

    ``maps[k] (2,)`` and ``offsets[k]`` take scaled coordinates to z at corner k, which has the
    functions ``exponents[k]``. Imaginary parts that vanish are left out. Only the fields whose numbers
    are ``owners[k]`` have the functions of place k, all where it is None: around a hole of one region
    lives another region's field, which is smooth there. ``poles[k]`` is κ, 0 where there is none.
    """

    polynomials: PolynomialDictionary
    maps: tuple[np.ndarray, ...]
    offsets: tuple[complex, ...]
    exponents: tuple[tuple[Exponents, ...], ...]
    owners: tuple[frozenset[int] | None, ...] = ()
    poles: tuple[float, ...] = ()

    @property
    def singular(self) -> int:
        """Return the number of exponents at all corners."""
        return sum(map(len, self.exponents))

    @property
    def imaginary(self) -> np.ndarray:
        """Return the numbers of the functions that have an imaginary part."""
        flat = [e for own in self.exponents for e in own]
        return np.array([i for i, (a, b, c) in enumerate(flat) if a != b or c], dtype=np.int32)

    @property
    def count(self) -> int:
        return self.polynomials.count + self.singular + len(self.imaginary)

    @property
    def is_graded(self) -> bool:
        return True

    @property
    def is_independent(self) -> bool:
        return False

    @property
    def sharpness(self) -> float:
        return self.polynomials.sharpness

    @property
    def options(self) -> tuple[tuple[str, int | float | str], ...]:
        return (
            ("kind", "singular"),
            ("count", self.polynomials.count),
            ("degree", self.polynomials.highest),
            ("functions", self.count - self.polynomials.count),
        )

    @property
    def frozen(self) -> dict[str, np.ndarray]:
        places = self._places
        exponents = np.array([e for own in self.exponents for e in own], dtype=float)
        chosen = np.concatenate([np.arange(self.singular), self.imaginary]).astype(int)
        parts = np.arange(len(chosen)) >= self.singular
        linear = np.array(self.maps, dtype=complex)[places][chosen]
        offset = np.array(self.offsets, dtype=complex)[places][chosen]
        return {
            **self.polynomials.frozen,
            "map_real": np.ascontiguousarray(np.real(linear).T),
            "map_imaginary": np.ascontiguousarray(np.imag(linear).T),
            "offset_real": np.ascontiguousarray(np.real(offset)),
            "offset_imaginary": np.ascontiguousarray(np.imag(offset)),
            "exponents": np.ascontiguousarray(exponents.reshape(-1, 3)[chosen].T),
            "parts": parts.astype(float),
            "poles": np.array(self._kappas)[places][chosen],
        }

    @property
    def description(self) -> str:
        singular, places = self.count - self.polynomials.count, len(self.exponents)
        return (
            f"{self.polynomials.description}, and {singular} functions that are singular at"
            f" {places} corner{'s' if places > 1 else ''} or hole{'s' if places > 1 else ''}"
        )

    @property
    def _kappas(self) -> tuple[float, ...]:
        return self.poles or (0.0,) * len(self.exponents)

    @property
    def _places(self) -> list[int]:
        """Return the place of every exponent."""
        return [k for k, own in enumerate(self.exponents) for _ in own]

    def list_absent(self, k: int) -> np.ndarray:
        owners = dict(enumerate(self.owners))
        absent = np.array([k not in (owners.get(p) or (k,)) for p in self._places], dtype=bool)
        both = np.concatenate([absent, absent[self.imaginary]])
        return self.polynomials.count + np.flatnonzero(both)

    def tables(self, inputs: np.ndarray) -> SingularTables:
        """Return what all derivatives at scaled points ``(n, 2)`` share."""
        logarithms = []
        for linear, offset, kappa in zip(self.maps, self.offsets, self._kappas, strict=True):
            values = inputs @ linear + offset
            z = np.where(np.abs(values) < NEAREST, NEAREST, values)
            logarithms.append(np.log(z) - np.log(1.0 - kappa * z) if kappa else np.log(z))
        return SingularTables(self.polynomials.tables(inputs), tuple(logarithms))

    def combine(
        self, tables: SingularTables, weights: Mapping[Orders, np.ndarray], out: np.ndarray
    ) -> None:
        """Add ``Σ_β weights_β(x) ∂^β φ_m(x)`` to ``out (n, M)``."""
        split = self.polynomials.count
        self.polynomials.combine(tables.polynomials, weights, out[:, :split])
        for orders, weight in weights.items():
            out[:, split:] += weight[:, None] * self._singular(tables, orders)

    def apply(self, tables: SingularTables, orders: Orders, coefficients: np.ndarray) -> np.ndarray:
        """Return ``Σ_m c_m ∂^orders φ_m`` at the points, ``(n,)``."""
        split = self.polynomials.count
        smooth = self.polynomials.apply(tables.polynomials, orders, coefficients[:split])
        return smooth + self._singular(tables, orders) @ coefficients[split:]

    def _singular(self, tables: SingularTables, orders: Orders) -> np.ndarray:
        """Return ``∂^orders`` of the singular features, real parts first, ``(n, features)``."""
        if orders in tables.known:
            return tables.known[orders]
        values = np.empty((len(tables.logarithm[0]), self.singular), dtype=complex, order="F")
        column = 0
        for number, own in enumerate(self.exponents):
            powers: dict[Exponents, np.ndarray] = {}
            logarithm = tables.logarithm[number]
            for exponents in own:
                total = np.zeros(len(logarithm), dtype=complex)
                terms = _differentiate(
                    {exponents: 1.0}, self.maps[number], orders, self._kappas[number]
                )
                for key, factor in terms.items():
                    if key not in powers:
                        a, b, c = key
                        power = np.exp(a * logarithm + b * logarithm.conj())
                        powers[key] = power * logarithm**c if c else power
                    total += factor * powers[key]
                values[:, column] = total
                column += 1
        result = np.concatenate([np.real(values), np.imag(values)[:, self.imaginary]], axis=1)
        tables.known[orders] = result
        return result


def _differentiate(terms: _Sum, linear: np.ndarray, orders: Orders, kappa: float) -> _Sum:
    # d/dz w^a = a w^(a−1) (1 + κw)², and likewise for the logarithm of w, whose slope is that over w.
    expansion = ((0, 1.0),) if not kappa else ((0, 1.0), (1, 2.0 * kappa), (2, kappa**2))
    for axis, order in enumerate(orders):
        along = complex(linear[axis])
        for _ in range(order):
            found: _Sum = {}
            for (a, b, c), factor in terms.items():
                for more, share in expansion:
                    for key, slope in (
                        ((a - 1 + more, b, c), a * along),
                        ((a - 1 + more, b, c - 1), c * along),
                        ((a, b - 1 + more, c), b * along.conjugate()),
                    ):
                        if slope != 0:
                            found[key] = found.get(key, 0.0) + share * slope * factor
            terms = found
    return terms
