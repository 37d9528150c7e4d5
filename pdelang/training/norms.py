"""Relative L2 errors per unknown; a vector is one unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pdelang.calculus.system import System
from pdelang.networks.regional import list_components
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.problem import Problem

# Pieces of the range of a varied parameter, each of which is measured by itself.
_PIECES = 8
_RESIDUAL_SHARE = 0.1
# A field this small beside its expected size is zero, and what it holds is rounding.
_NOTHING = 1e-12
_VIOLATED = 0.1
_LEAST_LEFT = 0.05


def compare_fields(
    unknowns: Sequence[Unknown],
    values: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
    weights: np.ndarray | None = None,
    expected: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Return ``‖u − u_ref‖/‖u_ref‖`` of every unknown with a reference; absolute where the norm is 0.

    ``expected`` gives the size that components should have, where that is known: beside it a field
    of rounding errors counts as zero, and its error is relative to that size.

    Norms are root mean squares over the points where an unknown exists, with all known components
    of a vector together. Points must be spread evenly for this to be the L2 norm of the region;
    ``weights (n,)`` are the measure of space at each of them, in coordinates that are not Cartesian.
    """
    errors = {}
    for unknown in unknowns:
        known = [c for c in unknown.components if c in reference]
        if not known:
            continue
        exists: slice | np.ndarray = slice(None)
        if unknown.is_limited:
            exists = ~np.isnan(reference[known[0]]) & ~np.isnan(values[known[0]])
        own = None if weights is None else weights[exists]
        difference = _root_mean_square([(values[c] - reference[c])[exists] for c in known], own)
        size = _root_mean_square([reference[c][exists] for c in known], own)
        usual = max((expected[c] for c in known), default=0.0) if expected else 0.0
        if size <= _NOTHING * usual:
            size = usual
        errors[unknown.name] = difference / size if size > 0 else difference
    return errors


def compare_members(
    problem: Problem,
    unknowns: Sequence[Unknown],
    points: np.ndarray,
    values: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
    weights: np.ndarray | None = None,
    expected: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Return the error of every unknown at ``points (n, d)``; in a family that of its worst members.

    Whoever takes one member of a family wants that one to be right, however small it is beside
    the others. So the range of every varied parameter is cut into pieces of equal numbers of
    points, and the largest error of `compare_fields` over them counts.
    """
    groups = [np.arange(len(points))]
    for column in range(points.shape[1] - len(problem.varied), points.shape[1]):
        groups = [
            part
            for group in groups
            for part in np.array_split(group[np.argsort(points[group, column])], _PIECES)
            if len(part)
        ]
    errors: dict[str, float] = {}
    for group in groups:
        found = compare_fields(
            unknowns,
            {name: array[group] for name, array in values.items()},
            {name: array[group] for name, array in reference.items()},
            None if weights is None else weights[group],
            expected,
        )
        errors = {name: max(e, errors.get(name, 0.0)) for name, e in found.items()}
    return errors


def expected_sizes(system: System) -> dict[str, float]:
    """Return the size that every component of the unknowns should have, by the scales of its fields."""
    scales = dict(zip(system.fields, system.scaling.field_scale, strict=True))
    return {
        component.name: max(scales[field] for field in component.fields)
        for component in list_components(system.problem.unknowns)
    }


def bound_by_residuals(residuals: Mapping[str, float]) -> float:
    """Return what the relative residuals of the terms leave of the trust in any unknown.

    Two solves may agree and share a fault. A tenth of the worst relative residual is then the least
    error that may be claimed, per term: in a weighted sum a heavy term that holds hides a light one
    that does not. A term whose residual is above a tenth of its summands does not hold at all, and
    counts in full: as an error relative to what the solution should be, which may be that much smaller
    than what was found.
    """
    worst = max(residuals.values(), default=0.0)
    if worst <= _VIOLATED:
        return _RESIDUAL_SHARE * worst
    return worst / max(1.0 - worst, _LEAST_LEFT)


def gather_unknowns(problem: Problem, components: Sequence[str]) -> tuple[Unknown, ...]:
    """Return the unknowns that own any of ``components``."""
    return tuple(u for u in problem.unknowns if set(u.components) & set(components))


def _root_mean_square(columns: list[np.ndarray], weights: np.ndarray | None) -> float:
    # Scaled, so that neither tiny nor huge fields leave the range of the floats.
    stacked = np.stack(columns)
    largest = float(np.max(np.abs(stacked), initial=0.0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    squares = np.sum((stacked / largest) ** 2, axis=0)
    return largest * float(np.sqrt(np.average(squares, weights=weights)))
