"""Fitted fields: their degree, their values and how well the data determine them.

The degree of a field's polynomial rises until another one changes the field by less than a third of
its standard error, or by less than the tolerance: smoothness, not the degree, is what limits
a field to what the data say (`smoothing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy
from numpy.polynomial import chebyshev

from pdelang.calculus.fit_expression import fit_expression
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.operators import Expansion
from pdelang.calculus.symbols import Symbols
from pdelang.semantics.measured import FieldSeries, Fit
from pdelang.semantics.problem import Problem
from pdelang.training.inverse.identification import Identified
from pdelang.training.inverse.parameters import Parameters
from pdelang.training.journal import read_clock
from pdelang.training.places import sample_domain

# Total degrees that are tried, by the number of coordinates; the last row serves all above.
_DEGREES = {1: (4, 8, 12, 16), 2: (4, 7, 9), 3: (2, 3, 4)}
SETTLED = 1 / 3  # of the standard error
_PROBES = 2000
_SMALL = 1e-4  # a shift of p, whose effect on the field is its slope

# Parameters of a degree and where to start -> the fit there.
Seek = Callable[[Parameters, np.ndarray], Identified]


def raise_degree(
    found: Identified, seek: Seek, tolerance: float, deadline: float
) -> tuple[Identified, list[Identified]]:
    """Return the fit of the last degree that was needed, and all that were tried."""
    levels = [found]
    fields = [fit for fit in found.parameters.problem.fits if fit.is_field]
    coordinates = max(len(fit.coordinates) for fit in fields)
    for degree in _DEGREES[min(coordinates, max(_DEGREES))]:
        if read_clock() > deadline:
            break
        parameters = Parameters.of(found.parameters.problem, degree)
        start = levels[-1].parameters.carry(levels[-1].theta, parameters)
        current = seek(parameters, start)
        if current.undetermined:
            break
        levels.append(current)
        if all(
            field_distance(current, levels, fit)
            <= max(SETTLED * relative_deviation(current, fit), tolerance)
            for fit in fields
        ):
            break
    return levels[-1], levels


def field_distance(found: Identified, levels: list[Identified], fit: Fit) -> float:
    """Return how far a field is from that of the degree before, relative; 1 where there is none."""
    own = field_values(found.parameters.put(found.theta), fit.name)
    size = float(np.linalg.norm(own)) or 1.0
    others = [
        float(np.linalg.norm(field_values(level.parameters.put(level.theta), fit.name) - own))
        for level in levels
        if level.parameters.count != found.parameters.count
    ]
    return others[-1] / size if others else 1.0


def relative_deviation(found: Identified, fit: Fit) -> float:
    """Return the standard error of a field over the field, both root mean squares."""
    own = field_values(found.parameters.put(found.theta), fit.name)
    return field_deviation(found, fit.name) / (float(np.sqrt(np.mean(own**2))) or 1.0)


def field_deviation(found: Identified, name: str) -> float:
    """Return the root mean square over the domain of the standard error of a field, 0 without noise.

    With the covariance C of the coefficients and ``k = F(x, p)``, it is ``∂F/∂p √(φᵀ C φ)`` at a point,
    φ the polynomials there.
    """
    covariance = found.covariance
    if covariance is None:
        return 0.0
    slot = next(s for s in found.parameters.slots if s.fit.name == name)
    series = slot.fit.value
    assert isinstance(series, FieldSeries)
    own = slice(slot.start, slot.start + slot.count)
    problem = found.parameters.put(found.theta)
    points = sample_domain(problem, _PROBES, 77_003)
    columns = [problem.coordinates.index(c) for c in slot.fit.coordinates]
    inputs = (points[:, columns] - np.array(series.centre)) / np.array(series.half_width)
    highest = max(map(max, series.degrees))
    tables = [chebyshev.chebvander(x, highest) for x in inputs.T]
    functions = np.stack(
        [
            np.prod([t[:, k] for t, k in zip(tables, degree, strict=True)], axis=0)
            for degree in series.degrees
        ],
        axis=1,
    )
    variance = np.einsum("nm,mk,nk->n", functions, covariance[own, own], functions)
    # The first polynomial is 1: its coefficient shifts p everywhere.
    shifted = []
    for step in (-_SMALL, _SMALL):
        theta = found.theta.copy()
        theta[slot.start] += step
        shifted.append(field_values(found.parameters.put(theta), name))
    slope = (shifted[1] - shifted[0]) / (2 * _SMALL)
    return float(np.sqrt(np.mean(slope**2 * np.maximum(variance, 0.0))))


def field_values(problem: Problem, name: str, exact: bool = False) -> np.ndarray:
    """Return a fit at points over space and time; with ``exact`` its true value."""
    points = sample_domain(problem, _PROBES, 77_003)
    symbols = Symbols.of(problem)
    expansion = Expansion(symbols, problem.unknowns)
    fit = next(f for f in problem.fits if f.name == name)
    if exact:
        assert fit.exact is not None
        fit = replace(fit, guess=fit.exact, value=None)
    expression: sympy.Expr = fit_expression(fit, expansion.scalar, symbols)
    return evaluate_points([expression], symbols.coordinates, points.T)[0]


def true_errors(problem: Problem) -> dict[str, float]:
    """Return the relative error of every fit whose true value the spec knows, absolute where that is zero."""
    found: dict[str, float] = {}
    for fit in problem.fits:
        if fit.exact is not None:
            true = field_values(problem, fit.name, exact=True)
            apart = np.linalg.norm(field_values(problem, fit.name) - true)
            found[fit.name] = float(apart) / (float(np.linalg.norm(true)) or 1.0)
    return found
