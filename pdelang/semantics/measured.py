"""What is fitted, and the measured points that it is fitted to."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pdelang.diagnostics.span import Span
from pdelang.semantics.domain import Varied
from pdelang.semantics.expression import Expression


@dataclass(frozen=True, slots=True, eq=False)
class FieldSeries:
    """``p(ξ) = Σ_m c_m Π_i T_{m_i}(ξ_i)``, ``ξ_i = (x_i − centre_i)/half_width_i``.

    ``degrees[m]`` and ``centre`` have an entry per coordinate of the field.
    """

    degrees: tuple[tuple[int, ...], ...]
    coefficients: tuple[float, ...]
    centre: tuple[float, ...]
    half_width: tuple[float, ...]

    def with_coefficients(self, values: Iterable[float]) -> FieldSeries:
        """Return the series with other coefficients."""
        return replace(self, coefficients=tuple(map(float, values)))


def list_degrees(d: int, degree: int) -> tuple[tuple[int, ...], ...]:
    """Return the multi-indices of ``d`` entries with a sum up to ``degree``, the lowest sums first."""
    found = (k for k in itertools.product(range(degree + 1), repeat=d) if sum(k) <= degree)
    return tuple(sorted(found, key=lambda k: (sum(k), k)))


@dataclass(frozen=True, slots=True)
class Departure:
    """How a fit departs from its guess, while it is sought together with the unknowns.

    A field's is a polynomial of total degree ``degree``, a constant's a number: ``degree`` 0.
    """

    degree: int


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """``fit D = 1e-5 within 1e-7 .. 1e-4``: a constant sought, or a field of ``coordinates``.

    A constant of which every member of a family has its own is a field of the varied parameters.
    ``guess`` is the first value, as an expression of these coordinates; ``low`` and ``high`` are
    infinite where no bounds are given. ``value`` is what it stands for so far: a number, or of a
    field how it departs from the guess; None is the guess itself, a `Departure` an unknown one. ``exact`` is the true value,
    where the spec knows it, used only to report the error.
    """

    name: str
    coordinates: tuple[str, ...]
    guess: Expression
    low: float
    high: float
    span: Span
    value: float | FieldSeries | Departure | None = None
    exact: Expression | None = None

    @property
    def is_field(self) -> bool:
        return bool(self.coordinates)

    def is_of_members(self, varied: Iterable[Varied]) -> bool:
        """Say whether it is a constant of which every member of a family has its own."""
        return self.is_field and self.coordinates == tuple(v.name for v in varied)


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """``data probes = csv(…)``: ``n`` measured points, already read.

    ``points (n, d)`` has a column per coordinate (space, time, varied parameters), ``values (n, columns)``
    the others; ``noise (n, columns)`` is the standard deviation of every reading, NaN in a column where it
    is not known, None where none is.
    """

    name: str
    path: str
    columns: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    values: tuple[tuple[float, ...], ...]
    noise: tuple[tuple[float, ...], ...] | None
    span: Span

    def deviations(self, columns: Iterable[str]) -> tuple[tuple[float, ...], ...] | None:
        """Return the standard deviations of these columns, ``(n, k)``; None where one is not known."""
        if self.noise is None:
            return None
        places = [self.columns.index(name) for name in columns]
        found = tuple(tuple(row[i] for i in places) for row in self.noise)
        return None if any(math.isnan(d) for row in found for d in row) else found

    def choose(self, rows: Sequence[int]) -> DataSet:
        """Return some of the readings."""
        noise = None if self.noise is None else tuple(self.noise[i] for i in rows)
        points, values = (tuple(table[i] for i in rows) for table in (self.points, self.values))
        return replace(self, points=points, values=values, noise=noise)


@dataclass(frozen=True, slots=True, eq=False)
class DataCondition:
    """``at probes: left = right`` at every point of ``data``."""

    label: str
    data: DataSet
    left: Expression
    right: Expression
    span: Span
