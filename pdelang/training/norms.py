"""Relative L2 errors per unknown; a vector is one unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pdelang.semantics.problem import Problem, Unknown


def compare_fields(
    unknowns: Sequence[Unknown],
    values: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
    weights: np.ndarray | None = None,
) -> dict[str, float]:
    """Return ``‖u − u_ref‖/‖u_ref‖`` of every unknown with a reference; absolute where the norm is 0.

    Norms are root mean squares over the points, with all known components of a vector
    together. Points must be spread evenly for this to be the L2 norm of the region; ``weights
    (n,)`` are the measure of space at each of them, in coordinates that are not Cartesian.
    """
    errors = {}
    for unknown in unknowns:
        known = [c for c in unknown.components if c in reference]
        if not known:
            continue
        difference = _root_mean_square([values[c] - reference[c] for c in known], weights)
        size = _root_mean_square([reference[c] for c in known], weights)
        errors[unknown.name] = difference / size if size > 0 else difference
    return errors


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
