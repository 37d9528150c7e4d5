"""Fitted values in the manifest: constants with their standard error, fields by coefficients.

A constant that every member of a family determines is written as a field, with its ``members``: its
values where reports are given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pdelang.semantics.measured import FieldSeries
from pdelang.training.inverse.fitted import FittedValue

if TYPE_CHECKING:
    from pdelang.training.solution import Solution


def write_fits(solution: Solution) -> dict[str, dict[str, Any]]:
    """Return what every fit of a solution turned out to be, by name."""
    from pdelang.calculus.numeric import evaluate_points
    from pdelang.training.places import space_time_box
    from pdelang.training.reports import list_members

    written = {name: write_fitted(value) for name, value in solution.fitted.items()}
    system = solution.program.system
    problem = system.problem
    for fit in problem.fits:
        if solution.fitted[fit.name].series is None or not fit.is_of_members(problem.varied):
            continue
        labels, members = zip(*list_members(problem), strict=True)
        points = np.tile(space_time_box(problem).low, (len(members), 1))
        points[:, -len(problem.varied) :] = members
        values = evaluate_points([dict(system.fits)[fit.name]], system.coordinates, points.T)[0]
        written[fit.name]["members"] = dict(zip(labels, values.tolist(), strict=True))
    return written


def write_fitted(fitted: FittedValue) -> dict[str, Any]:
    """Return ``{value, standard_error}`` of a constant; of a field the series of its departure."""
    if fitted.series is None:
        return {"value": fitted.value, "standard_error": fitted.standard_error}
    series = fitted.series
    return {
        "degrees": [list(degree) for degree in series.degrees],
        "coefficients": list(series.coefficients),
        "centre": list(series.centre),
        "half_width": list(series.half_width),
        "standard_error": fitted.standard_error,
    }


def read_fitted(records: Mapping[str, Mapping[str, Any]]) -> dict[str, FittedValue]:
    """Return what `write_fitted` wrote; raises ValueError that names a damaged entry."""
    return {name: _read_one(name, record) for name, record in records.items()}


def read_values(fitted: Mapping[str, FittedValue]) -> dict[str, float | FieldSeries]:
    """Return the values alone; a fit that was never found keeps its guess."""
    found: dict[str, float | FieldSeries] = {}
    for name, item in fitted.items():
        value = item.value if item.series is None else item.series
        if value is not None:
            found[name] = value
    return found


def _read_one(name: str, record: Mapping[str, Any]) -> FittedValue:
    try:
        if "coefficients" not in record:
            value, error = record["value"], record.get("standard_error")
            return FittedValue(
                None if value is None else _number(value), None if error is None else _number(error)
            )
        deviation = record.get("standard_error")
        deviation = None if deviation is None else _number(deviation)
        degrees = tuple(tuple(int(k) for k in degree) for degree in record["degrees"])
        coefficients, centre, half_width = (
            tuple(_number(v) for v in record[key])
            for key in ("coefficients", "centre", "half_width")
        )
        whole = len(degrees) == len(coefficients) and all(
            len(d) == len(centre) == len(half_width) and min(d) >= 0 for d in degrees
        )
        if not whole:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"the entry 'fitted.{name}' is not what a fit leaves") from None
    return FittedValue(None, deviation, FieldSeries(degrees, coefficients, centre, half_width))


def _number(value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError
    return number
