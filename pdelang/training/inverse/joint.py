"""``method = adam``, ``lbfgs`` and ``gauss_newton`` with fits: unknowns and fits move in the same steps.

The fits are parameters beside those of the network (`networks.sought`), the readings a term of the
loss, so every rule of weights and every method of training is what it is elsewhere. At the end the
readings are let loose from the network (`tangent`): a few steps with the equations as constraints, and
the standard errors from the Gauss–Newton Hessian, ``s² (SᵀS)⁻¹`` as in `identification`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from pdelang.calculus.derivation import derive
from pdelang.calculus.jet import Jet
from pdelang.calculus.sought import BoundAnsatzError, seek_jointly
from pdelang.calculus.system import System
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.last_layer import split_last_layer
from pdelang.networks.model import FieldModel
from pdelang.semantics.measured import FieldSeries
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Settings
from pdelang.training.conditions import soften
from pdelang.training.defaults import resolve_settings
from pdelang.training.descent import solve_adam
from pdelang.training.gauss_newton.method import soften_wave, solve_gauss_newton
from pdelang.training.gauss_newton.options import resolve_gauss_newton_settings
from pdelang.training.inverse.departures import constant_value, read_fits
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.identification import Identified
from pdelang.training.inverse.method import Inversion, finish
from pdelang.training.inverse.observations import observe
from pdelang.training.inverse.parameters import Parameters
from pdelang.training.inverse.tangent import TangentSpace
from pdelang.training.lbfgs.method import solve_lbfgs
from pdelang.training.lbfgs.options import resolve_lbfgs_settings
from pdelang.training.precision import numeric_context, read_dtype
from pdelang.training.progress import Progress
from pdelang.training.reports import compute_reports
from pdelang.training.sampling import node_weights
from pdelang.training.solution import Solution
from pdelang.training.true_error import measure_error

# By method: what fills in its settings, and what solves by it.
_TRAINERS = {
    "adam": (resolve_settings, solve_adam),
    "lbfgs": (resolve_lbfgs_settings, solve_lbfgs),
    "gauss_newton": (resolve_gauss_newton_settings, solve_gauss_newton),
}
_SMALL = 1e-5  # a difference of a departure, for its slope


@dataclass(frozen=True, slots=True, eq=False)
class TrainedState:
    """Trained fields as a `State` whose observations can be taken."""

    system: System
    model: FieldModel
    parameters: Any
    precision: str

    @property
    def estimate(self) -> dict[str, float]:
        return {}

    def jets(self, jets: tuple[Jet, ...], points: np.ndarray) -> np.ndarray:
        """Return jets at points ``(n, d)``, ``(len(jets), n)``."""
        if not jets:
            return np.zeros((0, len(points)))
        with numeric_context(self.precision):
            values = self.model.jets(
                jax.tree.map(jnp.asarray, self.parameters),
                jnp.asarray(points, read_dtype(self.precision)),
                jets,
            )
        return np.stack([np.asarray(values[jet], np.float64) for jet in jets])

    def solve_again(self, problem: Problem) -> TrainedState:
        """Refuse: nothing is trained anew for other fits."""
        raise NotImplementedError("a trained state stands for one value of the fits")


def solve_jointly(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve an inverse problem by the training method that the settings name."""
    trained = train_jointly(program, settings, progress, started)
    joint, solution = trained.joint, trained.solution
    state = TrainedState(
        solution.program.system, solution.model, solution.parameters, solution.precision
    )
    found = _judge(joint, trained.last, state, trained.values)
    settings = trained.settings
    inversion = Inversion(found, {}, 0.0, settings.method.name)
    return finish(solution, solution.program.system.problem, inversion, settings, solution.seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """Fits and fields after training: ``last`` with the fits among its fields, ``solution`` without."""

    joint: Program
    settings: Settings
    last: Solution
    values: dict[str, float | FieldSeries]
    solution: Solution


# Where training begins: a program's unknowns as functions of points ``(n, d)``.
Start = tuple[tuple[str, Callable[[jax.Array], jax.Array]], ...]


def train_jointly(
    program: Program,
    settings: Settings,
    progress: Progress | None,
    started: float,
    start: Start | None = None,
) -> Trained:
    """Train unknowns and fits together, from ``start`` where it is given, else from the `guess`."""
    if settings.method.name != "adam":
        program, settings = soften_wave(program, settings)
    resolve, solve = _TRAINERS[settings.method.name]
    # What suits the forward problem: with its fits given it may be linear.
    settings = resolve(program.system, settings)
    try:
        joint = lower(seek_jointly(program.system))
    except BoundAnsatzError:
        settings = replace(settings, conditions="soft")
        program = soften(program)
        joint = lower(seek_jointly(program.system))
    if start is not None:
        joint = replace(joint, guess=start)
    last = solve(joint, settings, progress, started)
    values = read_fits(joint.system.problem, last.parameters["trained"])
    final, model, parameters = _settle(joint, settings, values, last.parameters)
    solution = replace(
        last,
        program=final,
        model=model,
        parameters=parameters,
        error=measure_error(final, model, parameters, last.precision),
        reports=compute_reports(final, model, parameters, last.precision),
        fitted={fit.name: FittedValue.of(fit, None) for fit in final.system.problem.fits},
    )
    return Trained(joint, settings, last, values, solution)


def _settle(
    joint: Program,
    settings: Settings,
    values: dict[str, float | FieldSeries],
    parameters: dict[str, Any],
) -> tuple[Program, FieldModel, dict[str, Any]]:
    """Return the problem with its fits given, and the network of the unknowns alone.

    With other fits the fields have other scales, which the last layer makes up for.
    """
    problem = joint.system.problem.with_fits(values)
    given = replace(problem.settings, conditions=settings.conditions)
    system, _ = derive(replace(problem, settings=given))
    assert system is not None, "derived before, with other values"
    program = lower(system)
    model = FieldModel.from_program(program, settings)
    count = len(system.fields)
    before = np.array(joint.system.scaling.field_scale[:count])
    ratio = before / np.array(system.scaling.field_scale)
    last, join = split_last_layer(parameters["trained"]["fields"])
    scaled = jax.tree.map(lambda a: (np.asarray(a) * ratio).astype(np.asarray(a).dtype), last)
    return program, model, {"trained": join(scaled), "frozen": parameters["frozen"]}


def _judge(
    joint: Program,
    solution: Solution,
    state: TrainedState,
    values: dict[str, float | FieldSeries],
) -> Identified:
    """Return the fits with their sensitivities, as if `identification` had ended there."""
    problem = joint.system.problem
    degrees = {fit.name: fit.value.degree for fit in problem.fits}  # type: ignore[union-attr]
    parameters = Parameters.of(problem, max(degrees.values()), degrees)
    misfits = observe(state)
    with numeric_context("f64"):
        slopes = _sensitivities(joint, solution)
    theta = np.zeros(parameters.count)
    columns = []
    for slot in parameters.slots:
        fit = next(f for f in problem.fits if f.name == slot.fit.name)
        value = values[fit.name]
        own = slopes[fit.name]
        if isinstance(value, FieldSeries):
            theta[slot.start : slot.start + slot.count] = value.coefficients
        else:
            theta[slot.start] = np.log(value) if slot.is_logarithmic else value / slot.size
            departure = float(np.asarray(solution.parameters["trained"]["fits"][fit.name])[0])
            ends = [constant_value(problem, fit, departure + s * _SMALL) for s in (-1.0, 1.0)]
            per_departure = (ends[1] - ends[0]) / (2 * _SMALL)
            per_theta = value if slot.is_logarithmic else slot.size
            own = own * (per_theta / per_departure if per_departure else 0.0)
        columns.append(own)
    jacobian = np.concatenate(columns, axis=1)
    penalty = np.zeros((0, parameters.count))
    return Identified(parameters, theta, state, misfits, {}, jacobian, 0, True, 0.0, penalty)


def _sensitivities(joint: Program, solution: Solution) -> dict[str, np.ndarray]:
    """Return S of `tangent` per fit, ``(rows, count)``, over the deviations of the readings."""
    model = FieldModel.from_program(joint, solution.settings)
    assembly = build_assembly(joint, model, node_weights(joint))
    space = TangentSpace.of(assembly, joint, solution.parameters, joint.system.observed)
    seeds = space.sampler.seed(jax.random.key(solution.settings.seed))
    flat = np.asarray(ravel_pytree(solution.parameters["trained"])[0], np.float64)
    response = space.at(flat, seeds).response
    numbers = space.owners[space.owners > 0]
    names = solution.parameters["trained"]["fits"]
    return {name: response[:, numbers == 1 + k] for k, name in enumerate(names)}
