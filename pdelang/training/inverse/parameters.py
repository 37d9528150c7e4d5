"""The numbers that are fitted: constants, and the coefficients of fields, as one vector.

A constant with a positive lower bound enters by its logarithm, any other one by itself over its
size; bounds cut it off. A field enters by the coefficients of how it departs from its guess, which
cannot leave its bounds: see `calculus.fit_expression`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import Constant, Rank
from pdelang.semantics.measured import FieldSeries, Fit, list_degrees
from pdelang.semantics.problem import Problem
from pdelang.training.places import space_time_box


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Where a fit stands in the vector: ``start .. start + count``."""

    fit: Fit
    start: int
    count: int

    @property
    def is_logarithmic(self) -> bool:
        return not self.fit.is_field and self.fit.low > 0.0

    @property
    def size(self) -> float:
        """Return what one unit of a constant's entry is worth, where it is not a logarithm."""
        fit = self.fit
        sizes = [abs(v) for v in (guess_of(fit), fit.high, fit.low) if math.isfinite(v) and v]
        return sizes[0] if sizes else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """All fits of a problem as a vector ``(p,)``."""

    problem: Problem
    slots: tuple[Slot, ...]

    @classmethod
    def of(
        cls, problem: Problem, degree: int = 0, degrees: Mapping[str, int] = MappingProxyType({})
    ) -> Parameters:
        """Return the parameters of a problem whose fields have total degree ``degree``.

        ``degrees`` names fields with another one.
        """
        slots: list[Slot] = []
        start = 0
        for fit in problem.fits:
            if fit.is_field:
                fit = replace(fit, value=zero_series(problem, fit, degrees.get(fit.name, degree)))
            count = len(fit.value.coefficients) if isinstance(fit.value, FieldSeries) else 1
            slots.append(Slot(fit, start, count))
            start += count
        return cls(problem, tuple(slots))

    @property
    def count(self) -> int:
        return sum(slot.count for slot in self.slots)

    @property
    def has_fields(self) -> bool:
        return any(slot.fit.is_field for slot in self.slots)

    @property
    def start(self) -> np.ndarray:
        """Return the vector of the first guesses."""
        theta = np.zeros(self.count)
        for slot in self.slots:
            if not slot.fit.is_field:
                value = guess_of(slot.fit)
                theta[slot.start] = math.log(value) if slot.is_logarithmic else value / slot.size
        return theta

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the largest vector."""
        low, high = np.full(self.count, -np.inf), np.full(self.count, np.inf)
        for slot in self.slots:
            fit = slot.fit
            if slot.is_logarithmic:
                low[slot.start] = math.log(fit.low)
                high[slot.start] = math.log(fit.high) if math.isfinite(fit.high) else np.inf
            elif not fit.is_field:
                low[slot.start], high[slot.start] = fit.low / slot.size, fit.high / slot.size
        return low, high

    def values(self, theta: np.ndarray) -> dict[str, float | FieldSeries]:
        """Return what every fit stands for."""
        found: dict[str, float | FieldSeries] = {}
        for slot in self.slots:
            own = theta[slot.start : slot.start + slot.count]
            series = slot.fit.value
            if isinstance(series, FieldSeries):
                found[slot.fit.name] = replace(series, coefficients=tuple(map(float, own)))
            elif slot.is_logarithmic:
                found[slot.fit.name] = float(np.clip(math.exp(own[0]), slot.fit.low, slot.fit.high))
            else:
                found[slot.fit.name] = float(own[0] * slot.size)
        return found

    def slopes(self, theta: np.ndarray) -> np.ndarray:
        """Return ``d value/d theta`` of every constant, 1 for coefficients of fields, ``(p,)``."""
        values = self.values(theta)
        slopes = np.ones(self.count)
        for slot in self.slots:
            value = values[slot.fit.name]
            if not isinstance(value, FieldSeries):
                slopes[slot.start] = value if slot.is_logarithmic else slot.size
        return slopes

    def put(self, theta: np.ndarray) -> Problem:
        """Return the problem with every fit at its value."""
        return self.problem.with_fits(self.values(theta))

    def carry(self, theta: np.ndarray, finer: Parameters) -> np.ndarray:
        """Return the same values as a vector of parameters with more coefficients."""
        result = finer.start
        for own, other in zip(self.slots, finer.slots, strict=True):
            series, larger = own.fit.value, other.fit.value
            part = theta[own.start : own.start + own.count]
            if isinstance(series, FieldSeries) and isinstance(larger, FieldSeries):
                for degree, value in zip(series.degrees, part, strict=True):
                    result[other.start + larger.degrees.index(degree)] = value
            else:
                result[other.start] = part[0]
        return result


def guess_of(fit: Fit) -> float:
    """Return the first guess of a constant."""
    return float(evaluate(fit.guess, np.zeros((1, 0)), ())[0])


def around(fit: Fit, value: float) -> Fit:
    """Return a constant that is guessed to have a value."""
    return replace(fit, guess=Constant(fit.span, Rank.SCALAR, value))


def zero_series(problem: Problem, fit: Fit, degree: int) -> FieldSeries:
    """Return the departure zero of a field, as a polynomial of total degree ``degree``."""
    degrees = list_degrees(len(fit.coordinates), degree)
    whole = space_time_box(problem)
    axes = [problem.coordinates.index(name) for name in fit.coordinates]
    ends = [(whole.low[axis], whole.high[axis]) for axis in axes]
    return FieldSeries(
        degrees,
        (0.0,) * len(degrees),
        tuple((low + high) / 2 for low, high in ends),
        tuple((high - low) / 2 for low, high in ends),
    )
