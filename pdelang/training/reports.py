"""Numbers that a spec asks for: ``report`` expressions by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy

from pdelang.calculus.borders import find_creases, list_all_borders
from pdelang.calculus.narrow_peaks import list_narrow_peaks
from pdelang.calculus.nonlocal_terms import list_kinks
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import AggregateIntegrand
from pdelang.geometry.adaptive_quadrature import can_be_refined, integrate_adaptively
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadric import Quadrics
from pdelang.lowering.program import CompiledAggregate, CompiledFunctional, Program
from pdelang.networks.assembly import evaluate_residual
from pdelang.networks.model import FieldModel
from pdelang.networks.nonlocal_values import nonlocal_values
from pdelang.semantics.boundary import Part
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.pieces import Chart, list_charts
from pdelang.semantics.problem import Problem
from pdelang.training.evaluation import map_chunks
from pdelang.training.places import add_times, quadrature_nodes
from pdelang.training.precision import numeric_context, read_dtype

# Gauss–Legendre nodes per axis, by the number of space dimensions.
_ORDER = {0: 1, 1: 64, 2: 48, 3: 20}
# Points per axis of the grid that looks for an extreme value, and of its refinement.
_GRID = {0: 1, 1: 2001, 2: 121, 3: 33}
_REFINED = {0: 1, 1: 201, 2: 33, 3: 13}

_BODY_POINTS = 8192
_ROUNDS = 12
_WITHIN = 0.9  # of the spacing

Values = Callable[[np.ndarray], np.ndarray]  # space points (q, d_space) -> (q,)


def compute_reports(
    program: Program, model: FieldModel, parameters: Any, precision: str
) -> dict[str, float]:
    """Return every report's value; in problems with time at the end unless it names a time.

    In a family every report has three values, at the low end of all varied parameters, in the middle
    and at their high end: ``drag (Re = 100)``.
    """
    problem = program.system.problem
    return {
        report.functional.name + suffix: _evaluate_report(
            program, model, parameters, precision, report, values
        )
        for report in program.reports
        for suffix, values in _members(problem)
    }


def _members(problem: Problem) -> list[tuple[str, tuple[float, ...]]]:
    if not problem.varied:
        return [("", ())]
    return [(f" ({label})", values) for label, values in list_members(problem)]


def list_members(problem: Problem) -> list[tuple[str, tuple[float, ...]]]:
    """Return the members of a family that are reported: ``Re = 100``, and the varied parameters."""
    found = []
    for share in (0.0, 0.5, 1.0):
        values = tuple(
            v.bounds.low_value + share * (v.bounds.high_value - v.bounds.low_value)
            for v in problem.varied
        )
        pairs = zip(problem.varied, values, strict=True)
        found.append((", ".join(f"{v.name} = {x:.6g}" for v, x in pairs), values))
    return found


def _evaluate_report(
    program: Program,
    model: FieldModel,
    parameters: Any,
    precision: str,
    report: CompiledFunctional,
    varied: tuple[float, ...],
) -> float:
    values = [
        _evaluate_aggregate(program, model, parameters, precision, aggregate, varied)
        for aggregate in report.aggregates
    ]
    with numeric_context("f64"):
        combined = report.combine(jnp.asarray(np.array(values, np.float64).reshape(-1, 1)))
        # `combine` divides by the scale of the residual; a report is the number itself.
        return float(np.asarray(combined)[0]) * report.functional.scale


def _evaluate_aggregate(
    program: Program,
    model: FieldModel,
    parameters: Any,
    precision: str,
    compiled: CompiledAggregate,
    varied: tuple[float, ...],
) -> float:
    problem, aggregate, integrand = program.system.problem, compiled.aggregate, compiled.integrand
    beside = list(varied)
    if problem.time is not None:
        end = problem.time.bounds.high_value
        beside.insert(0, end if aggregate.time is None else aggregate.time)

    box = problem.domain.box
    names, d = program.system.coordinates, box.d
    fixed = dict(zip(names[d:], map(sympy.Float, beside), strict=True))
    jets = dict(program.system.jet_symbols)

    with numeric_context(precision):
        arrays = jax.tree.map(jnp.asarray, parameters)

        @jax.jit
        def evaluate_jets(points: jax.Array) -> dict[str, jax.Array]:
            found = model.jets(arrays, points, integrand.jets)
            return {
                jets[jet].name: jnp.broadcast_to(v, points.shape[:1]) for jet, v in found.items()
            }

        def decide(border: sympy.Expr, space: np.ndarray) -> np.ndarray:
            """Return what decides the form of an integrand at points ``(n, d)``, of the solution's values there."""
            points = add_times(space, np.array([beside]), d) if beside else space
            found = map_chunks(evaluate_jets, points, read_dtype(precision))
            own = [jets[jet] for jet in integrand.jets]
            columns = np.vstack([points.T, *(found[symbol.name][None] for symbol in own)])
            return evaluate_points([border], [*names, *own], columns)[0]

        given = aggregate.integrand.expression
        borders = list_kinks(given, aggregate.integrand.nonlocals)
        low, high = (np.array([*ends, *beside]) for ends in (box.low, box.high))
        borders += list_narrow_peaks(given, names, low, high)
        creases = find_creases(borders, names[:d], fixed)
        known = {*names, *(jets[jet] for jet in integrand.jets)}
        creases += tuple(
            Crease(partial(decide, border), Quadrics.none(d))
            for border in borders
            if not border.free_symbols <= set(names) and border.free_symbols <= known
        )

        @jax.jit
        def evaluate(points: jax.Array) -> dict[str, jax.Array]:
            here = model.jets(arrays, points[:, : model.dimension], integrand.jets)
            far = nonlocal_values(model, arrays, integrand, points)
            return {"integrand": evaluate_residual(integrand, points, here, far)}

        def values(space: np.ndarray) -> np.ndarray:
            points = space
            if beside:
                points = add_times(space, np.array([beside]), d)
            return map_chunks(evaluate, points, read_dtype(precision))["integrand"]

        off = problem.domain.off_poles
        match aggregate.kind:
            case AggregateKind.INTEGRAL | AggregateKind.MEAN if _is_rough(
                problem, aggregate, len(creases)
            ):
                total = integrate_adaptively(box, values)
                return total / box.measure if aggregate.kind is AggregateKind.MEAN else total
            case AggregateKind.INTEGRAL | AggregateKind.MEAN | AggregateKind.VALUE:
                faces = problem.domain.box.d - (aggregate.on is not None)
                nodes, weights = quadrature_nodes(problem, aggregate, _ORDER.get(faces), creases)
                total = float(values(nodes) @ weights)
                if aggregate.kind is AggregateKind.VALUE and not np.isfinite(total):
                    # A formula such as dr(u)/r has a limit on the axis.
                    total = float(values(off(nodes)) @ weights)
                is_mean = aggregate.kind is AggregateKind.MEAN
                return total / float(weights.sum()) if is_mean else total
            case AggregateKind.MAX | AggregateKind.MIN:
                sign = 1.0 if aggregate.kind is AggregateKind.MAX else -1.0
                return sign * find_maximum(problem, aggregate, lambda p: sign * values(off(p)))
            case kind:
                raise TypeError(f"no report for {kind}")


def _is_rough(problem: Problem, aggregate: AggregateIntegrand, known: int) -> bool:
    """Say whether an integrand over a whole box has kinks or jumps beside ``known`` ones, whose places are given."""
    domain = problem.domain
    if aggregate.on is not None or aggregate.region is not None or domain.body is not None:
        return False
    borders = list_all_borders(aggregate.integrand.expression)
    return can_be_refined(domain.box) and len(borders) > known


def find_maximum(problem: Problem, aggregate: AggregateIntegrand, values: Values) -> float:
    """Return the largest value on a grid that is refined around its largest point."""
    on, region = aggregate.on, aggregate.region
    if on is not None:
        return _search_part(problem, aggregate, on, values)
    body = problem.domain.body if region is None else region.body
    return _search_box(problem.domain.box, values) if body is None else _search_body(body, values)


def _search_part(
    problem: Problem, aggregate: AggregateIntegrand, on: Part, values: Values
) -> float:
    """Return the largest value on a part of the boundary, over the parameters of its surfaces."""
    domain = problem.domain
    # Where some pieces carry no normals, the integrand does without.
    width = domain.box.d * (2 if all(piece.has_normals for piece in on.pieces) else 1)
    # What the grids of all surfaces miss, as a sliver, the nodes of integrals do not.
    found = [float(values(quadrature_nodes(problem, aggregate)[0]).max())]
    for piece in on.pieces:
        for parameters, chart in list_charts(piece, domain):

            def valued(unit: np.ndarray, chart: Chart = chart) -> np.ndarray:
                points, kept = chart(unit)
                result = np.full(len(unit), -np.inf)
                if kept.any():
                    result[kept] = values(points[kept, :width])
                return result

            found.append(_search_box(Box((0.0,) * parameters, (1.0,) * parameters), valued))
    return max(found)


def _search_body(body: Body, values: Values) -> float:
    """Return the largest value inside, on the boundary, and near the best point of both."""
    inside = body.sample(_BODY_POINTS, seed=0)
    points = np.concatenate([inside, *(rim.points for rim in body.rims)])
    first = values(points)
    spacing = body.box.lengths * (2.0 / _BODY_POINTS ** (1.0 / body.d))

    def near(best: np.ndarray, spacing: np.ndarray) -> np.ndarray:
        around = Box(tuple(map(float, best - spacing)), tuple(map(float, best + spacing)))
        points = around.grid((_REFINED.get(body.d, 3),) * body.d)
        return points[body.contains(points)]

    return _zoom(points[int(np.argmax(first))], spacing, float(first.max()), near, values)


def _search_box(box: Box, values: Values) -> float:
    if box.d not in _GRID:
        return float(values(box.sample(2**14, seed=0)).max())
    count = _GRID[box.d]
    points = box.grid((count,) * box.d)
    first = values(points)

    def near(best: np.ndarray, spacing: np.ndarray) -> np.ndarray:
        around = Box(
            tuple(map(float, np.maximum(box.low, best - spacing))),
            tuple(map(float, np.minimum(box.high, best + spacing))),
        )
        return around.grid((_REFINED[box.d],) * box.d)

    spacing = box.lengths / max(1, count - 1)
    return _zoom(points[int(np.argmax(first))], spacing, float(first.max()), near, values)


def _zoom(
    best: np.ndarray,
    spacing: np.ndarray,
    largest: float,
    near: Callable[[np.ndarray, np.ndarray], np.ndarray],
    values: Values,
) -> float:
    """Return the largest value around ``best (d,)``, looked at ever closer.

    ``near(centre, spacing)`` gives the points to look at, within ``spacing (d,)`` of a centre. A
    smooth value rises with the square of the distance, so a few rounds reach rounding.
    """
    for _ in range(_ROUNDS):
        points = near(best, spacing)
        found = values(points)
        shrinks = True
        if found.max(initial=-np.inf) > largest:
            before, best = best, points[int(np.argmax(found))]
            largest = float(found.max())
            # At the border of what was looked at, as along a curved edge, it goes on from there.
            shrinks = bool(np.all(np.abs(best - before) < _WITHIN * spacing))
        if shrinks:
            spacing = spacing * (2.0 / _REFINED.get(len(best), 3))
    return largest
