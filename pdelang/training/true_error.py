"""The true error, where the spec knows the solution: ``exact`` formulas or ``compare`` tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.training.evaluation import evaluate_exact, evaluate_model
from pdelang.training.norms import compare_fields, compare_members, gather_unknowns
from pdelang.training.places import sample_domain

# Points over space and time. Never those of training: another scrambling of the sequence.
_POINTS = 8192
_SEED = 20_071_452


def measure_error(
    program: Program, model: FieldModel, parameters: Any, precision: str
) -> dict[str, float]:
    """Return the relative L2 error of every unknown that has a reference.

    An ``exact`` solution is compared on low-discrepancy points over space and time, a table
    at its own points. Where both exist the formula counts.
    """
    problem = program.system.problem
    errors: dict[str, float] = {}
    for unknown, found in _compare_tables(program, model, parameters, precision).items():
        errors[unknown] = found
    if program.exact:
        points = sample_domain(problem, _POINTS, _SEED)
        values = evaluate_model(model, parameters, points, precision)
        reference = evaluate_exact(program, points)
        known = gather_unknowns(problem, list(reference))
        weights = problem.domain.density(points)
        errors.update(compare_members(problem, known, points, values, reference, weights))
    return errors


def _compare_tables(
    program: Program, model: FieldModel, parameters: Any, precision: str
) -> dict[str, float]:
    """Return, per unknown, the largest error over its tables."""
    problem = program.system.problem
    errors: dict[str, float] = {}
    for table in problem.references:
        (unknown,) = (u for u in problem.unknowns if u.name == table.unknown)
        components = unknown.components
        if table.component is not None:
            components = (components[table.component],)
        reference = dict(zip(components, np.array(table.values, float).T, strict=True))
        values = evaluate_model(model, parameters, np.array(table.points, float), precision)
        found = compare_fields((unknown,), values, reference)[unknown.name]
        errors[unknown.name] = max(found, errors.get(unknown.name, 0.0))
    return errors
