"""Data that stand against each other: ``u = f`` and ``dt(u) = g``, as statements give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pdelang.semantics.conditions import BoundaryCondition, InitialCondition, Unknown
from pdelang.semantics.domain import TimeInterval
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import (
    Aggregate,
    ComplexOf,
    Component,
    Derivative,
    Expression,
    UnknownReference,
)
from pdelang.semantics.traversal import contains

# Step of the one-sided difference, relative to the time interval. Its truncation error is
# (ωh)^4/5 for data that vary like sin(ωt), its rounding error about 1e-15/h.
_STEP = 1e-4
# A rate that changes by more than this when the step is halved is not resolved.
_RESOLVED = 1e-4
_COEFFICIENTS = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12.0


@dataclass(frozen=True, slots=True)
class GivenData:
    """``component = value``, or its rate: data for one component, given by one condition.

    ``axis`` is the entry of a vector ``value`` that counts; ``is_rate`` is set for ``dt(u) = g``.
    """

    component: str
    value: Expression
    axis: int | None
    condition: BoundaryCondition | InitialCondition
    is_rate: bool = False

    def evaluate(self, points: np.ndarray, coordinates: tuple[str, ...]) -> np.ndarray:
        values = evaluate(self.value, points, coordinates)
        return values if self.axis is None else values[:, self.axis]

    def evaluate_rate(
        self, points: np.ndarray, coordinates: tuple[str, ...], time: TimeInterval
    ) -> np.ndarray | None:
        """Return the time derivative at the start, or None where no step resolves it.

        Forward difference of fourth order (Fornberg 1988, table 3): it stays inside the
        time interval, where the data are meant to hold.
        """
        length = time.bounds.high_value - time.bounds.low_value
        rates = []
        size = 0.0
        for step in (_STEP * length, _STEP * length / 2):
            rate = np.zeros(points.shape[0])
            for k, coefficient in enumerate(_COEFFICIENTS):
                later = points.copy()
                later[:, -1] += k * step
                values = self.evaluate(later, coordinates)
                size = max(size, float(np.max(np.abs(values), initial=0.0)))
                rate += coefficient * values / step
            rates.append(rate)
        coarse, fine = rates
        bound = _RESOLVED * max(float(np.max(np.abs(fine), initial=0.0)), size / length)
        # A NaN fails the comparison too.
        return fine if np.all(np.abs(coarse - fine) <= bound) else None


def find_data(
    condition: BoundaryCondition | InitialCondition,
    unknowns: tuple[Unknown, ...],
    time: str | None,
) -> Iterator[GivenData]:
    """Yield the data of ``u = f``, ``f = u``, ``w = (f, g)``, ``w.x = f`` and of their rates."""
    names = {unknown.name: unknown for unknown in unknowns}
    sides = [(condition.left, condition.right), (condition.right, condition.left)]
    if isinstance(condition.left, ComplexOf) and isinstance(condition.right, ComplexOf):
        a, b = condition.left, condition.right
        sides = [(a.re, b.re), (b.re, a.re), (a.im, b.im), (b.im, a.im)]
    for field, value in sides:
        if contains(value, (UnknownReference, Aggregate)):
            continue
        component, is_rate, unknown = _read_field(field, time)
        if unknown is None:
            continue
        components = names[unknown].components
        if component is not None:
            yield GivenData(components[component], value, None, condition, is_rate)
        elif len(components) == 1 and components[0] == unknown:
            yield GivenData(unknown, value, None, condition, is_rate)
        else:
            for axis, entry in enumerate(components):
                yield GivenData(entry, value, axis, condition, is_rate)


def _read_field(field: Expression, time: str | None) -> tuple[int | None, bool, str | None]:
    """Return the component, whether it is a rate, and the unknown of ``u``, ``w.x``, ``dt(u)`` …"""
    component: int | None = None
    is_rate = False
    while True:
        match field:
            case UnknownReference(name=name):
                return component, is_rate, name
            case Component(operand=operand, axis=axis) if component is None:
                component, field = axis, operand
            case Derivative(operand=operand, coordinates=(only,)) if only == time and not is_rate:
                is_rate, field = True, operand
            case _:
                return None, False, None
