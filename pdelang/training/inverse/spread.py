"""How far the noise of the readings spreads: standard errors of the fits and of the fields.

With the covariance C of the parameters θ and fields u(θ), to first order
``E‖δu‖² = Σ_k ‖u(θ + c_k) − u(θ)‖²`` for the columns c_k of a root of C: one forward solve for each.
Of many parameters a few random signs of all columns at once have the same mean.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pdelang.training.inverse.fields import field_deviation, field_values
from pdelang.training.inverse.forward import ForwardError
from pdelang.training.inverse.identification import Identified
from pdelang.training.least_squares.jet_basis import jets_of_fields
from pdelang.training.norms import compare_fields
from pdelang.training.places import sample_domain

_PROBES = 2000
_FEW = 3  # parameters, up to which every direction is followed; else so many are drawn


def change_of_fields(found: Identified, moved: np.ndarray) -> dict[str, float]:
    """Return the relative change of every unknown when the parameters move so far.

    Raises ForwardError where there is no solution.
    """
    problem = found.parameters.problem
    low, high = found.parameters.bounds
    other = found.state.solve_again(found.parameters.put(np.clip(found.theta + moved, low, high)))
    points = sample_domain(problem, _PROBES, 77_003)
    system = found.state.system
    jets = jets_of_fields(system)
    own, changed = (
        dict(zip(system.fields, state.jets(jets, points), strict=True))
        for state in (found.state, other)
    )
    return compare_fields(problem.unknowns, changed, own)


def deviations_of_fits(found: Identified) -> dict[str, float]:
    """Return the standard error of every fit, of a field its root mean square; empty without readings."""
    covariance = found.covariance
    if covariance is None:
        return {}
    slopes = found.parameters.slopes(found.theta)
    sigma = np.sqrt(np.maximum(np.diag(covariance), 0.0)) * np.abs(slopes)
    return {
        s.fit.name: field_deviation(found, s.fit.name) if s.fit.is_field else float(sigma[s.start])
        for s in found.parameters.slots
    }


def errors_of_fits(found: Identified, deviations: Mapping[str, float]) -> dict[str, float]:
    """Return standard errors relative to the sizes of the fits."""
    problem = found.parameters.put(found.theta)
    sizes = {n: np.sqrt(np.mean(field_values(problem, n) ** 2)) for n in deviations}
    return {n: deviations[n] / (float(size) or 1.0) for n, size in sizes.items()}


def errors_of_fields(found: Identified) -> dict[str, float]:
    """Return the relative L2 standard error of every unknown; empty where it cannot be told."""
    covariance = found.covariance
    if covariance is None:
        return {}
    values, vectors = np.linalg.eigh(covariance)
    columns = vectors * np.sqrt(np.maximum(values, 0.0))
    count = len(values)
    if count > _FEW:
        columns = columns @ np.random.default_rng(0).choice([-1.0, 1.0], (count, _FEW))
    total: dict[str, float] = {}
    try:
        for column in columns.T:
            for name, change in change_of_fields(found, column).items():
                total[name] = total.get(name, 0.0) + change**2
    except ForwardError:
        return {}
    drawn = _FEW if count > _FEW else 1
    return {name: float(np.sqrt(square / drawn)) for name, square in total.items()}
