"""A solution with fewer features, and how far it moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from pdelang.kernels.precision import float64_context
from pdelang.networks.model import FieldModel
from pdelang.semantics.problem import Problem
from pdelang.training.compression.dictionary import Dictionary, read_dictionary
from pdelang.training.compression.sparse import Rows, choose_features, factorise
from pdelang.training.evaluation import evaluate_model
from pdelang.training.journal import read_clock
from pdelang.training.norms import compare_members
from pdelang.training.places import sample_domain
from pdelang.training.precision import read_dtype
from pdelang.training.reports import compute_reports
from pdelang.training.solution import Solution, Status
from pdelang.training.true_error import measure_error

# Points per feature that the fit is made on, the fewest, and the most.
_PER_FEATURE, _FEWEST, _MOST = 3, 1024, 8192
_CHECKS = 4096
_SEEDS = (31_337, 271_828, 1_618_033)  # of the fit, of the choice, of the distance that is told
# The choice and the distance go by different points: so much of the bound is left for that.
_MARGIN = 0.8
# An estimate above this share of the tolerance leaves nothing to give away.
_SPENT = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Compressed:
    """A solution of ``after`` features, of ``before``; ``moved`` is the relative L2 distance per unknown."""

    solution: Solution
    before: int
    after: int
    moved: Mapping[str, float]


def compress_solution(solution: Solution, bound: float | None = None) -> Compressed:
    """Return the solution with as few features of its last layer as ``bound`` allows.

    ``bound`` is the relative L2 distance that every unknown may move; None takes what the tolerance
    leaves above the estimate, or as much as the estimate where it leaves nothing. The estimate of
    the result is the old one and the distance together, which by the triangle inequality is on the large
    side.

    Raises UnsuitedNetworkError for networks without features to leave out.
    """
    began = read_clock()
    problem = solution.program.system.problem
    dictionary = read_dictionary(solution.model, solution.settings.network, solution.parameters)
    bounds = {u.name: _allow(solution, u.name, bound) for u in problem.unknowns}
    scales = _scale_fields(solution, bounds)
    with float64_context():
        count = min(_MOST, max(_FEWEST, _PER_FEATURE * dictionary.count))
        factors = [factorise(r) for r in _collect_rows(problem, dictionary, scales, count, 0)]
        checks = _collect_rows(problem, dictionary, scales, count, 1)
        given = dictionary.coefficients * (scales / scales.max())
        kept, found = choose_features(factors, checks, given, dictionary.kept_always)
        coefficients = found * (scales.max() / scales)
    if len(kept) == dictionary.count:
        return Compressed(solution, dictionary.count, dictionary.count, dict.fromkeys(bounds, 0.0))
    choice, trained, frozen = dictionary.select(kept, coefficients)
    settings = replace(solution.settings, network=choice)
    model = FieldModel.from_program(solution.program, settings)
    parameters = _narrow({"trained": trained, "frozen": frozen}, solution.precision)
    moved = _measure_distance(solution, model, parameters)
    estimate = {n: e + moved.get(n, 0.0) for n, e in solution.error_estimate.items()}
    seconds = dict(solution.seconds)
    seconds["compress"] = seconds.get("compress", 0.0) + read_clock() - began
    shown = ", ".join(f"{name} {value:.1e}" for name, value in moved.items())
    compressed = replace(
        solution,
        model=model,
        parameters=parameters,
        settings=settings,
        status=_judge(solution, estimate),
        error_estimate=estimate,
        error=measure_error(solution.program, model, parameters, solution.precision),
        reports=compute_reports(solution.program, model, parameters, solution.precision),
        seconds=seconds,
        messages=(
            *solution.messages,
            f"compressed from {dictionary.count} features to {len(kept)}; the fields moved by {shown}"
            " (relative L2, on points that chose nothing)",
        ),
    )
    return Compressed(compressed, dictionary.count, len(kept), moved)


def _allow(solution: Solution, name: str, bound: float | None) -> float:
    if bound is not None:
        return bound
    tolerance = solution.settings.tolerance
    estimate = solution.error_estimate.get(name, 0.0)
    return tolerance - estimate if estimate < _SPENT * tolerance else estimate


def _judge(solution: Solution, estimate: Mapping[str, float]) -> Status:
    """Return ``solved`` where the solution was, and still is within the tolerance."""
    if solution.status is not Status.SOLVED:
        return solution.status
    reached = all(e <= solution.settings.tolerance for e in estimate.values())
    return Status.SOLVED if reached else Status.TOLERANCE_NOT_REACHED


def _scale_fields(solution: Solution, bounds: Mapping[str, float]) -> np.ndarray:
    """Return what makes the bound of every field 1, ``(fields,)``: 1 over bound and root mean square."""
    problem, components = solution.program.system.problem, solution.model.components
    points = sample_domain(problem, _CHECKS, _SEEDS[1])
    density = _measure_of(problem, points)
    values = evaluate_model(solution.model, solution.parameters, points, solution.precision)
    scales = np.ones(len(components))
    for unknown in problem.unknowns:
        # NaN is where the unknown does not exist.
        squares = [density * np.nan_to_num(values[c]) ** 2 for c in unknown.components]
        size = float(np.sqrt(np.sum(squares) / np.sum(density)))
        names = {f for home in unknown.regions or (None,) for f in unknown.fields_in(home)}
        own = [k for k, name in enumerate(components) if name in names]
        # Several fields of one unknown share what it may move.
        allowed = _MARGIN * bounds[unknown.name] * (size if size > 0 else 1.0)
        scales[own] = np.sqrt(len(own)) / allowed
    return scales


def _collect_rows(
    problem: Problem, dictionary: Dictionary, scales: np.ndarray, count: int, draw: int
) -> list[Rows]:
    """Return the rows of all fields on points of the domain; fields with one matrix together.

    A field's coefficients are those of the rows times ``scales.max() / scales``.
    """
    model = dictionary.model
    points = sample_domain(problem, count, _SEEDS[draw])
    density = _measure_of(problem, points)
    spread = np.sqrt(density / np.sum(density))
    masks = _find_own_points(model, points)
    groups: dict[Any, list[int]] = {}
    for k in range(len(model.components)):
        shares = model.ansatz[k].is_trivial and bool(masks[k].all())
        key = (model.scaling.frame(k), model.scaling.field_scale[k]) if shares else k
        groups.setdefault(key, []).append(k)
    rows = []
    for members in groups.values():
        inside = masks[members[0]]
        features = dictionary.features_at(members[0], points[inside])
        features = scales.max() * spread[inside, None] * features
        own = dictionary.coefficients[:, members] * (scales[members] / scales.max())
        rows.append(Rows(tuple(members), features, features @ own))
    return rows


def _measure_of(problem: Problem, points: np.ndarray) -> np.ndarray:
    """Return the measure of space at points ``(n, d)``, ``(n,)``: ones in Cartesian coordinates."""
    density = problem.domain.density(points)
    return np.ones(len(points)) if density is None else density


def _find_own_points(model: FieldModel, points: np.ndarray) -> list[np.ndarray]:
    """Return, per field, at which points it is the one that counts, ``(n,)`` of bool."""
    masks = {name: np.ones(len(points), bool) for name in model.components}
    for component in model.regional:
        left = np.ones(len(points), bool)
        last = len(component.fields) - 1
        for number, field in enumerate(component.fields):
            inside = left
            if number < len(component.regions) and (number < last or component.is_limited):
                body = component.regions[number].body
                inside = left & body.contains(points[:, : body.d], 1e-12)
            masks[field] = inside
            left = left & ~inside
    return [masks[name] for name in model.components]


def _measure_distance(solution: Solution, model: FieldModel, parameters: Any) -> dict[str, float]:
    """Return the relative L2 distance between a solution and other parameters, per unknown."""
    problem = solution.program.system.problem
    points = sample_domain(problem, _CHECKS, _SEEDS[2])
    before = evaluate_model(solution.model, solution.parameters, points, solution.precision)
    after = evaluate_model(model, parameters, points, solution.precision)
    weights = problem.domain.density(points)
    return compare_members(problem, problem.unknowns, points, after, before, weights)


def _narrow(parameters: Any, precision: str) -> Any:
    dtype = read_dtype(precision)

    def convert(leaf: Any) -> np.ndarray:
        array = np.asarray(leaf)
        return array.astype(dtype) if np.issubdtype(array.dtype, np.floating) else array

    return jax.tree.map(convert, parameters)
