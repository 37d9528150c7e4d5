"""Fits that were sought with the unknowns, read from the parameters of a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from pdelang.calculus.fit_expression import fit_expression
from pdelang.calculus.operators import Expansion
from pdelang.calculus.sought import departure_size
from pdelang.calculus.symbols import Symbols
from pdelang.networks.model import FieldModel
from pdelang.semantics.measured import Departure, FieldSeries, Fit
from pdelang.semantics.problem import Problem
from pdelang.training.inverse.fields import field_values
from pdelang.training.inverse.parameters import zero_series


def read_fits(problem: Problem, trained: dict[str, Any]) -> dict[str, float | FieldSeries]:
    """Return what every fit stands for, from ``trained["fits"]`` of a `SoughtNetwork`."""
    found: dict[str, float | FieldSeries] = {}
    for fit in problem.fits:
        assert isinstance(fit.value, Departure)
        own = departure_size(fit) * np.asarray(trained["fits"][fit.name], np.float64)
        if fit.is_field:
            found[fit.name] = zero_series(problem, fit, fit.value.degree).with_coefficients(own)
        else:
            found[fit.name] = constant_value(problem, fit, float(own[0]))
    return found


def constant_value(problem: Problem, fit: Fit, departure: float) -> float:
    """Return the value of a constant that departs from its guess by so much."""
    symbols = Symbols.of(problem)
    expression = fit_expression(fit, Expansion(symbols, problem.unknowns).scalar, symbols)
    return float(expression.subs(symbols.value(fit.name), departure))


def compare_fits(
    problem: Problem, model: FieldModel, parameters: Any, second: Any, points: np.ndarray
) -> dict[str, float]:
    """Return how far the fits of two solutions are apart, relative to the first."""
    own, other = (read_fits(problem, p["trained"]) for p in (parameters, second))
    found: dict[str, float] = {}
    for fit in problem.fits:
        first, next_ = own[fit.name], other[fit.name]
        if isinstance(first, FieldSeries) or isinstance(next_, FieldSeries):
            a, b = (field_values(problem.with_fits(v), fit.name) for v in (own, other))
            found[fit.name] = float(np.linalg.norm(a - b)) / (float(np.linalg.norm(a)) or 1.0)
        else:
            rounding = float(np.finfo(parameters["trained"]["fits"][fit.name].dtype).eps)
            found[fit.name] = max(abs(first - next_) / (abs(first) or 1.0), rounding)
    return found
