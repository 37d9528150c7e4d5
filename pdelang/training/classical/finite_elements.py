"""Steady problems in the plane by finite elements: cubic triangles with quadratic edges, Newton's method.

Meshes get finer until two of them agree. Meshed by ``triangle``, assembled by ``scikit-fem``.
"""

from __future__ import annotations

import time

import numpy as np

from pdelang.calculus.system import System
from pdelang.training.classical.discrete_form import DiscreteForm
from pdelang.training.classical.solution import ClassicalSolution
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.triangulation import import_packages
from pdelang.training.classical.weak_form import derive_weak_form
from pdelang.training.norms import compare_fields
from pdelang.training.places import sample_domain

_COARSEST = 10  # edges along the diagonal of the box
_HALVINGS = 6
_MOST_UNKNOWNS = 250_000
_AGREED = 1e-8
_SHARE = 1e-3  # of what a comparison is to resolve
_USELESS = 1e-1
_GROWTH = 5.0  # of the time, from one mesh to the next
_POINTS = 2000
_SEED = 88_007


def solve_with_elements(system: System, tolerance: float, seconds: float) -> ClassicalSolution:
    """Solve a steady problem of second order in two coordinates on triangles.

    ``tolerance`` is what a comparison is to resolve, ``seconds`` what it may take.

    Raises:
        NotClassicalError: it cannot take the problem; the text says why.
        MissingPackageError: scikit-fem or triangle is not installed.
    """
    import_packages()
    problem = system.problem
    form = derive_weak_form(system)
    points = sample_domain(problem, _POINTS, _SEED)
    size = float(np.linalg.norm(problem.domain.box.lengths))
    agreed = max(_AGREED, _SHARE * tolerance)
    before: dict[str, np.ndarray] | None = None
    best: ClassicalSolution | None = None
    began = time.monotonic()
    for level in range(_HALVINGS):
        started = time.monotonic()
        discrete = DiscreteForm.of(form, size / _COARSEST, 2**level)
        values = discrete.interpolate(discrete.solve(), points)
        own = time.monotonic() - started
        if before is not None:
            agreement = max(compare_fields(problem.unknowns, before, values).values())
            description = f"finite elements, {discrete.triangles} cubic triangles"
            best = ClassicalSolution(
                description, points, values, agreement, own, time.monotonic() - began, "meshes"
            )
            if agreement <= agreed:
                break
        before = values
        if level > 0 and time.monotonic() - began + _GROWTH * own > seconds:
            break
        if 4 * discrete.unknowns > _MOST_UNKNOWNS:
            break
    if best is None or not best.agreement <= _USELESS:
        raise NotClassicalError("its meshes do not come to an agreement in the time there is")
    return best
